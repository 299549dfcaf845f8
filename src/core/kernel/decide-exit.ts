// From the wish to leave a trade to facts: the next leg, all that is left, or what is too small to be traded at all.

import { type Candidate, type OrderWish, orderFault, tradingFault } from './checks.ts'
import { candidateOf, requestOf } from './decide-intent.ts'
import { type Decimal, min, neg, sub, truncateToStep, ZERO } from './decimal.ts'
import { type Denial, type DenialCode, denialFact, denialOf, isDenial, textOf } from './denials.ts'
import { deliverable, exitSizeOf, workingQuantity } from './exit-size.ts'
import type { FactBody } from './facts.ts'
import type { ExitIntent, ExitResidualIntent, OrderTerms, Side } from './inputs.ts'
import type { Instrument } from './instrument.ts'
import { signedBy } from './ledger.ts'
import { cancelLive, moveSlot } from './moves.ts'
import { SLOT_TABLE, type SlotTrigger } from './slot-table.ts'
import { isDoubtful, type KernelState, type Leg, type Order, type Slot } from './state.ts'

export function decideExit(state: KernelState, intent: ExitIntent, facts: FactBody[], timeUs: number): void {
  const { slotId, scope } = intent
  const deny = (denial: Denial): void => void facts.push(denialFact('EXIT', denial, { slotId }))
  const slot = slotToExit(state, slotId, 'exit')
  if (isDenial(slot)) return deny(slot)
  if (scope !== 'leg' && scope !== 'rest') return deny(denialOf('FIELD_INVALID', 'scope', scope))
  const size = exitSizeOf(state, slot, scope, instrumentOf(state, slot))
  if (size === null) return deny(denialOf('NOTHING_TO_EXIT', 'openSize', slot.openSize, { working: workingQuantity(state, slot) }))
  const candidate = exitCandidate(state, slot, intent, size.quantity, timeUs)
  const fault = orderFault(candidate)
  if (fault !== null) return deny(fault)
  for (const { leg, filledQuantity } of size.skipped) {
    facts.push({ type: 'LEG_ENDED', slotId, trade: slot.trade, leg, filledQuantity, consumed: true })
  }
  prepareExit(candidate, slot, { trigger: 'exit', leg: size.leg, reason: textOf(intent.reason) }, facts)
}

/** The slot, if it is in a stage that the table lets out of, and if nothing about its orders is in doubt. */
function slotToExit(state: KernelState, slotId: string, trigger: SlotTrigger): Slot | Denial {
  const slot = state.slots.get(slotId)
  if (slot === undefined) return denialOf('SLOT_UNKNOWN', 'slotId', slotId)
  const halt = tradingFault({ state })
  if (halt !== null) return halt
  if (SLOT_TABLE[slot.stage][trigger] === 'refused') return denialOf('EXIT_NOT_ALLOWED', 'slotId', slot.stage)
  const doubtful = liveOrdersOf(state, slot).find(isDoubtful)
  return doubtful === undefined ? slot : denialOf('ORDER_IN_DOUBT', 'clientOrderId', doubtful.request.clientOrderId)
}

function liveOrdersOf(state: KernelState, { slotId, trade }: Slot): Order[] {
  return [...state.liveOrders.values()].filter(({ request }) => request.slotId === slotId && request.trade === trade)
}

function instrumentOf(state: KernelState, slot: Slot): Instrument {
  return state.instruments.get(slot.instrument as string) as Instrument
}

function exitCandidate(state: KernelState, slot: Slot, terms: OrderTerms, quantity: Decimal, timeUs: number): Candidate {
  const { orderType, price, timeInForce, postOnly } = terms
  const { instrument, side, positionSide } = slot
  const shape = {
    orderType,
    price,
    timeInForce,
    postOnly,
    quantity,
    instrument: instrument as string,
    side: side === 'buy' ? 'sell' : 'buy',
  } as const
  const wish: OrderWish = { ...shape, positionSide, reduceOnly: false, leverage: null, path: '' }
  return candidateOf(state, wish, timeUs, { isExit: true })
}

interface ExitPurpose {
  readonly trigger: 'exit' | 'residual'
  readonly leg: number
  readonly reason: string
}

