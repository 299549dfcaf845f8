// The doorway of `dita sessions`: lists what a store holds.

import { integer } from '@oclif/core/flags'
import { DitaCommand } from '../cli/base-command.ts'
import type { SessionsView } from '../core/report/sessions.ts'

export default class Sessions extends DitaCommand<SessionsView> {
  static override summary = 'List the sessions of a store, newest first.'
  static override description =
    'A line a session. A wide terminal shows when it started and its strategy as well; --json has all of it, and how it ended to the last word.'
  static override examples = [
    { description: 'The last twenty', command: 'dita sessions' },
    {
      description: 'The ids of the last hundred, for a script',
      command: 'dita sessions --limit 100 --json | jq -r ".sessions[].sessionId"',
    },
  ]
  static override flags = {
    limit: integer({ summary: 'How many to list.', default: 20, min: 1, max: 10_000, helpValue: 'N' }),
  }

  async run(): Promise<SessionsView> {
    const { flags } = await this.parse(Sessions)
    const [{ sessionsOfStore }, { renderSessions }] = await Promise.all([
      import('../core/report/open-report.ts'),
      import('../core/report/sessions-text.ts'),
    ])
    const view = await sessionsOfStore(this.workspace(flags).storePath, { limit: flags.limit })
    this.show(renderSessions(view, { width: this.terminalWidth() }))
    return view
  }
}
