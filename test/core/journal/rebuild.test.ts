import { describe, expect, test } from 'vitest'
import { openReader } from '../../../src/core/journal/read.ts'
import { apply } from '../../../src/core/kernel/apply.ts'
import { dec, formatDecimal } from '../../../src/core/kernel/decimal.ts'
import type { Fact } from '../../../src/core/kernel/facts.ts'
import { createState, type KernelState } from '../../../src/core/kernel/state.ts'
import { viewOf } from '../../../src/core/kernel/views.ts'
import { beEventful, beHedged, EVENTFUL, HEDGED } from '../report/eventful-session.ts'
import { ScriptedSession, writeStore } from '../report/recorded-store.ts'
import { compareStores, DERIVED_TABLES, type Replayer, rebuildStore } from './rebuild-store.ts'
import { HOLDER, openTestWriter, query, storePath, tamper } from './stores.ts'
import { Traffic } from './traffic.ts'

const REPLAYER: Replayer<KernelState> = { create: createState, apply, viewOf }

interface Commit {
  readonly account: string
  readonly facts: Fact[]
}

/** The facts of two accounts that take turns, one of them over two sessions: a list of commits. */
function commits(): Commit[] {
  const main = new Traffic('main').open('one').capital('RLUSD', dec('10000'))
  const sub = new Traffic('sub').open('two')
  const steps: (() => void)[] = [
    ...Array.from({ length: 12 }, () => () => main.tick(3)),
    () => main.trade('s1', 1),
    () => sub.tick(2),
    () => main.halt('duration_elapsed'),
    () => main.open('three').tick(1),
    () => main.trade('s2', 1).halt('kill_switch', 'by hand'),
    () => sub.tick(2),
  ]
  return steps.flatMap((step) => {
    step()
    return [main, sub].map((traffic) => ({ account: traffic.account, facts: traffic.take() })).filter(({ facts }) => facts.length > 0)
  })
}

async function writtenStore(cut: (facts: Fact[]) => Fact[][], given = commits()): Promise<string> {
  const path = storePath()
  const writer = openTestWriter(path)
  const states = new Map<string, KernelState>()
  for (const { account, facts } of given) {
    const state = states.get(account) ?? createState()
    states.set(account, state)
    for (const batch of cut(facts)) {
      for (const fact of batch) apply(state, fact)
      writer.append(account, batch, viewOf(state))
    }
  }
  await writer.close()
  return path
}

/** The columns that facts change, of every row that they change. */
function rowsIn(path: string) {
  return {
    orders: query(path, 'SELECT status, cancel_state, filled_quantity, filled_cost, inferred_quantity FROM orders ORDER BY intent_seq'),
    slots: query(path, 'SELECT slot_id, trade, stage, entry_quantity, open_size, open_cost, next_leg FROM slots ORDER BY slot_id, trade'),
    legs: query(path, 'SELECT quantity, filled_quantity, consumed, reason FROM exit_legs ORDER BY slot_id, trade, leg'),
    positions: query(
      path,
      'SELECT instrument, position_side, quantity, cost, mark, in_slots, quoted, unassigned, dust FROM positions ORDER BY 1, 2',
    ),
    trading: query(path, 'SELECT trading_state, last_seq FROM engine_state'),
  }
}

function rowsOf(state: KernelState): ReturnType<typeof rowsIn> {
  const trades = [...state.trades.values()].sort((a, b) => (a.slotId === b.slotId ? a.trade - b.trade : a.slotId < b.slotId ? -1 : 1))
  return {
    orders: [...state.orders.values()].map((order) => ({
      status: order.status,
      cancel_state: order.cancel,
      filled_quantity: formatDecimal(order.filledQuantity),
      filled_cost: formatDecimal(order.filledCost),
      inferred_quantity: formatDecimal(order.inferredQuantity),
    })),
    slots: trades.map((slot) => ({
      slot_id: slot.slotId,
      trade: slot.trade,
      stage: slot.stage,
      entry_quantity: formatDecimal(slot.entryQuantity),
      open_size: formatDecimal(slot.openSize),
      open_cost: formatDecimal(slot.openCost),
      next_leg: slot.nextLeg,
    })),
    legs: trades.flatMap(({ legs }) =>
      legs.map((leg) => ({
        quantity: formatDecimal(leg.quantity),
        filled_quantity: formatDecimal(leg.filledQuantity),
        consumed: leg.consumed ? 1 : 0,
        reason: leg.reason,
      })),
    ),
    positions: [...state.positions.values()].map((position) => ({
      instrument: position.instrument,
      position_side: position.positionSide,
      quantity: formatDecimal(position.quantity),
      cost: formatDecimal(position.cost),
      mark: position.mark === null ? null : formatDecimal(position.mark),
      in_slots: formatDecimal(position.inSlots),
      quoted: formatDecimal(position.quoted),
      unassigned: formatDecimal(position.unassigned),
      dust: formatDecimal(position.dust),
    })),
    trading: [{ trading_state: state.trading, last_seq: state.seq }],
  }
}

