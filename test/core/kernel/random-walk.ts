// Random lives of an account for property tests: small numbers stand for inputs, so that a failing walk shrinks well.

import fc from 'fast-check'
import { add, type Decimal, dec, max, mul, sub, truncateToStep, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { KernelInput, OrderReference, PositionSide, ReconcileAction, Side } from '../../../src/core/kernel/inputs.ts'
import type { OrderView } from '../../../src/core/kernel/views.ts'
import { enterIntent, exitIntent, type KernelBench, openingOf, quoteIntent, residualIntent, SYMBOL } from './kernel-bench.ts'

/** What to do, and three numbers to do it with. */
export type Step = readonly [act: number, a: number, b: number, c: number]

/** Up to 23 what a strategy asks for and a venue says; beyond, what an operator and reconcile do as well. */
const ACTS = 38

export function walks(maxLength: number): fc.Arbitrary<Step[]> {
  const digit = fc.nat({ max: 11 })
  return fc.array(fc.tuple(fc.nat({ max: ACTS - 1 }), digit, digit, digit), {
    minLength: Math.floor(maxLength / 4),
    maxLength,
    size: 'max',
  })
}

const RATIOS = [[], ['1'], ['0.5', '0.5'], ['0.5', '0.3', '0.2'], ['0.01', '0.99']]
const PRICES = ['2', '1.9999', '2.5', '0.3333', '17', '0.0001']
const QUANTITIES = ['10', '0.01', '0.07', '33.33', '100', '1']

function pick<T>(list: readonly T[], index: number): T {
  return list[index % list.length] as T
}

/** Turns a step into an input that fits what there is; events are about any order, dead or alive, in any order. */
export function inputOf(bench: KernelBench, [act, a, b, c]: Step): KernelInput {
  // Mostly live orders, mostly the latest: that is where the interesting races are.
  const live = [...bench.state.liveOrders.keys()]
  const ids = live.length > 0 && (b + c) % 5 > 0 ? live : [...bench.state.orders.keys()]
  const id = ids.length === 0 ? 'ditanobody' : (ids[Math.max(0, ids.length - 1 - (a % 5))] as string)
  const order = bench.state.orders.get(id)
  const bound = order?.venueOrderId !== null && order !== undefined
  const reference: OrderReference = { clientOrderId: bound && c > 8 ? null : id, venueOrderId: b % 3 === 0 || bound ? `v${id}` : null }
  const side: Side = order?.request.side ?? 'buy'
  switch (act) {
    case 0:
    case 1:
      return {
        ...enterIntent({
          slotId: pick(['a', 'b'], a),
          side: pick(['buy', 'sell'], b),
          quantity: pick(QUANTITIES, c),
          price: pick(PRICES, b),
        }),
        exitRatios: pick(RATIOS, a).map((ratio) => dec(ratio)),
      }
    case 2:
    case 3:
    case 4:
      return exitIntent({ slotId: pick(['a', 'b'], a), scope: b < 9 ? 'leg' : 'rest', price: dec(pick(PRICES, c)) })
    case 5:
      return quoteIntent(b < 3 ? null : `${pick(PRICES, 0)} x ${pick(QUANTITIES, b)}`, c < 3 ? null : `2.5 x ${pick(QUANTITIES, c)}`)
    case 6:
      return { type: 'CANCEL', target: { kind: 'order', clientOrderId: id } }
    case 7:
      return {
        type: 'CANCEL',
        target: b < 9 ? { kind: pick(['entry', 'exit'], b), slotId: pick(['a', 'b'], a) } : { kind: 'instrument', instrument: SYMBOL },
      }
    case 8:
      return { type: 'MARK_PRICE', instrument: SYMBOL, price: dec(pick(PRICES, a)) }
    case 9:
      return { type: 'NOTE_SUBMIT', clientOrderId: id, outcome: b < 9 ? 'sent' : 'unknown', detail: null }
    case 10:
      return { type: 'NOTE_CANCEL', clientOrderId: id, outcome: b < 7 ? 'sent' : 'unknown', detail: null }
    case 11:
      return { type: 'ORDER_ACK', ...reference }
    case 12:
      return { type: 'ORDER_REJECT', code: '1', reason: 'no', ...reference }
    case 13:
      return { type: 'CANCEL_ACK', ...reference }
    case 14:
      return { type: 'CANCEL_REJECT', code: '1', reason: 'no', ...reference }
    case 15:
      return { type: 'EXPIRED', reason: 'ioc', ...reference }
    case 16:
      return b < 4
        ? { type: 'RATE_LIMITED', retryAfterMs: c < 6 ? 0 : null, ...reference }
        : { type: 'UNRECOGNISED', raw: '?', ...reference }
    case 17: {
      const seen = { ...reference, instrument: SYMBOL, side, filledQuantity: order?.filledQuantity ?? ZERO }
      return { type: 'SNAPSHOT', asOfUs: bench.timeUs + pick([2, 1, -3], c), openOrders: [seen] }
    }
    case 18:
      return b < 11 || bench.state.halted
        ? { type: 'OPEN_SESSION', session: openingOf({ ...bench.setup, sessionId: `s${a}` }) }
        : { type: 'HALT_SESSION', reason: 'kill_switch', detail: null }
    case 19:
      return fillAgain(bench, [act, a, b, c]) ?? { type: 'ORDER_ACK', ...reference }
    case 20:
    case 21:
    case 22:
    case 23:
      return fillOf({ id, order, reference, side }, [act, a, b, c])
    default:
      return operatorOf(bench, { id, order, reference, side }, [act, a, b, c])
  }
}

/** What comes from an operator, from reconcile, and from a venue that speaks of totals. */
function operatorOf(bench: KernelBench, about: About, step: Step): KernelInput {
  const [act, a, b, c] = step
  switch (act) {
    case 24:
      return {
        type: 'CONTROL',
        action: pick(['resume', 'reduce_only', 'resume', 'pause', 'resume', b < 2 ? 'halt' : 'resume'], a),
        reason: 'walk',
      }
    case 25:
    case 26:
      return residualIntent(pick(['a', 'b'], a))
    case 33:
      return { type: 'FUNDING', instrument: SYMBOL, fundingId: `f${a}`, asset: 'RLUSD', amount: dec(pick(['0.5', '-0.25', '0'], b)) }
    case 34:
      return { type: 'VALUE_ASSET', asset: pick(['BNB', 'XRP'], a), quote: 'RLUSD', price: dec(pick(PRICES, b)), source: 'walk' }
    case 35: {
      const positions = [{ instrument: SYMBOL, positionSide: sideOf(bench, a), quantity: dec(pick(QUANTITIES, b)), averagePrice: null }]
      return {
        type: 'SNAPSHOT',
        asOfUs: bench.timeUs - 3 + (c % 5),
        openOrders: [],
        complete: a < 6,
        positions: b < 3 ? null : b < 6 ? [] : positions,
      }
    }
    case 36:
    case 37: {
      const filled = about.order?.filledQuantity ?? ZERO
      const word = { ...about.reference, totalFilled: pick([filled, add(filled, dec('0.01')), ZERO, add(filled, dec('10'))], a) }
      return pick(
        [
          { type: 'CANCEL_ACK', ...word },
          { type: 'EXPIRED', reason: 'ioc', ...word },
          { type: 'ORDER_ACK', ...word },
        ] as const,
        b,
      )
    }
    default:
      return { type: 'RECONCILE', evidence: 'walk', ...reconcileOf(bench, about, step) }
  }
}

function reconcileOf(bench: KernelBench, { id, order, reference, side }: About, [act, a, b, c]: Step): ReconcileAction {
  const price = dec(pick(PRICES, c))
  const filled = order?.filledQuantity ?? ZERO
  const asked = order?.request.quantity ?? dec('1')
  const positionSide = sideOf(bench, a)
  switch (act) {
    case 27: {
      const from = (order?.request.validUntilUs ?? bench.timeUs) + (b < 2 ? -1 : 1)
      return {
        action: 'mark_absent',
        clientOrderId: id,
        venueTimeUs: from + 5_000_001,
        askedAtUs: c < 2 ? [from] : [from, from + 2_000_000],
      }
    }
    case 28:
      return { action: 'quarantine', clientOrderId: id }
    case 29: {
      const outcome = pick(['filled', 'canceled', 'expired', 'rejected'] as const, a)
      const filledQuantity = pick([filled, asked, max(filled, mul(asked, dec('0.5'))), ZERO, add(asked, dec('1'))], b)
      return {
        action: 'settle_order',
        clientOrderId: id,
        outcome,
        filledQuantity,
        averagePrice: c < 2 ? null : (order?.request.price ?? price),
      }
    }
    case 30: {
      const fill = {
        tradeId: `r${a}-${b}-${c}`,
        price,
        quantity: dec(pick(QUANTITIES, b)),
        fee: dec('0.01'),
        feeAsset: 'RLUSD',
        liquidity: 'taker',
      } as const
      const stranger = { clientOrderId: null, venueOrderId: 'vstranger' }
      return { action: 'book_fill', ...(c < 6 ? reference : stranger), instrument: SYMBOL, side, positionSide, fill }
    }
    case 31: {
      const quantity = dec(pick(['0', '5', '-5', '100', '0.005', '-33.33'], a))
      return {
        action: 'adjust_position',
        adjustmentId: `j${b}`,
        instrument: SYMBOL,
        positionSide,
        quantity,
        averagePrice: c < 3 ? null : price,
      }
    }
    default: {
      const { unassigned = ZERO } = bench.state.positions.get(positionSide === 'net' ? SYMBOL : `${SYMBOL}#${positionSide}`) ?? {}
      const quantity: Decimal = b < 8 ? unassigned : mul(unassigned, dec('0.5'))
      return {
        action: 'assign',
        instrument: SYMBOL,
        positionSide,
        quantity,
        slotId: pick(['a', 'b', null], c),
        price: b < 6 ? price : null,
      }
    }
  }
}

/** The position there is; in hedge mode the long or the short one. */
function sideOf(bench: KernelBench, a: number): PositionSide {
  return bench.setup.positionMode === 'hedge' ? pick(['long', 'short'], a) : 'net'
}

/** A fill that was booked already, in its own numbers or in others. */
function fillAgain(bench: KernelBench, [, a, b, c]: Step): KernelInput | undefined {
  const fill = bench.facts('FILL_BOOKED').at(-1 - (a % 4))
  if (fill === undefined) return undefined
  const { clientOrderId, venueOrderId, instrument, side, quantity } = fill
  const told = c < 6 ? fill : { ...fill, quantity: add(quantity, dec('0.01')) }
  return { type: 'PARTIAL_FILL', clientOrderId, venueOrderId: b < 6 ? venueOrderId : null, instrument, side, fill: told }
}

interface About {
  readonly id: string
  readonly order: OrderView | undefined
  readonly reference: OrderReference
  readonly side: Side
}

/** A fill of what is unfilled, of half of it, of a lot, or now and then of more than was asked for. */
function fillOf({ id, order, reference, side }: About, [, a, b, c]: Step): KernelInput {
  const asked = order?.request.quantity ?? dec('1')
  const unfilled = max(sub(asked, order?.filledQuantity ?? ZERO), dec('0.01'))
  const half = max(truncateToStep(mul(unfilled, dec('0.5')), dec('0.01')), dec('0.01'))
  const quantity = pick(
    [unfilled, half, unfilled, half, dec('0.01'), unfilled, half, half, mul(asked, dec('0.3333')), unfilled, half, asked],
    b,
  )
  const tradeId = `t${id}-${a}-${b}-${c}`
  const price = order?.request.price ?? dec('2')
  return {
    type: c % 2 === 0 ? 'PARTIAL_FILL' : 'FULL_FILL',
    ...reference,
    instrument: SYMBOL,
    side,
    fill: {
      tradeId,
      price,
      quantity,
      fee: dec(pick(['0', '0.011', '-0.003'], a)),
      feeAsset: pick(['RLUSD', 'RLUSD', 'XRP'], c),
      liquidity: 'maker',
    },
  }
}
