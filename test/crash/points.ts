// The points of the crash sweep: their names, which there are, and a spread of them. Pure, but for what it is told of a trace.

import { CALLS, type Call, type Injection } from './workspace.ts'

/** At a call; or at a time that a seed gives: of the session, of three starts in a row, of the exchange, of both. */
export type Point =
  | { readonly kind: 'call'; readonly injection: Injection }
  | { readonly kind: 'time' | 'deep' | 'exchange' | 'both'; readonly nth: number }

/** How many are made of each kind that a time decides. */
export const TIMED = { time: 300, deep: 100, exchange: 50, both: 50 } as const

/** How often each call was made by the thread that made it most. */
export type CallCounts = Readonly<Partial<Record<Call, number>>>

/** `pwrite64:17`, `EIO@fsync:3`, `deep:4`: what replays it after `--only`. */
export function pointName(point: Point): string {
  if (point.kind !== 'call') return `${point.kind}:${point.nth}`
  const { call, nth, what } = point.injection
  return `${what === 'kill' ? '' : `${what}@`}${call}:${nth}`
}

export function pointOf(name: string): Point {
  const match = /^(?:(EIO|ENOSPC)@)?([a-z0-9]+):([1-9]\d{0,6})$/.exec(name)
  const [, error, word = '', count] = match ?? []
  const nth = Number(count)
  if (match !== null && error === undefined && Object.hasOwn(TIMED, word)) return { kind: word as keyof typeof TIMED, nth }
  const call = CALLS.find((known) => known === word)
  if (match === null || call === undefined) throw new RangeError(`"${name}" names no point: pwrite64:17, EIO@fsync:3 and deep:4 do`)
  return { kind: 'call', injection: { call, nth, what: (error as 'EIO' | 'ENOSPC' | undefined) ?? 'kill' } }
}

/** The calls that a full or failing disk may refuse. */
const REFUSABLE: readonly Call[] = ['write', 'pwrite64', 'fsync', 'fdatasync', 'ftruncate']

/** Every point there is, in the order of the kinds. */
export function allPoints(counts: CallCounts): Point[] {
  const at = (calls: readonly Call[], what: Injection['what']): Point[] =>
    calls.flatMap((call) => upTo(counts[call] ?? 0).map((nth) => ({ kind: 'call' as const, injection: { call, nth, what } })))
  const timed = Object.entries(TIMED).flatMap(([kind, most]) => upTo(most).map((nth) => ({ kind: kind as keyof typeof TIMED, nth })))
  return [...at(CALLS, 'kill'), ...at(REFUSABLE, 'EIO'), ...at(REFUSABLE, 'ENOSPC'), ...timed]
}

/** About so many of them, spread evenly, with at least one of each kind of call, error and time. */
export function sampleOf(points: readonly Point[], size: number): Point[] {
  if (size >= points.length) return [...points]
  const groups = Map.groupBy(points, (point) => pointName(point).replace(/:.*/, ''))
  return [...groups.values()].flatMap((group) => {
    const wanted = Math.min(group.length, Math.max(1, Math.round((size * group.length) / points.length)))
    return upTo(wanted).map((nth) => group[Math.floor(((nth - 0.5) * group.length) / wanted)] as Point)
  })
}

/** What a trace says of how often each call is made, and on what. */
export function countCalls(trace: string): CallCounts {
  const byThread = new Map<string, number>()
  const most: Partial<Record<Call, number>> = {}
  for (const line of trace.split('\n')) {
    const [, thread, name] = /^(\d+) +([a-z0-9]+)\(/.exec(line) ?? []
    const call = CALLS.find((known) => known === name)
    // Node keeps what it compiled, once for all sessions: that is not part of one.
    if (call === undefined || line.includes('/node-compile-cache/')) continue
    const count = (byThread.get(`${thread} ${call}`) ?? 0) + 1
    byThread.set(`${thread} ${call}`, count)
    most[call] = Math.max(most[call] ?? 0, count)
  }
  return most
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)
