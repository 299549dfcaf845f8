// How a session ran: what it measured of itself, and the checkpoints of its store meanwhile. Reads only.

import { type RawBuilder, sql } from 'kysely'
import { Latencies } from '../latencies.ts'
import type { CheckpointSummary, CodeCount, LatencySummary, OperationSummary, TickSummary, VenueCallSummary } from './operation-view.ts'
import { damaged, type JournalDb } from './stored.ts'

interface Run {
  readonly sessionId: string
  readonly mode: string
  readonly startedWallUs: number | null
  readonly endedWallUs: number | null
}

interface Metric {
  readonly measure: string
  readonly subject: string
  readonly outcome: string
  readonly count: number
  readonly latencies: string | null
  readonly wall_us: number
}

/** @throws DitaError STORE_DAMAGED */
export async function loadOperation(db: JournalDb, run: Run): Promise<OperationSummary> {
  const metrics: Metric[] = await db
    .selectFrom('session_metrics')
    .selectAll()
    .where('session_id', '=', run.sessionId)
    .orderBy('count', 'desc')
    .orderBy('subject')
    .orderBy('outcome')
    .execute()
  const calls = metrics.filter(({ measure }) => measure === 'venue_call')
  return {
    measuredWallUs: metrics[0]?.wall_us ?? null,
    ticks: ticksOf(metrics, run.mode),
    feedDelay: latencyOf(metrics, 'feed_delay'),
    feedSilence: latencyOf(metrics, 'feed_silence'),
    venueCalls: callsOf(calls),
    venueErrors: errorsOf(calls),
    checkpoints: await loadCheckpoints(db, run),
  }
}

const NOT_MEASURED = 'nothing was measured'
const NO_WALL = 'the session went by the time of its feed, not by the clock on the wall'

function ticksOf(metrics: readonly Metric[], mode: string): TickSummary {
  const latency = latencyOf(metrics, 'tick_latency')
  const counted = (outcome: string): number | null =>
    metrics.find((metric) => metric.measure === 'tick' && metric.outcome === outcome)?.count ?? null
  const onTime = counted('on_time')
  const why = onTime !== null ? null : metrics.length > 0 && mode === 'paper' ? NO_WALL : NOT_MEASURED
  const lateAfterUs = metrics.find(({ measure }) => measure === 'late_after_us')?.count ?? null
  return { count: latency?.count ?? 0, onTime, late: counted('late'), missed: counted('missed'), lateAfterUs, why, latency }
}

function latencyOf(metrics: readonly Metric[], measure: string): LatencySummary | null {
  const metric = metrics.find((row) => row.measure === measure)
  return metric === undefined ? null : latencySummary(histogramsOf([metric]))
}

function callsOf(calls: readonly Metric[]): VenueCallSummary[] {
  const endpoints = Map.groupBy(calls, ({ subject }) => subject)
  const found = [...endpoints].map(([endpoint, rows]): VenueCallSummary => {
    const sum = (chosen: readonly Metric[]): number => chosen.reduce((total, { count }) => total + count, 0)
    const ok = rows.filter(({ outcome }) => outcome === 'ok')
    return { endpoint, count: sum(rows), ok: sum(ok), errors: errorsOf(rows), latency: latencySummary(histogramsOf(rows)) }
  })
  return found.sort((one, other) => other.count - one.count)
}

function errorsOf(calls: readonly Metric[]): CodeCount[] {
  const codes = new Map<string, number>()
  for (const { outcome, count } of calls) if (outcome !== 'ok') codes.set(outcome, (codes.get(outcome) ?? 0) + count)
  return [...codes]
    .map(([code, count]) => ({ code, count }))
    .sort((one, other) => other.count - one.count || (one.code < other.code ? -1 : 1))
}

function histogramsOf(rows: readonly Metric[]): Latencies {
  const all = new Latencies()
  for (const { latencies, measure } of rows) {
    if (latencies === null) continue
    const read = Latencies.ofText(latencies)
    if (read === null) throw damaged(`The store holds ${JSON.stringify(latencies)} where the latencies of ${measure} belong.`)
    all.addAll(read)
  }
  return all
}

function latencySummary(latencies: Latencies): LatencySummary | null {
  const [median, p99] = [latencies.quantileUs(0.5), latencies.quantileUs(0.99)]
  if (median === null || p99 === null) return null
  return { count: latencies.count, medianUs: Math.round(median), p99Us: Math.round(p99), largestUs: Math.round(latencies.largestUs) }
}

/** Checkpoints carry no session: they are those of the time in which it ran. A crashed one wrote no end, and ended before the next. */
async function loadCheckpoints(db: JournalDb, { startedWallUs, endedWallUs }: Run): Promise<CheckpointSummary> {
  const startUs = startedWallUs ?? Number.MAX_SAFE_INTEGER
  const next = await db
    .selectFrom('session_runs')
    .select(({ fn }) => fn.min('started_wall_us').as('startUs'))
    .where('started_wall_us', '>', startUs)
    .executeTakeFirst()
  return await db
    .selectFrom('checkpoints')
    .select(({ fn }) => [
      fn.countAll<number>().as('count'),
      countOf('error IS NULL AND busy = 0 AND log_frames >= 0 AND log_frames = checkpointed_frames').as('complete'),
      countOf('busy <> 0').as('busy'),
      countOf('error IS NOT NULL').as('failed'),
      fn.max('elapsed_ms').as('longestMs'),
    ])
    .where('wall_us', '>=', startUs)
    .where('wall_us', '<=', endedWallUs ?? next?.startUs ?? Number.MAX_SAFE_INTEGER)
    .executeTakeFirstOrThrow()
}

const countOf = (condition: string): RawBuilder<number> => sql<number>`count(CASE WHEN ${sql.raw(condition)} THEN 1 END)`
