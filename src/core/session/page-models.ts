// The parts of a view model that only one page of the screen shows: the market's freshness, the course of the result, the
// strategy's own figures, the store, the calls to the venue. Finished texts and counts; reads everything, changes nothing.

import { messageOf } from '../errors.ts'
import { type Decimal, formatFixed } from '../kernel/decimal.ts'
import type { Latencies } from '../latencies.ts'
import type { MarketView } from '../market/view.ts'
import type { Strategy } from '../strategy/port.ts'
import type { VenueCalls } from '../venue/port.ts'
import { codeMeaning } from '../venue-codes.ts'
import type { CheckpointRecord } from './checkpoints.ts'
import type { Course } from './course.ts'
import type { FeedGate } from './feed-gate.ts'
import type { CallModel, CourseModel, FeedModel, FigureModel, StoreModel } from './view-model.ts'

const COURSE_PLACES = 4
const MOST_FIGURES = 16
const LONGEST_FIGURE = 60
const MOST_CALLS = 30

export function feedModel(gate: FeedGate, nowUs: number, market: MarketView): FeedModel {
  const { limitUs, bookUs } = gate
  return { silentUs: Math.max(0, nowUs - bookUs), limitUs, isStale: gate.look(nowUs, market).state === 'silent' }
}

export function courseModel({ stepUs, samples }: Course): CourseModel {
  return { stepUs, net: samples.map((net: Decimal) => formatFixed(net, COURSE_PLACES)) }
}

/** A strategy may be anybody's code: what it says is cut, and one that fails says so here and goes on trading. */
export function figureModels({ figures }: Pick<Strategy, 'figures'>): FigureModel[] {
  if (figures === undefined) return []
  try {
    return figures()
      .slice(0, MOST_FIGURES)
      .map(({ name, value }) => ({ name: cut(name), value: cut(value) }))
  } catch (thrown) {
    return [{ name: 'figures failed', value: cut(messageOf(thrown)) }]
  }
}

function cut(text: unknown): string {
  return String(text).slice(0, LONGEST_FIGURE)
}

interface StoreSources {
  readonly walBytes: number | null
  readonly pace: { readonly commits: Latencies; readonly ticks: Latencies }
  readonly checkpoints: CheckpointRecord
}

export function storeModel({ walBytes, pace: { commits, ticks }, checkpoints: { done, failed, last } }: StoreSources): StoreModel {
  return {
    walBytes,
    commitMedianMs: medianMs(commits),
    commitSlowestMs: slowestMs(commits),
    tickMedianMs: medianMs(ticks),
    tickSlowestMs: slowestMs(ticks),
    checkpoints: done,
    checkpointsFailed: failed,
    lastCheckpoint:
      last === null ? null : { wallUs: last.wallUs, isComplete: last.complete, elapsedMs: tenths(last.elapsedMs), error: last.error },
  }
}

export function callModels(calls: readonly VenueCalls[], venue: string): CallModel[] {
  return calls
    .map(({ endpoint, outcome, count, latencies }) => ({
      endpoint,
      outcome,
      means: codeMeaning(venue, outcome),
      count,
      medianMs: latencies === null ? null : medianMs(latencies),
      slowestMs: latencies === null ? null : slowestMs(latencies),
    }))
    .sort((one, other) => other.count - one.count)
    .slice(0, MOST_CALLS)
}

function medianMs(latencies: Latencies): number | null {
  const us = latencies.quantileUs(0.5)
  return us === null ? null : tenths(us / 1_000)
}

function slowestMs(latencies: Latencies): number | null {
  return latencies.count === 0 ? null : tenths(latencies.largestUs / 1_000)
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10
}
