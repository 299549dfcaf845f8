// Runs a config for a short while on paper, in this process and in a store that is thrown away, to see who reads what, whether its
// parts load, and what became of its orders. It says what it found; whether a config is clean is for the audit. Nothing leaves, and
// nothing of the workspace is touched.

import { mkdtempSync, rmSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PartFinding, Rehearsal } from '../config/audit-config.ts'
import type { Config } from '../config/config.ts'
import type { SeenReading } from '../config/readers.ts'
import { traceReads } from '../config/reading-trace.ts'
import { rehearsalConfig } from '../config/rehearsal-config.ts'
import { DitaError } from '../errors.ts'
import { openReader } from '../journal/read.ts'
import { openArena } from './arena.ts'
import { SessionControl } from './control.ts'
import { machineClock } from './pacer.ts'
import type { Arena, SessionOutcome } from './port.ts'
import { rehearsalFindings } from './rehearsal-findings.ts'
import { runSession } from './run-session.ts'
import { microseconds } from './time.ts'
import type { SessionViewModel } from './view-model.ts'

/** What a rehearsal found out. */
export interface Rehearsed {
  /** Null where the session did not begin. */
  readonly rehearsal: Rehearsal | null
  readonly seen: SeenReading
  readonly parts: readonly PartFinding[]
  /** What is traded, where the config or its feed says so. */
  readonly instrument: Arena['feed']['instrument'] | null
  /** When its feed begins; null where the feed does not play, and where the market is a venue's. */
  readonly startUs: number | null
  /** The last mid, where the market was the config's own. */
  readonly price: string | null
}

const SESSION_ID = 'audit'
/** Some ticks must pass before a strategy has read what it reads. */
const SHORTEST_US = 60_000_000
const FEWEST_TICKS = 5
/** The first covers the channel; that the price stays within it for all the others hardly happens. */
const LOOKBACKS = 4
const TICKS_AFTER_LOOKBACK = 20
/** Longer than any rehearsal takes, unless a strategy of one's own is slow. */
const LONGEST_MS = 15_000

export async function rehearseConfig(config: Config): Promise<Rehearsed> {
  const feed = await openFeedOf(config)
  const feedPlays = feed.failure === null
  const trace = traceReads(rehearsalConfig(config, { feedPlays }))
  const { outcome, failure, model, refused } = await play(trace.config, durationOf(config))
  const rehearsal = outcome === null || model === null ? null : { ...rehearsalOf(outcome, model, config), ...refused }
  const isWhole = outcome?.halt.reason === 'duration_elapsed' || outcome?.halt.reason === 'feed_ended'
  const seen = { readersOf: trace.readersOf, isWhole, unreadParams: isWhole ? trace.unreadParams() : [] }
  const isOwnMarket = config.mode === 'paper' && feedPlays
  const judged =
    outcome === null || rehearsal === null ? [] : rehearsalFindings({ config, rehearsal, halt: outcome.halt, seen, isOwnMarket })
  return {
    rehearsal,
    seen,
    parts: [...[feed.failure, failure].filter((found) => found !== null), ...judged],
    instrument: feed.instrument,
    startUs: feed.startUs,
    price: isOwnMarket ? (model?.market.mid ?? null) : null,
  }
}

/** In session time: so long that a built-in strategy can act, if it ever does. */
function durationOf({ engine, strategy }: Config): number {
  const tickUs = microseconds(engine.tickIntervalSeconds)
  if (strategy.name !== 'breakout') return Math.max(SHORTEST_US, tickUs * FEWEST_TICKS)
  return Math.max(SHORTEST_US, strategy.breakout.lookbackSeconds * 1_000_000 * LOOKBACKS + tickUs * TICKS_AFTER_LOOKBACK)
}

/** What the feed of a paper config trades; in the other modes a venue would have to be asked. */
async function openFeedOf(config: Config): Promise<Pick<Rehearsed, 'instrument' | 'startUs'> & { readonly failure: PartFinding | null }> {
  if (config.mode !== 'paper') return { instrument: null, startUs: null, failure: null }
  const nothing = { info: () => undefined, error: () => undefined }
  const wall = { ...machineClock(), wallUs: () => Date.now() * 1000 }
  try {
    const signal = new AbortController().signal
    const arena = await openArena({ config, sessionId: SESSION_ID, environment: {}, random: () => 0, wall, log: nothing }, signal)
    await arena.close()
    return { instrument: arena.feed.instrument, startUs: arena.feed.startTimeUs, failure: null }
  } catch (thrown) {
    return { instrument: config.instrument, startUs: null, failure: partFinding(thrown) }
  }
}

