import { afterAll, describe, expect, test } from 'vitest'
import { dec } from '../../../src/core/kernel/decimal.ts'
import { fill, quote } from './eventful-session.ts'
import { memoryStore } from './memory-store.ts'
import { LINEAR, ScriptedSession } from './recorded-store.ts'

const store = memoryStore()
afterAll(() => store.close())

const TRADER = { instrument: LINEAR, capital: { USDT: '10000' }, maxExposure: '0' } as const

describe('capital between sessions', () => {
  test('belongs to no session: the one before keeps its summary, the next one starts with it', async () => {
    const script = { ...TRADER, account: 'paper/between' }
    const first = new ScriptedSession(store.journal, 'before', script)
    first.tick(dec('1000'))
    fill(first, quote(first, 'bid', { price: '990', quantity: '1' }), { price: '990', quantity: '1' })
    first.halt('duration_elapsed')
    const before = await store.summarize('before')

    for (const amount of ['500', '-20']) first.input({ type: 'FLOW_CAPITAL', asset: 'USDT', amount: dec(amount), note: 'by hand' })
    first.commit()
    first.input({ type: 'FLAG_RISK', code: 'LATER', severity: 'warning', value: null, limit: null, detail: 'between' })
    first.commit()

    expect(await store.summarize('before')).toEqual(before)
    const next = new ScriptedSession(store.journal, 'after', { instrument: LINEAR, account: 'paper/between', maxExposure: '0' })
    next.tick(dec('1000'))
    next.halt('duration_elapsed')
    const after = await store.summarize('after')
    expect(after.checks.findings).toEqual([])
    expect(after.equity).toMatchObject({ start: '10490', fromCapital: '0' })
    expect(after.attribution).toMatchObject({ netCapitalFlow: '0', result: '0', residual: '0' })
    expect(after.inventory).toContainEqual(expect.objectContaining({ asset: 'USDT', fromCapital: '0' }))
    expect(after.risk.counts).toEqual([])
  })

  test('what is booked after a halt without such a flow is still the session’s', async () => {
    const session = new ScriptedSession(store.journal, 'mended', { ...TRADER, account: 'paper/mended' })
    session.tick(dec('1000'))
    session.halt('crashed')
    session.input({ type: 'FLAG_RISK', code: 'LATER', severity: 'warning', value: null, limit: null, detail: 'mended' })
    session.commit()
    expect((await store.summarize('mended')).risk.counts).toEqual([{ code: 'LATER', severity: 'warning', count: 1 }])
  })
})
