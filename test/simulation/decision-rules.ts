// What must hold of one decision, whatever came before: doubt is asked about, nothing that is over comes back unasked, and what
// is refused changes nothing.

import { DENIALS, type DenialCode } from '../../src/core/kernel/denials.ts'
import type { Fact, FactBody, FactType } from '../../src/core/kernel/facts.ts'
import type { KernelInput, OrderReference, OrderWord } from '../../src/core/kernel/inputs.ts'
import { CANCEL_PENDING, ORDER_LIVE, type OrderStatus } from '../../src/core/kernel/order-table.ts'
import type { StateView } from '../../src/core/kernel/views.ts'
import { judgeReconciled } from './reconcile-rules.ts'
import { must } from './violation.ts'

/** Where an order that is over may still go: to what fills prove, or to doubt. */
const AFTER_THE_END: Partial<Record<OrderStatus, readonly OrderStatus[]>> = {
  filled: [],
  canceled: ['filled', 'in_doubt'],
  expired: ['filled', 'in_doubt'],
}

/** Once the venue has accepted an order, no word of refusal is believed without asking. */
const ACCEPTED: readonly OrderStatus[] = ['acked', 'partially_filled']

const LONGEST_RAW = 512

type Of<Type extends KernelInput['type']> = Extract<KernelInput, { type: Type }>

/** Judges the facts of an input, and the state once they were applied. */
export function judgeDecision(input: KernelInput, facts: readonly Fact[], state: StateView): void {
  const asked = new Set<string>()
  for (const { body } of facts) if (body.type === 'ORDER_QUERIED') asked.add(body.clientOrderId)
  for (const { body } of facts) judgeFact(body, asked)
  judgeTold(facts, state)
  judgeClosed(facts, state)
  judgeFilledAgain(facts, asked)
  if (facts.some(({ body }) => body.type === 'INTENT_DENIED')) judgeDenied(input, facts)
  judgeRefusals(facts)
  if ('venueOrderId' in input && input.type !== 'RECONCILE') judgeMatch(input, facts, state)
  switch (input.type) {
    case 'SNAPSHOT':
      return judgeSnapshot(input, facts, asked, state)
    case 'NOTE_SUBMIT':
      return judgeNote(input, asked, state)
    case 'RATE_LIMITED':
      judgeWait(input.retryAfterMs, facts)
      return judgeUnanswered(input, asked, state)
    case 'CANCEL_REJECT':
    case 'UNRECOGNISED':
      return judgeUnanswered(input, asked, state)
    case 'CONTROL':
      return judgeControl(input, facts, state)
    case 'CANCEL':
      return judgeCancel(input, facts, state)
    case 'RECONCILE':
      return judgeReconciled(input, facts, state)
    default:
      if ('totalFilled' in input) judgeTotal(input, facts, asked, state)
  }
}

/** A refusal comes with the figures that its code promises, by name. */
export function judgeRefusals(facts: readonly Fact[]): void {
  for (const { body } of facts) {
    if (body.type !== 'INTENT_DENIED') continue
    const figures = body.context === '' ? [] : body.context.split(' ').map((pair) => pair.slice(0, pair.indexOf('=')))
    const [, wanted = ''] = DENIALS[body.code as DenialCode] as readonly [string, string?]
    must(figures.join(' ') === wanted, `${body.code} comes with "${body.context}", and should with ${wanted}`)
  }
}

/**
 * What is refused changes nothing beside. One quote of two may pass, and both it and a residual exit take back what works
 * first; about an order that an unreadable message names the venue is asked.
 */
const BESIDE_A_REFUSAL: { readonly [Type in KernelInput['type']]?: readonly FactType[] } = {
  QUOTE: ['INTENT_DENIED', 'CANCEL_MOVED', 'ORDER_PREPARED'],
  EXIT_RESIDUAL: ['INTENT_DENIED', 'CANCEL_MOVED'],
}

