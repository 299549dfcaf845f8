import { describe, expect, test } from 'vitest'
import { apply } from '../../../src/core/kernel/apply.ts'
import { add, dec, formatDecimal, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { FactBody } from '../../../src/core/kernel/facts.ts'
import { moveSlot } from '../../../src/core/kernel/moves.ts'
import { SLOT_TABLE, type SlotStage, type SlotTrigger } from '../../../src/core/kernel/slot-table.ts'
import { enterIntent, exitIntent, given, type KernelBench, requestsOf } from './kernel-bench.ts'
import { STAGE_ORDER } from './stage-order.ts'

const TRIGGERS = Object.keys(SLOT_TABLE.idle) as SlotTrigger[]
const CELLS = STAGE_ORDER.flatMap((stage) =>
  TRIGGERS.map((trigger) => ({ stage, trigger, cell: SLOT_TABLE[stage][trigger], name: `slot ${stage} × ${trigger}` })),
)

/** What somebody asks for, rather than what the venue says. */
const ASKED = new Set<SlotTrigger>(['enter', 'exit', 'residual', 'adopt'])

interface Reached {
  readonly bench: KernelBench
  readonly entry: string | null
  readonly exit: string | null
}

/** A slot of 100 in the wanted stage, with two exit legs of a half each. */
function reach(stage: SlotStage, scope: 'leg' | 'rest', bought = '40'): Reached {
  const bench = given()
  // What is left over is sold at market, which is judged at the mark.
  bench.mark('2')
  if (stage === 'idle') return { bench, entry: null, exit: null }
  const entry = bench.enter({ exitRatios: ['0.5', '0.5'] })
  if (stage === 'entry_sent') bench.sent(entry)
  if (stage === 'entry_working') {
    bench.ack(entry)
    if (bought !== '0') bench.fill(entry, bought, '2')
  }
  if (stage.startsWith('entry_')) return reached(stage, { bench, entry, exit: null })
  bench.fill(entry, '100', '2')
  if (stage === 'position_open') return reached(stage, { bench, entry, exit: null })
  const exit = bench.exit({ scope })
  if (stage === 'exit_sent') bench.sent(exit)
  if (stage === 'exit_working') bench.ack(exit)
  if (stage === 'position_partially_closed') bench.fill(exit, '20', '3')
  if (stage === 'closed') {
    bench.fill(exit, formatDecimal(bench.order(exit).request.quantity), '3')
    if (scope === 'leg') bench.fill(bench.exit(), '50', '3')
  }
  return reached(stage, { bench, entry, exit })
}

function reached(stage: SlotStage, at: Reached): Reached {
  expect(at.bench.slot().stage).toBe(stage)
  return at
}

/** The input that means the trigger to the slot, where there is an order it can be about. */
function driver(trigger: SlotTrigger, { bench, entry, exit }: Reached): (() => readonly FactBody[]) | null {
  const onEntry = (act: (id: string) => readonly FactBody[]) => (entry === null ? null : () => act(entry))
  const onExit = (act: (id: string) => readonly FactBody[]) => (exit === null ? null : () => act(exit))
  switch (trigger) {
    case 'enter':
      return () => bench.when(enterIntent())
    case 'exit':
      return () => bench.when(exitIntent())
    case 'residual':
      return () => bench.residual()
    case 'adopt':
      return () => {
        bench.adjust(formatDecimal(add(bench.position().quantity, dec('5'))), '2')
        return bench.assign('5', 'a', '2')
      }
    case 'entrySent':
      return onEntry((id) => bench.sent(id))
    case 'entryAck':
      return onEntry((id) => bench.ack(id))
    case 'entryFill':
      return onEntry((id) => bench.fill(id, '10', '2'))
    case 'entryOver':
      return onEntry((id) => bench.fill(id, '100', '2'))
    case 'entryFailed':
      return onEntry((id) => bench.cancelAck(id))
    case 'exitSent':
      return onExit((id) => bench.sent(id))
    case 'exitAck':
      return onExit((id) => bench.ack(id))
    case 'exitFill':
      return onExit((id) => bench.fill(id, '10', '3'))
    case 'exitFailed':
      return onExit((id) => bench.cancelAck(id))
    case 'flat':
      return onExit((id) => bench.fill(id, formatDecimal(bench.slot().openSize || bench.order(id).request.quantity), '3'))
  }
}

describe('T01 every cell of the slot table', () => {
  test.each(CELLS)('T01 $name → $cell', ({ stage, trigger, cell }) => {
    // An entry that fails has bought nothing; a position to exit has been bought.
    const at = reach(stage, trigger === 'flat' ? 'rest' : 'leg', trigger === 'entryFailed' ? '0' : '40')
    const { bench } = at
    const before = bench.slot()
    const drive = driver(trigger, at)
    const bodies: FactBody[] = []
    if (drive === null) {
      // No order exists that could say it: the table alone answers, and nothing may come of it.
      moveSlot(before, stage, trigger, null, bodies)
      for (const body of bodies) apply(bench.state, { seq: bench.state.seq + 1, timeUs: 0, body })
    } else {
      bodies.push(...drive())
    }
    const moves = bodies.flatMap((body) => (body.type === 'SLOT_MOVED' ? [body] : []))
    const stays = cell === 'same' || cell === 'refused'
    if (stage === 'closed' && (trigger === 'enter' || trigger === 'adopt')) {
      // A closed slot is used again by its next trade, which starts in another row of the table.
      expect([before.stage, bench.slot().trade]).toEqual(['closed', before.trade + 1])
      return
    }
    expect(moves.at(0)?.from ?? stage).toBe(stage)
    expect(moves.at(-1)?.to ?? stage).toBe(stays ? stage : cell)
    if (ASKED.has(trigger)) {
      const refused = cell === 'refused'
      expect(bodies.some((body) => body.type === 'INTENT_DENIED')).toBe(refused)
      expect(requestsOf(bodies)).toHaveLength(refused || trigger === 'adopt' ? 0 : 1)
    }
  })
})

describe('the slot table moves forward only', () => {
  test('K03 no cell leads back', () => {
    for (const { stage, cell, name } of CELLS) {
      if (cell === 'same' || cell === 'refused') continue
      expect(STAGE_ORDER.indexOf(cell), name).toBeGreaterThan(STAGE_ORDER.indexOf(stage))
    }
  })

  test('K03 an exit is taken from position_open, exit_working and position_partially_closed only', () => {
    const allowed = STAGE_ORDER.filter((stage) => SLOT_TABLE[stage].exit !== 'refused')
    expect(allowed).toEqual(['position_open', 'exit_working', 'position_partially_closed'])
  })

  test('K01 what is left over can be closed from every stage that can hold size, and from no other', () => {
    const allowed = STAGE_ORDER.filter((stage) => SLOT_TABLE[stage].residual !== 'refused')
    const holding = ['entry_working', 'position_open', 'exit_requested', 'exit_sent', 'exit_working', 'position_partially_closed']
    expect(allowed).toEqual(holding)
  })

  test('a slot adopts exposure where no entry of it is undecided', () => {
    const allowed = STAGE_ORDER.filter((stage) => SLOT_TABLE[stage].adopt !== 'refused')
    expect(allowed).toEqual(['idle', 'position_open', 'exit_requested', 'exit_sent', 'exit_working', 'position_partially_closed'])
  })

  test('K10 closed is final', () => {
    expect(CELLS.filter(({ stage, cell }) => stage === 'closed' && cell !== 'same' && cell !== 'refused')).toEqual([])
  })

  test('every stage that can hold size reaches closed when flat', () => {
    const holding = STAGE_ORDER.filter((stage) => SLOT_TABLE[stage].flat === 'closed')
    expect(holding).toEqual(['position_open', 'exit_requested', 'exit_sent', 'exit_working', 'position_partially_closed'])
  })

  test('K10 a slot is entered again as a new trade that starts from nothing', () => {
    const { bench } = reach('closed', 'rest')
    const first = bench.slot()
    bench.enter({ quantity: '7' })
    expect(bench.slot()).toMatchObject({ trade: 2, stage: 'entry_requested', entryQuantity: ZERO, exitQuantity: ZERO, realizedPnl: ZERO })
    expect(bench.state.trades.get('a#1')).toBe(first)
    expect(first.stage).toBe('closed')
  })
})
