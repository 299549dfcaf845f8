// Puts a rehearsed exchange together from plain options: feed, instrument, fault plan, truth log, server. It chooses; the
// parts do the work.

import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DitaError, EXIT, troubleOf } from '../../errors.ts'
import { type Decimal, dec, decimalPlacesOf, formatDecimal, ONE, tryParseDecimal, ZERO } from '../../kernel/decimal.ts'
import type { Instrument } from '../../kernel/instrument.ts'
import type { Feed } from '../../market/feed.ts'
import { openFeed } from '../../market/open-feed.ts'
import { FaultPlan, type FaultRule, randomRules } from '../fault-plan.ts'
import { truthOf } from '../truth-account.ts'
import { auditTruth, readTruth } from '../truth-log.ts'
import type { TruthOpening } from '../truth-records.ts'
import type { Credentials } from './auth.ts'
import { parseFaultPlan } from './fault-plan-file.ts'
import { MarketReplay } from './market-replay.ts'
import { type BingxExchange, openBingxExchange } from './server.ts'
import { DEFAULT_SETTINGS, type DoorSettings } from './settings.ts'

export interface RehearsalOptions {
  readonly port: number
  /** `simulated`, or the path of a recording. */
  readonly feed: string
  readonly seed: number
  readonly speed: number
  readonly faultPlanPath: string | null
  /** A plan by chance; beside the rules of the file, if there is one. Null: none. */
  readonly faultSeed: number | null
  /** Null: a new one, in a private temporary folder. */
  readonly truthPath: string | null
  readonly credentials: Credentials
  readonly controlToken: string
  /** Decimal text, above zero. */
  readonly balance: string
  /** Hears once of what makes it impossible to go on. */
  readonly onFailure: (error: unknown) => void
}

export interface Rehearsal {
  readonly restUrl: string
  readonly streamUrl: string
  readonly truthPath: string
  /** In dita's words and in the venue's. */
  readonly symbol: string
  readonly wireSymbol: string
  /** What was found in an old truth log. */
  readonly orders: number
  readonly fills: number
  readonly tornBytes: number
  close(): Promise<void>
}

/** What a truth log adds up to, for people; decimals as text. */
export interface RehearsalSummary {
  readonly orders: number
  readonly fills: number
  /** Client order ids under which there is more than one order: never, or the exchange is broken. */
  readonly doubled: readonly string[]
  readonly position: string
  readonly balance: string
}

/** @throws DitaError TRUTH_UNUSABLE, TRUTH_DAMAGED */
export function summarizeTruth(path: string): RehearsalSummary {
  const { orders, fills, doubled, position, balance } = auditTruth(readTruth(path))
  return { orders: orders.size, fills: fills.length, doubled, position: formatDecimal(position), balance: formatDecimal(balance) }
}

/** What is rehearsed with where a feed is simulated: round numbers of a well-known perpetual. */
const SIMULATED_INSTRUMENT: Instrument = {
  symbol: 'BTC/USDT:USDT',
  kind: 'linear',
  base: 'BTC',
  quote: 'USDT',
  settle: 'USDT',
  tickSize: dec('0.1'),
  lotSize: dec('0.0001'),
  minQuantity: dec('0.0001'),
  maxQuantity: dec('0'),
  minNotional: dec('2'),
  maxLeverage: dec('125'),
}
const SIMULATED = { startPrice: dec('60000'), volatilityBpsPerHour: 40, spreadBps: 1, eventsPerSecond: 20 } as const
const FEE_RATES = { makerFeeRate: '0.0002', takerFeeRate: '0.0005' } as const
const LEVERAGE = '5'
const MOST_PLAN_BYTES = 1_024 * 1_024

/**
 * An exchange that listens and whose market moves.
 * @throws DitaError BAD_BALANCE, FAULT_PLAN_INVALID, FAULT_PLAN_UNREADABLE, TRUTH_UNUSABLE, TRUTH_DAMAGED, TRUTH_OTHER_INSTRUMENT,
 * EXCHANGE_PORT, and those of the feed
 */