function judgeDenied(input: KernelInput, facts: readonly Fact[]): void {
  const allowed = BESIDE_A_REFUSAL[input.type] ?? ('venueOrderId' in input ? ['INTENT_DENIED', 'ORDER_QUERIED'] : ['INTENT_DENIED'])
  for (const { body } of facts) must(allowed.includes(body.type), `${input.type} was refused, and came to ${body.type} all the same`)
}

/** An order that was refused, or absent, and is filled after all: somebody is told, or the venue is asked. */
function judgeFilledAgain(facts: readonly Fact[], asked: ReadonlySet<string>): void {
  const alarmed = facts.some(({ body }) => body.type === 'RISK_FLAGGED' && body.severity === 'alarm')
  for (const { body } of facts) {
    if (body.type !== 'ORDER_MOVED' || (body.from !== 'absent' && body.from !== 'rejected')) continue
    const silent = !alarmed && !asked.has(body.clientOrderId)
    must(body.from === 'rejected' || alarmed, `order ${body.clientOrderId} was absent, comes to ${body.to}, and there is no alarm`)
    must(!silent || body.trigger === 'found', `order ${body.clientOrderId} was ${body.from}, comes to ${body.to}, and nobody is told`)
  }
}

function judgeUnanswered(input: Of<'CANCEL_REJECT' | 'UNRECOGNISED' | 'RATE_LIMITED'>, asked: ReadonlySet<string>, state: StateView): void {
  const id = input.clientOrderId ?? ''
  const order = state.orders.get(id)
  if (order === undefined || !ORDER_LIVE[order.status]) return
  must(asked.has(id), `the venue answered ${input.type} on live order ${id}, and nobody asks`)
  must(input.type !== 'CANCEL_REJECT' || !CANCEL_PENDING[order.cancel], `the cancel of ${id} was refused and is still ${order.cancel}`)
}

function judgeSnapshot(input: Of<'SNAPSHOT'>, facts: readonly Fact[], asked: ReadonlySet<string>, state: StateView): void {
  const seen = new Set<string>()
  for (const { clientOrderId, filledQuantity } of input.openOrders) {
    const order = state.orders.get(clientOrderId ?? '')
    if (clientOrderId === null || order === undefined) continue
    seen.add(clientOrderId)
    const isOlder = order.updatedAtUs >= input.asOfUs
    const mayBeOver = order.status === 'filled' || (isOlder && (order.status === 'canceled' || order.status === 'expired'))
    must(ORDER_LIVE[order.status] || mayBeOver, `order ${clientOrderId} was seen open and is taken for ${order.status}`)
    const counts = order.filledQuantity === filledQuantity || (isOlder && order.filledQuantity > filledQuantity)
    must(counts || asked.has(clientOrderId), `the venue counts other fills of ${clientOrderId}, and nobody asks`)
  }
  const named = input.openOrders.every(({ clientOrderId }) => clientOrderId !== null)
  for (const [id, { status, updatedAtUs }] of state.liveOrders) {
    const missing = ACCEPTED.includes(status) && updatedAtUs < input.asOfUs && !seen.has(id)
    must(!missing || input.complete !== true || !named || asked.has(id), `order ${id} is not among the open ones, and nobody asks`)
  }
  must(!facts.some(({ body }) => body.type === 'FILL_BOOKED'), 'a snapshot was booked')
  judgePositions(input, facts, state)
}

/** Each position that is another at the venue is a finding with an alarm, and nothing of it is booked. */
function judgePositions({ positions, asOfUs }: Of<'SNAPSHOT'>, facts: readonly Fact[], state: StateView): void {
  const findings = facts.map(({ body }) => body).filter((body) => body.type === 'POSITION_DIFFERED')
  must(positions !== null || findings.length === 0, 'a query that failed was taken for a flat position')
  for (const { instrument, positionSide, quantity, updatedAtUs } of state.positions.values()) {
    const theirs = positions?.find((other) => other.instrument === instrument && other.positionSide === positionSide)
    const differs = Array.isArray(positions) && (theirs?.quantity ?? 0n) !== quantity && updatedAtUs < asOfUs
    const isSpot = state.instruments.get(instrument)?.kind === 'spot'
    const found = findings.some((finding) => finding.instrument === instrument && finding.positionSide === positionSide)
    must(found === (differs && !isSpot), `the position in ${instrument} ${differs ? 'differs, and is no finding' : 'is found to differ'}`)
  }
  const alarms = facts.filter(({ body }) => body.type === 'RISK_FLAGGED' && body.code === 'POSITION_DRIFT').length
  must(alarms === findings.length, `${findings.length} positions differ, and there are ${alarms} alarms`)
}

