// Runs a config for a short while on paper, in this process and in a store that is thrown away, to see who reads what and whether
// its parts load. Nothing leaves, nothing of the workspace is touched. It judges nothing.

import { mkdtempSync, rmSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PartFinding, Rehearsal } from '../core/config/audit-config.ts'
import type { Config } from '../core/config/config.ts'
import type { SeenReading } from '../core/config/readers.ts'
import { traceReads } from '../core/config/reading-trace.ts'
import { rehearsalConfig } from '../core/config/rehearsal-config.ts'
import { DitaError, EXIT } from '../core/errors.ts'
import { type Arena, openArena } from '../core/session/arena.ts'
import { SessionControl } from '../core/session/control.ts'
import { machineClock } from '../core/session/pacer.ts'
import { runSession, type SessionOutcome } from '../core/session/run-session.ts'
import { microseconds } from '../core/session/time.ts'
import type { SessionViewModel } from '../core/session/view-model.ts'

/** What a rehearsal found out. */
export interface Rehearsed {
  /** Null where the session did not begin. */
  readonly rehearsal: Rehearsal | null
  readonly seen: SeenReading
  readonly parts: readonly PartFinding[]
  /** What is traded, where the config or its feed says so. */
  readonly instrument: Arena['feed']['instrument'] | null
  /** The last mid, where the market was the config's own. */
  readonly price: string | null
}

const SESSION_ID = 'audit'
/** Some ticks must pass before a strategy has read what it reads. */
const SHORTEST_US = 60_000_000
const FEWEST_TICKS = 5
/** Longer than any rehearsal takes, unless a strategy of one's own is slow. */
const LONGEST_MS = 15_000

export async function rehearseConfig(config: Config): Promise<Rehearsed> {
  const feed = await openFeedOf(config)
  const feedPlays = feed.failure === null
  const trace = traceReads(rehearsalConfig(config, { feedPlays }))
  const { outcome, failure, model } = await play(trace.config, durationOf(config))
  const rehearsal = outcome === null || model === null ? null : rehearsalOf(outcome, model, config)
  const failures = [feed.failure, failure, outcome === null ? null : haltFinding(outcome)]
  const denied = rehearsal === null || config.mode !== 'paper' || !feedPlays ? null : deniedFinding(rehearsal, model)
  const isWhole = outcome?.halt.reason === 'duration_elapsed' || outcome?.halt.reason === 'feed_ended'
  return {
    rehearsal,
    seen: { readersOf: trace.readersOf, isWhole },
    parts: [...failures, denied].filter((found) => found !== null),
    instrument: feed.instrument,
    price: config.mode === 'paper' && feedPlays ? (model?.market.mid ?? null) : null,
  }
}

/** In session time. */
function durationOf({ engine }: Config): number {
  return Math.max(SHORTEST_US, microseconds(engine.tickIntervalSeconds) * FEWEST_TICKS)
}

/** What the feed of a paper config trades; in the other modes a venue would have to be asked. */
async function openFeedOf(config: Config): Promise<Pick<Rehearsed, 'instrument'> & { readonly failure: PartFinding | null }> {
  if (config.mode !== 'paper') return { instrument: null, failure: null }
  const nothing = { info: () => undefined, error: () => undefined }
  const wall = { ...machineClock(), wallUs: () => Date.now() * 1000 }
  try {
    const signal = new AbortController().signal
    const arena = await openArena({ config, sessionId: SESSION_ID, environment: {}, random: () => 0, wall, log: nothing }, signal)
    await arena.close()
    return { instrument: arena.feed.instrument, failure: null }
  } catch (thrown) {
    return { instrument: config.instrument, failure: partFinding(thrown) }
  }
}

interface Played {
  readonly outcome: SessionOutcome | null
  readonly failure: PartFinding | null
  /** The last that was to be seen. */
  readonly model: SessionViewModel | null
}

async function play(config: Config, durationUs: number): Promise<Played> {
  const folder = mkdtempSync(join(tmpdir(), 'dita-audit-'))
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
      storePath: join(folder, 'dita.db'),
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
    return { outcome, failure: null, model }
  } catch (thrown) {
    return { outcome: null, failure: partFinding(thrown), model }
  } finally {
    clearTimeout(tooLong)
    rmSync(folder, { recursive: true, force: true })
  }
}

function rehearsalOf({ halt }: SessionOutcome, model: SessionViewModel, config: Config): Rehearsal {
  const { instrument, elapsedUs, counts, feedSource } = model
  const feed = config.mode === 'paper' ? feedSource : 'simulated'
  const { ticks, ordersSent, denials } = counts
  return { instrument, feed, seconds: elapsedUs / 1_000_000, ticks, ordersSent, denials, haltReason: halt.reason }
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

/** An end before its time: the strategy's fault, or a gate that spoke. */
function haltFinding({ halt }: SessionOutcome): PartFinding | null {
  const { reason, detail, exitCode } = halt
  if (reason === 'duration_elapsed' || reason === 'feed_ended') return null
  const why = detail === null ? reason : `${reason}: ${detail}`
  if (exitCode === EXIT.config) return { code: 'STRATEGY_UNUSABLE', keys: ['strategy.name'], text: detail ?? reason }
  const isFailure = reason === 'unexpected_halt' || reason === 'startup_failure' || reason === 'journal_failure'
  const keys = isFailure ? ['strategy.name'] : []
  return { code: isFailure ? 'REHEARSAL_FAILED' : 'REHEARSAL_HALTED', keys, text: `The rehearsal ended with ${why}.` }
}

function deniedFinding({ ordersSent, denials, ticks }: Rehearsal, model: SessionViewModel | null): PartFinding | null {
  if (ordersSent > 0 || denials === 0) return null
  const last = model?.messages.find(({ text }) => /denied/.test(text))?.text
  const example = last === undefined ? '' : ` The last: ${last}`
  return { code: 'ALL_DENIED', keys: ['strategy.name'], text: `In a rehearsal of ${ticks} ticks every order was denied.${example}` }
}
