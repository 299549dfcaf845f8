// How often something is drawn: at once when nothing was drawn lately, else when the interval is over, and always the
// last state. Knows time and a callback, nothing of screens.

/** Drawing may take one part in so many of the time, because the session needs the rest. */
const SHARE_OF_TIME = 12
const LONGEST_INTERVAL_MS = 1_000

export interface PacerOptions {
  /** Between two drawings at least. */
  readonly intervalMs: number
  readonly now: () => number
  readonly draw: () => void
  /** Whether the last drawing has been taken; until it has, none is made. */
  readonly isTaken?: () => boolean
}

export interface FramePacer {
  /** Asks for a drawing soon; cheap, however often it is called. */
  request(): void
  /** Draws now what was asked for and has not been drawn. */
  flush(): void
  /** Forgets what was asked for, and draws no more. */
  stop(): void
}

export function createFramePacer({ intervalMs, now, draw, isTaken = () => true }: PacerOptions): FramePacer {
  let timer: NodeJS.Timeout | undefined
  let dueMs = Number.NEGATIVE_INFINITY
  let stopped = false
  const run = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (!isTaken()) {
      timer = setTimeout(run, intervalMs)
      return
    }
    const startMs = now()
    draw()
    const costMs = now() - startMs
    dueMs = startMs + Math.min(LONGEST_INTERVAL_MS, Math.max(intervalMs, costMs * SHARE_OF_TIME))
  }
  return {
    request() {
      if (stopped || timer !== undefined) return
      timer = setTimeout(run, Math.min(LONGEST_INTERVAL_MS, Math.max(0, dueMs - now())))
    },
    flush() {
      if (!stopped && timer !== undefined) run()
    },
    stop() {
      stopped = true
      clearTimeout(timer)
      timer = undefined
    },
  }
}
