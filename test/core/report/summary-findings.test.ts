import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dec } from '../../../src/core/kernel/decimal.ts'
import { firstScreen } from '../../../src/core/report/first-screen.ts'
import { summarizeFromStore } from '../../../src/core/report/open-report.ts'
import { renderSummary } from '../../../src/core/report/summary-text.ts'
import type { SummaryView } from '../../../src/core/report/summary-view.ts'
import { beEventful, EVENTFUL, enter, fill, quote } from './eventful-session.ts'
import { ScriptedSession, temporaryFolder, writeStore } from './recorded-store.ts'

const folder = temporaryFolder()
const path = join(folder.path, 'dita.db')
let view: SummaryView
let text: string

beforeAll(async () => {
  await writeStore(path, (journal) => beEventful(new ScriptedSession(journal, 'eventful', EVENTFUL)))
  view = await summarizeFromStore(path, 'eventful')
  text = renderSummary(view, { width: 400 })
})
afterAll(() => folder.remove())

/** The lines of one subject of the text. */
function section(title: string, of = text): string[] {
  const lines = of.split('\n')
  const from = lines.indexOf(title)
  const rest = from === -1 ? [] : lines.slice(from + 1)
  return rest.slice(0, rest.indexOf('')).map((line) => line.trim())
}

/** What stands on the first screen as having gone wrong, until the first subject. */
function wentWrong(of = text): string {
  return of.slice(of.indexOf('Went wrong'), of.indexOf('\n\nSession'))
}