function judgeNote({ clientOrderId, outcome }: Of<'NOTE_SUBMIT'>, asked: ReadonlySet<string>, state: StateView): void {
  const status = state.orders.get(clientOrderId)?.status
  if (outcome === 'sent' || status === undefined || !ORDER_LIVE[status]) return
  must(status === 'in_doubt' || status === 'quarantined', `nobody knows what became of ${clientOrderId}, and it is ${status}`)
  must(asked.has(clientOrderId), `nobody knows what became of ${clientOrderId}, and nobody asks`)
}

/** A wait that the venue states is kept to, up to a minute. */
function judgeWait(retryAfterMs: number | null, facts: readonly Fact[]): void {
  const noted = facts.map(({ body }) => body).find((body) => body.type === 'RATE_LIMIT_NOTED')
  const statedMs = Math.min(Math.max(retryAfterMs ?? 1, 0), 60_000)
  must(noted !== undefined && noted.retryAfterMs >= statedMs, `the venue asked to wait ${retryAfterMs} ms, and nobody does`)
}

/** Where trading stops or only reduces, all that could open something is taken back in the same decision. */
function judgeControl({ action }: Of<'CONTROL'>, facts: readonly Fact[], state: StateView): void {
  if (action === 'resume' || !facts.some(({ body }) => body.type === 'TRADING_MOVED')) return
  for (const [id, { request, cancel }] of state.liveOrders) {
    must(request.role === 'exit' || CANCEL_PENDING[cancel], `${request.role} ${id} goes on after ${action}`)
    if (request.role !== 'exit' || request.reduceOnly || CANCEL_PENDING[cancel]) continue
    const { instrument, positionSide, side } = request
    const held =
      [...state.positions.values()].find((own) => own.instrument === instrument && own.positionSide === positionSide)?.quantity ?? 0n
    let working = 0n
    for (const { request: other, filledQuantity } of state.liveOrders.values()) {
      const beside = other.instrument === instrument && other.positionSide === positionSide && other.side === side
      if (beside && filledQuantity < other.quantity) working += other.quantity - filledQuantity
    }
    must(working <= (side === 'sell' ? held : -held), `exit ${id} goes on after ${action}, and could open something`)
  }
}

/** A trade that is over leaves nothing at work: an exit of it would open what it closes. */
function judgeClosed(facts: readonly Fact[], state: StateView): void {
  for (const { body } of facts) {
    if (body.type !== 'SLOT_MOVED' || body.to !== 'closed') continue
    for (const [id, { request, cancel }] of state.liveOrders) {
      const works = request.slotId === body.slotId && request.trade === body.trade && !CANCEL_PENDING[cancel]
      must(!works, `slot ${body.slotId}#${body.trade} is closed, and its ${request.role} ${id} goes on`)
    }
  }
}

/** Taking back a whole instrument is never refused, nor a single order, whatever the state of trading, save for its rate. */
function judgeCancel({ target }: Of<'CANCEL'>, facts: readonly Fact[], state: StateView): void {
  const limited = facts.some(({ body }) => body.type === 'INTENT_DENIED' && body.code === 'CANCEL_RATE_ABOVE_LIMIT')
  for (const [id, { request, cancel }] of state.liveOrders) {
    const meant =
      target?.kind === 'instrument' ? target.instrument === request.instrument : target?.kind === 'order' && target.clientOrderId === id
    must(!meant || CANCEL_PENDING[cancel] || (limited && target.kind === 'order'), `order ${id} was to be cancelled, and is not`)
  }
}

