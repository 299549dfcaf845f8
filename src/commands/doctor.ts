// The doorway of `dita doctor`: whether everything is there that a session needs.

import { boolean, string } from '@oclif/core/flags'
import { DitaCommand } from '../cli/base-command.ts'
import type { DoctorView } from '../cli/doctor.ts'

export default class Doctor extends DitaCommand<DoctorView> {
  static override summary = 'Look at all a session needs: Node, store, disk, clock, config, keys, venue.'
  static override description =
    `Each row says what was found, and under it what to type where something is to be done. Nothing is changed, and no key is shown.
In the modes demo and live the venue is asked with your keys; it is sent no order.`
  static override examples = [
    { description: 'Before the first session', command: 'dita doctor' },
    { description: 'Send a notification for trial', command: 'dita doctor --notify' },
    { description: 'What failed, for a script', command: 'dita doctor --json | jq -r \'.checks[] | select(.verdict == "fail") | .name\'' },
  ]
  static override flags = {
    config: string({ summary: "A config; without it the workspace's dita.yaml, else the built-in one.", helpValue: 'FILE' }),
    offline: boolean({ summary: 'Ask nobody outside of this machine.', default: false }),
    notify: boolean({ summary: 'Send a notification for trial, as the config says.', default: false, exclusive: ['offline'] }),
  }

  async run(): Promise<DoctorView> {
    const { flags } = await this.parse(Doctor)
    const [{ runDoctor }, { renderDoctor }] = await Promise.all([import('../cli/doctor.ts'), import('../cli/doctor-text.ts')])
    const workspace = this.workspace(flags)
    const { root: packageFolder, version } = this.config
    const request = { offline: flags.offline, notify: flags.notify, environment: process.env, packageFolder, version }
    const view = await runDoctor({ ...request, workspace, configPath: flags.config ?? workspace.configPath })
    this.show(renderDoctor(view, this.rowWidth()))
    this.exitWith(view.exitCode)
    return view
  }
}
