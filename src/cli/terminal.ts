// What the terminal of this process can show. Reads, and changes nothing.

export interface TerminalEnvironment {
  readonly CI?: string | undefined
  readonly NO_COLOR?: string | undefined
  readonly TERM?: string | undefined
}

/** Whether a screen can be drawn, and keys be read. */
export function isTerminal({ CI, TERM }: TerminalEnvironment): boolean {
  const isAutomatic = CI !== undefined && CI !== '' && CI !== 'false'
  return process.stdout.isTTY === true && process.stdin.isTTY === true && TERM !== 'dumb' && !isAutomatic
}

export function wantsColour({ NO_COLOR }: TerminalEnvironment): boolean {
  return NO_COLOR === undefined || NO_COLOR === ''
}
