// The doorway of `dita summarize`: explains one session.

import { string } from '@oclif/core/args'
import { DitaCommand } from '../cli/base-command.ts'
import { EXIT } from '../core/errors.ts'
import type { SummaryView } from '../core/report/summary-view.ts'

export default class Summarize extends DitaCommand<SummaryView> {
  static override summary = 'Explain a session: did it work, what did it earn and why, what went wrong.'
  static override description =
    'All figures are summed anew from the fills and the postings of the store. Where two ways to the same total differ, the summary says DRIFT and the exit code is 3.'
  static override aliases = ['summarize-run']
  static override examples = [
    { description: 'The last session', command: 'dita summarize' },
    { description: 'One by the beginning of its id', command: 'dita summarize 20260131-1425' },
    { description: 'Its profit, for a script', command: 'dita summarize latest --json | jq -r .pnl.net' },
  ]
  static override args = {
    session: string({ description: 'An id, a unique beginning of one, or `latest`.', default: 'latest', ignoreStdin: true }),
  }

  async run(): Promise<SummaryView> {
    const { args, flags } = await this.parse(Summarize)
    const [{ summarizeFromStore }, { renderSummary }] = await Promise.all([
      import('../core/report/open-report.ts'),
      import('../core/report/summary-text.ts'),
    ])
    const view = await summarizeFromStore(this.workspace(flags).storePath, args.session)
    this.show(renderSummary(view, { width: this.terminalWidth() }))
    if (view.checks.drift) this.exitWith(EXIT.findings)
    return view
  }
}
