// How times, durations, signs, counts and rounded amounts read on the screen and in its plain twin. Never for storage.

const MICROS_PER_SECOND = 1_000_000
/** Beyond this a Date is invalid. */
const LAST_DATE_MS = 8.64e15
/** From ten times the whole on, how many times it is says no more. */
const LARGEST_SHARE = 10
const DECIMAL = /^([+-]?)(\d+)\.(\d+)$/

/** `2026-11-20 03:57:12`, UTC. */
export function formatDateTime(timeUs: number): string {
  const timeMs = Math.floor(timeUs / 1_000)
  if (!Number.isFinite(timeMs) || Math.abs(timeMs) > LAST_DATE_MS) return '----------- --:--:--'
  const text = new Date(timeMs).toISOString()
  const split = text.indexOf('T')
  return `${text.slice(0, split)} ${text.slice(split + 1, split + 9)}`
}

/** `03:57:12`, UTC. */
export function formatClock(timeUs: number): string {
  return formatDateTime(timeUs).slice(-8)
}

/** `4:05`, `30:00`, `1:30:00`, `2d 03:00:00`. */
export function formatDuration(durationUs: number): string {
  const seconds = Math.max(0, Math.floor(durationUs / MICROS_PER_SECOND))
  if (!Number.isFinite(seconds)) return '-:--'
  const days = Math.floor(seconds / 86_400)
  const hours = Math.floor((seconds % 86_400) / 3_600)
  const minutes = Math.floor((seconds % 3_600) / 60)
  const rest = String(seconds % 60).padStart(2, '0')
  if (days > 0) return `${days}d ${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}:${rest}`
  if (hours > 0) return `${hours}:${String(minutes).padStart(2, '0')}:${rest}`
  return `${minutes}:${rest}`
}

/** Elapsed ÷ total, from 0 to 1; null where the total is unknown. */
export function progressShare(elapsedUs: number, durationUs: number): number | null {
  if (!Number.isFinite(durationUs) || durationUs <= 0) return null
  return Math.min(1, Math.max(0, elapsedUs / durationUs))
}

/** `43 %`: whole percents, rounded down, so that 100 % means that all of it is done; `>999 %` beyond what a gauge can show. */
export function formatShare(share: number): string {
  if (!Number.isFinite(share)) return '∞ %'
  if (share >= LARGEST_SHARE) return '>999 %'
  return `${Math.floor(share * 100 + 1e-9)} %`
}

export function signOf(amount: string): -1 | 0 | 1 {
  if (!/[1-9]/.test(amount)) return 0
  return amount.startsWith('-') ? -1 : 1
}

/** `+1.20`, `-3`, `0`: the sign is always there, so that no reader depends on a colour. */
export function withSign(amount: string): string {
  return signOf(amount) === 1 && !amount.startsWith('+') ? `+${amount}` : amount
}

/** A decimal text with at most `places` decimals, rounded half-even; a text that is none, or has no more, stays as it is. */
export function roundDecimal(text: string, places: number): string {
  const [, sign = '', whole = '', fraction = ''] = DECIMAL.exec(text) ?? []
  if (fraction.length <= places) return text
  const kept = BigInt(whole + fraction.slice(0, places))
  const rest = fraction.slice(places)
  const half = '5'.padEnd(rest.length, '0')
  // Both have the same length, so that their order as texts is their order as numbers.
  const rounded = rest > half || (rest === half && kept % 2n === 1n) ? kept + 1n : kept
  const digits = String(rounded).padStart(places + 1, '0')
  const split = digits.length - places
  return `${rounded === 0n ? '' : sign}${digits.slice(0, split)}${places === 0 ? '' : `.${digits.slice(split)}`}`
}

/** `12,345` below a hundred thousand, then `123.4k`, `1.23M`: at most seven characters, rounded down. */
export function formatCount(count: number): string {
  if (count < 100_000) return String(count).replace(/\B(?=(\d{3})+$)/, ',')
  if (count < 1_000_000) return `${(Math.floor(count / 100) / 10).toFixed(1)}k`
  if (count < 1_000_000_000) return `${(Math.floor(count / 10_000) / 100).toFixed(2)}M`
  return `${(Math.floor(count / 10_000_000) / 100).toFixed(2)}G`
}

/** `1 gap`, `12,345 gaps`. */
export function countOf(count: number, one: string): string {
  return `${formatCount(count)} ${one}${count === 1 ? '' : 's'}`
}

/** `max speed`, `real time`, `60× speed`. */
export function formatSpeed(speed: string): string {
  if (speed === 'max') return 'max speed'
  return speed === '1' ? 'real time' : `${speed}× speed`
}

/** Words as people write them: `position_open` becomes `position open`. */
export function spaced(word: string): string {
  return word.replaceAll('_', ' ')
}

/** `1.2 ms`, `850 ms`, `12.3 s`. */
export function formatMs(ms: number): string {
  if (!Number.isFinite(ms)) return '—'
  if (ms >= 10_000) return `${(ms / 1_000).toFixed(1)} s`
  return `${ms >= 100 ? Math.round(ms) : Math.round(ms * 10) / 10} ms`
}

/** `512 B`, `1.2 MB`: in powers of ten, as disks are sold. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`
  const units = ['kB', 'MB', 'GB'] as const
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3))
  return `${(bytes / 1_000 ** power).toFixed(1)} ${units[power - 1]}`
}
