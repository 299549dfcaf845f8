// Stores with sessions in them, made by the real kernel and the real journal from a seeded walk of the market. Shared by
// the tests of the report and of the command line.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openWriter } from '../../../src/core/journal/open.ts'
import type { JournalWriter } from '../../../src/core/journal/port.ts'
import type { StoreWriter } from '../../../src/core/journal/writer.ts'
import { type Decimal, dec, mul, ONE, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { KernelInput, SessionOpening } from '../../../src/core/kernel/inputs.ts'
import type { Instrument } from '../../../src/core/kernel/instrument.ts'
import { Engine } from '../../../src/core/session/engine.ts'
import type { Effect } from '../../../src/core/venue/port.ts'
import { limitsOf } from '../kernel/opening.ts'

export const SPOT: Instrument = {
  symbol: 'XRP/RLUSD',
  kind: 'spot',
  base: 'XRP',
  quote: 'RLUSD',
  settle: 'RLUSD',
  tickSize: dec('0.0001'),
  lotSize: dec('0.1'),
  minQuantity: ZERO,
  maxQuantity: ZERO,
  minNotional: ZERO,
  maxLeverage: ONE,
}

export const LINEAR: Instrument = {
  ...SPOT,
  symbol: 'BTC/USDT:USDT',
  kind: 'linear',
  base: 'BTC',
  quote: 'USDT',
  settle: 'USDT',
  tickSize: dec('0.1'),
  lotSize: dec('0.001'),
  maxLeverage: dec('10'),
}

export const INVERSE: Instrument = {
  ...LINEAR,
  symbol: 'BTC/USD:BTC',
  kind: 'inverse',
  quote: 'USD',
  settle: 'BTC',
  tickSize: dec('0.5'),
  lotSize: dec('1'),
}

export const START_US = 1_760_000_000_000_000
export const TICK_US = 1_000_000

export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'dita-report-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Opens a store, lets `work` write into it, and closes it. */
export async function writeStore(path: string, work: (journal: StoreWriter) => void): Promise<void> {
  const journal = openWriter({
    path,
    holder: { sessionId: 'fixture', pid: process.pid, since: '2026-01-01T00:00:00.000Z' },
    wallUs: () => START_US,
  })
  try {
    work(journal)
  } finally {
    await journal.close()
  }
}

export interface SessionScript {
  readonly instrument?: Instrument
  readonly account?: string
  readonly capital?: Readonly<Record<string, string>>
  /** 5000 without; 0 for none. */
  readonly maxExposure?: string
  readonly positionMode?: SessionOpening['positionMode']
  /** Paper on a simulated market without. */
  readonly place?: Partial<Pick<SessionOpening, 'mode' | 'venue' | 'feedSource' | 'instrumentOrigin'>>
  /** When it really started, for the order of sessions. */
  readonly startedWallUs?: number
}

/** A session that is being written: every input goes through the kernel, every order is answered at once. */
export class ScriptedSession {
  readonly engine: Engine
  readonly instrument: Instrument
  readonly journal: JournalWriter
  timeUs: number
  /** Why the venue turns down the next orders, one each. */
  readonly rejections: { code: string; reason: string }[] = []
  /** To how many of the next orders nobody answers. */
  unanswered = 0
  #trades = 0
  readonly #id: string

  constructor(journal: JournalWriter, sessionId: string, script: SessionScript = {}) {
    this.journal = journal
    this.#id = sessionId
    this.instrument = script.instrument ?? SPOT
    const account = script.account ?? `paper/${sessionId}`
    this.engine = new Engine({ account, journal, onFact: () => undefined })
    this.engine.replay()
    this.timeUs = Math.max(START_US, this.engine.lastFactUs)
    journal.recordRun({ sessionId, pid: 1, host: 'here', version: '0.1.0', startedWallUs: script.startedWallUs ?? START_US })
    this.input({ type: 'OPEN_SESSION', session: openingOf(sessionId, account, script) })
    for (const [asset, amount] of Object.entries(script.capital ?? {})) {
      this.input({ type: 'FLOW_CAPITAL', asset, amount: dec(amount), note: 'deposit' })
    }
    this.commit()
  }

  input(input: KernelInput): void {
    this.engine.handle(this.timeUs, input)
  }

  commit(): void {
    for (let effects = this.engine.commit(); effects.length > 0; effects = this.engine.commit()) {
      for (const effect of effects) this.#answer(effect)
    }
  }

  /** A tick: time passes, the position is valued, the market is noted. */
  tick(mark: Decimal | null, distances: { bid?: string; ask?: string } = {}): void {
    this.timeUs += TICK_US
    const instrument = this.instrument.symbol
    if (mark !== null) this.input({ type: 'MARK_PRICE', instrument, price: mark })
    const distance = (text: string | undefined): Decimal | null => (text === undefined ? null : dec(text))
    this.input({
      type: 'OBSERVE_MARKET',
      observation: {
        instrument,
        bid: mark,
        ask: mark,
        mark,
        ourBid: null,
        ourAsk: null,
        bidDistanceBps: distance(distances.bid),
        askDistanceBps: distance(distances.ask),
      },
    })
    this.commit()
  }

  /** Fills part or all of an order that rests. */
  fill(clientOrderId: string, fill: { price: Decimal; quantity: Decimal; fee: Decimal; feeAsset?: string; maker?: boolean }): void {
    const order = this.engine.view.orders.get(clientOrderId)
    if (order === undefined) throw new Error(`no order ${clientOrderId}`)
    this.#trades += 1
    this.input({
      type: 'PARTIAL_FILL',
      clientOrderId,
      venueOrderId: null,
      instrument: order.request.instrument,
      side: order.request.side,
      fill: {
        tradeId: `${this.#id}-${this.#trades}`,
        price: fill.price,
        quantity: fill.quantity,
        fee: fill.fee,
        feeAsset: fill.feeAsset ?? this.instrument.settle,
        liquidity: fill.maker === false ? 'taker' : 'maker',
      },
    })
    this.commit()
  }

  /** The ids of live orders, oldest first. */
  live(): string[] {
    return [...this.engine.view.liveOrders.keys()]
  }

  halt(reason: string, detail: string | null = null): void {
    this.input({ type: 'HALT_SESSION', reason, detail })
    this.commit()
  }

  #answer(effect: Effect): void {
    const { clientOrderId } = effect.type === 'submit' ? effect.request : effect
    const reference = { clientOrderId, venueOrderId: null }
    if (effect.type === 'submit') {
      this.input({ type: 'NOTE_SUBMIT', clientOrderId, outcome: 'sent', detail: null })
      if (this.unanswered > 0) {
        this.unanswered -= 1
        this.input({ type: 'NOTE_SUBMIT', clientOrderId, outcome: 'unknown', detail: 'no answer within 5 s' })
        return
      }
      const rejection = this.rejections.shift()
      this.input(rejection === undefined ? { type: 'ORDER_ACK', ...reference } : { type: 'ORDER_REJECT', ...reference, ...rejection })
    } else if (effect.type === 'cancel') {
      this.input({ type: 'NOTE_CANCEL', clientOrderId, outcome: 'sent', detail: null })
      this.input({ type: 'CANCEL_ACK', ...reference })
    }
  }
}

