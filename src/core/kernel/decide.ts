// The kernel's one door: an input becomes facts. Pure: reads the state, changes nothing, knows no clock.

import { decideExit, decideResidual } from './decide-exit.ts'
import { decideCancel, decideControl, decideEnter, decideMark, decideQuote } from './decide-intent.ts'
import * as operation from './decide-operation.ts'
import { decideReconcile } from './decide-reconcile.ts'
import { decideFunding, decideSnapshot, decideVenueEvent, matchOrder } from './decide-venue.ts'
import { type Denial, denialFact, textOf } from './denials.ts'
import type { Fact, FactBody } from './facts.ts'
import type { KernelInput, OrderReference, Timed } from './inputs.ts'
import { queried } from './moves.ts'
import { ORDER_LIVE } from './order-table.ts'
import { inputFault } from './shapes.ts'
import type { KernelState } from './state.ts'

type InputOf<Type extends KernelInput['type']> = Extract<KernelInput, { type: Type }>

/** Adds the facts that follow from an input. */
type Decider<Input> = (state: KernelState, input: Input, facts: FactBody[], timeUs: number) => void

const DECIDERS: { readonly [Type in KernelInput['type']]: Decider<InputOf<Type>> } = {
  ENTER: decideEnter,
  EXIT: decideExit,
  EXIT_RESIDUAL: decideResidual,
  QUOTE: decideQuote,
  CANCEL: decideCancel,
  MARK_PRICE: decideMark,
  CONTROL: decideControl,
  RECONCILE: decideReconcile,
  ORDER_ACK: decideVenueEvent,
  ORDER_REJECT: decideVenueEvent,
  PARTIAL_FILL: decideVenueEvent,
  FULL_FILL: decideVenueEvent,
  CANCEL_ACK: decideVenueEvent,
  CANCEL_REJECT: decideVenueEvent,
  EXPIRED: decideVenueEvent,
  RATE_LIMITED: decideVenueEvent,
  UNRECOGNISED: decideVenueEvent,
  SNAPSHOT: decideSnapshot,
  FUNDING: decideFunding,
  OPEN_SESSION: operation.openSession,
  LIST_INSTRUMENT: operation.listInstrument,
  HALT_SESSION: operation.haltSession,
  FLOW_CAPITAL: operation.flowCapital,
  VALUE_ASSET: operation.valueAsset,
  NOTE_SUBMIT: operation.noteSubmit,
  NOTE_CANCEL: operation.noteCancel,
  OBSERVE_MARKET: operation.observeMarket,
  REPORT_FEED: operation.reportFeed,
  FLAG_RISK: operation.flagRisk,
}

/**
 * The facts that follow from an input, numbered from the state's next sequence number. Apply them before deciding on
 * the next input; commit them before anything they order leaves for the venue.
 */
export function decide(state: KernelState, { input, timeUs }: Timed<KernelInput>): Fact[] {
  const bodies: FactBody[] = []
  const fault = inputFault(input)
  if (fault === null) (DECIDERS[input.type] as Decider<KernelInput>)(state, input, bodies, timeUs)
  else refuse(state, input, fault, bodies)
  const facts: Fact[] = []
  for (const body of bodies) facts.push({ seq: state.seq + 1 + facts.length, timeUs, body })
  return facts
}

/** What is no input is denied; where it was the venue that said it, the order it names is asked about. */
function refuse(state: KernelState, input: KernelInput, fault: Denial, facts: FactBody[]): void {
  const { type, clientOrderId, venueOrderId } = Object(input) as Readonly<Record<string, unknown>>
  facts.push(denialFact(textOf(type), fault, { clientOrderId }))
  const order = fault.code === 'INPUT_UNKNOWN' ? undefined : matchOrder(state, { clientOrderId, venueOrderId } as OrderReference)
  const said = DECIDERS[type as KernelInput['type']] === decideVenueEvent
  if (said && order !== undefined && ORDER_LIVE[order.status]) facts.push(queried(order, `an unreadable ${type}: ${fault.field}`))
}
