// Looks at what notifications are sent with, and sends one for trial where that is wanted. Belongs to no session.

import type { Config } from '../config/config.ts'

export interface ProbeOptions {
  readonly config: Config
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly random: () => number
  readonly host: string
  readonly timeUs: number
  /** Without it nothing leaves: the secrets are read and their shape is looked at. */
  readonly send: boolean
}

export interface ProbeResult {
  readonly shape: string
  /** Who receives them; the address itself is a secret. */
  readonly receiver: string
  /** What became of the trial; null where none was sent, or where it arrived. */
  readonly trouble: string | null
}

/** Null where the config wants no notifications. @throws DitaError CREDENTIALS_… (exit 4) */
export async function probeNotifications({ config, ...options }: ProbeOptions): Promise<ProbeResult | null> {
  const { shape, chatId, credentialsFile: path } = config.notify
  if (shape === 'none') return null
  const { readTarget } = await import('../notify/target.ts')
  const { environment, random, host, timeUs } = options
  const target = readTarget({ shape, chatId, path, environment })
  const asked = { shape, receiver: target.host }
  if (!options.send) return { ...asked, trouble: null }
  const { Notifier } = await import('../notify/notifier.ts')
  const troubles: string[] = []
  const notifier = new Notifier({ target, random, onTrouble: (text) => troubles.push(text), tuning: TRIAL })
  notifier.send({
    id: `test-${timeUs}`,
    kind: 'test',
    urgency: 'normal',
    ...{ timeUs, host, sessionId: null },
    title: `A test, from ${host}`,
    text: 'Notifications arrive here. This one was sent by dita doctor --notify.',
    details: {},
  })
  const { lost } = await notifier.close()
  return { ...asked, trouble: lost === 0 ? null : (troubles.at(-1) ?? `No answer came from ${target.host} in time.`) }
}

/** Somebody sits before it and waits: one try, and a little longer than at a session's end. */
const TRIAL: Readonly<Record<'tries' | 'callTimeoutMs' | 'closeMs' | 'closeCallMs', number>> = {
  tries: 1,
  callTimeoutMs: 8_000,
  closeMs: 8_000,
  closeCallMs: 8_000,
}
