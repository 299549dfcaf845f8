// Pause, resume, reduce-only, halt: what each trading state lets through, and what it takes back.

import { describe, expect, test } from 'vitest'
import { dec } from '../../src/core/kernel/decimal.ts'
import type { Intent } from '../../src/core/kernel/inputs.ts'
import {
  contextsOf,
  denialsOf,
  enterIntent,
  exitIntent,
  factsOf,
  given,
  type KernelBench,
  LINEAR,
  openingOf,
  quoteIntent,
  requestsOf,
  residualIntent,
  SYMBOL,
  typesOf,
} from '../core/kernel/kernel-bench.ts'

/** Long 10 as quoted inventory, and reducing. */
function reducing(held = '10'): KernelBench {
  const bench = given({ instrument: LINEAR })
  bench.mark('2')
  const side = held.startsWith('-') ? 'ask' : 'bid'
  const size = held.replace('-', '')
  if (held !== '0')
    bench.fill(bench.quote(side === 'bid' ? `2 x ${size}` : null, side === 'ask' ? `2 x ${size}` : null)[0] as string, size, '2')
  bench.control('reduce_only')
  return bench
}

describe('a change of the trading state', () => {
  test.each(['pause', 'reduce_only', 'halt'] as const)(
    '%s takes back what could still open something, and leaves exits alone',
    (action) => {
      const bench = given({ instrument: LINEAR })
      bench.mark('2')
      bench.opened({ slotId: 'b' })
      const exit = bench.exit({ slotId: 'b' })
      const entry = bench.enter()
      const doubtful = bench.quote('1 x 1', null)[0] as string
      bench.doubt(doubtful)
      const leaving = bench.quote(null, '9 x 1')[0] as string
      bench.cancel(leaving)
      const facts = bench.control(action)
      expect(typesOf(facts)).toEqual(['TRADING_MOVED', 'CANCEL_MOVED', 'CANCEL_MOVED'])
      expect(factsOf(facts, 'CANCEL_MOVED').map((move) => move.clientOrderId)).toEqual([entry, doubtful])
      expect([bench.order(exit).cancel, bench.order(leaving).cancel]).toEqual(['none', 'requested'])
    },
  )

  test('an exit that could open something, because the quotes have sold what it closes, is taken back as well', () => {
    const bench = given({ instrument: LINEAR })
    bench.mark('2')
    bench.opened()
    bench.fill(bench.quote(null, '2.5 x 60')[0] as string, '60', '2.5')
    const exit = bench.exit()
    expect(bench.order(exit).request.reduceOnly).toBe(false)
    expect(bench.parts()).toMatchObject({ position: '40', inSlots: '100', quoted: '-60' })
    expect(factsOf(bench.control('reduce_only'), 'CANCEL_MOVED')).toMatchObject([{ clientOrderId: exit, to: 'requested' }])
  })

  test('an exit in coins goes on as long as all that is sold is held', () => {
    const held = given()
    held.opened()
    const exit = held.exit()
    expect(typesOf(held.control('reduce_only'))).toEqual(['TRADING_MOVED'])
    expect(held.order(exit).cancel).toBe('none')
  })

  test('a short is bought back by an exit that goes on, since it closes no more than is held', () => {
    const bench = given()
    bench.opened({ side: 'sell' })
    const exit = bench.exit()
    expect(bench.order(exit).request).toMatchObject({ side: 'buy', reduceOnly: false })
    expect(typesOf(bench.control('reduce_only'))).toEqual(['TRADING_MOVED'])
  })

  test('resume takes nothing back', () => {
    const bench = reducing()
    bench.quote(null, '3 x 10')
    expect(typesOf(bench.control('resume'))).toEqual(['TRADING_MOVED'])
    expect(bench.state.liveOrders.size).toBe(1)
  })
})

describe('halted', () => {
  const intents: readonly [string, Intent][] = [
    ['ENTER', enterIntent()],
    ['EXIT', exitIntent({ slotId: 'b' })],
    ['EXIT_RESIDUAL', residualIntent('b')],
    ['QUOTE', quoteIntent('2 x 1', null)],
  ]

  test.each(intents)('%s is denied', (_, intent) => {
    const bench = given({ instrument: LINEAR })
    bench.opened({ slotId: 'b' })
    bench.control('pause')
    expect(denialsOf(bench.when(intent))).toEqual(['TRADING_HALTED trading halted'])
    bench.control('resume')
    bench.mark('2')
    expect(requestsOf(bench.when(intent))).toHaveLength(1)
  })

  test('cancels, marks, reconcile and what the venue says pass', () => {
    const bench = given({ instrument: LINEAR })
    bench.opened({ slotId: 'b' })
    const exit = bench.exit({ slotId: 'b' })
    bench.control('pause')
    expect(typesOf(bench.when({ type: 'CANCEL', target: { kind: 'exit', slotId: 'b' } }))).toEqual(['CANCEL_MOVED'])
    expect(typesOf(bench.mark('2.5'))).toEqual(['MARK_SET'])
    bench.fill(exit, '40', '3')
    bench.adjust('50', '2.5')
    expect(bench.parts()).toMatchObject({ position: '50', inSlots: '60', unassigned: '-10' })
    expect(bench.state.trading).toBe('halted')
  })

  test('quotes that rest are still taken back by a quote of nothing', () => {
    const bench = given()
    const [bid] = bench.quote('2 x 1', null) as [string]
    bench.control('pause')
    bench.when({ type: 'CANCEL_REJECT', clientOrderId: bid, venueOrderId: null, code: '1', reason: 'busy' })
    expect(typesOf(bench.when(quoteIntent(null, null)))).toEqual(['CANCEL_MOVED'])
  })
})

