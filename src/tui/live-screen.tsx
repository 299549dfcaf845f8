// Puts the live screen on a terminal and takes it off again. Owns the alternate screen, the keyboard and the pace of
// drawing; a screen that fails restores the terminal and leaves the session alone.

import { render } from 'ink'
import type { SessionViewModel } from '../core/session/view-model.ts'
import { redirectCursor } from './cursor.ts'
import { createFramePacer } from './frame-pacer.ts'
import { LiveApp, type StopCause, type TradingKey } from './live-app.tsx'

/** At most ten drawings a second: more cannot be read, and the session needs the processor. */
const FRAME_INTERVAL_MS = 100

/** How long the last picture may take to be drawn. */
const LAST_PICTURE_MS = 1_000

export interface LiveScreenOptions {
  readonly stdout: NodeJS.WriteStream
  readonly stdin: NodeJS.ReadStream
  /** Where nothing of the screen may go; the process's own where it is not given. */
  readonly stderr?: Pick<NodeJS.WriteStream, 'write'>
  /** A person asks the session to stop: once by key (`quit`, `kill`), and with every Ctrl-C (`interrupt`). */
  readonly stop: (cause: StopCause) => void
  /** A person asks the session to pause or to resume trading; left out where no key does. */
  readonly trade?: (wish: TradingKey) => void
  readonly colour: boolean
  /** The session runs in another process: the keys leave the screen, and no key stops the session. */
  readonly watching?: boolean
  /** A clock in milliseconds that only paces the drawing. */
  readonly now: () => number
  /** Told once if the screen cannot go on: the session may then say things in plain lines. */
  readonly failed?: (error: unknown) => void
}

export interface LiveScreen {
  /** Takes the newest model; drawn at most ten times a second, the last one always. */
  publish(model: SessionViewModel): void
  /** Says whom the session waits for, until the first model comes. */
  connecting(host: string): void
  /** Takes the screen off the terminal at once, where the process is about to end for a reason that somebody has to read. */
  restore(): void
  /** Draws the last model, restores the terminal and lets go of the keyboard. May be called again. */
  close(): Promise<void>
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
  })
}

export function startLiveScreen(options: LiveScreenOptions): LiveScreen {
  const { stdout, stdin, stderr = process.stderr, stop, trade = () => undefined, colour, watching = false, now, failed } = options
  let newest: SessionViewModel | null = null
  let connectingTo: string | null = null
  let closed: Promise<void> | undefined
  let broken = false

  const fail = (error: unknown): void => {
    if (broken || closed !== undefined) return
    broken = true
    pacer.stop()
    failed?.(error)
  }
  // A terminal that has gone away answers writes with an error event, which would otherwise end the process.
  const onStreamError = (error: Error): void => {
    fail(error)
    app.unmount()
  }
  stdout.prependListener('error', onStreamError)
  // To the end of the process: letting go of the keyboard of a terminal that is gone fails as well.
  stdin.on('error', onStreamError)
  redirectCursor({ from: stderr, to: stdout })

  const tree = () => (
    <LiveApp model={newest} connectingTo={connectingTo} colour={colour} watching={watching} stop={stop} trade={trade} redraw={redraw} />
  )
  const draw = (): void => app.rerender(tree())
  const redraw = (): void => {
    app.clear()
    draw()
  }
  const app = render(tree(), {
    stdout,
    stdin,
    exitOnCtrlC: false,
    patchConsole: true,
    interactive: true,
    alternateScreen: true,
    incrementalRendering: true,
  })
  // A terminal that takes nothing, because a connection hangs, is not written to until it does: pictures would pile up in memory.
  const isTaken = (): boolean => stdout.writableLength === 0
  const pacer = createFramePacer({ intervalMs: FRAME_INTERVAL_MS, now, draw, isTaken })
  const exited = app.waitUntilExit().then(() => undefined, fail)

  const shut = async (): Promise<void> => {
    if (!broken) {
      pacer.flush()
      await Promise.race([app.waitUntilRenderFlush(), pause(LAST_PICTURE_MS)])
      // A tmux whose window was resized meanwhile would show rows of the picture above what is said next.
      app.rerender(null)
    }
    pacer.stop()
    app.unmount()
    await Promise.race([exited, pause(LAST_PICTURE_MS)])
    stdout.off('error', onStreamError)
  }

  return {
    publish(model) {
      if (broken || closed !== undefined) return
      newest = model
      pacer.request()
    },
    connecting(host) {
      if (broken || closed !== undefined) return
      connectingTo = host
      pacer.request()
    },
    restore() {
      pacer.stop()
      broken = true
      app.unmount()
    },
    close() {
      closed ??= shut()
      return closed
    },
  }
}
