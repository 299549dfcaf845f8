// From the session's own doings to facts: opening, halting, capital, what was sent, what was seen.

import { decimalFault } from './checks.ts'
import { type Decimal, ZERO } from './decimal.ts'
import { denialFact, denialOf } from './denials.ts'
import type { FactBody } from './facts.ts'
import type { Operation } from './inputs.ts'
import { instrumentFaults } from './instrument.ts'
import { capitalPostings } from './ledger.ts'
import { cancelMoved, doubtCancel, followOrder } from './moves.ts'
import { CANCEL_PENDING, ORDER_LIVE } from './order-table.ts'
import type { KernelState } from './state.ts'
import { equityOf } from './valuation.ts'

type Of<Type extends Operation['type']> = Extract<Operation, { type: Type }>

export function openSession({ session }: Of<'OPEN_SESSION'>, facts: FactBody[]): void {
  const doubled = session.slotIds.find((slotId, index) => session.slotIds.indexOf(slotId) !== index)
  if (doubled !== undefined) {
    // The whole input is refused: with two slots of one id nothing that follows could be trusted.
    facts.push(denialFact('OPEN_SESSION', denialOf('SLOT_ID_DUPLICATE', 'slotIds', doubled), { slotId: doubled }))
    return
  }
  const fault = instrumentFaults(session.instrument)[0]
  if (fault !== undefined) {
    facts.push(denialFact('OPEN_SESSION', denialOf('INSTRUMENT_INVALID', 'instrument', fault)))
    return
  }
  facts.push({ type: 'SESSION_OPENED', ...session })
}

export function haltSession(state: KernelState, { reason, detail }: Of<'HALT_SESSION'>, facts: FactBody[]): void {
  if (!state.halted) facts.push({ type: 'SESSION_HALTED', reason, detail })
}

export function flowCapital({ asset, amount, note }: Of<'FLOW_CAPITAL'>, facts: FactBody[]): void {
  const fault = decimalFault(amount, 'amount')
  if (fault !== null) {
    facts.push(denialFact('FLOW_CAPITAL', fault))
    return
  }
  facts.push({ type: 'CAPITAL_FLOWED', asset, amount, note, postings: amount === ZERO ? [] : capitalPostings(asset, amount) })
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
  const position = state.positions.get(observation.instrument)
  const quantity: Decimal = position?.quantity ?? ZERO
  const equity = instrument === undefined ? null : equityOf(state.balances, instrument, position?.mark ?? null)
  facts.push({ type: 'MARKET_OBSERVED', observation, position: quantity, equity })
}