describe('halt', () => {
  test('is the end: nothing but cancels, marks and reconcile is heard until a new session opens', () => {
    const bench = given({ instrument: LINEAR })
    bench.opened({ slotId: 'b' })
    const exit = bench.exit({ slotId: 'b' })
    bench.control('halt')
    for (const intent of [enterIntent(), exitIntent({ slotId: 'b' }), residualIntent('b'), quoteIntent('2 x 1', null)]) {
      expect(denialsOf(bench.when(intent))).toEqual(['SESSION_HALTED session s1'])
    }
    for (const action of ['resume', 'pause', 'reduce_only', 'halt'] as const) {
      expect(denialsOf(bench.control(action))).toEqual(['SESSION_HALTED session s1'])
    }
    expect(typesOf(bench.cancel(exit))).toEqual(['CANCEL_MOVED'])
    expect(typesOf(bench.mark('3'))).toEqual(['MARK_SET'])
    expect(typesOf(bench.adjust('99', null))).toContain('FILL_BOOKED')
    bench.when({ type: 'OPEN_SESSION', session: openingOf({ ...bench.setup, sessionId: 's2' }) })
    expect([bench.state.trading, bench.state.stopping]).toEqual(['active', false])
    bench.cancelAck(exit)
    bench.exit({ slotId: 'b' })
  })

  test('asks for the end, and is not the end itself: the session halts when it is told to', () => {
    const bench = given()
    bench.control('halt')
    expect(bench.state.halted).toBe(false)
    expect(typesOf(bench.when({ type: 'HALT_SESSION', reason: 'kill_switch', detail: null }))).toEqual(['SESSION_HALTED'])
    expect([bench.state.halted, bench.state.trading]).toEqual([true, 'halted'])
  })
})

