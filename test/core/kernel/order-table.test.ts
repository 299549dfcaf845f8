import { describe, expect, test } from 'vitest'
import { apply } from '../../../src/core/kernel/apply.ts'
import { ZERO } from '../../../src/core/kernel/decimal.ts'
import type { FactBody } from '../../../src/core/kernel/facts.ts'
import { followOrder } from '../../../src/core/kernel/moves.ts'
import { ORDER_LIVE, ORDER_TABLE, type OrderStatus, type OrderTrigger } from '../../../src/core/kernel/order-table.ts'
import { denialsOf, exitIntent, expectInvariants, given, type KernelBench, quoteIntent, SYMBOL, typesOf } from './kernel-bench.ts'

const STATUSES = Object.keys(ORDER_TABLE) as OrderStatus[]
const TRIGGERS = Object.keys(ORDER_TABLE.prepared) as OrderTrigger[]
const ROLES = ['quote', 'entry', 'exit'] as const

/** An order of 100 in the wanted status. */
function reach(role: (typeof ROLES)[number], status: OrderStatus): { bench: KernelBench; id: string } {
  const bench = given()
  if (role === 'exit') bench.opened()
  const intent = role === 'quote' ? quoteIntent('2 x 100', null) : exitIntent()
  const id = role === 'entry' ? bench.enter() : (bench.prepare(intent)[0] as string)
  const steps: Record<OrderStatus, () => unknown> = {
    prepared: () => undefined,
    submitting: () => bench.sent(id),
    acked: () => bench.ack(id),
    partially_filled: () => bench.fill(id, '40', '2'),
    filled: () => bench.fill(id, '100', '2'),
    canceled: () => bench.cancelAck(id),
    expired: () => bench.expire(id),
    rejected: () => bench.reject(id),
    in_doubt: () => bench.doubt(id),
    absent: () => bench.markAbsent(id),
    quarantined: () => bench.quarantine(id),
  }
  steps[status]()
  expect(bench.order(id).status).toBe(status)
  return { bench, id }
}

/** Where reconcile refuses before the table is asked, or no input says it: the table alone answers. */
function follow(bench: KernelBench, id: string, trigger: OrderTrigger): readonly FactBody[] {
  const bodies: FactBody[] = []
  followOrder(bench.state, bench.order(id), trigger, bodies, { venueOrderId: null, reason: null })
  for (const body of bodies) apply(bench.state, { seq: bench.state.seq + 1, timeUs: 0, body })
  expectInvariants(bench.state)
  return bodies
}

function drive(bench: KernelBench, id: string, trigger: OrderTrigger): readonly FactBody[] {
  const unfilled = bench.order(id).status === 'partially_filled' ? '60' : '100'
  const cells = ORDER_TABLE[bench.order(id).status]
  const drivers: Record<OrderTrigger, () => readonly FactBody[]> = {
    sent: () => bench.sent(id),
    ack: () => bench.ack(id),
    fillPart: () => bench.fill(id, '10', '2', { type: 'FULL_FILL' }),
    fillAll: () => bench.fill(id, unfilled, '2', { type: 'PARTIAL_FILL' }),
    cancelAck: () => bench.cancelAck(id),
    expire: () => bench.expire(id),
    reject: () => bench.reject(id),
    unknown: () => bench.doubt(id),
    found: () => bench.snapshot({ openOrders: [bench.seen(id)] }),
    absent: () => (cells.absent === 'absent' ? bench.markAbsent(id) : follow(bench, id, 'absent')),
    quarantine: () => (cells.quarantine === 'quarantined' ? bench.quarantine(id) : follow(bench, id, 'quarantine')),
  }
  return drivers[trigger]()
}

const CELLS = ROLES.flatMap((role) =>
  STATUSES.flatMap((status) =>
    TRIGGERS.map((trigger) => ({
      role,
      status,
      trigger,
      cell: ORDER_TABLE[status][trigger],
      name: `${role} order ${status} × ${trigger}`,
    })),
  ),
)

