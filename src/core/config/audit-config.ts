// What an audit says of a config: all keys with value, origin and readers, and all findings. It puts together what others found;
// it runs no session and reads no file.

import { EXIT, type ExitCode } from '../errors.ts'
import { tryParseDecimal } from '../kernel/decimal.ts'
import type { Instrument } from '../kernel/instrument.ts'
import { type ConfigFault, type ConfigPath, type FaultCode, type Place, pathText, placeText, valueAt } from './config-values.ts'
import { type EffectiveKey, effectiveKeys, textsOf } from './effective-keys.ts'
import { strangerText } from './environment.ts'
import { type LimitFinding, limitFindings } from './limit-rules.ts'
import { inOrder } from './load-config.ts'
import type { ConfigReading } from './read-config.ts'
import { type KeyReading, readingOf, type SeenReading } from './readers.ts'
import { commentLooksSecret, isSecret } from './secrets.ts'

/** What an adapter or the rehearsal can be found to be. */
export type PartCode =
  | 'STRATEGY_UNUSABLE'
  | 'FEED_UNUSABLE'
  | 'CREDENTIALS_UNUSABLE'
  | 'VENUE_UNUSABLE'
  | 'NOTIFICATIONS_UNUSABLE'
  | 'ALL_DENIED'
  | 'OFTEN_REFUSED'
  | 'NO_ORDER_SENT'
  | 'REHEARSAL_FAILED'
  | 'REHEARSAL_HALTED'
  | 'REHEARSAL_CUT_SHORT'

export type FindingCode = FaultCode | LimitFinding['code'] | PartCode | 'SECRET_IN_CONFIG' | 'UNREAD_KEY' | 'IDLE_KEY' | 'STRANGE_VARIABLE'

/** What each kind of finding means. `note`: shown, and no reason not to start. */
export const FINDING_CODES: Readonly<Record<FindingCode, { readonly severity: 'error' | 'finding' | 'note'; readonly means: string }>> = {
  NOT_YAML: { severity: 'error', means: 'The file is not YAML, or repeats a key, or holds more than a config can.' },
  UNKNOWN_KEY: { severity: 'error', means: 'The file has a key that the schema does not know.' },
  RETIRED_KEY: { severity: 'error', means: 'The key was one once; the text says what took its place.' },
  BAD_VALUE: { severity: 'error', means: 'The value is of the wrong kind or out of bounds.' },
  CONTRADICTION: { severity: 'error', means: 'Keys that must agree do not.' },
  UNKNOWN_VARIABLE: { severity: 'error', means: 'A variable stands for no key, and begins as one of a section does or is near to one.' },
  SECRET_IN_CONFIG: { severity: 'finding', means: 'Something looks like a key, a token or a password. The value is never shown.' },
  UNREAD_KEY: { severity: 'finding', means: 'Nobody read the key in the rehearsal, and nothing says why.' },
  LIMIT_NEVER_BINDS: { severity: 'finding', means: 'A limit that cannot speak, or only once another one has spoken long ago.' },
  NO_ORDER_PASSES: { severity: 'finding', means: 'Settings with which every order, or every second one, is denied or never sent.' },
  NO_LIMIT: { severity: 'finding', means: 'Nothing would stop an order, however large.' },
  MONEY_MISSING: { severity: 'finding', means: 'The paper money does not fit what is traded.' },
  STRATEGY_UNUSABLE: { severity: 'finding', means: 'The strategy cannot be loaded, set up or run.' },
  FEED_UNUSABLE: { severity: 'finding', means: 'The recording is missing, cannot be read or holds no market.' },
  CREDENTIALS_UNUSABLE: {
    severity: 'finding',
    means: 'The keys of the venue are missing, or others can read them.',
  },
  VENUE_UNUSABLE: { severity: 'finding', means: 'With --online: the venue cannot be reached, or says otherwise than the config.' },
  NOTIFICATIONS_UNUSABLE: { severity: 'finding', means: 'What notifications are sent with is missing or wrong, or others can read it.' },
  ALL_DENIED: { severity: 'finding', means: 'In the rehearsal not one order passed.' },
  OFTEN_REFUSED: { severity: 'finding', means: 'In the rehearsal a tenth or more of what was wanted was refused.' },
  NO_ORDER_SENT: { severity: 'finding', means: 'In the rehearsal a built-in strategy sent nothing.' },
  REHEARSAL_FAILED: { severity: 'finding', means: 'The rehearsal did not start or broke off.' },
  REHEARSAL_HALTED: { severity: 'finding', means: 'A gate ended the rehearsal before its time.' },
  REHEARSAL_CUT_SHORT: {
    severity: 'note',
    means: 'The rehearsal ended before its time: it took too long, its strategy wanted it, or a gate spoke on a made-up market.',
  },
  IDLE_KEY: { severity: 'note', means: 'The key is set, and nobody reads it unless another setting changes.' },
  STRANGE_VARIABLE: { severity: 'note', means: 'A variable begins with DITA_ and means nothing to dita.' },
}

