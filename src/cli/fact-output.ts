// Writes facts to a stream, one line each, and never makes anybody wait: where the reader is too slow, what does not fit is left out,
// and a line says which.

import type { FactLines } from '../core/session/port.ts'
import { safeLine } from './escape.ts'

/** What may wait for a slow reader, in characters. */
const MOST_WAITING = 32 * 1024 * 1024
/** How long the end of a session waits for its reader. */
const CLOSE_MS = 5_000

export interface FactOutput extends FactLines {
  /** Lets the reader have what waits, within a bound. */
  close(): Promise<void>
}

interface FactOutputOptions {
  readonly stream: Pick<NodeJS.WriteStream, 'write' | 'once' | 'on' | 'off' | 'destroy' | 'writableLength'>
  /** Hears in a whole sentence that somebody does not get everything. */
  readonly complain: (text: string) => void
  readonly mostWaiting?: number
  readonly closeMs?: number
}

interface Missed {
  readonly fromSeq: number
  toSeq: number
}

export function openFactOutput({ stream, complain, mostWaiting = MOST_WAITING, closeMs = CLOSE_MS }: FactOutputOptions): FactOutput {
  let missed: Missed | null = null
  let isGone = false
  const onGone = (): void => {
    if (!isGone) complain('Nobody reads the facts on standard output any more: the session goes on without it.')
    isGone = true
  }
  stream.on('error', onGone)
  const tellMissed = (): void => {
    if (missed === null || isGone) return
    stream.write(`${JSON.stringify({ missed })}\n`)
    missed = null
  }
  return {
    take(line, seq) {
      if (isGone) return
      if (missed !== null) {
        missed.toSeq = seq
        return
      }
      if (stream.writableLength + line.length <= mostWaiting) {
        stream.write(`${safeLine(line)}\n`)
        return
      }
      missed = { fromSeq: seq, toSeq: seq }
      complain(`The reader of the facts is too slow: from ${seq} on they are left out until it has caught up. The journal has all of them.`)
      // What waits is beyond the stream's own mark: it says when it has none left.
      stream.once('drain', tellMissed)
    },
    async close() {
      tellMissed()
      if (!isGone && stream.writableLength > 0 && !(await drained(stream, closeMs))) {
        complain(`The reader of the facts did not take the last of them within ${closeMs / 1_000} s.`)
        isGone = true
        stream.destroy()
      }
      stream.off('error', onGone)
    },
  }
}

function drained(stream: FactOutputOptions['stream'], withinMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), withinMs)
    const done = (): void => {
      clearTimeout(timer)
      resolve(true)
    }
    stream.once('error', done)
    // It comes after all that was written before.
    stream.write('', done)
  })
}
