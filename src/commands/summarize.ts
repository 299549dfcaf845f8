// The doorway of `dita summarize`: explains one session, or two side by side.

import { string } from '@oclif/core/args'
import { boolean, string as text } from '@oclif/core/flags'
import { DitaCommand } from '../cli/base-command.ts'
import type { SummaryResult } from '../cli/summarize.ts'
import { EXIT } from '../core/errors.ts'
import { SECTION_NAMES } from '../core/report/section-names.ts'

export default class Summarize extends DitaCommand<SummaryResult> {
  static override summary = 'Explain a session: did it work, what did it earn and why, what went wrong.'
  static override description =
    `All figures are summed anew from the fills and the postings of the store. Where two ways to the same total differ, the summary says DRIFT.
--html and --csv write files and replace those that dita wrote before, no others; --csv only those of the same session. Formulas and sources are in docs/METRICS.md.
On a terminal with fewer rows it opens in your pager: $DITA_PAGER, $PAGER or less; DITA_PAGER=cat prints it.`
  static override aliases = ['summarize-run']
  static override examples = [
    { description: 'The last session', command: 'dita summarize' },
    {
      description: 'One by the beginning of its id, only what it earned and by what trades',
      command: 'dita summarize 20260131-1425 --section result,trades',
    },
    { description: 'What changed since the one before', command: 'dita summarize latest --compare 20260130-0900' },
    { description: 'With charts, to look at or to send', command: 'dita summarize --html session.html' },
    { description: 'Its profit, for a script', command: 'dita summarize latest --json | jq -r .pnl.net' },
  ]
  static override args = {
    session: string({ description: 'An id, a unique beginning of one, or `latest`.', default: 'latest', ignoreStdin: true }),
  }
  static override flags = {
    section: text({
      summary: `Only these parts of the text, parted by commas: ${SECTION_NAMES.join(', ')}.`,
      helpValue: 'NAME,...',
    }),
    compare: text({ summary: 'Another session beside it, with the differences.', helpValue: 'SESSION' }),
    md: boolean({ summary: 'As Markdown.' }),
    csv: text({ summary: 'Write fills, ticks, equity, trades, attribution and all figures into this folder.', helpValue: 'DIR' }),
    html: text({ summary: 'Write a page with charts, complete in one file.', helpValue: 'FILE' }),
  }

  async run(): Promise<SummaryResult> {
    const { args, flags } = await this.parse(Summarize)
    const { runSummarizeCommand } = await import('../cli/summarize.ts')
    const { storePath } = this.workspace(flags)
    const { section, compare, json, md, csv, html } = flags
    const width = this.terminalWidth()
    const outcome = await runSummarizeCommand({ storePath, session: args.session, section, compare, json, md, csv, html, width })
    await this.showLong(outcome.text)
    if (outcome.drift) this.exitWith(EXIT.findings)
    return outcome.result
  }
}