export async function openRehearsal(options: RehearsalOptions): Promise<Rehearsal> {
  const balance = parseBalance(options.balance)
  const { rules, settings } = readPlan(options.faultPlanPath)
  const chance = options.faultSeed === null ? [] : randomRules(options.faultSeed)
  const plan = new FaultPlan([...rules, ...chance], options.faultSeed ?? options.seed)
  const isSimulated = options.feed === 'simulated'
  const open = (): Promise<Feed> =>
    openFeed({ source: options.feed, seed: options.seed, simulated: SIMULATED, instrument: isSimulated ? SIMULATED_INSTRUMENT : null })
  const first = await open()
  let exchange: BingxExchange
  try {
    exchange = await openBingxExchange({
      ...{ port: options.port, plan, settings, credentials: options.credentials, controlToken: options.controlToken },
      truthPath:
        options.truthPath === null ? join(mkdtempSync(join(tmpdir(), 'dita-exchange-')), 'truth.jsonl') : resolve(options.truthPath),
      opening: openingOf(perpetualOf(first.instrument), balance),
      onFailure: options.onFailure,
    })
  } catch (error) {
    await first.close()
    throw error
  }
  return await startMarket(exchange, { ...options, first, open })
}

interface MarketStart extends RehearsalOptions {
  readonly first: Feed
  readonly open: () => Promise<Feed>
}

async function startMarket(exchange: BingxExchange, { first, open, speed, onFailure }: MarketStart): Promise<Rehearsal> {
  const { desk } = exchange
  const listed = perpetualOf(first.instrument)
  if (desk.instrument.symbol !== listed.symbol) {
    await first.close()
    await exchange.close()
    throw otherInstrument(desk.truthPath, desk.instrument.symbol, listed.symbol)
  }
  let next: Feed | null = first
  const replay = new MarketReplay({
    open: () => {
      const feed = next
      next = null
      return feed === null ? open() : Promise.resolve(feed)
    },
    speed,
    onEvent: (event) => exchange.onMarket(event),
    onFailure,
    thawed: exchange.thawed,
  })
  replay.start()
  return {
    restUrl: exchange.restUrl,
    streamUrl: exchange.streamUrl,
    truthPath: desk.truthPath,
    symbol: desk.instrument.symbol,
    wireSymbol: exchange.symbol,
    orders: desk.books.orderCount,
    fills: desk.books.fills().length,
    tornBytes: desk.tornBytes,
    close: async () => {
      const stopped = replay.close()
      await exchange.close()
      await stopped
    },
  }
}

/** How an account begins: flat, with so much in its wallet. */
export function openingOf(instrument: Instrument, balance: Decimal): TruthOpening {
  return { kind: 'opened', version: 1, instrument: truthOf(instrument), balance: formatDecimal(balance), ...FEE_RATES, leverage: LEVERAGE }
}

/** The venue lists perpetuals only, with ticks and lots that are powers of ten: what a recording trades, as one. */
function perpetualOf(instrument: Instrument): Instrument {
  const { base, quote } = instrument
  return {
    ...SIMULATED_INSTRUMENT,
    ...{ symbol: `${base}/${quote}:${quote}`, base, quote, settle: quote },
    tickSize: powerOfTen(decimalPlacesOf(instrument.tickSize)),
    lotSize: powerOfTen(decimalPlacesOf(instrument.lotSize)),
    minQuantity: powerOfTen(decimalPlacesOf(instrument.lotSize)),
    maxQuantity: ZERO,
  }
}

function powerOfTen(places: number): Decimal {
  return (ONE / 10n ** BigInt(places)) as Decimal
}

function readPlan(path: string | null): { readonly rules: readonly FaultRule[]; readonly settings: DoorSettings } {
  if (path === null) return { rules: [], settings: DEFAULT_SETTINGS }
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    throw planUnreadable(path, troubleOf(error), error)
  }
  if (bytes.length > MOST_PLAN_BYTES) throw planUnreadable(path, `it has ${bytes.length} bytes, and ${MOST_PLAN_BYTES} are the most`)
  return parseFaultPlan(bytes.toString('utf8'), path)
}

function parseBalance(text: string): Decimal {
  const balance = tryParseDecimal(text)
  if (balance !== undefined && balance > ZERO) return balance
  throw new DitaError('BAD_BALANCE', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `${JSON.stringify(text)} is no balance.`,
    next: 'Give an amount above zero, such as --balance 10000.',
  })
}

function planUnreadable(path: string, why: string, cause?: unknown): DitaError {
  return new DitaError('FAULT_PLAN_UNREADABLE', {
    fault: 'user',
    exitCode: EXIT.config,
    message: `The fault plan ${path} cannot be read: ${why}.`,
    next: 'Check the path after --fault-plan.',
    cause,
  })
}

function otherInstrument(path: string, known: string, listed: string): DitaError {
  return new DitaError('TRUTH_OTHER_INSTRUMENT', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `The truth log ${path} is of ${known}, and the feed trades ${listed}.`,
    next: 'Give another file with --truth, or the feed that it was begun with.',
  })
}