export interface AuditFinding {
  readonly code: FindingCode
  readonly severity: 'error' | 'finding' | 'note'
  /** The keys it is about, as in dita.yaml; the first is the one to look at. */
  readonly keys: readonly string[]
  /** `dita.yaml:4:3`, a variable, a flag; null where nothing was written. */
  readonly place: string | null
  /** Of the file; null where it was not written there. */
  readonly line: number | null
  readonly column: number | null
  /** A whole sentence, or several. */
  readonly text: string
}

export interface PartFinding {
  readonly code: PartCode
  readonly keys: readonly string[]
  readonly text: string
}

/** What became of the short session on paper. Amounts of it mean nothing; who read what does. */
export interface Rehearsal {
  readonly instrument: string
  readonly feed: string
  readonly seconds: number
  readonly ticks: number
  readonly ordersSent: number
  readonly fills: number
  readonly denials: number
  /** Of the orders sent. */
  readonly rejections: number
  /** Denials and rejections by code, the most frequent first, each with its last in words. */
  readonly refusals: readonly { readonly code: string; readonly count: number; readonly example: string }[]
  readonly haltReason: string
  /** Who ended it, or with which figures; null for nothing. */
  readonly haltDetail: string | null
}

export interface AuditView {
  /** As it was named; null for the built-in config. */
  readonly config: string | null
  /** Without errors: `dita run` would load it. */
  readonly valid: boolean
  /** Without errors and findings. */
  readonly clean: boolean
  readonly exitCode: ExitCode
  /** Errors first, then findings, then notes; each in the order of the file. */
  readonly findings: readonly AuditFinding[]
  /** Every key of the schema, once; none where the config is not valid. */
  readonly keys: readonly (EffectiveKey & KeyReading)[]
  /** Null where it could not be made. */
  readonly rehearsal: Rehearsal | null
  /** Whether the venue was asked; null where the config has none. */
  readonly askedVenue: boolean | null
}

export interface AuditEvidence {
  readonly durationUs: number
  /** When a session would begin, by the clock that counts; left out or null where nobody knows. */
  readonly startUs?: number | null
  /** What is traded, where it is known; a price of it as a decimal string. */
  readonly instrument: Instrument | null
  readonly price: string | null
  readonly seen: SeenReading
  readonly rehearsal: Rehearsal | null
  readonly parts: readonly PartFinding[]
  readonly askedVenue: boolean | null
}

/** The audit of a config that cannot be loaded, of all that is wrong with it. */
export function auditFaults(reading: ConfigReading): AuditView {
  const faults = inOrder(reading.faults).map((fault) => faultFinding(fault, reading))
  return viewOf(reading, [...faults, ...secretFindings(reading)], { keys: [], rehearsal: null, askedVenue: null })
}

/** The audit of a config that can be loaded. */
export function auditConfig(reading: ConfigReading, evidence: AuditEvidence): AuditView {
  const { config } = reading
  if (config === null) return auditFaults(reading)
  const { durationUs, startUs = null, instrument, price, seen, rehearsal, askedVenue } = evidence
  const keys = effectiveKeys(reading).map((key) => ({ ...key, ...readingOf(key.key, config, seen) }))
  const limits = limitFindings(config, { durationUs, startUs, instrument, price: price === null ? null : (tryParseDecimal(price) ?? null) })
  const findings = [
    ...secretFindings(reading),
    ...evidence.parts.map(({ code, keys: paths, text }) => findingAt(reading, code, paths, text)),
    ...unreadFindings(reading, keys),
    ...(seen.unreadParams ?? []).map((path) => unreadParam(reading, path)),
    ...limits.map(({ code, keys: paths, text }) => findingAt(reading, code, paths, text)),
    ...idleNotes(reading, keys),
    ...reading.strangers.map((name) => strangeVariable(reading, name)),
  ]
  return viewOf(reading, findings, { keys, rehearsal, askedVenue })
}

const RANK = { error: 0, finding: 1, note: 2 } as const

