// The doorway of `dita run`: runs one session, then explains it.

import { boolean, integer, string } from '@oclif/core/flags'
import { DitaCommand } from '../cli/base-command.ts'
import { EXIT } from '../core/errors.ts'
import type { SummaryView } from '../core/report/summary-view.ts'

export default class Run extends DitaCommand<SummaryView> {
  static override aliases = ['run-session']
  static override summary = 'Run a trading session and record everything that happens in it.'
  static override description = `Without a config and without flags it makes a market in XRP/RLUSD on a simulated feed, with paper money.
On a terminal it shows a live screen, elsewhere plain lines: the beginning, how it stands at each tenth of the time (at least every hour), what went wrong, the end, and with
--verbose every fill. It ends with the answers of \`dita summarize\`. Ctrl-C stops in good order; a second one leaves at once.`
  static override examples = [
    'dita run --duration 30m --speed max --seed 7',
    'dita run --feed recording.jsonl.gz --strategy breakout --speed 10',
    'dita run --config dita.yaml --strategy ./my-strategy.ts --duration 2h',
    `dita run --events | jq -c 'select(.fact.type == "FILL_BOOKED") | .fact'`,
  ]
  static override flags = {
    duration: string({
      summary:
        'How long, in session time: 30m, 1h30m, 90s. A recording is played no longer; with more time than it has, 24h say, it is played to its end.',
      default: '30m',
      helpValue: 'TIME',
    }),
    config: string({ summary: "A config; without it the workspace's dita.yaml, else the built-in one.", helpValue: 'FILE' }),
    feed: string({ summary: '`simulated`, `live`, or a recording (gzip).', helpValue: 'simulated|live|PATH' }),
    strategy: string({
      summary: '`market_maker`, `breakout`, `flatten` (closes what is held, and ends), or a .ts or .js file of yours.',
      helpValue: 'NAME|FILE',
    }),
    speed: string({ summary: '1 for real time, another factor, or max.', default: '1', helpValue: '1|N|max' }),
    seed: integer({ summary: 'Of the simulated feed: the same seed gives the same market.', min: 0 }),
    live: boolean({ summary: 'Confirms that real money is to be traded; only with `mode: live` in the config.', default: false }),
    'on-start': string({
      summary: 'Orders that an older session left resting at the venue: keep them, or take them back.',
      options: ['adopt', 'cancel'],
      default: 'adopt',
    }),
    verbose: boolean({ summary: 'Without a terminal: a line for every fill as well.', default: false }),
    events: boolean({
      summary: 'Print every fact as one line of JSON, and nothing else: for jq and log shippers.',
      default: false,
      exclusive: ['json'],
    }),
    session: string({ summary: 'An id for this session; without it one is made from the time.', helpValue: 'ID' }),
  }

  async run(): Promise<SummaryView> {
    const { flags } = await this.parse(Run)
    // All of it is loaded before the session begins: nothing that happens to the files meanwhile can cost the summary.
    const [{ startSession }, { summarizeFromStore }, { renderFirstScreen }] = await Promise.all([
      import('../cli/start-session.ts'),
      import('../core/report/open-report.ts'),
      import('../core/report/summary-text.ts'),
    ])
    const workspace = this.workspace(flags)
    const outcome = await startSession({
      configPath: flags.config ?? workspace.configPath,
      storePath: workspace.storePath,
      isStoreNamed: flags.store !== undefined,
      duration: flags.duration,
      speed: flags.speed,
      feed: flags.feed,
      strategy: flags.strategy,
      seed: flags.seed,
      sessionId: flags.session,
      onStart: flags['on-start'] as 'adopt' | 'cancel',
      live: flags.live,
      json: this.jsonEnabled(),
      events: flags.events,
      verbose: flags.verbose,
      version: this.config.version,
    })
    const summary = await summarizeFromStore(workspace.storePath, outcome.sessionId)
    this.exitWith(summary.checks.drift && outcome.exitCode === EXIT.done ? EXIT.findings : outcome.exitCode)
    if (!flags.events) this.show(renderFirstScreen(summary, { width: this.terminalWidth() }))
    return summary
  }
}
