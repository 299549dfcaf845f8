import { describe, expect, test } from 'vitest'
import { dec, formatDecimal } from '../../../src/core/kernel/decimal.ts'
import { orderPrefixOf } from '../../../src/core/kernel/ids.ts'
import type { ReconcileOptions, ReconcileResult } from '../../../src/core/recovery/reconcile.ts'
import { SYMBOL } from '../kernel/opening.ts'
import { deedsOf, Killed, RecoveryBench, SECOND_US } from './recovery-bench.ts'

const WISHES = { adjustPositions: true, bookExternalFills: true }
const ORPHAN = `${orderPrefixOf('s1')}${'b'.repeat(20)}`

interface Case {
  readonly bench: RecoveryBench
  readonly ids: readonly string[]
}

/** With an order that never arrived, or with a position that nothing explains: with both of them a person has to decide. */
type Story = 'lost' | 'drift'

/** Everything at once: missed fills, an order that ended, one to be cancelled, orphans, somebody else's fill, and its story. */
async function given(story: Story): Promise<Case> {
  const bench = new RecoveryBench()
  const ended = bench.rest({ slotId: 'a' }).clientOrderId
  bench.when({ type: 'FLAG_RISK', code: 'X', severity: 'info', value: null, limit: null, detail: 'x' })
  const lost = story === 'lost' ? [bench.prepare({ slotId: 'b', quantity: '3' }).clientOrderId] : []
  const bid = bench.when({ type: 'QUOTE', instrument: SYMBOL, bid: { price: dec('1.5'), quantity: dec('4') }, ask: null, postOnly: true })
  const quote = bid.find((body) => body.type === 'ORDER_PREPARED')
  if (quote?.type !== 'ORDER_PREPARED') throw new Error('the quote was denied')
  const leaving = quote.request.clientOrderId
  bench.venue.accept(quote.request)
  bench.when({ type: 'ORDER_ACK', clientOrderId: leaving, venueOrderId: bench.venue.orders.get(leaving)?.venueOrderId ?? null })
  bench.when({ type: 'CANCEL', target: { kind: 'order', clientOrderId: leaving } })
  bench.engine.commit()
  await bench.restart(60 * SECOND_US)
  bench.venue.fill(ended, '1', '2')
  bench.venue.fill(ended, '2', '1.9')
  bench.venue.fill(ended, '1', '1.8', { listed: false })
  bench.venue.change(ended, { status: 'canceled', words: 'CANCELED', averagePrice: dec('1.9') })
  bench.venue.foreign(ORPHAN)
  bench.venue.foreign('by-hand')
  bench.venue.fill('by-hand', '7', '2')
  if (story === 'drift') bench.venue.move(dec('10'), '2')
  return { bench, ids: [ended, leaving, ...lost] }
}

/** What everything came to, in words that do not depend on when it was done. */
function outcomeOf({ bench, ids }: Case): unknown {
  const { view } = bench.engine
  const position = view.positions.get(SYMBOL)
  const trades = [...view.fills.keys()].map((key) => /inferred|adjusted|t\d+/.exec(key)?.[0]).sort()
  const orders = ids.map((id) => `${bench.order(id).status} ${formatDecimal(bench.order(id).filledQuantity)}`)
  const held = [position?.quantity, position?.cost, position?.unassigned, position?.inSlots].map((figure) =>
    formatDecimal(figure ?? dec('-1')),
  )
  return { orders, trades, held, atVenue: [...bench.venue.orders.values()].map(({ status }) => status) }
}

async function dies(bench: RecoveryBench, words: Partial<ReconcileOptions>): Promise<boolean> {
  try {
    await bench.reconcile(words)
    return false
  } catch (thrown) {
    if (!(thrown instanceof Killed)) throw thrown
    return true
  }
}

/** Every n-th step is where a run dies; RESTART_STRIDE=1 for all of them. */
const { RESTART_STRIDE = '4' } = process.env
const STRIDE = Number(RESTART_STRIDE)

const REPORTED = ['inferred', 't1', 't2', 't3']
const CAME_TO = {
  lost: { orders: ['canceled 4', 'canceled 0', 'absent 0'], trades: REPORTED, held: ['11', '21.6', '7', '4'] },
  drift: { orders: ['canceled 4', 'canceled 0'], trades: ['adjusted', ...REPORTED], held: ['21', '42', '17', '4'] },
}

describe.each(['lost', 'drift'] as const)('recovering: %s', (story) => {
  test('recovering twice is recovering once', async () => {
    const account = await given(story)
    const first = await account.bench.reconcile({ wishes: WISHES })
    const once = outcomeOf(account)
    expect(once).toEqual({ ...CAME_TO[story], atVenue: ['canceled', 'canceled', 'canceled', 'filled'] })
    expect(first.remaining).toEqual([])
    const { seq } = account.bench.engine.view
    const second: ReconcileResult = await account.bench.reconcile({ wishes: WISHES })
    expect([second.before, second.done]).toEqual([[], []])
    expect([account.bench.engine.view.seq, outcomeOf(account)]).toEqual([seq, once])
  })

  test('J02 a run that dies at any step, and the two that follow it, leave what one whole run leaves', async () => {
    const whole = await given(story)
    const result = await whole.bench.reconcile({ wishes: WISHES })
    expect(deedsOf(result).length).toBeGreaterThanOrEqual(7)
    const expected = outcomeOf(whole)
    let survived = false
    let deaths = 0
    for (let calls = 0; calls < 200 && !survived; calls += STRIDE) {
      const account = await given(story)
      survived = !(await dies(account.bench, { engine: account.bench.mortal(calls), wishes: WISHES }))
      // The next two are killed as well, somewhere else.
      for (const more of [calls + 3, Math.floor(calls / 2)]) {
        await account.bench.restart(SECOND_US)
        deaths += Number(await dies(account.bench, { engine: account.bench.mortal(more), wishes: WISHES }))
      }
      await account.bench.restart(SECOND_US)
      const last = await account.bench.reconcile({ wishes: WISHES })
      expect(outcomeOf(account), `killed after ${calls} calls`).toEqual(expected)
      expect(last.remaining).toEqual([])
      expect(account.bench.venue.sent.every(({ type }) => type !== 'submit')).toBe(true)
    }
    expect([survived, deaths > 0]).toEqual([true, true])
  })
})
