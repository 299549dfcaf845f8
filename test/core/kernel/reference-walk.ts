// Random lives of an account for the reference model: each step is a few small numbers, so that a failing walk shrinks to
// one that can be read. Makes inputs; judges nothing.

import fc from 'fast-check'
import { type Decimal, dec, formatDecimal, max, mul, sub, truncateToStep, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { KernelInput, OrderReference, PositionSide, SessionOpening, Side, VenueFill } from '../../../src/core/kernel/inputs.ts'
import type { Instrument } from '../../../src/core/kernel/instrument.ts'
import type { OrderView, PositionView, SlotView } from '../../../src/core/kernel/views.ts'
import type { ReferenceBench } from './reference-bench.ts'
import { decimals, INSTRUMENTS, openingOf, pick, SLOTS, type WorldName } from './reference-world.ts'

/** What to do, and four numbers to do it with. */
export type Step = readonly [act: number, a: number, b: number, c: number, d: number]

const PRICES = decimals('2', '1.9999', '3', '0.3333', '17', '0.0001')
const QUANTITIES = decimals('10', '0.03', '0.07', '33.33', '100', '1')
const RATIOS = [decimals(), decimals('0.5', '0.5'), decimals('0.5', '0.3', '0.2'), decimals('0.01', '0.99')]
const LOT = dec('0.01')

/** Where a step stands: the account, and what it may trade. */
interface Scene {
  readonly bench: ReferenceBench
  readonly world: WorldName
  readonly instrument: Instrument
  readonly positionSide: PositionSide
  readonly position: PositionView | undefined
  /** The order the step is about: mostly a live one, mostly the latest, and now and then none of ours. */
  readonly id: string
  readonly order: OrderView | undefined
  readonly reference: OrderReference
  readonly numbers: Step
}

/** One more session of the account; in a mixed world in whichever mode the numbers say. */
function nextSession(world: WorldName, [, , , c]: Step, seq: number): SessionOpening {
  const mode = world === 'mixed' ? ({ positionMode: c % 2 === 0 ? 'hedge' : 'one_way' } as const) : {}
  return openingOf(world, { sessionId: `s${seq}`, ...mode })
}

type Act = (scene: Scene) => KernelInput

export function walks(maxLength: number): fc.Arbitrary<Step[]> {
  const digit = fc.nat({ max: 11 })
  const step = fc.tuple(fc.nat({ max: ACTS.length - 1 }), digit, digit, digit, digit)
  return fc.array(step, { minLength: 1, maxLength, size: 'max' })
}

/** Turns a step into an input that fits what there is; what the venue says is about any order, dead or alive. */
export function inputOf(bench: ReferenceBench, world: WorldName, step: Step): KernelInput {
  const [act, a, b, c, d] = step
  const { state } = bench
  // After the end, half of what is told falls on deaf ears, and the other half on a new session.
  if ((state.halted || state.stopping) && d > 5) return { type: 'OPEN_SESSION', session: nextSession(world, step, state.seq) }
  const live = [...state.liveOrders.keys()]
  const ids = live.length > 0 && (b + c) % 5 > 0 ? live : [...state.orders.keys()]
  const id = ids[Math.max(0, ids.length - 1 - (a % 4))] ?? 'ditanobody'
  const order = state.orders.get(id)
  const bound = order?.venueOrderId ?? null
  const reference: OrderReference = {
    clientOrderId: bound !== null && c > 8 ? null : id,
    // Now and then an id that is another order's, or nobody's.
    venueOrderId: bound !== null && c === 8 && d > 8 ? 'vother' : (bound ?? (b % 3 === 0 ? (d > 9 ? 'vshared' : `v${id}`) : null)),
  }
  const instrument = pick(INSTRUMENTS[world], d % 5)
  const position = pick(
    [...state.positions.values()].filter(({ instrument: symbol }) => symbol === instrument.symbol),
    c,
  ) as PositionView | undefined
  const positionSide = position?.positionSide ?? 'net'
  return pick(ACTS, act)({ bench, world, instrument, positionSide, position, id, order, reference, numbers: step })
}

/** A slot that fits what is to be done with it, mostly; where there is none, or now and then, any slot. */
function slotFor({ bench, numbers: [, a] }: Scene, fits: (slot: SlotView) => boolean): string {
  const fitting = SLOTS.filter((slotId) => fits(bench.state.slots.get(slotId) as SlotView))
  return pick(fitting.length === 0 || a > 10 ? SLOTS : fitting, a)
}

const isFree = ({ stage }: SlotView): boolean => stage === 'idle' || stage === 'closed'
const isOpen = ({ openSize }: SlotView): boolean => openSize > ZERO

const enter: Act = (scene) => enterAt(scene, slotFor(scene, isFree))

const enterAt = ({ instrument, numbers: [, a, b, c, d] }: Scene, slotId: string): KernelInput => ({
  type: 'ENTER',
  slotId,
  instrument: instrument.symbol,
  side: pick(['buy', 'sell'] as const, b),
  quantity: pick(QUANTITIES, c),
  orderType: a > 9 ? 'market' : 'limit',
  price: a > 9 ? null : pick(PRICES, b),
  timeInForce: 'gtc',
  postOnly: false,
  leverage: dec('1'),
  reduceOnly: d === 1,
  exitRatios: pick(RATIOS, a + c),
})

const exit: Act = (scene) => {
  const [, , b, c] = scene.numbers
  const terms = c > 9 ? ({ orderType: 'market', price: null } as const) : ({ orderType: 'limit', price: pick(PRICES, c) } as const)
  return {
    type: 'EXIT',
    slotId: slotFor(scene, isOpen),
    scope: b < 7 ? 'leg' : 'rest',
    ...terms,
    timeInForce: 'gtc',
    postOnly: false,
    reason: 'target',
  }
}

const exitResidual: Act = (scene) => ({ type: 'EXIT_RESIDUAL', slotId: slotFor(scene, isOpen), reason: 'end' })

const quote: Act = ({ instrument, numbers: [, a, b, c] }) => ({
  type: 'QUOTE',
  instrument: instrument.symbol,
  bid: b < 3 ? null : { price: pick(PRICES, 1), quantity: pick(QUANTITIES, b) },
  ask: c < 3 ? null : { price: pick(PRICES, 2), quantity: pick(QUANTITIES, c) },
  postOnly: a < 6,
})

const cancel: Act = ({ id, instrument, numbers: [, a, b] }) => {
  if (b < 5) return { type: 'CANCEL', target: { kind: 'order', clientOrderId: id } }
  if (b < 11) return { type: 'CANCEL', target: { kind: pick(['entry', 'exit'] as const, b), slotId: pick(SLOTS, a) } }
  return { type: 'CANCEL', target: { kind: 'instrument', instrument: instrument.symbol } }
}

const mark: Act = ({ bench, instrument, numbers: [, a, b] }) => {
  const price = pick(PRICES, a)
  return { type: 'MARK_PRICE', instrument: instrument.symbol, price, mid: b < 6 ? price : null, asOfUs: b < 3 ? null : bench.timeUs }
}

const control: Act = ({ numbers: [, a] }) => {
  const words = [
    'reduce_only',
    'resume',
    'resume',
    'reduce_only',
    'resume',
    'pause',
    'reduce_only',
    'resume',
    'resume',
    'resume',
    'resume',
    'halt',
  ] as const
  return { type: 'CONTROL', action: pick(words, a), reason: 'operator' }
}

const noteSubmit: Act = ({ id, numbers: [, , b] }) => ({
  type: 'NOTE_SUBMIT',
  clientOrderId: id,
  outcome: b < 9 ? 'sent' : 'unknown',
  detail: null,
})
const noteCancel: Act = ({ id, numbers: [, , b] }) => ({
  type: 'NOTE_CANCEL',
  clientOrderId: id,
  outcome: b < 7 ? 'sent' : 'unknown',
  detail: null,
})

/** What the venue counts as filled: mostly nothing said, else what is booked, more of it, or less. */
function totalOf({ order, numbers: [, a, b] }: Scene): { totalFilled?: Decimal | null } {
  const booked = order?.filledQuantity ?? ZERO
  const words = [
    {},
    {},
    { totalFilled: null },
    { totalFilled: booked },
    {},
    {},
    { totalFilled: (booked + LOT) as Decimal },
    { totalFilled: ZERO },
  ]
  return pick(words, a + b)
}

const ack: Act = (scene) => ({ type: 'ORDER_ACK', ...scene.reference, ...totalOf(scene) })
const reject: Act = ({ reference }) => ({ type: 'ORDER_REJECT', code: '1', reason: 'no', ...reference })
const cancelAck: Act = (scene) => ({ type: 'CANCEL_ACK', ...scene.reference, ...totalOf(scene) })
const cancelReject: Act = ({ reference }) => ({ type: 'CANCEL_REJECT', code: '1', reason: 'no', ...reference })
const expire: Act = (scene) => ({ type: 'EXPIRED', reason: 'ioc', ...scene.reference, ...totalOf(scene) })

const unclear: Act = ({ reference, numbers: [, , b] }) =>
  b < 5 ? { type: 'RATE_LIMITED', retryAfterMs: b < 4 ? 0 : null, ...reference } : { type: 'UNRECOGNISED', raw: '?', ...reference }

const snapshot: Act = ({ bench, order, reference, instrument, positionSide, numbers: [, a, b, c] }) => {
  const side = order?.request.side ?? 'buy'
  const filledQuantity = c < 8 ? (order?.filledQuantity ?? ZERO) : dec('5')
  const seen = { ...reference, instrument: order?.request.instrument ?? instrument.symbol, side, filledQuantity }
  const held = { instrument: instrument.symbol, positionSide, quantity: pick(QUANTITIES, c), averagePrice: null }
  const positions = b < 4 ? {} : { positions: b < 6 ? null : b < 8 ? [] : [held] }
  return {
    type: 'SNAPSHOT',
    asOfUs: bench.timeUs + pick([2, 2, 1, -30], a),
    openOrders: b % 4 === 0 ? [] : [seen],
    complete: a % 2 === 0,
    ...positions,
  }
}

const funding: Act = ({ instrument, numbers: [, a, b] }) => ({
  type: 'FUNDING',
  instrument: instrument.symbol,
  fundingId: `f${a}`,
  asset: instrument.settle,
  amount: pick(decimals('0.5', '-0.25', '0.000000000000000001'), b),
})

const capital: Act = ({ instrument, numbers: [, a, b] }) =>
  a < 6
    ? { type: 'FLOW_CAPITAL', asset: instrument.base, amount: pick(decimals('100', '-50', '-3'), b), note: '' }
    : { type: 'VALUE_ASSET', asset: pick(['BNB', 'BTC'], b), quote: instrument.quote, price: pick(PRICES, a), source: 'operator' }

const list: Act = ({ instrument, numbers: [, a, b] }) => ({
  type: 'LIST_INSTRUMENT',
  instrument: {
    ...instrument,
    minQuantity: pick(decimals('0.02', '0.05', '0.01'), a),
    minNotional: pick(decimals('0', '0', '0.5'), a),
    maxQuantity: pick(decimals('0', '0', '0', '25'), b),
  },
})

const session: Act = ({ bench, world, instrument, numbers }) => {
  const [, , b] = numbers
  if (b === 0) return { type: 'HALT_SESSION', reason: 'kill_switch', detail: null }
  if (b < 3 || (world === 'mixed' && b < 6)) return { type: 'OPEN_SESSION', session: nextSession(world, numbers, bench.state.seq) }
  const nothing = { bid: null, ask: null, mark: null, ourBid: null, ourAsk: null, bidDistanceBps: null, askDistanceBps: null }
  return { type: 'OBSERVE_MARKET', observation: { instrument: instrument.symbol, ...nothing } }
}

function feeOf({ instrument, numbers: [, a, b, c] }: Scene): Pick<VenueFill, 'fee' | 'feeAsset' | 'liquidity'> {
  const feeAsset = pick([instrument.settle, instrument.quote, instrument.base, 'BNB'], c)
  return { fee: pick(decimals('0', '0.011', '-0.003'), a), feeAsset, liquidity: b < 6 ? 'maker' : 'taker' }
}

/** A fill of what is unfilled, of half of it, of a lot, of what is no lot at all, or now and then of more than was asked for. */
function fillOf(scene: Scene): VenueFill {
  const {
    id,
    order,
    numbers: [, a, b, c, d],
  } = scene
  const asked = order?.request.quantity ?? dec('1')
  const left = sub(asked, order?.filledQuantity ?? ZERO)
  const unfilled = max(left, LOT)
  const half = truncateToStep(mul(unfilled, dec('0.5')), LOT)
  const part = max(half, LOT)
  const odd = mul(asked, dec('0.333333333333333333'))
  const quantity = pick([unfilled, part, unfilled, part, LOT, unfilled, part, part, odd, unfilled, part, asked], b)
  const price = d < 7 ? (order?.request.price ?? dec('2')) : pick(PRICES, d)
  // The two sides of a self-trade share an id.
  const tradeId = d === 9 ? `self-${a % 3}` : `t${id}-${a}-${b}-${c}`
  return { tradeId, price, quantity, ...feeOf(scene) }
}

const fill: Act = (scene) => {
  const {
    order,
    reference,
    instrument,
    numbers: [, a, , c],
  } = scene
  const { side, instrument: symbol } = order?.request ?? { side: 'buy' as Side, instrument: instrument.symbol }
  return {
    type: c % 2 === 0 ? 'PARTIAL_FILL' : 'FULL_FILL',
    ...reference,
    instrument: symbol,
    side,
    fill: fillOf(scene),
    ...(a > 7 ? totalOf(scene) : {}),
  }
}

/** A fill that was booked already, in its own numbers or in others. */
const fillAgain: Act = (scene) => {
  const booked = scene.bench.facts('FILL_BOOKED').at(-1 - (scene.numbers[1] % 4))
  const {
    order,
    reference,
    numbers: [, , b, c],
  } = scene
  if (booked === undefined || booked.clientOrderId === null) return fill(scene)
  const { clientOrderId, venueOrderId, instrument, side, tradeId, price, quantity, fee, feeAsset, liquidity } = booked
  const told = { tradeId, price, quantity: c < 6 ? quantity : ((quantity + LOT) as Decimal), fee, feeAsset, liquidity }
  const foreign = c === 11 && order?.request.instrument === instrument && order.request.side === side
  const named = foreign ? reference : { clientOrderId, venueOrderId: b < 6 ? venueOrderId : null }
  return { type: 'PARTIAL_FILL', ...named, instrument, side, fill: told }
}

const markAbsent: Act = ({ id, order, numbers: [, a, b] }) => {
  const after = (order?.request.validUntilUs ?? 0) + (b < 9 ? 1 : -1)
  const askedAtUs = pick([[after, after + 2_000_000], [after, after + 2_000_000], [after, after + 1_999_999], [after]], a)
  const venueTimeUs = (order?.request.validUntilUs ?? 0) + 5_000_000 + (b % 4 === 0 ? 0 : 1)
  return { type: 'RECONCILE', action: 'mark_absent', clientOrderId: id, venueTimeUs, askedAtUs, evidence: 'asked' }
}

const quarantine: Act = ({ id }) => ({ type: 'RECONCILE', action: 'quarantine', clientOrderId: id, evidence: 'nobody knows' })

const settle: Act = ({ id, order, numbers: [, a, b, c] }) => {
  const booked = order?.filledQuantity ?? ZERO
  const asked = order?.request.quantity ?? dec('1')
  const filledQuantity = pick([booked, (booked + LOT) as Decimal, asked, booked, ZERO, asked], b)
  const outcome = pick(['canceled', 'expired', 'filled', 'canceled', 'rejected'] as const, a)
  const averagePrice = c === 0 ? null : pick(PRICES, c)
  return { type: 'RECONCILE', action: 'settle_order', clientOrderId: id, outcome, filledQuantity, averagePrice, evidence: 'order history' }
}

const missedFill: Act = (scene) => {
  const {
    order,
    reference,
    instrument,
    positionSide,
    numbers: [, a, b],
  } = scene
  const ours = a < 6 && order !== undefined
  const { side, instrument: symbol } = ours ? order.request : { side: pick(['buy', 'sell'] as const, b), instrument: instrument.symbol }
  const named = ours
    ? reference
    : a < 9
      ? { clientOrderId: null, venueOrderId: null }
      : { clientOrderId: 'foreign', venueOrderId: 'vforeign' }
  return {
    type: 'RECONCILE',
    action: 'book_fill',
    ...named,
    instrument: symbol,
    side,
    positionSide,
    fill: fillOf(scene),
    evidence: 'fill history',
  }
}

const adjust: Act = ({ instrument, positionSide, position, numbers: [, a, b, c] }) => {
  const ours = position?.quantity ?? ZERO
  const flipped = positionSide === 'net' ? -ours : ours
  const options = [ours + dec('3'), ours - dec('3'), flipped, 0n, ours, ours * 2n, ours / 2n]
  const wanted = pick(options, a) as Decimal
  // Hedged positions have a side: a long one is never below zero.
  const quantity = (
    positionSide === 'long' ? (wanted < 0n ? 0n : wanted) : positionSide === 'short' && wanted > 0n ? 0n : wanted
  ) as Decimal
  const averagePrice = b < 2 ? null : pick(PRICES, b)
  const adjustmentId = c === 0 ? 'again' : `${a}${b}${c}${formatDecimal(ours)}`
  return {
    type: 'RECONCILE',
    action: 'adjust_position',
    adjustmentId,
    instrument: instrument.symbol,
    positionSide,
    quantity,
    averagePrice,
    evidence: 'positions',
  }
}

const assign: Act = (scene) => {
  const [, a, b, c] = scene.numbers
  const loose = [...scene.bench.state.positions.values()].filter(({ unassigned }) => unassigned !== ZERO)
  const position = loose.length > 0 ? pick(loose, a) : scene.position
  const { symbol } = scene.instrument
  const { instrument, positionSide } = position ?? { instrument: symbol, positionSide: scene.positionSide }
  const whole = position?.unassigned ?? ZERO
  const quantity = pick([whole, whole, (whole / 2n) as Decimal, (whole * 2n) as Decimal, -whole as Decimal, whole], b)
  const taking = (slot: SlotView) => (a < 7 ? isFree(slot) : slot.instrument === instrument && isOpen(slot))
  const slotId = a < 2 ? null : slotFor(scene, taking)
  const price = c < 4 ? null : pick(PRICES, c)
  return { type: 'RECONCILE', action: 'assign', instrument, positionSide, quantity, slotId, price, evidence: 'operator' }
}

/** Each is as likely as it stands here often. */
// biome-ignore format: a list of words is read as one
const ACTS: readonly Act[] = [
  enter, enter, enter, enter, exit, exit, exit, exitResidual, exitResidual, quote, quote, cancel, mark, control,
  fill, fill, fill, fill, fill, fill, fill, fillAgain,
  ack, reject, cancelAck, cancelAck, cancelReject, expire, unclear, snapshot, noteSubmit, noteCancel,
  markAbsent, quarantine, settle, missedFill, adjust, assign, assign,
  funding, capital, list, list, session,
]
