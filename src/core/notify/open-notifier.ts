// Opens what the config says of notifications: reads the secrets, and nothing more is done before the first notice.

import { Notifier, type NotifierOptions } from './notifier.ts'
import { readTarget, type TargetSources } from './target.ts'

export type OpenNotifierOptions = TargetSources & Omit<NotifierOptions, 'target'>

/** @throws DitaError CREDENTIALS_MISSING, CREDENTIALS_INVALID, CREDENTIALS_EXPOSED (exit 4) */
export function openNotifier(options: OpenNotifierOptions): Notifier {
  return new Notifier({ ...options, target: readTarget(options) })
}
