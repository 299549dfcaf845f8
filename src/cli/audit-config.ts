// What `dita audit-config` does: reads the config as `dita run` would, rehearses it, asks the venue where that is wanted, and puts
// together what was found. Also the word that a session with real money waits for.

import { randomInt } from 'node:crypto'
import { hostname } from 'node:os'
import { type AuditView, auditConfig, auditFaults, type PartFinding } from '../core/config/audit-config.ts'
import type { Config } from '../core/config/config.ts'
import type { ConfigReading } from '../core/config/read-config.ts'
import { DitaError, EXIT } from '../core/errors.ts'
import { probeNotifications } from '../core/session/notice-probe.ts'
import { machineClock } from '../core/session/pacer.ts'
import { type ConfigRequest, readingOf } from './config-request.ts'
import { parseDuration } from './duration.ts'
import { partFinding, type Rehearsed, rehearseConfig } from './rehearse-config.ts'

export interface AuditRequest extends ConfigRequest {
  /** How long the sessions last that are meant: some limits bind only in longer ones. */
  readonly duration: string
  /** Whether the venue may be asked: its keys, what it trades, the account's settings. */
  readonly online: boolean
}

/** @throws DitaError where there is no config to read (exit 4) or a flag cannot be right (exit 2) */
export function runAuditCommand(request: AuditRequest): Promise<AuditView> {
  return audited(readingOf(request), parseDuration(request.duration), request.online)
}

async function audited(reading: ConfigReading, durationUs: number, online: boolean): Promise<AuditView> {
  const { config } = reading
  if (config === null) return auditFaults(reading)
  const rehearsed = await rehearseConfig(config)
  const venue = await askVenue(config, online)
  return auditConfig(reading, {
    durationUs,
    instrument: rehearsed.instrument ?? venue.instrument,
    price: rehearsed.price,
    seen: rehearsed.seen,
    rehearsal: rehearsed.rehearsal,
    parts: [...rehearsed.parts, ...venue.parts, ...(await lookAtNotifications(config))],
    askedVenue: config.mode === 'paper' ? null : online,
  })
}

interface VenueWord extends Pick<Rehearsed, 'instrument'> {
  readonly parts: readonly PartFinding[]
}

/**
 * The keys are always looked at, and with `online` the venue is connected to and let go of. Without, the signal is aborted
 * beforehand, so that nothing is sent: a venue connects to nobody under such a signal.
 */
async function askVenue(config: Config, online: boolean): Promise<VenueWord> {
  if (config.mode === 'paper') return { instrument: null, parts: [] }
  const { connectBingx } = await import('../core/session/bingx-arena.ts')
  const signal = online ? new AbortController().signal : AbortSignal.abort()
  const wall = { ...machineClock(), wallUs: () => Date.now() * 1000 }
  const log = { info: () => undefined, error: () => undefined }
  const random = (): number => randomInt(2 ** 32) / 2 ** 32
  try {
    const { venue, instrument } = await connectBingx({ config, environment: process.env, random, wall, log }, signal)
    await venue.close()
    return { instrument, parts: [] }
  } catch (thrown) {
    if (!(thrown instanceof DitaError) && signal.aborted) return { instrument: null, parts: [] }
    return { instrument: null, parts: [partFinding(thrown, 'VENUE_UNUSABLE')] }
  }
}

/** Whether what notifications are sent with is there. Nothing is sent. */
async function lookAtNotifications(config: Config): Promise<PartFinding[]> {
  try {
    await probeNotifications({ config, environment: process.env, random: () => 0, host: hostname(), timeUs: 0, send: false })
    return []
  } catch (thrown) {
    return [{ ...partFinding(thrown), code: 'NOTIFICATIONS_UNUSABLE', keys: ['notify.credentials_file', 'notify.shape'] }]
  }
}

/** A session that is meant to be shorter, for a trial, is judged as one of this length: limits of it need not bind in a trial. */
const SHORTEST_JUDGED_US = 30 * 60 * 1_000_000

/**
 * Real money waits for a clean audit, as `dita audit-config` makes it. The venue is not asked: the session does that itself.
 * @throws DitaError AUDIT_NOT_CLEAN (exit 3)
 */
export async function assertCleanAudit(reading: ConfigReading, durationUs: number): Promise<void> {
  const { findings, clean } = await audited(reading, Math.max(durationUs, SHORTEST_JUDGED_US), false)
  if (clean) return
  const found = findings.filter(({ severity }) => severity !== 'note')
  const lines = found.map(({ code, place, text }) => `  ${code}${place === null ? '' : ` at ${place}`}: ${text}`)
  throw new DitaError('AUDIT_NOT_CLEAN', {
    fault: 'user',
    exitCode: EXIT.findings,
    message: `Real money is not traded with a config whose audit is not clean:\n${lines.join('\n')}`,
    next: 'Mend what is listed, and see `dita audit-config`; `mode: demo` trades practice money with it as it is.',
  })
}
