// How help reads: examples first, because most people come for one; exit codes last. Loaded only when help is asked for.

import type { Config } from '@oclif/core/config'
import { CommandHelp, Help } from '@oclif/core/help'
import { hanging } from './account-text.ts'
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

/** What people come for, in the order in which they come, and what to type then. With the rest, one screen of 80 by 24. */
const TASKS = {
  'See it work': [
    ['dita run --speed max', 'half an hour on paper, at once'],
    ['dita summarize', 'what came of it, and why'],
    ['dita run --speed 60', 'the same, live on the screen'],
  ],
  'Make it yours': [
    ['dita init', 'a workspace: a few questions'],
    ['dita run --strategy ./mine.ts', 'a strategy of your own'],
    ['dita run --feed recorded.gz', 'a recording of a real market'],
    ['dita audit-config', 'keys and limits without effect'],
  ],
  'Rehearse, trade': [
    ['dita exchange --port 8080', 'your own exchange, to rehearse'],
    ['dita doctor', 'is everything in place?'],
    ['dita run --live', 'with real money'],
  ],
  'While it runs': [
    ['dita watch', 'its screen, in another terminal'],
    ['dita halt', 'stop now, and take orders back'],
    ['dita capital deposit 250 USDT', 'money that you moved, booked'],
  ],
  'Is all well?': [
    ['dita reconcile', 'are books and venue the same?'],
    ['dita verify', 'is the store whole?'],
    ['dita sessions', 'how each of them ended'],
  ],
} as const

const TASK_WIDTH = 17
const COMMAND_WIDTH = 31
const SCREEN_WIDTH = 80

class DitaHelp extends Help {
  protected override CommandHelpClass = DitaCommandHelp

  /** The commands are named, and no more: each says the rest of itself. */
  protected override showRootHelp(): Promise<void> {
    this.log(this.formatRoot())
    return Promise.resolve()
  }

  override formatRoot(): string {
    const rows = Object.entries(TASKS).flatMap(([task, steps]) =>
      steps.map(([command, what], index) => `${(index === 0 ? task : '').padEnd(TASK_WIDTH)}${command.padEnd(COMMAND_WIDTH)}${what}`),
    )
    const others = new Set(this.config.commands.flatMap(({ aliases }) => aliases))
    const names = new Set(this.config.commands.filter(({ id }) => !others.has(id)).map(({ id }) => id.split(':', 1)[0] ?? ''))
    return [
      'dita runs, records and explains automated trading sessions.',
      '',
      ...rows,
      '',
      ...hanging('All commands:'.padEnd(TASK_WIDTH), [...names].sort().join(', '), SCREEN_WIDTH),
      `${'Each of them:'.padEnd(TASK_WIDTH)}${'dita help COMMAND'.padEnd(COMMAND_WIDTH)}examples, flags, exit codes`,
    ].join('\n')
  }
}

/** Prints the help of a command, or without one the overview. */
export async function showHelp(config: Config, command: string | undefined): Promise<void> {
  await new DitaHelp(config, { ...config.pjson.oclif.helpOptions, hideAliasesFromRoot: true }).showHelp(
    command === undefined ? [] : [command],
  )
}