describe('T01 every cell of the order table', () => {
  // A sum of fills cannot shrink below the request once it has reached it: no input leads to this one cell.
  const reachable = CELLS.filter(({ status, trigger }) => !(status === 'filled' && trigger === 'fillPart'))

  test.each(reachable)('T01 $name → $cell', ({ role, status, trigger, cell }) => {
    const { bench, id } = reach(role, status)
    const facts = drive(bench, id, trigger)
    const after = bench.order(id)
    const moves = facts.flatMap((fact) => (fact.type === 'ORDER_MOVED' ? [fact] : []))
    const stays = cell === 'same' || cell === 'conflict' || cell === status
    const to = cell === 'acked' && after.filledQuantity > ZERO ? 'partially_filled' : cell
    expect(after.status).toBe(stays ? status : to)
    expect(moves.map((move) => [move.from, move.to, move.trigger])).toEqual(stays ? [] : [[status, to, trigger]])
    expect(typesOf(facts).includes('EVENT_CONFLICTED')).toBe(cell === 'conflict')
    expect(bench.state.liveOrders.has(id)).toBe(ORDER_LIVE[after.status])
    if (cell === 'in_doubt') expect(typesOf(facts)).toContain('ORDER_QUERIED')
    if (!ORDER_LIVE[after.status]) expect(after.cancel).toBe('none')
    if (trigger === 'fillPart' || trigger === 'fillAll') expect(typesOf(facts)).toContain('FILL_BOOKED')
  })
})

describe('an order that the venue has named', () => {
  test('K23 was accepted: no refusal ends it, however often it is repeated', () => {
    const { bench, id } = reach('entry', 'prepared')
    bench.ack(id, 'v1')
    for (let time = 0; time < 3; time += 1) bench.reject(id)
    expect(bench.order(id).status).toBe('in_doubt')
    expect(bench.state.liveOrders.has(id)).toBe(true)
    expect(denialsOf(bench.settle(id, 'rejected', '0', null))).toEqual(['RECONCILE_REFUSED outcome rejected'])
    bench.settle(id, 'canceled', '0', null)
    expect(bench.order(id).status).toBe('canceled')
  })
})

describe('the order table says what is true of venues', () => {
  const cellsWhere = (keep: (status: OrderStatus, trigger: OrderTrigger) => boolean) =>
    STATUSES.flatMap((status) =>
      TRIGGERS.filter((trigger) => keep(status, trigger)).map((trigger) => ORDER_TABLE[status][trigger] as string),
    )

  test('T01 the table a second time, so that no cell changes by accident', () => {
    const letters: Record<string, string> = {
      same: '.',
      conflict: '!',
      submitting: 'S',
      acked: 'A',
      partially_filled: 'P',
      filled: 'F',
      canceled: 'C',
      expired: 'E',
      rejected: 'R',
      in_doubt: '?',
      absent: '0',
      quarantined: 'Q',
    }
    const rows = STATUSES.map((status) => `${status} ${TRIGGERS.map((trigger) => letters[ORDER_TABLE[status][trigger]]).join('')}`)
    expect(TRIGGERS.join(' ')).toBe('sent ack fillPart fillAll cancelAck expire reject unknown found absent quarantine')
    expect(rows).toEqual([
      'prepared SAPFCER?A0Q',
      'submitting .APFCER?A0Q',
      'acked ..PFCE??.!!',
      'partially_filled ...FCE??.!!',
      'filled ..!...!..!!',
      'canceled ...F..!.?!!',
      'expired ...F..!.?!!',
      'rejected .??F....A!!',
      'in_doubt .APFCER.A0Q',
      'absent .APFCER.A!!',
      'quarantined .APFCER.A0!',
    ])
  })

  test('T01 a filled order never becomes anything else', () => {
    expect(cellsWhere((status) => status === 'filled').filter((cell) => cell !== 'same' && cell !== 'conflict')).toEqual([])
  })

  test('T01 an answer that is no answer never ends an order', () => {
    const ended = cellsWhere((_, trigger) => trigger === 'unknown').filter((cell) => cell !== 'same' && cell !== 'in_doubt')
    expect(ended).toEqual([])
  })

  test('T01 a fill always leads to an order that has fills, or to a question', () => {
    const fills = cellsWhere((_, trigger) => trigger === 'fillPart' || trigger === 'fillAll')
    expect(new Set(fills)).toEqual(new Set(['partially_filled', 'filled', 'same', 'in_doubt', 'conflict']))
  })

  test('T01 absent is believed only of an order that the venue never confirmed', () => {
    const believed = STATUSES.filter((status) => ORDER_TABLE[status].absent === ('absent' as string))
    expect(believed).toEqual(['prepared', 'submitting', 'in_doubt', 'quarantined'])
  })

  test('T01 an event on an unknown instrument or of the other side is never booked', () => {
    const { bench, id } = reach('entry', 'acked')
    for (const words of [{ instrument: 'BTC/USDT' }, { side: 'sell' as const }]) {
      const facts = bench.fill(id, '10', '2', words)
      expect(typesOf(facts)).toEqual(['EVENT_CONFLICTED', 'ORDER_QUERIED'])
    }
    expect(bench.state.positions.get(SYMBOL)?.quantity).toBe(ZERO)
  })
})
