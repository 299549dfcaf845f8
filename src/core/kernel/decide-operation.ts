// From the session's own doings to facts: opening, halting, capital, what was sent, what was seen.

import { decimalFault, positiveFault } from './checks.ts'
import { add, ZERO } from './decimal.ts'
import { type Denial, denialFact, denialOf } from './denials.ts'
import type { FactBody } from './facts.ts'
import type { Operation } from './inputs.ts'
import { type Instrument, instrumentFaults } from './instrument.ts'
import { capitalPostings } from './ledger.ts'
import { cancelMoved, doubtCancel, followOrder } from './moves.ts'
import { CANCEL_PENDING, ORDER_LIVE } from './order-table.ts'
import { knownInstrument, knownSession } from './shapes.ts'
import type { KernelState } from './state.ts'
import { equityOf } from './valuation.ts'

type Of<Type extends Operation['type']> = Extract<Operation, { type: Type }>

export function openSession(state: KernelState, { session }: Of<'OPEN_SESSION'>, facts: FactBody[]): void {
  const denial = openingFault(state, session)
  if (denial === null) facts.push({ type: 'SESSION_OPENED', ...knownSession(session) })
  else facts.push(denialFact('OPEN_SESSION', denial))
}

function openingFault(state: KernelState, session: Of<'OPEN_SESSION'>['session']): Denial | null {
  const { slotIds, instrument, positionMode, account, sessionId } = session
  // The whole input is refused: with two slots of one id nothing that follows could be trusted.
  const doubled = slotIds.find((slotId, index) => slotIds.indexOf(slotId) !== index)
  if (doubled !== undefined) return denialOf('SLOT_ID_DUPLICATE', 'slotIds', doubled)
  const fault = instrumentFault(state, instrument)
  if (fault !== null) return fault
  // What is open in one mode cannot be closed in the other.
  const changes = state.session !== null && state.session.positionMode !== positionMode
  const held = [...state.positions.values()].some(
    ({ quantity, quoted, unassigned }) => quantity !== ZERO || quoted !== ZERO || unassigned !== ZERO,
  )
  const open = changes && (held || state.liveOrders.size > 0 || [...state.slots.values()].some(({ openSize }) => openSize !== ZERO))
  if (open) return denialOf('FIELD_INVALID', 'positionMode', positionMode)
  // What is booked belongs to one account: another has a journal of its own.
  if (state.account !== null && state.account !== account) return denialOf('FIELD_INVALID', 'account', account)
  // Opened again it would be active again, whatever its operator had asked for.
  return sessionId === state.session?.sessionId ? denialOf('FIELD_INVALID', 'sessionId', sessionId) : null
}

/** What makes an instrument impossible to trade; what is booked under its name must go on meaning the same. */
function instrumentFault(state: KernelState, instrument: Instrument): Denial | null {
  const known = state.instruments.get(instrument.symbol) ?? instrument
  const changed = (['kind', 'base', 'quote', 'settle'] as const).find((name) => known[name] !== instrument[name])
  const fault = instrumentFaults(instrument)[0] ?? (changed === undefined ? null : `${changed} was ${known[changed]} before`)
  return fault === null ? null : denialOf('INSTRUMENT_INVALID', 'instrument', fault)
}

export function listInstrument(state: KernelState, { instrument }: Of<'LIST_INSTRUMENT'>, facts: FactBody[]): void {
  const fault = instrumentFault(state, instrument)
  if (fault === null) facts.push({ type: 'INSTRUMENT_LISTED', instrument: knownInstrument(instrument) })
  else facts.push(denialFact('LIST_INSTRUMENT', fault))
}

export function haltSession(state: KernelState, { reason, detail }: Of<'HALT_SESSION'>, facts: FactBody[]): void {
  if (!state.halted) facts.push({ type: 'SESSION_HALTED', reason, detail })
}

export function flowCapital(_: KernelState, { asset, amount, note }: Of<'FLOW_CAPITAL'>, facts: FactBody[]): void {
  const fault = decimalFault(amount, 'amount')
  if (fault !== null) facts.push(denialFact('FLOW_CAPITAL', fault))
  else facts.push({ type: 'CAPITAL_FLOWED', asset, amount, note, postings: capitalPostings(asset, amount) })
}

export function valueAsset(_: KernelState, { asset, quote, price, source }: Of<'VALUE_ASSET'>, facts: FactBody[]): void {
  const fault = positiveFault(price, 'price', 'PRICE_NOT_POSITIVE')
  facts.push(fault !== null ? denialFact('VALUE_ASSET', fault) : { type: 'ASSET_VALUED', asset, quote, price, source })
}

export function noteSubmit(state: KernelState, note: Of<'NOTE_SUBMIT'>, facts: FactBody[]): void {
  const order = state.orders.get(note.clientOrderId)
  if (order === undefined) return
  followOrder(state, order, note.outcome === 'sent' ? 'sent' : 'unknown', facts, { venueOrderId: null, reason: note.detail })
}

export function noteCancel(state: KernelState, note: Of<'NOTE_CANCEL'>, facts: FactBody[]): void {
  const order = state.orders.get(note.clientOrderId)
  if (order === undefined || !ORDER_LIVE[order.status] || !CANCEL_PENDING[order.cancel]) return
  if (note.outcome === 'unknown') doubtCancel(order, note.detail ?? 'no readable answer', facts)
  else if (order.cancel === 'requested') facts.push(cancelMoved(order, 'sent', null))
}

export function observeMarket(state: KernelState, { observation }: Of<'OBSERVE_MARKET'>, facts: FactBody[]): void {
  const instrument = state.instruments.get(observation.instrument)
  const mark = state.markets.get(observation.instrument)?.mark ?? null
  let position = ZERO
  for (const held of state.positions.values()) if (held.instrument === observation.instrument) position = add(position, held.quantity)
  const equity = instrument === undefined ? null : equityOf(state.balances, instrument, mark, state.assetPrices)
  facts.push({ type: 'MARKET_OBSERVED', observation, position, equity })
}

export function reportFeed(_: KernelState, { report }: Of<'REPORT_FEED'>, facts: FactBody[]): void {
  facts.push({ type: 'FEED_REPORTED', report })
}

export function flagRisk(_: KernelState, { code, severity, value, limit, detail }: Of<'FLAG_RISK'>, facts: FactBody[]): void {
  facts.push({ type: 'RISK_FLAGGED', code, severity, value, limit, detail })
}
