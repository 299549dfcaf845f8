// The doorway of `dita watch`: the live screen of a session that runs elsewhere.

import { DitaCommand } from '../cli/base-command.ts'
import type { WatchView } from '../cli/watch-session.ts'

export default class Watch extends DitaCommand<WatchView> {
  static override summary = 'Watch the running session from another terminal.'
  static override description =
    `On a terminal it shows the live screen, elsewhere plain lines, with --json one JSON object a line: each what the screen would show, the last with the halt.
It only looks: q or Ctrl-C leaves it, and the session goes on.`
  static override examples = [
    'dita watch',
    { description: 'The result so far, for a script', command: 'dita watch --json | head -1 | jq -r .pnl.net' },
  ]

  async run(): Promise<WatchView> {
    const { flags } = await this.parse(Watch)
    const { renderWatch, watchSession } = await import('../cli/watch-session.ts')
    const { storePath } = this.workspace(flags)
    const view = await watchSession({ storePath, json: this.jsonEnabled(), env: process.env })
    this.exitWith(view.exitCode)
    this.show(renderWatch(view))
    return view
  }

  protected override logJson(): void {
    // With --json every model was printed as it came, and the last one says how the session ended.
  }
}
