// How everybody waits: a sleep that can be broken off, and the one way to say that a promise is awaited elsewhere. Keeps no time.

/** Ends early, and at once where the signal is aborted already; never throws. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
  })
}

/**
 * For a promise whose failure somebody else hears of, now or later, or need not hear of any more: it must not end the process as one
 * that nobody handles.
 */
export function heardElsewhere(promise: Promise<unknown>): void {
  promise.catch(() => undefined)
}
