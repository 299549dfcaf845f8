// The doorway of `dita halt`: the kill switch.

import { boolean, string } from '@oclif/core/flags'
import { DitaCommand } from '../cli/base-command.ts'
import type { HaltView } from '../core/session/socket/halt-running.ts'

export default class Halt extends DitaCommand<HaltView> {
  static override summary = 'Halt the running session: the kill switch.'
  static override description =
    `The session takes back its orders, waits for the venue to say so, and ends with the halt reason kill_switch.
This waits until it has. Where nothing runs, it says what the books still hold as live: after a crash that may rest at the venue.
A session that does not answer finds a file named HALT beside its store. While one is there, or beside the dita.yaml of the workspace, no session starts; --clear removes it. You can as well make it by hand: \`touch HALT\`.
A session that is still connecting to its venue holds no store yet and is not found: --file halts that one too, as soon as it begins.`
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
    file: boolean({ summary: 'Leave the file HALT beside the store in any case, so that nothing starts either.' }),
    clear: boolean({ summary: 'Remove the file HALT, and halt nothing.', exclusive: ['file', 'reason'] }),
  }

  async run(): Promise<HaltView> {
    const { flags } = await this.parse(Halt)
    const [{ clearKillFile, haltSession }, { renderHalt }, { parseDuration }] = await Promise.all([
      import('../core/session/socket/halt-running.ts'),
      import('../cli/halt-text.ts'),
      import('../cli/duration.ts'),
    ])
    const { storePath, root } = this.workspace(flags)
    const { clear, file, reason = null, timeout, wait } = flags
    const waitMs = wait ? parseDuration(timeout) / 1000 : null
    const isNamed = root !== null || flags.store !== undefined
    const say = (text: string): void => this.show(text)
    const view = clear ? clearKillFile(storePath) : await haltSession({ storePath, reason, waitMs, file, isNamed, say })
    this.show(renderHalt(view, { clear, isNamed }))
    this.exitWith(view.exitCode)
    return view
  }
}
