// What must hold of one decision, whatever came before: doubt is asked about, and nothing that is over comes back unasked.

import type { Fact, FactBody } from '../../src/core/kernel/facts.ts'
import type { KernelInput, OrderReference } from '../../src/core/kernel/inputs.ts'
import { CANCEL_PENDING, ORDER_LIVE, type OrderStatus } from '../../src/core/kernel/order-table.ts'
import type { StateView } from '../../src/core/kernel/views.ts'
import { must } from './violation.ts'

/** Where an order that is over may still go: to what fills prove, or to doubt. */
const AFTER_THE_END: Partial<Record<OrderStatus, readonly OrderStatus[]>> = {
  filled: [],
  canceled: ['filled', 'in_doubt'],
  expired: ['filled', 'in_doubt'],
}

/** Once the venue has accepted an order, no word of refusal is believed without asking. */
const ACCEPTED: readonly OrderStatus[] = ['acked', 'partially_filled']

type Of<Type extends KernelInput['type']> = Extract<KernelInput, { type: Type }>

/** Judges the facts of an input, and the state once they were applied. */
export function judgeDecision(input: KernelInput, facts: readonly Fact[], state: StateView): void {
  const asked = new Set<string>()
  for (const { body } of facts) if (body.type === 'ORDER_QUERIED') asked.add(body.clientOrderId)
  for (const { body } of facts) judgeFact(body, asked)
  if (input.type === 'SNAPSHOT') return judgeSnapshot(input, asked, state)
  if (input.type === 'NOTE_SUBMIT') return judgeNote(input, asked, state)
  if (input.type === 'RATE_LIMITED') judgeWait(input.retryAfterMs, facts)
  if ('venueOrderId' in input) judgeMatch(input, facts, state)
  if (input.type !== 'CANCEL_REJECT' && input.type !== 'UNRECOGNISED' && input.type !== 'RATE_LIMITED') return
  const id = input.clientOrderId ?? ''
  const order = state.orders.get(id)
  if (order === undefined || !ORDER_LIVE[order.status]) return
  must(asked.has(id), `the venue answered ${input.type} on live order ${id}, and nobody asks`)
  must(input.type !== 'CANCEL_REJECT' || !CANCEL_PENDING[order.cancel], `the cancel of ${id} was refused and is still ${order.cancel}`)
}

function judgeSnapshot({ openOrders }: Of<'SNAPSHOT'>, asked: ReadonlySet<string>, state: StateView): void {
  for (const { clientOrderId, filledQuantity } of openOrders) {
    const order = state.orders.get(clientOrderId ?? '')
    if (clientOrderId === null || order === undefined) continue
    must(ORDER_LIVE[order.status] || order.status === 'filled', `order ${clientOrderId} was seen open and is taken for ${order.status}`)
    must(
      order.filledQuantity === filledQuantity || asked.has(clientOrderId),
      `the venue counts other fills of ${clientOrderId}, and nobody asks`,
    )
  }
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
