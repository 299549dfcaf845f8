// How an audit and an effective config are laid out for people: findings first, every key where it is asked for, in 80 columns.
// Text only.

import type { AuditFinding, AuditView } from '../core/config/audit-config.ts'
import type { EffectiveKey, Origin, ShownValue } from '../core/config/effective-keys.ts'
import type { KeyReading } from '../core/config/readers.ts'
import { haltWords } from '../core/halt-reasons.ts'
import { counted, hanging, paragraph } from './account-text.ts'

interface AuditLayout {
  /** What a row may take. */
  readonly lineWidth: number
  /** Whether every key is shown, with its value, its origin and its readers. */
  readonly withKeys: boolean
}

export function renderAudit(view: AuditView, { lineWidth, withKeys }: AuditLayout): string {
  const { findings, keys } = view
  const table = withKeys && keys.length > 0
  const serious = findings.filter(({ severity }) => severity !== 'note')
  const notes = findings.filter(({ severity }) => severity === 'note')
  return [
    ...paragraph(headline(view, serious.length)),
    ...serious.flatMap(findingLines),
    ...notes.flatMap(findingLines),
    ...(serious.length + notes.length > 0 && keys.length > 0 ? [''] : []),
    ...(keys.length === 0 ? [] : rehearsalLines(view, table)),
    ...(view.askedVenue === false ? paragraph('The venue was not asked: --online does that, and trades nothing.') : []),
    ...(keys.length > 0 && !table ? paragraph(`With --keys it shows all ${keys.length} keys: value, origin, and who reads them.`) : []),
    ...(table ? auditedKeys(keys, lineWidth) : []),
  ].join('\n')
}

function auditedKeys(keys: AuditView['keys'], lineWidth: number): string[] {
  const cells = rowsOf(keys, lineWidth)
  return ['', ...cells('', 'value', 'from', 'read by'), ...tableLines(keys, (block) => auditedBlock(block, cells))]
}

type AuditedKey = AuditView['keys'][number]

export interface ShownConfig {
  /** As it was named; null for the built-in config. */
  readonly config: string | null
  readonly keys: readonly EffectiveKey[]
}

export function renderConfig({ config, keys }: ShownConfig, lineWidth: number): string {
  const cells = rowsOf(keys, lineWidth)
  const place = config === null ? 'the built-in config' : config
  return [
    ...paragraph(`What is in force, with ${place}:`),
    '',
    ...cells('', 'value', 'from', ''),
    ...tableLines(keys, (block) => shownBlock(block, cells)),
  ].join('\n')
}

function headline({ config, valid, clean }: AuditView, count: number): string {
  const name = config ?? 'the built-in config'
  if (clean) return `The audit of ${name} is clean.`
  const found = counted(count, 'finding')
  return valid ? `The audit of ${name}: ${found}.` : `${sentence(name)} cannot be used: ${found}.`
}

function sentence(text: string): string {
  return text.startsWith('the ') ? `T${text.slice(1)}` : text
}

function findingLines({ code, severity, place, text }: AuditFinding): string[] {
  const head = `${severity === 'note' ? 'note  ' : ''}${code}${place === null ? '' : `  ${place}`}`
  return ['', head, ...text.split('\n').flatMap((line) => paragraph(line.trim(), '  '))]
}

/** `table` follows where it says what a mark in it means. */
function rehearsalLines({ rehearsal, keys }: AuditView, table: boolean): string[] {
  if (rehearsal === null) return paragraph(`The rehearsal did not begin${table ? ': who reads the keys with a ? is not known' : ''}.`)
  const { seconds, instrument, feed, ticks, ordersSent, denials, haltReason, haltDetail } = rehearsal
  const counts = `${counted(ticks, 'tick')}, ${counted(ordersSent, 'order')} sent, ${counted(denials, 'denial')}`
  // With which words and figures it ended stands in a finding of its own.
  const { word, short } = haltWords(haltReason, haltDetail)
  const end = haltReason === 'duration_elapsed' ? '' : `, until it ${word}: ${short}`
  const unknown = table && keys.some(({ status }) => status === 'unknown') ? ' Who reads the keys with a ? it did not come to.' : ''
  return paragraph(`Rehearsed on paper for ${Math.round(seconds)} s with ${instrument} on ${feed}: ${counts}${end}.${unknown}`)
}

const KEY_WIDTH = 30
const VALUE_WIDTH = 16
const ORIGIN_WIDTH = 9

interface Block<Key> {
  readonly section: string
  readonly keys: readonly Key[]
}

/** A block for each section. */
function tableLines<Key extends EffectiveKey>(keys: readonly Key[], linesOf: (block: Block<Key>) => string[]): string[] {
  const blocks = [...Map.groupBy(keys, ({ key }) => sectionOf(key))]
  return blocks.flatMap(([section, held], index) => [...(index === 0 ? [] : ['']), ...linesOf({ section, keys: held })])
}

