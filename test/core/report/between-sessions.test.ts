import { afterAll, describe, expect, test } from 'vitest'
import { dec } from '../../../src/core/kernel/decimal.ts'
import { listSessions } from '../../../src/core/report/sessions.ts'
import { renderSessions } from '../../../src/core/report/sessions-text.ts'
import { renderSummary } from '../../../src/core/report/summary-text.ts'
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

  test('N10 a fill that is booked between two sessions is in neither, and the next one says so with its money', async () => {
    const script = { ...TRADER, account: 'paper/orphans' }
    const first = new ScriptedSession(store.journal, 'left', script)
    first.tick(dec('1000'))
    fill(first, quote(first, 'bid', { price: '1000', quantity: '2' }), { price: '1000', quantity: '2' })
    const open = quote(first, 'ask', { price: '990', quantity: '2' })
    first.halt('duration_elapsed')
    first.input({ type: 'FLOW_CAPITAL', asset: 'USDT', amount: dec('500'), note: 'by hand' })
    first.commit()
    const before = await store.summarize('left')

    fill(first, open, { price: '990', quantity: '2', fee: '0.25' })

    expect(await store.summarize('left')).toMatchObject({ fills: before.fills, pnl: before.pnl, equity: before.equity })
    expect(before.between).toMatchObject({ sessionBefore: null, fills: 0, realizedByAsset: {}, capitalByAsset: {} })
    const next = new ScriptedSession(store.journal, 'found', { instrument: LINEAR, account: 'paper/orphans', maxExposure: '0' })
    next.tick(dec('1000'))
    next.halt('duration_elapsed')
    const after = await store.summarize('found')
    expect(after.checks.findings).toEqual([])
    expect(after.between).toEqual({
      sessionBefore: 'left',
      fills: 1,
      realizedByAsset: { USDT: '-20' },
      feesByAsset: { USDT: '0.25' },
      fundingByAsset: {},
      capitalByAsset: { USDT: '500' },
    })
    expect(after).toMatchObject({ fills: { count: 0 }, pnl: { realized: '0', fees: '0' }, position: { before: '0' } })
    // What the sessions changed, and what was booked between them, is all that the account has.
    expect(Number(after.equity.start)).toBe(Number(before.equity.end) - 20 - 0.25 + 500)
    const { sessions } = await listSessions(store.db, { limit: 99, holder: null })
    expect(sessions.map(({ sessionId, fillsAfter }) => [sessionId, fillsAfter])).toEqual(
      expect.arrayContaining([
        ['left', 1],
        ['found', 0],
      ]),
    )
    expect(renderSessions({ count: sessions.length, sessions })).toContain('\n1 fill booked after left and before the next session')
    const words =
      'booked between session left and this one, in the figures of neither: 1 fill, realised -20.00 USDT, fees 0.25 USDT, capital +500.00 USDT'
    const text = renderSummary(after, { width: 400 })
    expect(text.split(words)).toHaveLength(3)
    expect(renderSummary(before)).not.toContain('in the figures of')
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