function prepareExit({ state, wish, instrument, position, timeUs }: Candidate, slot: Slot, purpose: ExitPurpose, facts: FactBody[]): void {
  const { slotId, trade, stage } = slot
  const { trigger, leg, reason } = purpose
  const { quantity } = wish
  // Spot has no positions to reduce: a sale is a sale. And what is no longer there, because another slot or the quotes hold the
  // opposite, cannot be reduced either: such an exit opens, on the account, what it closes in the slot.
  const held = slot.side === 'buy' ? position.quantity : neg(position.quantity)
  const reduceOnly = instrument.kind !== 'spot' && held >= quantity
  const request = requestOf(state, wish, timeUs, { role: 'exit', slotId, trade, leg, reduceOnly, offset: 1 })
  moveSlot(slot, stage, trigger, reason, facts)
  facts.push(
    { type: 'ORDER_PREPARED', request },
    { type: 'LEG_OPENED', slotId, trade, leg, quantity, clientOrderId: request.clientOrderId, reason },
  )
}

const AT_MARKET: OrderTerms = { orderType: 'market', price: null, timeInForce: 'ioc', postOnly: false }

/** Why what is left cannot be traded at all, however long one waits. */
const TOO_SMALL: ReadonlySet<DenialCode> = new Set(['QUANTITY_NOT_POSITIVE', 'QUANTITY_BELOW_MIN', 'NOTIONAL_BELOW_MIN'])

export function decideResidual(state: KernelState, intent: ExitResidualIntent, facts: FactBody[], timeUs: number): void {
  const { slotId } = intent
  const deny = (denial: Denial): void => void facts.push(denialFact('EXIT_RESIDUAL', denial, { slotId }))
  const slot = slotToExit(state, slotId, 'residual')
  if (isDenial(slot)) return deny(slot)
  const { trade, openSize, openCost, instrument, positionSide, stage } = slot
  const working = workingQuantity(state, slot)
  if (openSize === ZERO) return deny(denialOf('NOTHING_TO_EXIT', 'openSize', openSize, { working }))
  const live = liveOrdersOf(state, slot)
  const reason = textOf(intent.reason)
  // What still works is taken back, whatever it was for; only what none of it covers is sold now.
  cancelLive(state, (order) => live.includes(order), facts)
  const { candidate, fault } = residualOrder(state, slot, sub(deliverable(slot, instrumentOf(state, slot)), working), timeUs)
  if (fault === null) {
    const { leg } = (slot.legs.find(({ consumed, working: works }) => !consumed && !works) ?? slot.legs.at(-1)) as Leg
    prepareExit(candidate, slot, { trigger: 'residual', leg, reason }, facts)
  } else if (live.length === 0 && TOO_SMALL.has(fault.code)) {
    const quantity = signedBy(slot.side as Side, openSize)
    const of = { slotId, trade, instrument: instrument as string, positionSide }
    facts.push({ type: 'DUST_WRITTEN_OFF', ...of, quantity, cost: openCost, reason })
    moveSlot(slot, stage, 'flat', 'dust', facts)
  } else if (!TOO_SMALL.has(fault.code)) {
    deny(fault)
  } else if (facts.length === 0) {
    // Nothing to take back and nothing large enough to sell beside what works already.
    deny(denialOf('NOTHING_TO_EXIT', 'openSize', openSize, { working }))
  }
}

interface ResidualOrder {
  readonly candidate: Candidate
  readonly fault: Denial | null
}

/** All of it that one order can take: whole lots, up to the venue's largest; of coins what the wallet has, where it lacks some. */
function residualOrder(state: KernelState, slot: Slot, free: Decimal, timeUs: number): ResidualOrder {
  const { base, lotSize, maxQuantity } = instrumentOf(state, slot)
  const order = (upTo: Decimal): ResidualOrder => {
    const size = maxQuantity > ZERO ? min(upTo, maxQuantity) : upTo
    const candidate = exitCandidate(state, slot, AT_MARKET, truncateToStep(size, lotSize), timeUs)
    return { candidate, fault: orderFault(candidate) }
  }
  const whole = order(free)
  if (whole.fault?.code !== 'BALANCE_TOO_LOW' || slot.side !== 'buy') return whole
  const part = order(min(free, state.balances.get(`wallet|${base}`) as Decimal))
  // Coins that are missing are no dust: what cannot be sold for want of them stays open, and is said to.
  return part.fault === null ? part : whole
}
