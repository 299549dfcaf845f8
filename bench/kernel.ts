// Kernel throughput: a market maker's traffic (two quotes replaced each tick, a fill every fourth tick), decided and
// applied in memory. Prints facts per second, the median of seven runs.

import { apply } from '../src/core/kernel/apply.ts'
import { decide } from '../src/core/kernel/decide.ts'
import { type Decimal, dec } from '../src/core/kernel/decimal.ts'
import type { Fact } from '../src/core/kernel/facts.ts'
import type { KernelInput, SessionOpening } from '../src/core/kernel/inputs.ts'
import { createState, type KernelState } from '../src/core/kernel/state.ts'

const TICKS = 20_000
const RUNS = 7

const instrument = {
  symbol: 'XRP/RLUSD',
  kind: 'spot',
  base: 'XRP',
  quote: 'RLUSD',
  settle: 'RLUSD',
  tickSize: dec('0.0001'),
  lotSize: dec('0.01'),
  minQuantity: dec('0.01'),
  maxQuantity: dec('0'),
  minNotional: dec('1'),
  maxLeverage: dec('1'),
} as const

const session: SessionOpening = {
  sessionId: 'bench',
  account: 'paper/bench',
  mode: 'paper',
  venue: 'paper',
  strategy: 'market_maker',
  feedSource: 'simulated',
  seed: 1,
  durationUs: 0,
  tickIntervalUs: 1_000_000,
  instrument,
  instrumentOrigin: 'built-in',
  slotIds: [],
  positionMode: 'one_way',
  limits: {
    maxExposure: dec('0'),
    maxPosition: dec('0'),
    maxSessionLoss: dec('0'),
    maxOrderNotional: dec('0'),
    maxLeverage: dec('0'),
    priceCollarBps: dec('0'),
    maxOpenOrders: 0,
    maxOrdersPerSecond: 0,
    maxCancelsPerSecond: 0,
    staleFeedUs: 0,
  },
  orderValidityUs: 10_000_000,
  absenceMarginUs: 5_000_000,
  querySpacingUs: 2_000_000,
}

function run(): number {
  const state = createState()
  let facts = 0
  let timeUs = 1_700_000_000_000_000
  const feed = (input: KernelInput): readonly Fact[] => {
    const made = decide(state, { timeUs, input })
    for (const fact of made) apply(state, fact)
    facts += made.length
    return made
  }
  feed({ type: 'OPEN_SESSION', session })
  for (const asset of ['XRP', 'RLUSD']) feed({ type: 'FLOW_CAPITAL', asset, amount: dec('1000000000'), note: 'bench' })
  const started = process.hrtime.bigint()
  for (let tick = 0; tick < TICKS; tick += 1) {
    timeUs += 1_000_000
    runTick(state, tick, feed)
  }
  return facts / (Number(process.hrtime.bigint() - started) / 1e9)
}

function runTick(state: KernelState, tick: number, feed: (input: KernelInput) => readonly Fact[]): void {
  const price = (dec('2') + BigInt(tick % 40) * dec('0.0001')) as Decimal
  feed({ type: 'MARK_PRICE', instrument: instrument.symbol, price })
  const made = feed({
    type: 'QUOTE',
    instrument: instrument.symbol,
    bid: { price: (price - dec('0.001')) as Decimal, quantity: dec('50') },
    ask: { price: (price + dec('0.001')) as Decimal, quantity: dec('50') },
    postOnly: true,
  })
  for (const { body } of made) {
    if (body.type === 'CANCEL_MOVED') {
      feed({ type: 'NOTE_CANCEL', clientOrderId: body.clientOrderId, outcome: 'sent', detail: null })
      feed({ type: 'CANCEL_ACK', clientOrderId: body.clientOrderId, venueOrderId: null })
    }
    if (body.type !== 'ORDER_PREPARED') continue
    const { clientOrderId, side, quantity } = body.request
    feed({ type: 'NOTE_SUBMIT', clientOrderId, outcome: 'sent', detail: null })
    feed({ type: 'ORDER_ACK', clientOrderId, venueOrderId: `v${clientOrderId}` })
    if (tick % 4 === 0) {
      const fill = { tradeId: `t${clientOrderId}`, price, quantity, fee: dec('0.02'), feeAsset: 'RLUSD', liquidity: 'maker' } as const
      feed({ type: 'FULL_FILL', clientOrderId, venueOrderId: null, instrument: instrument.symbol, side, fill })
    }
  }
  if (state.positions.get(instrument.symbol)?.quantity === undefined) throw new Error('the position is gone')
}

const rates = Array.from({ length: RUNS }, run).sort((a, b) => a - b)
process.stdout.write(`kernel decide+apply: ${Math.round(rates[RUNS >> 1] as number).toLocaleString('en')} facts/s (median of ${RUNS})\n`)
