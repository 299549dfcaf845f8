// What every command shares: its flags, where it works, and how it speaks. Decides nothing about trading.

import { Command } from '@oclif/core/command'
import { boolean, string } from '@oclif/core/flags'
import type { ExitCode } from '../core/errors.ts'
import { rowWidth } from './account-text.ts'
import { escapeLines, safeJson } from './escape.ts'
import { wantsJson } from './json.ts'
import { homeFolder, resolveWorkspace, type Workspace } from './workspace.ts'

/**
 * A doorway: parse, one core call, one output. What `run` returns is printed as one JSON object with --json; what it
 * shows is for people and silent then. What it throws is turned into output and an exit code by `failure.ts`, only.
 */
export abstract class DitaCommand<T> extends Command {
  static override enableJsonFlag = true

  static override baseFlags = {
    json: boolean({ summary: 'Print one JSON object instead of text.', helpGroup: 'GLOBAL' }),
    store: string({
      summary: "Path of the store; without it the workspace's, else the one in your data folder.",
      env: 'DITA_STORE',
      helpGroup: 'GLOBAL',
      helpValue: 'PATH',
    }),
  }

  abstract override run(): Promise<T>

  override jsonEnabled(): boolean {
    return wantsJson(this.argv)
  }

  /** Prints a text for people, with every control character in it made visible. */
  protected show(text: string): void {
    if (!this.jsonEnabled()) process.stdout.write(`${escapeLines(text)}\n`)
  }

  /** The same through a pager, where somebody sits at a terminal that has fewer rows. */
  protected async showLong(text: string): Promise<void> {
    if (this.jsonEnabled() || process.stdout.isTTY !== true) return this.show(text)
    const { page, pagerFor } = await import('./pager.ts')
    const safe = escapeLines(text)
    const command = pagerFor(safe, process.stdout.rows, process.env)
    if (command === null || !(await page(command, safe, process.env))) process.stdout.write(`${safe}\n`)
  }

  /** The exit code of a command that has done its work and found something. */
  protected exitWith(code: ExitCode): void {
    process.exitCode = code
  }

  protected workspace(flags: { readonly store?: string | undefined }): Workspace {
    const { XDG_DATA_HOME: dataFolder } = process.env
    return resolveWorkspace({
      store: flags.store,
      workingFolder: process.cwd(),
      homeFolder: homeFolder(),
      dataFolder,
    })
  }

  /** Columns a text may take; undefined where the output is no terminal. */
  protected terminalWidth(): number | undefined {
    return process.stdout.isTTY ? process.stdout.columns : undefined
  }

  /** Columns a row of a table may take, on a terminal or anywhere else. */
  protected rowWidth(): number {
    return rowWidth(this.terminalWidth())
  }

  protected override logJson(json: unknown): void {
    process.stdout.write(`${safeJson(json)}\n`)
  }

  protected override catch(error: Error): Promise<never> {
    return Promise.reject(error)
  }
}