describe('the whole of an eventful session', () => {
  test('every total that is computed twice agrees, and none is left out', () => {
    expect(view.checks).toEqual({ drift: false, findings: [], leftOut: [] })
    const { change, fromTrading, fromHoldings, fromCapital } = view.equity
    expect(dec(change as string)).toBe(dec(fromTrading as string) + dec(fromHoldings as string) + dec(fromCapital as string))
  })

  test('trades have what they had before, what was written off of them, and how long they were held', () => {
    expect(view.trades).toMatchObject({ count: 3, closed: 2, open: 1, won: 2 })
    expect(view.trades.list).toMatchObject([
      { slotId: 's2', trade: 2, equityBefore: '101211.930205555555555556', entryPrice: '28000', openSize: '0.006', heldUs: null },
      { slotId: 's2', trade: 1, equityBefore: '101203.353', exitPrice: '28150', realizedPnl: '2', heldUs: 1_000_000, dustQuantity: '0' },
      { slotId: 's1', trade: 1, equityBefore: '101200', openSize: '0', dustQuantity: '0.0005', heldUs: 2_000_000 },
    ])
    expect(section('Trades')[2]).toMatch(/^s2#2 +buy .* - +1 +position_open$/)
    expect(section('Trades')[3]).toMatch(/^s2#1 +buy .* 1s +1 target +closed$/)
  })
})

describe('denials', () => {
  test('carry the figures they were judged by, as data and as text', () => {
    expect(view.denials).toEqual([
      {
        code: 'REDUCING_ONLY',
        count: 1,
        last: {
          timeUs: expect.any(Number),
          intent: 'ENTER',
          field: 'quantity',
          value: '0.02',
          context: 'position=0.0055 working=0',
          detail: 'Trading is reducing: only what lowers the position passes.',
        },
      },
    ])
    expect(section('Denied').join()).toMatch(
      /^REDUCING_ONLY ×1, last at .*: ENTER quantity 0\.02 \(position=0\.0055 working=0\)\. Trading is/,
    )
    expect(wentWrong()).toContain('1 intent denied: REDUCING_ONLY ×1')
  })

  test('of one code, the last is shown', async () => {
    const other = join(folder.path, 'denied.db')
    await writeStore(other, (journal) => {
      const session = new ScriptedSession(journal, 'denied', EVENTFUL)
      session.tick(dec('28000'))
      for (const quantity of ['0.0004', '0.0007']) enter(session, 's1', { price: '28000', quantity })
      session.halt('duration_elapsed')
    })
    const denied = await summarizeFromStore(other, 'denied')
    const { denials } = denied
    expect(denials).toMatchObject([{ code: 'QUANTITY_OFF_LOT', count: 2, last: { value: '0.0007', context: 'lotSize=0.001' } }])
    const [worked] = firstScreen(denied)
    expect(worked?.lines).toEqual([expect.stringMatching(/^Yes, .*; but every order that was wanted was denied, and none was sent\.$/)])
    expect(firstScreen(view)[0]?.lines.join()).not.toContain('none was sent')
  })

  test('V07 what a strategy wrote into them cannot draw lines of its own', () => {
    const [denial] = view.denials as [SummaryView['denials'][number]]
    const last = { ...denial.last, value: 'x\nEarned       +1,000,000', context: 'a=\u001b[2J' }
    const lines = renderSummary({ ...view, denials: [{ ...denial, last }] }, { width: 400 })
    expect(lines.split('\n').filter((line) => line.startsWith('Earned'))).toHaveLength(1)
    expect(lines).not.toContain('\u001b')
  })
})

describe('changes of trading', () => {
  test('are listed in order, with who asked for them', () => {
    expect(view.tradingState).toMatchObject({
      end: 'active',
      count: 3,
      changes: [
        { from: 'active', to: 'halted', action: 'pause', reason: 'lunch' },
        { from: 'halted', to: 'reducing', action: 'reduce_only', reason: 'careful' },
        { from: 'reducing', to: 'active', action: 'resume', reason: 'back' },
      ],
    })
    expect(section('Trading').map((line) => line.slice(20))).toEqual([
      'active → paused (lunch)',
      'paused → reduce-only (careful)',
      'reduce-only → active (back)',
    ])
    expect(wentWrong()).toContain('trading was changed 3 times, and is active again')
  })

  test('a session that ends without trading says since when and why', () => {
    const [first] = view.tradingState.changes
    const tradingState = { end: 'halted', count: 1, changes: first === undefined ? [] : [first] }
    const of = wentWrong(renderSummary({ ...view, tradingState }, { width: 400 }))
    expect(of).toMatch(/trading is paused since 2025-10-09 08:53:\d\d \(lunch\)/)
    // A strategy that asked for the end has it: that stands in how the session ended.
    const asked = { ...tradingState, changes: tradingState.changes.map((change) => ({ ...change, action: 'halt' })) }
    expect(wentWrong(renderSummary({ ...view, tradingState: asked }, { width: 400 }))).not.toContain('trading')
  })

  test('what an operator asked for with a key is no fault: it stands under Trading, and a change by anybody else still counts', () => {
    const byHand = (action: string, from: string, to: string) => ({ timeUs: 1, action, from, to, reason: 'an operator asked for it' })
    const [pause, resume] = [byHand('pause', 'active', 'halted'), byHand('resume', 'halted', 'active')]
    const shown = (end: string, ...changes: (typeof pause)[]): string =>
      renderSummary({ ...view, tradingState: { end, count: changes.length, changes } }, { width: 400 })
    for (const of of [shown('halted', pause), shown('active', pause, resume)]) {
      expect(wentWrong(of)).not.toContain('trading')
      expect(section('Trading', of)[0]).toMatch(/ active → paused \(an operator asked for it\)$/)
    }
    expect(wentWrong(shown('active', { ...pause, reason: 'too much' }, resume))).toContain(
      'trading was changed 2 times, and is active again',
    )
    // Of those that are not shown nobody knows whose they were.
    const many = { ...view, tradingState: { end: 'active', count: 30, changes: [pause, resume] } }
    expect(wentWrong(renderSummary(many, { width: 400 }))).toContain('trading was changed 30 times')
  })

  test('a session that never left off trading says nothing of it', async () => {
    const other = join(folder.path, 'quiet.db')
    await writeStore(other, (journal) => {
      const session = new ScriptedSession(journal, 'quiet', EVENTFUL)
      session.input({ type: 'VALUE_ASSET', asset: 'BNB', quote: 'USDT', price: dec('600'), source: 'desk' })
      session.tick(dec('28000'))
      session.halt('duration_elapsed')
    })
    const quiet = await summarizeFromStore(other, 'quiet')
    expect(quiet.tradingState).toEqual({ end: 'active', count: 0, changes: [] })
    const lines = renderSummary(quiet, { width: 400 })
    for (const title of ['Trading', 'Denied', 'Reconcile', 'Written off']) expect(section(title, lines)).toEqual([])
    expect(wentWrong(lines)).toMatch(/^Went wrong +nothing that was noticed$/)
  })
})

describe('what reconcile found and did', () => {
  test('positions that differ stand on the first screen and among the findings', () => {
    expect(view.reconcile.differences).toMatchObject([
      { instrument: 'BTC/USDT:USDT', positionSide: 'net', ours: '0.0055', venues: '0.016', averagePrice: '28010' },
    ])
    expect(wentWrong()).toContain(`the venue's position differed once, last in BTC/USDT:USDT: ours 0.0055, the venue's 0.016`)
    expect(section('Reconcile')[0]).toContain('times in front are by our clock')
    expect(section('Reconcile')[1]).toContain(`position in BTC/USDT:USDT: ours 0.0055, the venue's 0.016 at 28,010`)
  })

  test('inferred fills are counted apart from those of makers and takers', () => {
    expect(view.fills).toMatchObject({ count: 9, maker: 7, taker: 0, inferred: 2, confirmed: 1 })
    expect(text).toContain('9 fills (7 maker, 0 taker, 2 inferred) from 7 orders')
    expect(wentWrong()).toContain('2 fills inferred by reconcile, 1 reported by the venue since')
  })

  test('actions and assignments are listed with what they rest on', () => {
    expect(view.reconcile).toMatchObject({ actionCount: 4, differenceCount: 1, assignmentCount: 2 })
    expect(view.reconcile.actions.map(({ action, evidence }) => [action, evidence])).toEqual([
      ['assign', 'position query of 12:01'],
      ['assign', 'position query of 12:01'],
      ['adjust_position', 'position query of 12:01'],
      ['settle_order', 'order query of 12:00'],
    ])
    expect(section('Reconcile').join()).toContain('0.006 of BTC/USDT:USDT assigned to s2#2')
    expect(section('Reconcile').join()).toContain('0.001 of BTC/USDT:USDT assigned to the quotes')
  })

  test('what nothing explains is said without the dust, which is said apart', () => {
    expect(view.position).toMatchObject({ endInSlots: '0.006', endQuoted: '0.005', endUnassigned: '0.004', endDust: '0.0005' })
    expect(wentWrong()).toContain('unassigned position of 0.0035 BTC')
    expect(text).toContain('0.004 unassigned (0.0005 of it dust)')
  })
})

describe('dust', () => {
  test('is a write-off with its cost, shown where one looks for what went wrong', () => {
    expect(view.dust).toMatchObject({
      count: 1,
      writeOffs: [{ slotId: 's1', trade: 1, instrument: 'BTC/USDT:USDT', quantity: '0.0005', cost: '13.99997', reason: 'leftover' }],
    })
    expect(wentWrong()).toContain('1 trade left dust too small to be traded; see Written off')
    expect(section('Written off').join()).toContain('s1#1: 0.0005 BTC, which cost 13.99997 USDT (leftover)')
  })

  test('alone it is no unassigned position: nothing is left to be explained', async () => {
    const other = join(folder.path, 'dust.db')
    await writeStore(other, (journal) => {
      const session = new ScriptedSession(journal, 'dust', EVENTFUL)
      session.tick(dec('28000'))
      const clientOrderId = enter(session, 's1', { price: '28000', quantity: '0.002' })
      fill(session, clientOrderId, { price: '28000', quantity: '0.0004' })
      session.input({ type: 'CANCEL_ACK', clientOrderId, venueOrderId: null })
      session.input({ type: 'EXIT_RESIDUAL', slotId: 's1', reason: 'leftover' })
      session.commit()
      fill(session, quote(session, 'ask', { price: '28000', quantity: '0.001' }), { price: '28000', quantity: '0.001' })
      session.halt('duration_elapsed')
    })
    const dust = await summarizeFromStore(other, 'dust')
    expect(dust.position).toMatchObject({
      end: '-0.0006',
      endInSlots: '0',
      endQuoted: '-0.001',
      endUnassigned: '0.0004',
      endDust: '0.0004',
    })
    expect(dust.checks.findings).toEqual([])
    expect(wentWrong(renderSummary(dust))).not.toContain('unassigned')
  })
})

describe('a later session', () => {
  test('that a write-off or reconcile changes trades of, changes nothing of the earlier summary', async () => {
    const other = join(folder.path, 'two.db')
    const account = 'paper/desk'
    await writeStore(other, (journal) => {
      const first = new ScriptedSession(journal, 'first', { ...EVENTFUL, account, startedWallUs: 1 })
      first.tick(dec('28000'))
      const clientOrderId = enter(first, 's1', { price: '28000', quantity: '0.002' })
      fill(first, clientOrderId, { price: '28000', quantity: '0.0004' })
      first.input({ type: 'CANCEL_ACK', clientOrderId, venueOrderId: null })
      first.halt('duration_elapsed')
    })
    const before = await summarizeFromStore(other, 'first')
    await writeStore(other, (journal) => {
      const second = new ScriptedSession(journal, 'second', { ...EVENTFUL, capital: {}, account, startedWallUs: 2 })
      second.tick(dec('28100'))
      second.input({ type: 'EXIT_RESIDUAL', slotId: 's1', reason: 'leftover' })
      second.halt('duration_elapsed')
    })
    const after = await summarizeFromStore(other, 'first')
    expect(after).toEqual({ ...before, position: after.position })
    expect(after.position).toMatchObject({ endInSlots: '0.0004', endDust: '0', nowInSlots: '0', nowDust: '0.0004' })
    const second = await summarizeFromStore(other, 'second')
    expect(second.trades.list).toMatchObject([{ slotId: 's1', stage: 'closed', openSize: '0', dustQuantity: '0.0004' }])
    expect(second.trades).toMatchObject({ count: 1, closed: 1, open: 0 })
  })
})
