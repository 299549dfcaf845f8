// Shows a text that is longer than the terminal through the pager of whoever sits there, as git does. Decides nothing about the text.

import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { isTerminal, type TerminalEnvironment } from './terminal.ts'

export interface PagerEnvironment extends TerminalEnvironment {
  readonly DITA_PAGER?: string | undefined
  readonly PAGER?: string | undefined
  readonly LESS?: string | undefined
  readonly PATH?: string | undefined
}

/** less: leaves at once where all fits, takes colours as they are, and lets the text stand when it ends. */
const LESS = 'FRX'

/**
 * What to type for a pager: `DITA_PAGER`, else `PAGER`, else less where it is installed. Null where nobody could turn a page, where the
 * text fits, and for `cat` or nothing.
 */
export function pagerFor(text: string, rows: number | undefined, environment: PagerEnvironment): string | null {
  if (!isTerminal(environment) || rows === undefined || text.split('\n').length < rows) return null
  const { DITA_PAGER, PAGER } = environment
  const command = (DITA_PAGER ?? PAGER ?? (isInstalled('less', environment) ? 'less' : '')).trim()
  return command === '' || command === 'cat' ? null : command
}

/**
 * Shows the text and ends when the pager does, whatever its exit code. True where it was shown: a pager that cannot be started shows
 * nothing. Ctrl-C is the pager's meanwhile.
 */
export async function page(command: string, text: string, environment: PagerEnvironment): Promise<boolean> {
  const ignore = (): void => undefined
  process.on('SIGINT', ignore)
  try {
    const env = { ...environment, LESS: environment.LESS ?? LESS }
    const child = spawn(command, { shell: true, stdio: ['pipe', 'inherit', 'inherit'], env })
    // Who has seen enough takes no more of it.
    child.stdin.on('error', ignore)
    child.stdin.end(`${text}\n`)
    const exitCode = await new Promise<number | null>((resolve) => {
      child.on('error', () => resolve(NOT_FOUND))
      child.on('close', resolve)
    })
    return exitCode !== NOT_FOUND && exitCode !== NOT_EXECUTABLE
  } finally {
    process.off('SIGINT', ignore)
  }
}

/** What a shell says of a command that it cannot run. */
const NOT_FOUND = 127
const NOT_EXECUTABLE = 126

function isInstalled(name: string, { PATH = '' }: PagerEnvironment): boolean {
  return PATH.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return folder !== ''
    } catch {
      // Not in this folder: the next one may have it.
      return false
    }
  })
}
