// A real terminal for tests: a tmux server of its own, with one window of a given size. Always close it.

import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'

export interface TmuxOptions {
  /** How the name of the server's socket begins. */
  readonly name: string
  readonly columns: number
  readonly rows: number
  readonly environment: Readonly<Record<string, string>>
  /** A line for /bin/sh. */
  readonly command: string
}

export class Tmux {
  readonly #name: string
  #isClosed = false

  constructor({ name, columns, rows, environment, command }: TmuxOptions) {
    // A server of the same name that is on its way out would take the new one with it.
    this.#name = `${name}-${randomUUID()}`
    const variables = Object.entries(environment).flatMap(([key, value]) => ['-e', `${key}=${value}`])
    this.#run(['new-session', '-d', '-x', String(columns), '-y', String(rows), ...variables, `${command}; sleep 600`])
  }

  static isInstalled(): boolean {
    try {
      execFileSync('tmux', ['-V'], { stdio: 'ignore' })
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
      throw error
    }
  }

  /** The picture, one string per row; with `escapes` the colours as well. */
  lines({ escapes = false } = {}): string[] {
    const text = this.#run(['capture-pane', '-p', ...(escapes ? ['-e'] : [])])
    return text.replace(/\n$/, '').split('\n')
  }

  /** Waits until the picture is as it should be, and throws with the picture where it never is. */
  async until(shown: (picture: string) => boolean): Promise<string[]> {
    for (let attempt = 0; attempt < 400; attempt += 1) {
      const lines = this.lines()
      if (shown(lines.join('\n'))) return lines
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    throw new Error(`the terminal never showed it:\n${this.lines().join('\n')}`)
  }

  isOnAlternateScreen(): boolean {
    return this.#run(['display-message', '-p', '#{alternate_on}']).trim() === '1'
  }

  isCursorVisible(): boolean {
    return this.#run(['display-message', '-p', '#{cursor_flag}']).trim() === '1'
  }

  resize(columns: number, rows: number): void {
    this.#run(['resize-window', '-x', String(columns), '-y', String(rows)])
  }

  press(key: string): void {
    this.#run(['send-keys', key])
  }

  /** The process that reads what is written to this terminal. */
  reader(): number {
    return Number(this.#run(['display-message', '-p', '#{pid}']))
  }

  /** Also where it is closed already. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#run(['kill-server'])
  }

  #run(args: readonly string[]): string {
    return execFileSync('tmux', ['-u', '-L', this.#name, '-f', '/dev/null', ...args], { encoding: 'utf8' })
  }
}