/** Quotes round a walking price, with fills, fees and rebates in every proportion a seed brings. */
export function makeMarket(session: ScriptedSession, options: { seed: number; ticks: number; feeAsset?: string }): void {
  const { instrument } = session
  const random = generator(options.seed)
  const step = (count: number): Decimal => (BigInt(count) * instrument.tickSize) as Decimal
  let price = (instrument.tickSize * 20_000n) as Decimal
  for (let tick = 0; tick < options.ticks; tick += 1) {
    price = (price + step(random(41) - 20)) as Decimal
    session.tick(price, { bid: `-${random(1300) / 100}`, ask: `-${random(400) / 100}` })
    const quantity = (instrument.lotSize * BigInt(1 + random(900))) as Decimal
    session.input({
      type: 'QUOTE',
      instrument: instrument.symbol,
      bid: { price: (price - step(1 + random(5))) as Decimal, quantity },
      ask: { price: (price + step(1 + random(5))) as Decimal, quantity },
      postOnly: true,
    })
    session.commit()
    for (const clientOrderId of session.live()) {
      if (random(3) === 0) fillSome(session, clientOrderId, { random, feeAsset: options.feeAsset })
    }
  }
}

function fillSome(
  session: ScriptedSession,
  clientOrderId: string,
  { random, feeAsset }: { random: (below: number) => number; feeAsset: string | undefined },
): void {
  const order = session.engine.view.orders.get(clientOrderId)
  if (order?.request.price == null) return
  const open = order.request.quantity - order.filledQuantity
  const lots = Number(open / session.instrument.lotSize)
  const quantity = (session.instrument.lotSize * BigInt(random(2) === 0 ? lots : 1 + random(lots))) as Decimal
  const price = order.request.price
  // Rates with many digits, so that sums have to carry all eighteen decimals; every fifth fill earns a rebate, or costs nothing.
  const rate = dec(['0.000123456789', '-0.00005', '0', '0.00071', '0.00033333'][random(5)] as string)
  session.fill(clientOrderId, {
    price,
    quantity,
    fee: mul(mul(price, quantity), rate),
    maker: random(7) !== 0,
    ...(feeAsset && { feeAsset }),
  })
}

/** A small generator of whole numbers below a bound, the same for the same seed. */
export function generator(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

function openingOf(sessionId: string, account: string, script: SessionScript): SessionOpening {
  const { instrument = SPOT, maxExposure = '5000', positionMode = 'one_way' } = script
  return {
    sessionId,
    account,
    mode: 'paper',
    venue: 'paper',
    strategy: 'market_maker',
    feedSource: 'simulated',
    seed: 7,
    durationUs: 1_800_000_000,
    tickIntervalUs: TICK_US,
    instrument,
    instrumentOrigin: 'built-in',
    slotIds: ['s1', 's2'],
    positionMode,
    limits: limitsOf({
      maxExposure: dec(maxExposure),
      maxSessionLoss: dec('250.5'),
      maxOpenOrders: 12,
      staleFeedUs: 30_000_000,
    }),
    orderValidityUs: 5_000_000,
    absenceMarginUs: 4_000_000,
    querySpacingUs: 2_000_000,
    ...script.place,
  }
}

/** A session at a venue's practice host. */
export const DEMO = { mode: 'demo', venue: 'bingx', feedSource: 'bingx', instrumentOrigin: 'venue' } as const