describe('reducing', () => {
  test('from flat nothing passes, on either side', () => {
    const bench = reducing('0')
    for (const side of ['buy', 'sell'] as const) {
      const facts = bench.when(enterIntent({ side, quantity: '0.01' }))
      expect(denialsOf(facts)).toEqual(['REDUCING_ONLY quantity 0.01'])
      expect(contextsOf(facts)).toEqual(['REDUCING_ONLY position=0 working=0'])
    }
    expect(denialsOf(bench.when(quoteIntent('2 x 1', '3 x 1')))).toEqual(['REDUCING_ONLY bid.quantity 1', 'REDUCING_ONLY ask.quantity 1'])
  })

  test.each([
    ['10', 'sell', 'buy'],
    ['-10', 'buy', 'sell'],
  ] as const)('with %s held, %s passes up to all of it, and no further; %s never', (held, down, up) => {
    expect(requestsOf(reducing(held).when(enterIntent({ side: down, quantity: '10' })))).toHaveLength(1)
    const beyond = reducing(held).when(enterIntent({ side: down, quantity: '10.01' }))
    expect(contextsOf(beyond)).toEqual([`REDUCING_ONLY position=${held} working=0`])
    expect(denialsOf(reducing(held).when(enterIntent({ side: up, quantity: '0.01' })))).toEqual(['REDUCING_ONLY quantity 0.01'])
  })

  test('several working orders are judged together: they must not flip the position if all of them fill', () => {
    const bench = reducing()
    bench.enter({ side: 'sell', quantity: '6' })
    const facts = bench.when(enterIntent({ slotId: 'b', side: 'sell', quantity: '4.01' }))
    expect([denialsOf(facts), contextsOf(facts)]).toEqual([['REDUCING_ONLY quantity 4.01'], ['REDUCING_ONLY position=10 working=6']])
    bench.enter({ slotId: 'b', side: 'sell', quantity: '4' })
  })

  test('an order counts while its cancel is under way, or while it is in doubt: it may fill yet', () => {
    const bench = reducing()
    const first = bench.enter({ side: 'sell', quantity: '6' })
    bench.cancel(first)
    const second = bench.quote(null, '3 x 4')[0] as string
    bench.doubt(second)
    expect(contextsOf(bench.when(enterIntent({ slotId: 'b', side: 'sell', quantity: '0.01' })))).toEqual([
      'REDUCING_ONLY position=10 working=10',
    ])
    bench.cancelAck(first)
    bench.enter({ slotId: 'b', side: 'sell', quantity: '6' })
  })

  test('only the unfilled part of a working order counts, and none of one that is overfilled', () => {
    const bench = reducing()
    const first = bench.enter({ side: 'sell', quantity: '6' })
    bench.fill(first, '5', '2')
    expect(contextsOf(bench.when(enterIntent({ slotId: 'b', side: 'sell', quantity: '4.01' })))).toEqual([
      'REDUCING_ONLY position=5 working=1',
    ])
    bench.enter({ slotId: 'b', side: 'sell', quantity: '4' })
  })

  test('a quote that is being replaced counts beside its replacement: it may fill yet', () => {
    const bench = reducing()
    const [ask] = bench.quote(null, '3 x 10') as [string]
    const facts = bench.when(quoteIntent(null, '2.9 x 10'))
    expect(typesOf(facts)).toEqual(['CANCEL_MOVED', 'INTENT_DENIED'])
    expect(contextsOf(facts)).toEqual(['REDUCING_ONLY position=10 working=10'])
    bench.cancelAck(ask)
    expect(requestsOf(bench.when(quoteIntent(null, '2.9 x 10')))).toHaveLength(1)
  })

  test('exits of a slot pass for what the position holds', () => {
    const bench = given({ instrument: LINEAR })
    bench.opened({ quantity: '10' })
    bench.control('reduce_only')
    expect(bench.order(bench.exit()).request).toMatchObject({ side: 'sell', quantity: dec('10') })
  })

  test('an exit that would open, on the account, what it closes in its slot does not pass', () => {
    const bench = given({ instrument: LINEAR })
    bench.opened({ quantity: '10' })
    bench.opened({ slotId: 'b', side: 'sell', quantity: '10' })
    bench.control('reduce_only')
    const facts = bench.when(exitIntent())
    expect([denialsOf(facts), contextsOf(facts)]).toEqual([['REDUCING_ONLY quantity 10'], ['REDUCING_ONLY position=0 working=0']])
  })

  test('in hedge mode each side has its own way down', () => {
    const bench = given({ instrument: LINEAR, positionMode: 'hedge' })
    bench.opened({ quantity: '10' })
    bench.opened({ slotId: 'b', side: 'sell', quantity: '10' })
    bench.control('reduce_only')
    expect(bench.order(bench.exit()).request).toMatchObject({ side: 'sell', positionSide: 'long' })
    expect(bench.order(bench.exit({ slotId: 'b' })).request).toMatchObject({ side: 'buy', positionSide: 'short' })
    bench.when({ type: 'OPEN_SESSION', session: openingOf({ ...bench.setup, sessionId: 's2', slotIds: ['a', 'b', 'c'] }) })
    bench.control('reduce_only')
    expect(denialsOf(bench.when(enterIntent({ slotId: 'c', side: 'sell', quantity: '1' })))).toEqual(['REDUCING_ONLY quantity 1'])
  })

  test('in spot, coins that are held as a position can be sold', () => {
    const bench = given()
    bench.opened({ quantity: '10' })
    bench.control('reduce_only')
    expect(denialsOf(bench.when(enterIntent({ slotId: 'b', side: 'sell', quantity: '10.01' })))).toEqual(['REDUCING_ONLY quantity 10.01'])
    bench.exit()
  })

  test('what is left over can still be closed', () => {
    const bench = given({ instrument: LINEAR })
    bench.mark('2')
    bench.opened({ quantity: '10' })
    bench.control('reduce_only')
    expect(requestsOf(bench.residual())).toHaveLength(1)
  })
})

describe('an entry that is reduce-only', () => {
  test('passes against a position, up to all of it, and says so to the venue', () => {
    const bench = reducing()
    bench.control('resume')
    const facts = bench.when(enterIntent({ side: 'sell', quantity: '10', reduceOnly: true }))
    expect(requestsOf(facts)).toMatchObject([{ reduceOnly: true, quantity: dec('10') }])
  })

  test.each([
    ['sell', '10.01', '10'],
    ['buy', '0.01', '10'],
    ['sell', '0.01', '0'],
  ] as const)('%s %s with %s held is denied', (side, quantity, held) => {
    const bench = reducing(held)
    bench.control('resume')
    const facts = bench.when(enterIntent({ side, quantity, reduceOnly: true }))
    expect(denialsOf(facts)).toEqual([`REDUCE_ONLY_DIRECTION quantity ${quantity}`])
    expect(contextsOf(facts)).toEqual([`REDUCE_ONLY_DIRECTION position=${held} working=0`])
  })

  test('is judged with all that works on its side', () => {
    const bench = reducing()
    bench.control('resume')
    bench.quote(null, '3 x 6')
    const facts = bench.when(enterIntent({ side: 'sell', quantity: '4.01', reduceOnly: true }))
    expect(contextsOf(facts)).toEqual(['REDUCE_ONLY_DIRECTION position=10 working=6'])
    expect(requestsOf(bench.when(enterIntent({ side: 'sell', quantity: '4', reduceOnly: true })))).toHaveLength(1)
  })

  test('in spot is judged the same, and sent without a flag that spot does not know', () => {
    const bench = given()
    bench.opened({ slotId: 'b', quantity: '10' })
    expect(requestsOf(bench.when(enterIntent({ side: 'sell', quantity: '10', reduceOnly: true })))).toMatchObject([{ reduceOnly: false }])
    expect(bench.state.positions.get(SYMBOL)?.quantity).toBe(dec('10'))
  })
})
