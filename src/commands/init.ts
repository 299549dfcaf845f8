// The doorway of `dita init`: sets up a workspace.

import { string } from '@oclif/core/args'
import { boolean, string as text } from '@oclif/core/flags'
import { DitaCommand } from '../cli/base-command.ts'
import type { NewWorkspace } from '../cli/init-workspace.ts'

export default class Init extends DitaCommand<NewWorkspace> {
  static override summary = 'Set up a workspace: a short dita.yaml, and its schema for your editor.'
  static override description =
    `On a terminal it asks what no flag says; Enter takes what is usual. Elsewhere, and with --yes, it asks nothing.
The file holds what was asked and what most people change, and passes \`dita audit-config\`. Amounts are counted in the quote asset.`
  static override examples = [
    { description: 'In this folder', command: 'dita init' },
    { description: 'In a folder of its own, made if need be, and without questions', command: 'dita init my-desk --yes' },
    { description: 'For practice money at BingX', command: 'dita init --yes --mode demo --instrument ETH/USDT:USDT --max-loss 50' },
    {
      description: 'For an exchange of your own, which `dita exchange` starts',
      command: 'dita init --yes --mode demo --exchange http://127.0.0.1:8080',
    },
  ]
  static override args = {
    dir: string({ description: 'The folder.', default: '.', ignoreStdin: true }),
  }
  static override flags = {
    force: boolean({ summary: 'Overwrite the files of a workspace that is there; an edited dita.yaml is kept as dita.yaml.bak.' }),
    full: boolean({ summary: 'Write every key into the file, commented out at its default.', default: false }),
    yes: boolean({ char: 'y', summary: 'Ask nothing: what no flag says is as usual.', default: false }),
    mode: text({ summary: 'Which money to trade with.', options: ['paper', 'demo', 'live'] }),
    exchange: text({ summary: 'Of practice money: `bingx`, or the address of your `dita exchange`.', helpValue: 'bingx|URL' }),
    feed: text({ summary: 'The market of a rehearsal: `simulated`, or a recording.', helpValue: 'simulated|PATH' }),
    instrument: text({ summary: 'What to trade at the venue.', helpValue: 'BTC/USDT:USDT' }),
    strategy: text({ summary: '`market_maker`, `breakout`, or a .ts or .js file of yours.', helpValue: 'NAME|FILE' }),
    'max-drawdown': text({ summary: 'Halt when the account is down from its best by more.', helpValue: 'AMOUNT' }),
    'max-loss': text({ summary: 'Halt a session that has lost more.', helpValue: 'AMOUNT' }),
    'max-exposure': text({ summary: 'Most that may be held.', helpValue: 'AMOUNT' }),
    'max-order': text({ summary: 'Largest order.', helpValue: 'AMOUNT' }),
    'max-inventory': text({ summary: 'Inventory at which the market maker stops to add to it.', helpValue: 'AMOUNT' }),
    'order-size': text({ summary: 'Size of one quote or entry.', helpValue: 'AMOUNT' }),
    money: text({ summary: 'What the paper account starts with.', helpValue: '"XRP: 500, RLUSD: 1000"' }),
  }

  async run(): Promise<NewWorkspace> {
    const { args, flags } = await this.parse(Init)
    const [{ startWorkspace }, { renderNewWorkspace }] = await Promise.all([
      import('../cli/start-workspace.ts'),
      import('../cli/init-workspace.ts'),
    ])
    const { force, yes, full, json: _json, store: _store, ...given } = flags
    const workspace = await startWorkspace({ folder: args.dir, force, yes, full, json: this.jsonEnabled(), given, env: process.env })
    this.show(renderNewWorkspace(workspace))
    return workspace
  }
}