describe('projections are what the facts say', () => {
  test('rebuilt from the facts alone, every table is the same, byte for byte', async () => {
    const path = await writtenStore((facts) => [facts])
    const rebuilt = storePath()
    await rebuildStore(path, { path: rebuilt, holder: HOLDER, wallUs: () => 1 }, REPLAYER)
    expect(compareStores(path, rebuilt)).toEqual([])
    const reader = openReader(rebuilt)
    const counts = await Promise.all(
      (['journal', 'orders', 'fills', 'slots', 'exit_legs', 'postings', 'market_snapshots', 'positions'] as const).map((table) =>
        reader.db
          .selectFrom(table)
          .select((by) => by.fn.countAll<number>().as('rows'))
          .executeTakeFirstOrThrow(),
      ),
    )
    await reader.close()
    // The store that was compared was not an empty one.
    expect(counts.every(({ rows }) => rows > 0)).toBe(true)
  })

  test('one commit a fact or one a step: a row that a commit forgot to touch would differ', async () => {
    const one = await writtenStore((facts) => facts.map((fact) => [fact]))
    const other = await writtenStore((facts) => [facts])
    expect(compareStores(one, other).map(({ table }) => table)).toEqual(['commits'])
  })

  test('N09 a session in which everything happens has rows in every table, and they are what its facts say, however they were cut', async () => {
    const path = storePath()
    await writeStore(path, (journal) => beEventful(new ScriptedSession(journal, 'eventful', EVENTFUL)))
    const empty = DERIVED_TABLES.filter((table) => query(path, `SELECT 1 FROM ${table}`).length === 0)
    expect(empty).toEqual([])

    const rebuilt = storePath()
    await rebuildStore(path, { path: rebuilt, holder: HOLDER, wallUs: () => 1 }, REPLAYER)
    expect(compareStores(path, rebuilt)).toEqual([])

    const account = 'paper/eventful'
    const reading = openTestWriter(path)
    const facts = [...reading.replay(account)]
    await reading.close()
    const [one, other] = [
      await writtenStore((all) => all.map((fact) => [fact]), [{ account, facts }]),
      await writtenStore((all) => [all], [{ account, facts }]),
    ]
    for (const cut of [one, other]) expect(compareStores(path, cut).map(({ table }) => table)).toEqual(['commits'])
  })

  const sessions = [
    { kind: 'with one position', script: EVENTFUL, play: beEventful },
    { kind: 'in hedge mode', script: HEDGED, play: beHedged },
  ]

  test.each(sessions)('$kind: after every fact, the rows of orders, trades, legs and positions are what the engine has', async (given) => {
    const source = storePath()
    await writeStore(source, (journal) => given.play(new ScriptedSession(journal, 'eventful', given.script)))
    const reading = openTestWriter(source)
    const facts = [...reading.replay('paper/eventful')]
    const path = storePath()
    const writer = openTestWriter(path)
    const state = createState()
    for (const fact of facts) {
      apply(state, fact)
      writer.append('paper/eventful', [fact], viewOf(state))
      expect({ seq: fact.seq, ...rowsIn(path) }).toEqual({ seq: fact.seq, ...rowsOf(state) })
    }
  })

  test('a single altered byte of a projection is found', async () => {
    const path = await writtenStore((facts) => [facts])
    const rebuilt = storePath()
    await rebuildStore(path, { path: rebuilt, holder: HOLDER, wallUs: () => 1 }, REPLAYER)
    tamper(rebuilt, (db) => db.exec(`UPDATE fills SET fee = '0.010' WHERE seq = (SELECT min(seq) FROM fills)`))
    expect(compareStores(path, rebuilt)).toMatchObject([{ table: 'fills' }])
  })
})