interface Played {
  readonly outcome: SessionOutcome | null
  readonly failure: PartFinding | null
  /** The last that was to be seen. */
  readonly model: SessionViewModel | null
  readonly refused: Pick<Rehearsal, 'rejections' | 'refusals'>
}

const NOTHING_REFUSED = { rejections: 0, refusals: [] } as const

async function play(config: Config, durationUs: number): Promise<Played> {
  const folder = mkdtempSync(join(tmpdir(), 'dita-audit-'))
  const storePath = join(folder, 'dita.db')
  const control = new SessionControl()
  const tooLong = setTimeout(() => {
    control.requestStop({ reason: 'engine_requested_halt', detail: `it took longer than ${LONGEST_MS / 1000} s` })
  }, LONGEST_MS)
  let model: SessionViewModel | null = null
  try {
    const outcome = await runSession({
      config,
      sessionId: SESSION_ID,
      durationUs,
      speed: 'max',
      storePath,
      onStart: 'adopt',
      environment: {},
      random: () => 0,
      process: { pid: process.pid, host: hostname(), version: 'audit' },
      wall: { ...machineClock(), wallUs: () => Date.now() * 1000 },
      control,
      observer: {
        wants: () => false,
        publish: (last) => {
          model = last
        },
      },
      log: { info: () => undefined, error: () => undefined },
    })
    return { outcome, failure: null, model, refused: await refusedIn(storePath) }
  } catch (thrown) {
    return { outcome: null, failure: partFinding(thrown), model, refused: NOTHING_REFUSED }
  } finally {
    clearTimeout(tooLong)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What the kernel denied and what the exchange rejected, by code, the most frequent first. */
async function refusedIn(storePath: string): Promise<Played['refused']> {
  const { db, close } = openReader(storePath)
  try {
    const denied = await db.selectFrom('denials').select(['code', 'intent', 'field', 'value', 'context', 'detail']).orderBy('seq').execute()
    const rejected = await db
      .selectFrom('transitions')
      .select('reason')
      .where('entity', '=', 'order')
      .where('to_state', '=', 'rejected')
      .orderBy('seq')
      .execute()
    const all = [
      ...denied.map(({ code, intent, field, value, context, detail }) => ({
        code,
        example: `${intent} denied, ${code}: ${field}=${value}${context === '' ? '' : ` ${context}`}. ${detail}`,
      })),
      ...rejected.map(({ reason }) => ({
        code: /^[A-Z][A-Z_]+/.exec(reason ?? '')?.[0] ?? 'REJECTED',
        example: reason ?? 'no reason given',
      })),
    ]
    const refusals = [...Map.groupBy(all, ({ code }) => code)]
      .map(([code, each]) => ({ code, count: each.length, example: each.at(-1)?.example ?? '' }))
      .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1))
    return { rejections: rejected.length, refusals }
  } finally {
    await close()
  }
}

function rehearsalOf({ halt }: SessionOutcome, model: SessionViewModel, config: Config): Omit<Rehearsal, 'rejections' | 'refusals'> {
  const { instrument, elapsedUs, counts, feedSource } = model
  const feed = config.mode === 'paper' ? feedSource : 'simulated'
  const { ticks, ordersSent, fills, denials } = counts
  const { reason: haltReason, detail: haltDetail } = halt
  return { instrument, feed, seconds: elapsedUs / 1_000_000, ticks, ordersSent, fills, denials, haltReason, haltDetail }
}

const PART_OF: readonly (readonly [prefix: string, code: PartFinding['code'], key: string])[] = [
  ['STRATEGY_', 'STRATEGY_UNUSABLE', 'strategy.name'],
  ['FEED_', 'FEED_UNUSABLE', 'feed.source'],
  ['CREDENTIALS_', 'CREDENTIALS_UNUSABLE', 'venue.credentials_file'],
]

/** @throws what is no DitaError: a defect stays one */
export function partFinding(thrown: unknown, otherwise: PartFinding['code'] = 'REHEARSAL_FAILED'): PartFinding {
  if (!(thrown instanceof DitaError)) throw thrown
  const [, code, key] = PART_OF.find(([prefix]) => thrown.code.startsWith(prefix)) ?? []
  return { code: code ?? otherwise, keys: key === undefined ? [] : [key], text: `${thrown.message} ${thrown.next}` }
}
