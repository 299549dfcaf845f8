// The kernel's one door: an input becomes facts. Pure: reads the state, changes nothing, knows no clock.

import { decideCancel, decideEnter, decideExit, decideMark, decideQuote } from './decide-intent.ts'
import { flowCapital, haltSession, noteCancel, noteSubmit, observeMarket, openSession } from './decide-operation.ts'
import { decideVenueEvent } from './decide-venue.ts'
import { denialFact, denialOf, textOf } from './denials.ts'
import type { Fact, FactBody } from './facts.ts'
import type { KernelInput, Timed } from './inputs.ts'
import type { KernelState } from './state.ts'

/**
 * The facts that follow from an input, numbered from the state's next sequence number. Apply them before deciding on
 * the next input; commit them before anything they order leaves for the venue.
 */
export function decide(state: KernelState, { input, timeUs }: Timed<KernelInput>): Fact[] {
  const bodies: FactBody[] = []
  decideInput(state, input, timeUs, bodies)
  return bodies.map((body, index) => ({ seq: state.seq + 1 + index, timeUs, body }))
}

function decideInput(state: KernelState, input: KernelInput, timeUs: number, facts: FactBody[]): void {
  switch (input.type) {
    case 'ENTER':
      return decideEnter(state, input, timeUs, facts)
    case 'EXIT':
      return decideExit(state, input, timeUs, facts)
    case 'QUOTE':
      return decideQuote(state, input, timeUs, facts)
    case 'CANCEL':
      return decideCancel(state, input, facts)
    case 'MARK_PRICE':
      return decideMark(state, input, facts)
    case 'ORDER_ACK':
    case 'ORDER_REJECT':
    case 'PARTIAL_FILL':
    case 'FULL_FILL':
    case 'CANCEL_ACK':
    case 'CANCEL_REJECT':
    case 'EXPIRED':
    case 'RATE_LIMITED':
    case 'UNRECOGNISED':
    case 'SNAPSHOT':
      return decideVenueEvent(state, input, facts)
    case 'OPEN_SESSION':
      return openSession(input, facts)
    case 'HALT_SESSION':
      return haltSession(state, input, facts)
    case 'FLOW_CAPITAL':
      return flowCapital(input, facts)
    case 'NOTE_SUBMIT':
      return noteSubmit(state, input, facts)
    case 'NOTE_CANCEL':
      return noteCancel(state, input, facts)
    case 'OBSERVE_MARKET':
      return observeMarket(state, input, facts)
    case 'REPORT_FEED':
      facts.push({ type: 'FEED_REPORTED', report: input.report })
      return
    case 'FLAG_RISK': {
      const { code, severity, value, limit, detail } = input
      facts.push({ type: 'RISK_FLAGGED', code, severity, value, limit, detail })
      return
    }
    default: {
      // A user's own strategy may return anything.
      const { type } = input satisfies never as { readonly type: unknown }
      facts.push(denialFact(textOf(type), denialOf('INPUT_UNKNOWN', 'type', type)))
    }
  }
}
