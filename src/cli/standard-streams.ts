// Standard output and standard error of what runs for long: they hold nobody up, and one whose reader or terminal is gone is no
// defect. Owns what their errors mean; says nothing itself.

/** Lines that nobody takes wait up to this many bytes. */
const MOST_WAITING = 1024 * 1024

type StreamError = Error & { readonly code?: string }

/** Whether there is nobody to write to any more: a reader that has seen enough (`| head`), or a terminal that was closed. */
export function isGone(error: StreamError, { isTTY }: Pick<NodeJS.WriteStream, 'isTTY'>): boolean {
  return error.code === 'EPIPE' || (error.code === 'EIO' && isTTY)
}

/**
 * Lets a session go on where its terminal takes nothing: a connection that hangs, a window that is stopped. Node writes to terminals
 * and waits, with all that it does. A terminal that is gone hangs the session up, since nobody can look on; its own signal may come
 * later, or never. Until the returned function is called.
 */
export function freeStreams(hangUp: () => void): () => void {
  const release = [process.stdout, process.stderr].map((stream) => {
    if (stream.isTTY) stopWaiting(stream)
    const onError = (error: StreamError): void => {
      if (stream.isTTY && isGone(error, stream)) hangUp()
    }
    // First of all: another listener may throw what it does not know.
    stream.prependListener('error', onError)
    return () => stream.off('error', onError)
  })
  return () => {
    for (const forget of release) forget()
  }
}

/** Node has no public name for it, and has had this one since its beginnings. */
function stopWaiting(stream: NodeJS.WriteStream): void {
  const { _handle: handle } = stream as { readonly _handle?: { setBlocking?(isBlocking: boolean): unknown } }
  handle?.setBlocking?.(false)
}

type LineStream = Pick<NodeJS.WriteStream, 'write' | 'writableLength'>

/** Writes lines to whoever takes them. Where too much waits, lines are left out, and how many is said once there is room again. */
export function lineWriter(stream: LineStream, mostWaiting = MOST_WAITING): (line: string) => void {
  let leftOut = 0
  return (line) => {
    if (stream.writableLength > mostWaiting) {
      leftOut += 1
      return
    }
    if (leftOut > 0)
      stream.write(`… ${leftOut === 1 ? '1 line' : `${leftOut} lines`} left out: nobody took them. The journal has all that happened.\n`)
    leftOut = 0
    stream.write(`${line}\n`)
  }
}

/** Of texts of which only the newest matters, those are left out that come while an older one waits; the last one always goes. */
export function newestWriter(stream: LineStream): { write(line: string): void; close(): void } {
  let waiting: string | null = null
  return {
    write(line) {
      const isFree = stream.writableLength === 0
      waiting = isFree ? null : line
      if (isFree) stream.write(`${line}\n`)
    },
    close() {
      if (waiting !== null) stream.write(`${waiting}\n`)
      waiting = null
    },
  }
}
