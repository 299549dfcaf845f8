// The audit of what a session would run with: its config is rehearsed, the venue is asked where that is wanted, and what was found is put
// together. Also the gate that real money waits at. Trades nothing.

import { type AuditView, auditConfig, auditFaults, type PartFinding } from '../config/audit-config.ts'
import type { Config } from '../config/config.ts'
import type { ConfigReading } from '../config/read-config.ts'
import { DitaError, EXIT } from '../errors.ts'
import { probeNotifications } from './notice-probe.ts'
import { machineClock } from './pacer.ts'
import { partFinding, type Rehearsed, rehearseConfig } from './rehearse-config.ts'

export interface AuditOptions {
  /** How long the sessions last that are meant: some limits bind only in longer ones. */
  readonly durationUs: number
  /** Whether the venue may be asked: its keys, what it trades, the account's settings. */
  readonly online: boolean
  readonly environment: Readonly<Record<string, string | undefined>>
  /** From 0 up to 1, for the spread of pauses. */
  readonly random: () => number
  readonly host: string
}

/** Reads, rehearses and asks; throws for nothing that is wrong with the config. */
export async function auditReading(reading: ConfigReading, options: AuditOptions): Promise<AuditView> {
  const { config } = reading
  if (config === null) return auditFaults(reading)
  const { durationUs, online } = options
  const rehearsed = await rehearseConfig(config)
  const venue = await askVenue(config, options)
  return auditConfig(reading, {
    durationUs,
    startUs: config.mode === 'paper' ? rehearsed.startUs : Date.now() * 1000,
    instrument: rehearsed.instrument ?? venue.instrument,
    price: rehearsed.price,
    seen: rehearsed.seen,
    rehearsal: rehearsed.rehearsal,
    parts: [...rehearsed.parts, ...venue.parts, ...(await lookAtNotifications(config, options))],
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
async function askVenue(config: Config, { online, environment, random }: AuditOptions): Promise<VenueWord> {
  if (config.mode === 'paper') return { instrument: null, parts: [] }
  const { connectBingx } = await import('./bingx-arena.ts')
  const signal = online ? new AbortController().signal : AbortSignal.abort()
  const wall = { ...machineClock(), wallUs: () => Date.now() * 1000 }
  const log = { info: () => undefined, error: () => undefined }
  try {
    const { venue, instrument } = await connectBingx({ config, environment, random, wall, log }, signal)
    await venue.close()
    return { instrument, parts: [] }
  } catch (thrown) {
    if (!(thrown instanceof DitaError) && signal.aborted) return { instrument: null, parts: [] }
    return { instrument: null, parts: [partFinding(thrown, 'VENUE_UNUSABLE')] }
  }
}

/** Whether what notifications are sent with is there. Nothing is sent. */
async function lookAtNotifications(config: Config, { environment, host }: AuditOptions): Promise<PartFinding[]> {
  try {
    await probeNotifications({ config, environment, random: () => 0, host, timeUs: 0, send: false })
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
export async function assertCleanAudit(reading: ConfigReading, options: Omit<AuditOptions, 'online'>): Promise<void> {
  const durationUs = Math.max(options.durationUs, SHORTEST_JUDGED_US)
  const { findings, clean } = await auditReading(reading, { ...options, durationUs, online: false })
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
