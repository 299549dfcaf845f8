// How help reads: examples first, because most people come for one; exit codes last. Loaded only when help is asked for.

import type { Config } from '@oclif/core/config'
import { CommandHelp, Help } from '@oclif/core/help'
import { exitsOf } from './exit-codes.ts'

class DitaCommandHelp extends CommandHelp {
  /** Without the summary, with which the page begins; a line of the source that ends in the middle of a sentence goes on in the next. */
  protected override description(): string | undefined {
    const { description } = this.command
    return description === undefined ? undefined : this.wrap(description.replace(/([^.!?:])\n/g, '$1 '))
  }

  protected override sections(): ReturnType<CommandHelp['sections']> {
    const sections = super.sections()
    const examples = sections.filter(({ header }) => header === 'EXAMPLES')
    const others = sections.filter(({ header }) => header !== 'EXAMPLES')
    const header = 'EXIT CODES'
    const body = exitsOf(this.command.id.replaceAll(':', ' ')).map(([code, words]): [string, string] => [code, words])
    return [...examples, ...others, { header, generate: () => ({ header, body }) }]
  }
}

/** What people come for, in the order in which they come, and what to type then. */
const TASKS = {
  'See it work, with paper money': [
    ['dita run --speed max', 'half an hour of market making, now'],
    ['dita summarize', 'what came of it, and why'],
    ['dita run --speed 60', 'the same, live on the screen'],
  ],
  'Make it yours': [
    ['dita init', 'a workspace in this folder: a few questions'],
    ['dita run --strategy ./mine.ts', 'a strategy of your own'],
    ['dita run --feed recorded.gz', 'on a recording of a real market'],
    ['dita audit-config', 'keys and limits that do not do what you think'],
  ],
  'Rehearse on the wire, then trade': [
    ['dita exchange --port 8080', 'an exchange of your own, which says how'],
    ['dita doctor', 'is everything in place, keys and clock too?'],
    ['dita run --live', 'real money, where the config says so as well'],
  ],
  'While it runs': [
    ['dita watch', 'its screen, from another terminal'],
    ['dita halt', 'the kill switch: orders back, session over'],
    ['dita capital deposit 250 USDT', 'tell the books of money that you moved'],
  ],
  'Something is wrong': [
    ['dita halt --file', 'stop, and let nothing start until --clear'],
    ['dita reconcile', 'are the books what the venue has?'],
    ['dita verify', 'is the store whole, and which backup is good?'],
    ['dita sessions', 'how each of them ended'],
  ],
} as const

class DitaHelp extends Help {
  protected override CommandHelpClass = DitaCommandHelp

  override formatRoot(): string {
    const width = Math.max(...Object.values(TASKS).flatMap((steps) => steps.map(([command]) => command.length)))
    const parts = Object.entries(TASKS).map(([task, steps]) => {
      const lines = steps.map(([command, what]) => `  $ ${command.padEnd(width)}  ${what}`)
      return `${task.toUpperCase()}\n${lines.join('\n')}\n`
    })
    return [...parts, super.formatRoot()].join('\n')
  }
}

/** Prints the help of a command, or without one the overview. */
export async function showHelp(config: Config, command: string | undefined): Promise<void> {
  await new DitaHelp(config, { ...config.pjson.oclif.helpOptions, hideAliasesFromRoot: true }).showHelp(
    command === undefined ? [] : [command],
  )
}
