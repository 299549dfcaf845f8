// The doorway of `dita halt`: the kill switch.

import { boolean, string } from '@oclif/core/flags'
import { DitaCommand } from '../cli/base-command.ts'
import type { HaltView } from '../cli/halt-session.ts'

export default class Halt extends DitaCommand<HaltView> {
  static override summary = 'Halt the running session: the kill switch.'
  static override description =
    `The session takes back its orders, waits for the venue to say so, and ends with the halt reason kill_switch.
This waits until it has, and the exit code is 0 once nothing runs any more: also where nothing ran.
A session that does not answer finds a file named HALT beside its store. While that file is there, no session of the folder starts; --clear removes it.`
  static override examples = [
    'dita halt',
    'dita halt --reason "spread looks wrong"',
    { description: 'Halt, and let nothing start until further notice', command: 'dita halt --file' },
    { description: 'Let sessions start again', command: 'dita halt --clear' },
  ]
  static override flags = {
    reason: string({ summary: 'Why: kept with the session.', helpValue: 'TEXT' }),
    wait: boolean({ summary: 'Wait until the session has halted.', default: true, allowNo: true }),
    timeout: string({ summary: 'How long to wait.', default: '60s', helpValue: 'TIME' }),
    file: boolean({ summary: 'Leave the file HALT beside the store in any case.' }),
    clear: boolean({ summary: 'Remove the file HALT, and halt nothing.', exclusive: ['file', 'reason'] }),
  }

  async run(): Promise<HaltView> {
    const { flags } = await this.parse(Halt)
    const [{ clearKillFile, haltSession, renderHalt }, { parseDuration }] = await Promise.all([
      import('../cli/halt-session.ts'),
      import('../cli/duration.ts'),
    ])
    const { storePath } = this.workspace(flags)
    const { clear, file, reason = null, timeout, wait } = flags
    const waitMs = wait ? parseDuration(timeout) / 1000 : null
    const view = clear ? clearKillFile(storePath) : await haltSession({ storePath, reason, waitMs, file, say: (text) => this.show(text) })
    this.show(renderHalt(view, { clear }))
    return view
  }
}