/** A section that nobody reads with this config, and in which nothing is set, is told in one sentence. */
function auditedBlock({ section, keys }: Block<AuditedKey>, cells: Cells): string[] {
  const [first] = keys
  const when = first?.when ?? null
  const isIdle = keys.every((key) => key.status === 'idle' && key.when === when && key.origin.kind === 'default')
  if (!isIdle || when === null) return [...heading(section), ...keys.flatMap((key) => row(section, key, readersText(key), cells))]
  const pairs = keys.map((key) => `${nameIn(section, key.key)} ${valueText(key.value)}`)
  return [`${section}  (only read ${when})`, ...paragraph(`${pairs.join(', ')}: all defaults.`, '  ')]
}

function shownBlock({ section, keys }: Block<EffectiveKey>, cells: Cells): string[] {
  return [...heading(section), ...keys.flatMap((key) => row(section, key, '', cells))]
}

function heading(section: string): string[] {
  return section === '' ? [] : [section]
}

function row(section: string, { key, value, origin }: EffectiveKey, readers: string, cells: Cells): string[] {
  return cells(`  ${nameIn(section, key)}`, valueText(value), originText(origin), readers)
}

function nameIn(section: string, key: string): string {
  return section === '' ? key : key.slice(section.length + 1)
}

function sectionOf(key: string): string {
  return key.split('.').slice(0, -1).join('.')
}

/** One row of the table, on as many lines as it takes. */
type Cells = (key: string, value: string, origin: string, last: string) => string[]

/** Columns as wide as a terminal has room for; without such a bound, as on a pipe, as wide as it takes for one line each. */
function rowsOf(keys: readonly EffectiveKey[], lineWidth: number): Cells {
  const widest = (texts: readonly string[], least: number): number => Math.max(least, ...texts.map((text) => text.length + 2))
  const isBound = Number.isFinite(lineWidth)
  const keyWidth = isBound
    ? KEY_WIDTH
    : widest(
        keys.map(({ key }) => `  ${nameIn(sectionOf(key), key)}`),
        KEY_WIDTH,
      )
  const valueWidth = isBound
    ? VALUE_WIDTH
    : widest(
        keys.map(({ value }) => valueText(value)),
        VALUE_WIDTH,
      )
  const originWidth = isBound
    ? ORIGIN_WIDTH
    : widest(
        keys.map(({ origin }) => originText(origin)),
        ORIGIN_WIDTH,
      )
  const starts = [0, keyWidth, keyWidth + valueWidth, keyWidth + valueWidth + originWidth] as const
  return (key, value, origin, last) => cellLines([key, value, origin, last], starts, lineWidth)
}

/** What does not fit its column pushes the rest into a line of its own, under their heads. */
function cellLines(
  [key, value, origin, last]: readonly [string, string, string, string],
  starts: readonly [number, number, number, number],
  lineWidth: number,
): string[] {
  const lines: string[] = []
  let line = ''
  for (const [index, text] of [key, value, origin].entries()) {
    const start = starts[index] ?? 0
    if (line.length >= start && line !== '') {
      lines.push(line)
      line = ''
    }
    line = line.padEnd(start) + text
  }
  const [, , , start] = starts
  if (last === '') return [...lines, line.trimEnd()]
  if (line.length >= start) {
    lines.push(line)
    line = ''
  }
  return [...lines, ...hanging(line.padEnd(start), last, lineWidth)]
}

export function valueText(value: ShownValue): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`
  if (typeof value !== 'object') return String(value)
  const pairs = Object.entries(value).map(([name, item]) => `${name}: ${valueText(item)}`)
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`
}

function originText(origin: Origin): string {
  switch (origin.kind) {
    case 'file':
      return `line ${origin.line}`
    case 'environment':
      return origin.variable
    case 'flag':
      return origin.flag
    case 'follows':
      return `as ${origin.key}`
    case 'default':
      return 'default'
  }
}

/** Modules that a line names before it only counts. */
const MOST_READERS = 2

/** Who uses the value in the end; --json has also who hands it on, and the modules in full. */
function readersText({ status, readers, handedTo, when }: KeyReading): string {
  const users = [...new Set((handedTo.length > 0 ? handedTo : readers).map((module) => module.split('/').slice(0, 2).join('/')))]
  const more = users.length > MOST_READERS ? ` +${users.length - MOST_READERS}` : ''
  const shown = `${users.slice(0, MOST_READERS).join(' ')}${more}`
  switch (status) {
    case 'read':
      return shown
    case 'checked':
      return `${shown}, at loading`
    case 'later':
      return `${shown} ${when}`
    case 'idle':
      return `only ${when}`
    case 'unread':
      return 'NOBODY'
    case 'unknown':
      return '?'
  }
}