function viewOf(
  reading: ConfigReading,
  found: readonly AuditFinding[],
  rest: Pick<AuditView, 'keys' | 'rehearsal' | 'askedVenue'>,
): AuditView {
  const valid = reading.faults.length === 0
  const clean = found.every(({ severity }) => severity === 'note')
  const lineOf = ({ line }: AuditFinding): number => line ?? Number.MAX_SAFE_INTEGER
  const findings = [...found].sort((a, b) => RANK[a.severity] - RANK[b.severity] || lineOf(a) - lineOf(b))
  const exitCode = valid ? (clean ? EXIT.done : EXIT.findings) : EXIT.config
  return { config: reading.text === null ? null : reading.file, valid, clean, exitCode, findings, ...rest }
}

function faultFinding({ code, path, place, text }: ConfigFault, reading: ConfigReading): AuditFinding {
  return { ...at(reading, code, place), keys: path.length === 0 ? [] : [pathText(path)], text }
}

/** At the first of its keys that somebody wrote. */
function findingAt(reading: ConfigReading, code: FindingCode, keys: readonly string[], text: string): AuditFinding {
  const written = keys.map((key) => key.split('.')).find((path) => valueAt(reading.tree, path) !== undefined)
  return { ...at(reading, code, written === undefined ? null : reading.placeOf(written)), keys, text }
}

function at(
  { file }: ConfigReading,
  code: FindingCode,
  place: Place | null,
): Pick<AuditFinding, 'code' | 'severity' | 'place' | 'line' | 'column'> {
  const spot = place !== null && 'line' in place ? place : { line: null, column: null }
  const named = place === null ? null : placeText(place, file)
  return { code, severity: FINDING_CODES[code].severity, place: named, line: spot.line, column: spot.column }
}

const ADVICE = 'Keep it in a file that only you can read, or in the environment, and consider it as known to others.'

/** In values, wherever they were written, and in comments of the file. */
function secretFindings(reading: ConfigReading): AuditFinding[] {
  const inValues = textsOf(reading.tree)
    .filter(({ path, text }) => isSecret(nameOf(path), text))
    .map(({ path }) => {
      const text = `The value of \`${pathText(path)}\` looks like a secret. ${ADVICE}`
      return { ...at(reading, 'SECRET_IN_CONFIG', reading.placeOf(path)), keys: [pathText(path)], text }
    })
  const lines = (reading.text ?? '').split('\n')
  const inComments = lines.flatMap((line, index) => {
    const place = { line: index + 1, column: Math.max(line.indexOf('#'), 0) + 1 }
    const text = `A comment looks as if it held a secret. ${ADVICE}`
    return commentLooksSecret(line) ? [{ ...at(reading, 'SECRET_IN_CONFIG', place), keys: [], text }] : []
  })
  return [...inValues, ...inComments]
}

/** Of an item of a list, the list. */
function nameOf(path: readonly (string | number)[]): string {
  return path.findLast((part) => typeof part === 'string') ?? ''
}

/** Keys that one note names before it only counts. */
const MOST_NAMED = 4

type AuditedKey = AuditView['keys'][number]

function unreadFindings(reading: ConfigReading, keys: readonly AuditedKey[]): AuditFinding[] {
  return keys
    .filter(({ status }) => status === 'unread')
    .map(({ key }) => findingAt(reading, 'UNREAD_KEY', [key], `Nobody reads \`${key}\`: whatever it says changes nothing.`))
}

function unreadParam(reading: ConfigReading, path: ConfigPath): AuditFinding {
  const key = pathText(path)
  const text = `The strategy never read \`${key}\` in the rehearsal: is that its name? A parameter that is read when the strategy is set up is always found.`
  return { ...at(reading, 'UNREAD_KEY', reading.placeOf(path)), keys: [key], text }
}

/** One note for all keys that wait for the same setting. */
function idleNotes(reading: ConfigReading, keys: readonly AuditedKey[]): AuditFinding[] {
  const idle = keys.filter(({ status, origin }) => status === 'idle' && origin.kind !== 'default')
  return [...Map.groupBy(idle, ({ when }) => when ?? '')].map(([when, waiting]) => {
    const names = waiting.map(({ key }) => key)
    const shown = names.slice(0, MOST_NAMED).map((name) => `\`${name}\``)
    const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : ''
    const verb = names.length === 1 ? 'is' : 'are'
    return findingAt(reading, 'IDLE_KEY', names, `${shown.join(', ')}${more} ${verb} set, and only read ${when}.`)
  })
}

function strangeVariable(reading: ConfigReading, name: string): AuditFinding {
  return { ...at(reading, 'STRANGE_VARIABLE', { name }), keys: [], text: strangerText(name) }
}
