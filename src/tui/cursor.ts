// Keeps the sequence that shows the cursor where the screen is. Owns no stream and writes nothing of its own.

type Writable = Pick<NodeJS.WriteStream, 'write'>

interface Redirection {
  readonly from: Writable
  readonly to: Writable
}

/** DECTCEM (DEC private mode 25): makes the cursor visible. */
const SHOW_CURSOR = '\u001b[?25h'
const REDIRECTED = Symbol.for('dita.cursor-redirected')

/**
 * Sends the text that shows the cursor, and nothing else, to the other stream, for the rest of the process: from its
 * first frame on, Ink's restore-cursor writes that text to standard error when the process ends, whatever stream the
 * screen is on, and it would stand at the end of what somebody keeps of standard error. Once per stream.
 */
export function redirectCursor({ from, to }: Redirection): void {
  if (REDIRECTED in from.write) return
  const write = from.write.bind(from) as (...args: unknown[]) => boolean
  const redirected = (...args: unknown[]): boolean => (args[0] === SHOW_CURSOR ? to.write(SHOW_CURSOR) : write(...args))
  from.write = Object.assign(redirected, { [REDIRECTED]: true }) as Writable['write']
}
