// One account in trouble: the real engine on a real store, its venue line and its doubts, the BingX client, and the rehearsed
// exchange behind real sockets, with every margin made short. It judges nothing.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openingOf as rehearsalOpeningOf } from '../../src/core/exchange/bingx/open-rehearsal.ts'
import { type BingxExchange, openBingxExchange } from '../../src/core/exchange/bingx/server.ts'
import { DEFAULT_SETTINGS } from '../../src/core/exchange/bingx/settings.ts'
import { FaultPlan, type FaultRule } from '../../src/core/exchange/fault-plan.ts'
import { auditTruth, readTruth, type TruthAudit } from '../../src/core/exchange/truth-log.ts'
import type { TruthRecord } from '../../src/core/exchange/truth-records.ts'
import { openWriter } from '../../src/core/journal/open.ts'
import type { StoreWriter } from '../../src/core/journal/writer.ts'
import { dec } from '../../src/core/kernel/decimal.ts'
import type { Fact } from '../../src/core/kernel/facts.ts'
import type { EnterIntent, KernelInput } from '../../src/core/kernel/inputs.ts'
import type { Instrument } from '../../src/core/kernel/instrument.ts'
import type { OrderView } from '../../src/core/kernel/views.ts'
import { Doubts } from '../../src/core/recovery/doubts.ts'
import { Secret } from '../../src/core/secret.ts'
import { Chronicle } from '../../src/core/session/chronicle.ts'
import { Engine } from '../../src/core/session/engine.ts'
import { VenueLine } from '../../src/core/session/venue-line.ts'
import { type BingxVenue, createBingxVenue } from '../../src/core/venue/bingx/bingx-venue.ts'
import { print, snapshot } from '../core/exchange/helpers.ts'
import { openingOf } from '../core/kernel/opening.ts'
import { worldClock } from '../core/venue/bingx/world-clock.ts'

export const SYMBOL = 'BTC/USDT:USDT'
export const QUANTITY = '0.02'
export const HALF = '0.01'
/** Below the touch, so that it rests until somebody sells down to it. */
const LIMIT_PRICE = '59990'

/** How long an order may still arrive, and what its absence is judged by. */
const MARGINS = { orderValidityUs: 1_800_000, absenceMarginUs: 300_000, querySpacingUs: 100_000 } as const

/** After this an order in doubt is quarantined: much later than an absence takes to prove, also on a busy machine. */
const QUARANTINE_AFTER_US = 6_000_000

const DOUBT_TIMES = {
  slowestGapUs: 300_000,
  quarantinedGapUs: 300_000,
  answerWithinUs: 1_800_000,
  cancelWithinUs: 2_000_000,
  asksPerSecond: 20,
} as const

/** A call on the wire gives up after this. */
export const CALL_TIMEOUT_MS = 900

const TUNING = {
  callTimeoutMs: CALL_TIMEOUT_MS,
  queueTimeoutMs: 2_000,
  questionPauseMs: 20,
  longestQuestionPauseMs: 200,
  streamPauseMs: 20,
  longestStreamPauseMs: 200,
  streamSilenceMs: 700,
  snapshotIntervalMs: 1_000,
  snapshotIntervalUnstreamedMs: 500,
  cancelSpacingMs: 100,
  breakerPauseMs: 100,
  longestBreakerPauseMs: 200,
  limitPauseMs: 100,
  longestLimitPauseMs: 200,
  banPauseMs: 200,
  closeTimeoutMs: 1_000,
} as const