/** What a person has to hear of a fill: more than was asked for, what nobody takes, a fee that cannot be valued. */
function judgeTold(facts: readonly Fact[], state: StateView): void {
  const codes = new Set<string>()
  for (const { body } of facts) if (body.type === 'RISK_FLAGGED') codes.add(body.code)
  for (const { body } of facts) {
    if (body.type !== 'FILL_BOOKED' && body.type !== 'FILL_CONFIRMED') continue
    const unpriced = body.feePrice === null && body.fee !== 0n
    must(!unpriced || codes.has('FEE_UNPRICED'), `the fee of fill ${body.tradeId} has no price, and nobody is told`)
    if (body.type !== 'FILL_BOOKED') continue
    const asked = state.orders.get(body.clientOrderId ?? '')?.request.quantity ?? body.filledQuantity
    must(body.filledQuantity <= asked || codes.has('OVERFILL'), `fill ${body.tradeId} is beyond its order, and nobody is told`)
    const mine = body.clientOrderId !== null && body.unassigned !== 0n
    must(!mine || codes.has('UNASSIGNED_FILL'), `nobody takes fill ${body.tradeId}, and nobody is told`)
  }
}

/** The venue counts more than we have: the word is not the last one, and the venue is asked. */
function judgeTotal(input: KernelInput & OrderWord, facts: readonly Fact[], asked: ReadonlySet<string>, state: StateView): void {
  const { clientOrderId, venueOrderId } = input
  const order = clientOrderId === null ? undefined : state.orders.get(clientOrderId)
  if (order === undefined || clientOrderId === null || (venueOrderId !== null && order.venueOrderId !== venueOrderId)) return
  const behind = (input.totalFilled ?? 0n) > order.filledQuantity
  must(!behind || asked.has(clientOrderId), `the venue counts more of ${clientOrderId} than we, and nobody asks`)
  const ended = facts.some(({ body }) => body.type === 'ORDER_MOVED' && !ORDER_LIVE[body.to] && body.to !== 'filled')
  must(!behind || !ended, `order ${clientOrderId} is over before its fills are here`)
}

/** The venue's own id is learned from the first word that carries it, and is then enough. */
function judgeMatch(input: OrderReference & KernelInput, facts: readonly Fact[], state: StateView): void {
  const { clientOrderId, venueOrderId } = input
  if (venueOrderId === null) return
  const unmatched = facts.some(({ body }) => body.type === 'EVENT_UNMATCHED')
  if (clientOrderId === null) {
    const known = [...state.orders.values()].some((order) => order.venueOrderId === venueOrderId)
    must(!known || !unmatched, `venue order ${venueOrderId} is ours, and its ${input.type} went to nobody`)
    return
  }
  const booked = facts.some(({ body }) => body.type === 'FILL_BOOKED')
  if (unmatched || (input.type !== 'ORDER_ACK' && !booked)) return
  const bound = state.orders.get(clientOrderId)?.venueOrderId
  must(bound === venueOrderId, `order ${clientOrderId} is bound to ${bound}, the venue calls it ${venueOrderId}`)
}

function judgeFact(body: FactBody, asked: ReadonlySet<string>): void {
  if (body.type === 'RISK_FLAGGED')
    must(body.detail.length <= LONGEST_RAW || body.code !== 'VENUE_UNRECOGNISED', 'an unread answer is kept whole')
  if (body.type === 'CANCEL_MOVED' && body.to === 'in_doubt') {
    must(asked.has(body.clientOrderId), `the cancel of ${body.clientOrderId} is in doubt, and nobody asks`)
  }
  if (body.type !== 'ORDER_MOVED') return
  const { clientOrderId, from, to, trigger } = body
  must(to !== 'in_doubt' || asked.has(clientOrderId), `order ${clientOrderId} is in doubt, and nobody asks`)
  must(trigger !== 'unknown' || to === 'in_doubt', `no answer made order ${clientOrderId} ${to}`)
  must(!ACCEPTED.includes(from) || (to !== 'rejected' && to !== 'absent'), `order ${clientOrderId} was ${from} and is taken for ${to}`)
  must(AFTER_THE_END[from]?.includes(to) ?? true, `order ${clientOrderId} came back from ${from} to ${to} by ${trigger}`)
}
