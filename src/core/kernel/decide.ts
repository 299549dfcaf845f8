// The kernel's one door: an input becomes facts. Pure: reads the state, changes nothing, knows no clock.

import { decideIntent } from './decide-intent.ts'
import { decideOperation } from './decide-operation.ts'
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
  switch (input.type) {
    case 'ENTER':
    case 'EXIT':
    case 'QUOTE':
    case 'CANCEL':
    case 'MARK_PRICE':
      decideIntent(state, input, timeUs, bodies)
      break
    case 'OPEN_SESSION':
    case 'HALT_SESSION':
    case 'FLOW_CAPITAL':
    case 'NOTE_SUBMIT':
    case 'NOTE_CANCEL':
    case 'OBSERVE_MARKET':
    case 'REPORT_FEED':
    case 'FLAG_RISK':
      decideOperation(state, input, bodies)
      break
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
      decideVenueEvent(state, input, bodies)
      break
    default: {
      // A user's own strategy may return anything.
      const { type } = input satisfies never as { readonly type: unknown }
      bodies.push(denialFact(textOf(type), denialOf('INPUT_UNKNOWN', 'type', type)))
    }
  }
  return bodies.map((body, index) => ({ seq: state.seq + 1 + index, timeUs, body }))
}
