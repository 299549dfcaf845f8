// The doorway of `dita exchange`: a local exchange in a process of its own, until somebody stops it.

import { integer, string } from '@oclif/core/flags'
import { DitaCommand } from '../cli/base-command.ts'
import type { ExchangeEnd } from '../cli/start-exchange.ts'

export default class Exchange extends DitaCommand<ExchangeEnd> {
  static override summary = 'Run a local exchange to rehearse against, in the protocol of BingX.'
  static override description =
    `It listens on 127.0.0.1 only, moves by a simulated or a recorded market, and does what a fault plan tells it to: lose answers,
double events, go down and come back. What it saw stands in its truth log. On a terminal it says where it listens and what to type to
trade there; elsewhere, and with --json, it says so in one line of JSON.
See docs/EXCHANGE.md for the faults and how to rehearse.`
  static override examples = [
    'dita exchange --seed 7 --truth rehearsal.jsonl',
    'dita exchange --feed recording.jsonl.gz --speed 2 --fault-plan faults.yaml',
    'dita exchange --fault-seed 42',
  ]
  /** It keeps no store: the flag that all commands take is of no use here. */
  static override baseFlags: typeof DitaCommand.baseFlags = {
    ...DitaCommand.baseFlags,
    store: { ...DitaCommand.baseFlags.store, hidden: true },
  }
  static override flags = {
    port: integer({ summary: '0 takes one that is free.', default: 0, min: 0, max: 65_535 }),
    feed: string({
      summary: '`simulated`, or a recording (gzip), which starts again when it ends.',
      default: 'simulated',
      helpValue: 'simulated|PATH',
    }),
    seed: integer({ summary: 'Of the simulated feed, and of the dice of the fault plan.', default: 1, min: 0 }),
    speed: string({ summary: '1 for real time, or another factor.', default: '1', helpValue: 'N' }),
    'fault-plan': string({ summary: 'Which faults strike when.', helpValue: 'FILE' }),
    'fault-seed': integer({ summary: 'A fault plan by chance: the same seed gives the same plan.', min: 0 }),
    truth: string({ summary: 'The truth log, carried on where it is there; without it a new one.', helpValue: 'FILE' }),
    'api-key-file': string({
      summary: 'Two lines, api_key=… and api_secret=…, private to you; without it a key that is printed.',
      helpValue: 'FILE',
    }),
    balance: string({ summary: 'What a new account has in its wallet.', default: '10000', helpValue: 'AMOUNT' }),
  }

  async run(): Promise<ExchangeEnd> {
    const { flags } = await this.parse(Exchange)
    const { startExchange, renderExchangeEnd } = await import('../cli/start-exchange.ts')
    const end = await startExchange({
      ...{ port: flags.port, feed: flags.feed, seed: flags.seed, speed: flags.speed, balance: flags.balance },
      ...{ faultPlanPath: flags['fault-plan'] ?? null, faultSeed: flags['fault-seed'] ?? null },
      ...{ truthPath: flags.truth ?? null, apiKeyPath: flags['api-key-file'] ?? null },
      forPeople: !this.jsonEnabled() && this.terminalWidth() !== undefined,
    })
    this.show(renderExchangeEnd(end))
    return end
  }
}
