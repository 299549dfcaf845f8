import { afterAll, describe, expect, test } from 'vitest'
import { type Decimal, dec } from '../../../src/core/kernel/decimal.ts'
import type { Instrument } from '../../../src/core/kernel/instrument.ts'
import type { StateView } from '../../../src/core/kernel/views.ts'
import { beEventful, beHedged, EVENTFUL, fill, HEDGED, quote } from './eventful-session.ts'
import { memoryStore } from './memory-store.ts'
import { LINEAR, ScriptedSession } from './recorded-store.ts'

const store = memoryStore()
afterAll(() => store.close())

const INVERSE: Instrument = { ...LINEAR, symbol: 'BTC/USD:BTC', kind: 'inverse', quote: 'USD', settle: 'BTC', lotSize: dec('1') }

/** Two contracts bought at 990, marked at 1000. */
function openPosition(id: string, account = `paper/${id}`): ScriptedSession {
  const session = new ScriptedSession(store.journal, id, { instrument: LINEAR, account, capital: { USDT: '10000' }, maxExposure: '0' })
  session.tick(dec('1000'))
  fill(session, quote(session, 'bid', { price: '990', quantity: '2' }), { price: '990', quantity: '2', fee: '0.5' })
  session.tick(dec('1000'))
  return session
}

function withBalance({ engine: { view } }: ScriptedSession, key: string, amount: Decimal): StateView {
  return Object.create(view, { balances: { value: new Map(view.balances).set(key, amount) } }) as StateView
}

function flag(session: ScriptedSession, value: string, severity: 'info' | 'alarm'): void {
  session.input({ type: 'FLAG_RISK', code: 'INVENTORY_COMPARED', severity, value, limit: '0', detail: `off by ${value}` })
}

function driftNoted(account: string): unknown {
  const sql = 'SELECT inventory_drift_at_shutdown FROM engine_state NATURAL JOIN accounts WHERE name = ?'
  return store.database.prepare(sql).pluck().get(account)
}

describe('N10 the engine against the tables', () => {
  test('after a session in which everything happened nothing differs', async () => {
    const eventful = new ScriptedSession(store.journal, 'eventful', EVENTFUL)
    beEventful(eventful)
    const hedged = new ScriptedSession(store.journal, 'hedged', HEDGED)
    beHedged(hedged)
    const inverse = new ScriptedSession(store.journal, 'inverse', {
      instrument: INVERSE,
      capital: { BTC: '1', USD: '50' },
      maxExposure: '0',
    })
    inverse.tick(dec('50000.1'))
    fill(inverse, quote(inverse, 'ask', { price: '50000.3', quantity: '700' }), { price: '50000.3', quantity: '700', fee: '0.00001' })
    inverse.tick(dec('51000.7'))
    for (const [id, { engine }] of Object.entries({ eventful, hedged, inverse })) {
      expect(await store.compare(id, engine.view)).toEqual({ drift: 0n, differences: [] })
    }
  })

  test('a session that saw no mark is compared all the same', async () => {
    const session = new ScriptedSession(store.journal, 'blind', { instrument: LINEAR, capital: { USDT: '5' } })
    expect(await store.compare('blind', session.engine.view)).toEqual({ drift: 0n, differences: [] })
    const { drift } = await store.compare('blind', withBalance(session, 'wallet|USDT', dec('5.000000000000000001')))
    expect(drift).toBe(1n)
  })

  test('coins that only the engine has are told to the last digit, in coins and in value', async () => {
    const session = openPosition('coins')
    expect(await store.compare('coins', withBalance(session, 'wallet|USDT', dec('9999.500000000000000003')))).toEqual({
      drift: 3n,
      differences: [
        'inventory in USDT: the engine has 9999.500000000000000003, the tables 9999.5',
        'value in USDT: the engine has 10019.500000000000000003, the tables 10019.5',
      ],
    })
    const unpriced = await store.compare('coins', withBalance(session, 'wallet|BNB', dec('2')))
    expect(unpriced.differences).toEqual([
      'inventory in BNB: the engine has 2, the tables 0',
      'value in USDT, which only one of them knows: the engine has 0, the tables 10019.5',
    ])
  })

  test('a position whose row was changed is told with its cost', async () => {
    const { engine } = openPosition('changed')
    store.database.exec("UPDATE fills SET position_after = '3', cost_after = '2970' WHERE session_id = 'changed'")
    expect((await store.compare('changed', engine.view)).differences).toEqual([
      'position in BTC/USDT:USDT: the engine has 2, the tables 3',
      'cost of the position in BTC/USDT:USDT: the engine has 1980, the tables 2970',
    ])
  })
})

describe('N10 what the end of a session noted', () => {
  test('agreement is no event and no drift', async () => {
    const session = openPosition('agrees')
    flag(session, '0', 'info')
    session.halt('duration_elapsed')
    const { shutdown, checks, risk } = await store.summarize('agrees')
    expect(shutdown).toEqual({ inventoryDrift: '0', detail: 'off by 0' })
    expect(checks).toMatchObject({ drift: false, findings: [] })
    expect(risk.counts).toEqual([])
    expect(driftNoted('paper/agrees')).toBe('0')
  })

  test('a difference is drift for as long as there is a summary, and the engine starts afresh', async () => {
    const session = openPosition('differs', 'paper/lasting')
    flag(session, '0.000000000000000003', 'alarm')
    session.halt('duration_elapsed')
    expect(driftNoted('paper/lasting')).toBe('0.000000000000000003')
    openPosition('later', 'paper/lasting')
    expect(driftNoted('paper/lasting')).toBeNull()

    const { shutdown, checks, risk } = await store.summarize('differs')
    expect(shutdown.inventoryDrift).toBe('0.000000000000000003')
    expect(checks.drift).toBe(true)
    const found = { what: 'inventory and value at the end: engine, tables', expected: '0', found: '0.000000000000000003' }
    expect(checks.findings).toEqual([found])
    expect(risk.counts).toEqual([{ code: 'INVENTORY_COMPARED', severity: 'alarm', count: 1 }])
    expect((await store.summarize('later')).shutdown).toEqual({ inventoryDrift: null, detail: null })
  })
})
