// How help reads: examples first, because most people come for one; exit codes last. Loaded only when help is asked for.

import type { Config } from '@oclif/core/config'
import { CommandHelp, Help } from '@oclif/core/help'
import { exitsOf } from './exit-codes.ts'

class DitaCommandHelp extends CommandHelp {
  protected override sections(): ReturnType<CommandHelp['sections']> {
    const sections = super.sections()
    const examples = sections.filter(({ header }) => header === 'EXAMPLES')
    const others = sections.filter(({ header }) => header !== 'EXAMPLES')
    const header = 'EXIT CODES'
    const body = exitsOf(this.command.id.replaceAll(':', ' ')).map(([code, words]): [string, string] => [code, words])
    return [...examples, ...others, { header, generate: () => ({ header, body }) }]
  }
}

const FIRST_STEPS = [
  ['dita run --duration 30m --speed max', 'make a market for half an hour of simulated time, now'],
  ['dita summarize', 'what happened in the last session'],
  ['dita init', 'set up a workspace of your own in this folder'],
  ['dita doctor', 'is everything in place for it?'],
] as const

class DitaHelp extends Help {
  protected override CommandHelpClass = DitaCommandHelp

  override formatRoot(): string {
    const width = Math.max(...FIRST_STEPS.map(([command]) => command.length))
    const lines = FIRST_STEPS.map(([command, what]) => `  $ ${command.padEnd(width)}  ${what}`)
    return `EXAMPLES\n${lines.join('\n')}\n\n${super.formatRoot()}`
  }
}

/** Prints the help of a command, or without one the overview. */
export async function showHelp(config: Config, command: string | undefined): Promise<void> {
  await new DitaHelp(config, { ...config.pjson.oclif.helpOptions, hideAliasesFromRoot: true }).showHelp(
    command === undefined ? [] : [command],
  )
}