const INSTRUMENT: Instrument = {
  symbol: SYMBOL,
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

const CREDENTIALS = { apiKey: 'test-key', secret: 'test-secret' }

interface Parts {
  readonly folder: string
  readonly plan: FaultPlan
  readonly exchange: BingxExchange
  readonly venue: BingxVenue
  readonly journal: StoreWriter
  readonly failures: unknown[]
}

export class FaultRig {
  readonly facts: Fact[] = []
  readonly plan: FaultPlan
  readonly venue: BingxVenue
  readonly engine: Engine
  /** What broke the exchange itself: must stay empty. */
  readonly failures: readonly unknown[]
  readonly #armed = new Set<number>()
  readonly #parts: Parts
  readonly #line: VenueLine
  readonly #doubts: Doubts
  #nowUs = 0

  private constructor(parts: Parts, instrument: Instrument, quarantineAfterUs: number) {
    this.#parts = parts
    this.plan = parts.plan
    this.venue = parts.venue
    this.failures = parts.failures
    const session = {
      ...openingOf({ sessionId: 'faults', instrument }),
      ...MARGINS,
      account: 'bingx-demo/main',
      mode: 'demo',
      venue: 'bingx',
    } as const
    const onFact = (fact: Fact) => void this.facts.push(fact)
    this.engine = new Engine({ account: session.account, journal: parts.journal, onFact })
    this.#doubts = new Doubts({ rules: MARGINS, startUs: this.nowUs, limits: { ...DOUBT_TIMES, quarantineAfterUs } })
    const chronicle = new Chronicle({ pricePlaces: 1, quantityPlaces: 4 })
    this.#line = new VenueLine({ engine: this.engine, venue: parts.venue, chronicle, doubts: this.#doubts, nowMs: () => performance.now() })
    this.when({ type: 'OPEN_SESSION', session })
    this.when({ type: 'FLOW_CAPITAL', asset: 'USDT', amount: dec('10000'), note: 'test' })
    this.when({ type: 'MARK_PRICE', instrument: SYMBOL, price: dec('60000') })
  }

  static async open(quarantineAfterUs = QUARANTINE_AFTER_US): Promise<FaultRig> {
    const folder = mkdtempSync(join(tmpdir(), 'dita-faults-'))
    const plan = new FaultPlan([], 1)
    const failures: unknown[] = []
    const exchange = await openBingxExchange({
      port: 0,
      truthPath: join(folder, 'truth.jsonl'),
      opening: rehearsalOpeningOf(INSTRUMENT, dec('10000')),
      plan,
      settings: { ...DEFAULT_SETTINGS, rateLimits: false, fillFeeDecimals: 18, pingMs: 200 },
      credentials: CREDENTIALS,
      controlToken: 'token',
      onFailure: (error) => failures.push(error),
    })
    exchange.onMarket(snapshot([['60000', 1]], [['60001', 1]], 1))
    const venue = createBingxVenue({
      restUrl: exchange.restUrl,
      streamUrl: exchange.streamUrl,
      kind: 'demo',
      credentials: { apiKey: new Secret(CREDENTIALS.apiKey), secret: new Secret(CREDENTIALS.secret) },
      instrument: SYMBOL,
      maxLeverage: null,
      positionMode: 'one_way',
      clock: worldClock(),
      random: () => 0.5,
      log: () => undefined,
      tuning: TUNING,
    })
    await venue.connect(AbortSignal.timeout(10_000))
    const holder = { sessionId: 'faults', pid: process.pid, since: 'now' }
    const journal = openWriter({ path: join(folder, 'dita.db'), holder, wallUs: () => Date.now() * 1_000 })
    return new FaultRig({ folder, plan, exchange, venue, journal, failures }, venue.instrument as Instrument, quarantineAfterUs)
  }

  /** The world's time, never backwards. */
  get nowUs(): number {
    this.#nowUs = Math.max(this.#nowUs, Date.now() * 1_000)
    return this.#nowUs
  }

  when(input: KernelInput): void {
    this.engine.handle(this.nowUs, input)
    this.#line.commit(this.nowUs)
  }

  /** Lets the fault that is tested strike from now on; what only brings an order into its state is added to the plan. */
  arm(rule: FaultRule): void {
    this.#armed.add(this.plan.add(rule))
  }

  /** How often the fault that is tested has struck. */
  struckIn(records: readonly TruthRecord[]): number {
    return records.filter((record) => record.kind === 'fault' && this.#armed.has(record.rule)).length
  }

  /** A bid that rests; returns its client order id. */
  enter(): string {
    const terms = { orderType: 'limit', price: dec(LIMIT_PRICE), timeInForce: 'gtc', postOnly: false } as const
    const intent: EnterIntent = {
      ...{ type: 'ENTER', slotId: 'a', instrument: SYMBOL, side: 'buy', quantity: dec(QUANTITY), leverage: dec('1'), exitRatios: [] },
      ...terms,
    }
    this.when(intent)
    const [clientOrderId] = [...this.engine.view.orders.keys()]
    if (clientOrderId === undefined) throw new Error('the entry was denied')
    return clientOrderId
  }

  /** Somebody sells so much, down through our price. */
  sells(quantity: string): void {
    this.#parts.exchange.onMarket(print(Date.now() * 1_000, 'sell', '59980', quantity))
  }

  order(clientOrderId: string): OrderView {
    const order = this.engine.view.orders.get(clientOrderId)
    if (order === undefined) throw new Error(`no order ${clientOrderId}`)
    return order
  }

  /** Whether a word of the venue is still wanted about anything. */
  get isAsking(): boolean {
    return this.#doubts.list().length > 0
  }

  truth(): { readonly records: readonly TruthRecord[]; readonly audit: TruthAudit } {
    const records = readTruth(join(this.#parts.folder, 'truth.jsonl'))
    return { records, audit: auditTruth(records) }
  }

  /** Lets the session go on until something holds, at most so long; false where it never did. */
  async until(holds: () => boolean, limitMs = 12_000): Promise<boolean> {
    const endMs = Date.now() + limitMs
    for (;;) {
      this.#step()
      if (holds()) return true
      if (Date.now() > endMs) return false
      await new Promise((resolve) => setTimeout(resolve, 8))
    }
  }

  async close(): Promise<void> {
    const { venue, exchange, journal, folder } = this.#parts
    await venue.close()
    await exchange.close()
    await journal.close()
    rmSync(folder, { recursive: true, force: true })
  }

  #step(): void {
    this.#line.hear(this.nowUs, this.nowUs)
    this.#line.followDoubts(this.nowUs)
    this.#line.commit(this.nowUs)
  }
}
