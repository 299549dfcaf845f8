import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openWriter } from '../../../src/core/journal/open.ts'
import { dec, ZERO } from '../../../src/core/kernel/decimal.ts'
import { firstScreen } from '../../../src/core/report/first-screen.ts'
import { sessionsOfStore, summarizeFromStore } from '../../../src/core/report/open-report.ts'
import { renderSessions } from '../../../src/core/report/sessions-text.ts'
import { renderSummary } from '../../../src/core/report/summary-text.ts'
import type { SummaryView } from '../../../src/core/report/summary-view.ts'
import { enter } from './eventful-session.ts'
import { DEMO, LINEAR, ScriptedSession, START_US, temporaryFolder, writeStore } from './recorded-store.ts'

const SECOND_US = 1_000_000
const ACCOUNT = 'bingx-demo/main'
const WORLD = { instrument: LINEAR, account: ACCOUNT, maxExposure: '0', place: DEMO }

const folder = temporaryFolder()
const path = join(folder.path, 'dita.db')
const ids: Record<'answered' | 'settled' | 'absent' | 'again' | 'heir', string> = {
  answered: '',
  settled: '',
  absent: '',
  again: '',
  heir: '',
}
let first: SummaryView
let second: SummaryView

/** An entry in a slot that nobody answers. */
function lose(session: ScriptedSession, slotId: string): string {
  session.unanswered = 1
  return enter(session, slotId, { price: '28000', quantity: '0.01' })
}

/** Four orders come into doubt; one is answered, one settled, one proved absent, one quarantined. The first comes into doubt twice. */
function doubtFour(session: ScriptedSession): void {
  session.tick(dec('28000'))
  ids.answered = lose(session, 's1')
  session.timeUs += 3 * SECOND_US
  session.input({ type: 'ORDER_ACK', clientOrderId: ids.answered, venueOrderId: 'v1' })
  ids.settled = lose(session, 's2')
  session.timeUs += SECOND_US
  const settled = { outcome: 'canceled', filledQuantity: ZERO, averagePrice: null } as const
  session.input({ type: 'RECONCILE', action: 'settle_order', clientOrderId: ids.settled, ...settled, evidence: 'asked at 12:00' })
  session.commit()
  session.input({ type: 'UNRECOGNISED', clientOrderId: ids.answered, venueOrderId: 'v1', raw: 'HALF\u001b[2JOPEN' })
  session.timeUs += 2 * SECOND_US
  session.input({ type: 'CANCEL_ACK', clientOrderId: ids.answered, venueOrderId: 'v1' })
  session.commit()
  loseForGood(session)
}

function loseForGood(session: ScriptedSession): void {
  ids.absent = lose(session, 's1')
  const doubtedUs = session.timeUs
  session.timeUs += 12 * SECOND_US
  const proof = { venueTimeUs: session.timeUs, askedAtUs: [session.timeUs - 4 * SECOND_US, session.timeUs - SECOND_US] }
  session.input({ type: 'RECONCILE', action: 'mark_absent', clientOrderId: ids.absent, ...proof, evidence: 'asked twice' })
  session.commit()
  expect(session.engine.view.orders.get(ids.absent)?.status).toBe('absent')
  expect(session.timeUs - doubtedUs).toBe(12 * SECOND_US)
  ids.again = lose(session, 's2')
  session.timeUs += 30 * SECOND_US
  session.input({ type: 'RECONCILE', action: 'quarantine', clientOrderId: ids.again, evidence: 'nobody could say' })
  session.commit()
}

beforeAll(async () => {
  const journal = openWriter({
    path,
    holder: { sessionId: 'x', pid: process.pid, since: '2026-01-01T00:00:00.000Z' },
    wallUs: () => START_US,
  })
  const session = new ScriptedSession(journal, 'first', { ...WORLD, capital: { USDT: '100000' } })
  doubtFour(session)
  session.halt('crashed', 'the process ended without writing a halt; 1 order was live and in doubt')
  const heir = new ScriptedSession(journal, 'second', { ...WORLD, startedWallUs: START_US + 60 * SECOND_US })
  heir.timeUs += 5 * SECOND_US
  heir.input({ type: 'ORDER_ACK', clientOrderId: ids.again, venueOrderId: 'v9' })
  ids.heir = lose(heir, 's1')
  heir.timeUs += SECOND_US
  heir.input({
    type: 'REPORT_FEED',
    report: { source: 'bingx', events: 7, gaps: 0, badLines: 0, skipped: 0, firstTimeUs: 1, lastTimeUs: 2, truncated: false },
  })
  heir.halt('duration_elapsed')
  const evidence = (subject: string) =>
    JSON.stringify({
      instrument: LINEAR.symbol,
      subject,
      ours: 'quarantined, 0 of 0.01 filled',
      venues: `open (NEW\u202e)`,
      sinceUs: START_US,
    })
  const row = { sessionId: 'second', wallUs: START_US + 61 * SECOND_US }
  journal.recordFindings(ACCOUNT, [
    { ...row, kind: 'ORDER_IN_DOUBT', evidence: evidence(ids.again), action: 'adopt', resolved: true },
    { ...row, kind: 'CANCEL_IN_DOUBT', evidence: evidence('c1'), action: 'none', resolved: false },
    { ...row, sessionId: null, kind: 'FOREIGN_ORDER', evidence: evidence('other'), action: 'none', resolved: false },
  ])
  await journal.close()
  first = await summarizeFromStore(path, 'first')
  second = await summarizeFromStore(path, 'second')
})
afterAll(() => folder.remove())

/** The lines of one subject of the text. */
function section(view: SummaryView, title: string): string[] {
  const lines = renderSummary(view, { width: 400 }).split('\n')
  const from = lines.indexOf(title)
  if (from === -1) return []
  const rest = lines.slice(from + 1)
  return rest.slice(0, rest.indexOf('')).map((line) => line.trim())
}

function wentWrong(view: SummaryView): string {
  const text = renderSummary(view, { width: 400 })
  return text.slice(text.indexOf('Went wrong'), text.indexOf('\n\nSession'))
}

describe('orders that were in doubt', () => {
  test('K23 are counted with how each was resolved, and those that were not', () => {
    expect(first.doubt).toMatchObject({
      orders: 4,
      count: 5,
      resolved: 4,
      open: { inDoubt: 0, quarantined: 1 },
      by: { word: 2, reconcile: 1, absence: 1 },
      becameByStatus: { absent: 1, acked: 1, canceled: 2 },
      nowByStatus: { absent: 1, canceled: 2 },
      longestUs: 30 * SECOND_US,
    })
  })

  test('K23 each is told with how long it was in doubt, those that are open first', () => {
    const told = first.doubt.list.map(({ clientOrderId, heldUs, became, by, wasQuarantined }) => [
      clientOrderId,
      heldUs / SECOND_US,
      became,
      by,
      wasQuarantined,
    ])
    expect(told).toEqual([
      [ids.again, 30, 'quarantined', null, true],
      [ids.absent, 12, 'absent', 'absence', false],
      [ids.answered, 2, 'canceled', 'word', false],
      [ids.settled, 1, 'canceled', 'reconcile', false],
      [ids.answered, 3, 'acked', 'word', false],
    ])
    expect(first.doubt.list[0]).toMatchObject({ untilUs: null, reason: 'no answer within 5 s' })
  })

  test('K23 stand in the text with their ends, and what is still open in capitals', () => {
    const lines = section(first, 'Doubt')
    expect(lines[0]).toBe(
      "4 orders in doubt, 5 times in all: 2 by the venue's word, 1 by reconcile, 1 proved absent, 1 STILL QUARANTINED; the longest for 30s",
    )
    expect(lines[1]).toBe('they became absent 1, canceled 2')
    expect(lines[2]).toMatch(new RegExp(`${ids.again} \\(no answer within 5 s\\): still quarantined after 30s$`))
    expect(lines[3]).toMatch(/: absent after 12s, proved absent$/)
    expect(wentWrong(first)).toContain(
      '1 order of which it is not known whether the venue has it: 1 quarantined; see Doubt (--section operation)',
    )
    expect(wentWrong(first)).toContain('4 orders were in doubt for a time')
  })

  test('K23 one that an older session left is part of the next one, and what comes later is not', () => {
    expect(second.doubt).toMatchObject({ orders: 2, count: 2, resolved: 1, open: { inDoubt: 1, quarantined: 0 }, by: { word: 1 } })
    const [open, found] = second.doubt.list
    expect(open).toMatchObject({ clientOrderId: ids.heir, untilUs: null, became: 'in_doubt', heldUs: SECOND_US })
    expect(found).toMatchObject({ clientOrderId: ids.again, became: 'acked', by: 'word', wasQuarantined: true, heldUs: 35 * SECOND_US })
    expect(section(second, 'Doubt').at(-1)).toMatch(/acked after 35s, by the venue's word, quarantined on the way$/)
  })
})

describe('what was found at the venue', () => {
  test('J02 is told with its evidence, what was done and whether that resolved it; those of other runs are not', () => {
    expect(second.findings).toMatchObject({
      count: 2,
      resolved: 1,
      remaining: 1,
      byKind: [
        { kind: 'CANCEL_IN_DOUBT', count: 1, remaining: 1 },
        { kind: 'ORDER_IN_DOUBT', count: 1, remaining: 0 },
      ],
    })
    expect(second.findings.list).toMatchObject([
      { kind: 'CANCEL_IN_DOUBT', subject: 'c1', action: 'none', resolved: false, sinceUs: START_US },
      { kind: 'ORDER_IN_DOUBT', subject: ids.again, ours: 'quarantined, 0 of 0.01 filled', action: 'adopt', resolved: true },
    ])
    expect(first.findings).toEqual({ count: 0, resolved: 0, remaining: 0, byKind: [], list: [] })
  })

  test('J02 V07 stands in the text, the words of the venue escaped', () => {
    const lines = section(second, 'Found at the venue')
    expect(lines[0]).toBe(
      "2 findings, 1 resolved, 1 left; times in front are by our clock, times within what the venue said by the venue's",
    )
    expect(lines[1]).toMatch(
      /at the start: CANCEL_IN_DOUBT c1: we held quarantined.*; the venue said open \(NEW\\u\{202e\}\)\. REMAINS, a person decides$/,
    )
    expect(lines[2]).toMatch(/ORDER_IN_DOUBT .* resolved by adopt$/)
    expect(section(first, 'Found at the venue')).toEqual([])
    expect(wentWrong(second)).toContain('1 finding at the venue not resolved (CANCEL_IN_DOUBT ×1): dita reconcile')
    for (const view of [first, second]) expect(renderSummary(view)).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u)
  })

  test('evidence that cannot be read is shown as it stands, and nothing is lost by it', async () => {
    const database = new Database(path)
    database.prepare("UPDATE reconcile_findings SET evidence = '{broken' WHERE kind = 'CANCEL_IN_DOUBT'").run()
    database.close()
    const { findings } = await summarizeFromStore(path, 'second')
    expect(findings).toMatchObject({ count: 2, list: [{ subject: '{broken', ours: '', venues: '' }, { subject: ids.again }] })
  })
})

describe('what a reconcile found after a session that crashed', () => {
  const store = join(folder.path, 'later', 'dita.db')
  const evidence = (subject: string) => JSON.stringify({ by: 'reconcile', subject, ours: 'acked', venues: 'filled', sinceUs: null })
  const finding = (sessionId: string, kind: string, subject: string, resolved = false) => {
    const wallUs = START_US + 90 * SECOND_US
    return { sessionId, wallUs, kind, evidence: evidence(subject), action: 'none', resolved }
  }

  test('J02 is told as that, once however often it was seen, until a later session or reconcile has resolved it', async () => {
    let order = ''
    await writeStore(store, (journal) => {
      const session = new ScriptedSession(journal, 'lost', { ...WORLD, capital: { USDT: '100000' } })
      session.tick(dec('28000'))
      order = lose(session, 's1')
      session.halt('crashed')
      for (const _ of ['seen', 'seen again']) {
        journal.recordFindings(ACCOUNT, [
          finding('lost', 'ORDER_IN_DOUBT', order),
          finding('lost', 'FILL_MISSED', 't1'),
          finding('lost', 'BALANCE_DIFFERS', 'wallet USDT'),
        ])
      }
      journal.recordFindings(ACCOUNT, [finding('lost', 'FILL_MISSED', 't1', true)])
    })
    const before = await summarizeFromStore(store, 'lost')
    expect(before.findings).toMatchObject({ count: 3, resolved: 1, remaining: 2 })
    expect(before.findings.list.map(({ kind, foundBy }) => `${kind} ${foundBy}`)).toEqual([
      'ORDER_IN_DOUBT reconcile',
      'BALANCE_DIFFERS reconcile',
      'FILL_MISSED reconcile',
    ])
    expect(wentWrong(before)).toContain('2 findings at the venue not resolved (')

    await writeStore(store, (journal) => {
      const heir = new ScriptedSession(journal, 'heir', WORLD)
      heir.fill(order, { price: dec('27990'), quantity: dec('0.01'), fee: ZERO })
      journal.recordFindings(ACCOUNT, [{ ...finding('heir', 'BALANCE_DIFFERS', 'wallet USDT'), evidence: '{"subject":"wallet USDT"}' }])
      heir.tick(dec('28005'))
      heir.halt('duration_elapsed')
    })
    const after = await summarizeFromStore(store, 'lost')
    // The wallet differs still: the session after it says so itself.
    expect(after.findings).toMatchObject({ count: 3, resolved: 2, remaining: 1, list: [{ kind: 'BALANCE_DIFFERS', later: null }, {}, {}] })
    expect(section(after, 'Found at the venue')).toContainEqual(
      expect.stringMatching(/by a reconcile after it: ORDER_IN_DOUBT .* resolved since: the order is filled$/),
    )
    await writeStore(store, (journal) => {
      const last = new ScriptedSession(journal, 'last', WORLD)
      journal.recordFindings(ACCOUNT, [
        { ...finding('last', 'BALANCE_DIFFERS', 'wallet USDT', true), evidence: '{"subject":"wallet USDT"}' },
      ])
      last.halt('duration_elapsed')
    })
    const resolved = await summarizeFromStore(store, 'lost')
    expect(resolved.findings).toMatchObject({ remaining: 0 })
    expect(section(resolved, 'Found at the venue').join()).toContain('resolved by the start of session last')
    expect(wentWrong(resolved)).toContain('3 findings at the venue, resolved since; see Found at the venue (--section operation)')
  })

  test('K23 an order that came out of doubt half filled became what it is in the end', async () => {
    const one = join(folder.path, 'end', 'dita.db')
    await writeStore(one, (journal) => {
      const session = new ScriptedSession(journal, 'lost', { ...WORLD, capital: { USDT: '100000' } })
      session.tick(dec('28000'))
      const order = lose(session, 's1')
      session.fill(order, { price: dec('27990'), quantity: dec('0.005'), fee: ZERO })
      session.fill(order, { price: dec('27990'), quantity: dec('0.005'), fee: ZERO })
      session.halt('duration_elapsed')
    })
    const view = await summarizeFromStore(one, 'lost')
    expect(view.doubt).toMatchObject({ becameByStatus: { partially_filled: 1 }, nowByStatus: { filled: 1 } })
    expect(section(view, 'Doubt')[1]).toBe('they became filled 1')
  })
})

describe('a session in the world', () => {
  test('J02 fills that its start books before there is a mark are part of its result, and the equity says the same', async () => {
    const store = join(folder.path, 'missed', 'dita.db')
    await writeStore(store, (journal) => {
      const session = new ScriptedSession(journal, 'lost', { ...WORLD, capital: { USDT: '100000', BNB: '3' } })
      session.input({ type: 'VALUE_ASSET', asset: 'BNB', quote: 'USDT', price: dec('600'), source: 'desk' })
      session.tick(dec('28000'))
      const order = lose(session, 's1')
      session.halt('crashed')
      const heir = new ScriptedSession(journal, 'found', WORLD)
      heir.fill(order, { price: dec('27990'), quantity: dec('0.01'), fee: dec('0.0001'), feeAsset: 'BNB' })
      for (const mark of ['28005', '28010']) heir.tick(dec(mark))
      heir.halt('duration_elapsed')
    })
    const found = await summarizeFromStore(store, 'found')
    const { equity, pnl, checks } = found
    expect(found.fills).toMatchObject({ count: 1, late: 1, inferred: 0 })
    expect(renderSummary(found, { width: 400 })).toContain('1 fill was booked later than it happened: ')
    // 0.01 × (28010 − 27990) − 0.0001 × 600
    expect(pnl.net).toBe('0.14')
    expect(equity).toMatchObject({ start: '101800', change: '0.14', fromTrading: '0.14', fromHoldings: '0', fromCapital: '0' })
    expect(checks.drift).toBe(false)
  })

  test('fills that reconcile booked are counted as late, one that the venue told at once is not', async () => {
    const store = join(folder.path, 'late', 'dita.db')
    await writeStore(store, (journal) => {
      const session = new ScriptedSession(journal, 'late', { ...WORLD, capital: { USDT: '100000' } })
      session.tick(dec('28000'))
      const [told, missed] = [lose(session, 's1'), lose(session, 's2')]
      const fill = { price: dec('28000'), quantity: dec('0.01'), fee: ZERO }
      session.fill(told, fill)
      const report = { tradeId: 'missed', feeAsset: 'USDT', liquidity: 'maker', ...fill } as const
      const booking = { instrument: LINEAR.symbol, side: 'buy', venueOrderId: 'v7', fill: report, evidence: 'asked' } as const
      session.input({ type: 'RECONCILE', action: 'book_fill', clientOrderId: missed, ...booking })
      session.halt('duration_elapsed')
    })
    const { fills } = await summarizeFromStore(store, 'late')
    expect(fills).toMatchObject({ count: 2, late: 1 })
  })

  test('orders that it left at the venue are the first thing that went wrong, with what takes them back, until none is left', async () => {
    const store = join(folder.path, 'left', 'dita.db')
    let order = ''
    await writeStore(store, (journal) => {
      const session = new ScriptedSession(journal, 'leaves', { ...WORLD, capital: { USDT: '100000' } })
      session.tick(dec('28000'))
      order = lose(session, 's1')
      session.input({ type: 'FLAG_RISK', code: 'ORDER_LEFT_OPEN', severity: 'alarm', value: 'in_doubt', limit: null, detail: 'left' })
      session.input({ type: 'FLAG_RISK', code: 'OVERFILL', severity: 'alarm', value: '1', limit: null, detail: 'too much' })
      session.input({ type: 'FLAG_RISK', code: 'risk_stale_feed', severity: 'warning', value: '1', limit: '2', detail: 'silent' })
      session.input({ type: 'FLAG_RISK', code: 'NEW_CODE', severity: 'warning', value: null, limit: null, detail: 'x' })
      session.halt('kill_switch')
    })
    const before = await summarizeFromStore(store, 'leaves')
    expect(before.orders.liveNow).toBe(1)
    const wrong = firstScreen(before).find(({ question }) => question === 'Went wrong')?.lines ?? []
    expect(wrong.slice(0, 5)).toEqual([
      '1 order may still rest at the venue: dita reconcile --fix-orphans --cancel',
      '1 order was live at the end (ORDER_LEFT_OPEN)',
      'alarm: an order filled by more than was asked for (OVERFILL ×1): compare with the fills that the venue lists',
      'warning: NEW_CODE ×1',
      'warning: a risk gate spoke, a feed that fell silent: risk_stale_feed ×1',
    ])
    await writeStore(store, (journal) => {
      const heir = new ScriptedSession(journal, 'heir', WORLD)
      heir.input({ type: 'CANCEL_ACK', clientOrderId: order, venueOrderId: 'v1' })
      heir.halt('duration_elapsed')
    })
    const after = await summarizeFromStore(store, 'leaves')
    expect(wentWrong(after)).toContain('1 order was live at the end (ORDER_LEFT_OPEN); none is any more')
    expect(wentWrong(after)).not.toContain('may still rest')
  })

  test('the summary names venue and mode, and speaks of no seed and no session time', () => {
    const text = renderSummary(second, { width: 400 })
    expect(text.split('\n')[0]).toBe('Session second: market_maker on BTC/USDT:USDT, venue bingx, demo')
    const lines = section(second, 'Session')
    expect(lines).toContainEqual(expect.stringMatching(/^account +bingx-demo\/main \(venue bingx, demo\)$/))
    expect(lines).toContainEqual(expect.stringMatching(/^feed +bingx BTC\/USDT:USDT \(live\)$/))
    expect(lines).toContainEqual(expect.stringMatching(/^instrument .*\(as the venue says\)$/))
    expect(text).not.toMatch(/seed|session time/)
    expect(renderSummary(first, { width: 400 })).toContain('crashed): ran')
    expect(section(first, 'Feed')[0]).toMatch(/^bingx BTC\/USDT:USDT \(live\): not reported/)
    expect(section(second, 'Feed')[0]).toMatch(/^bingx BTC\/USDT:USDT \(live\): 7 events/)
  })

  test('the list of sessions says where each traded', async () => {
    await writeStore(path, (journal) => new ScriptedSession(journal, 'paper', { startedWallUs: START_US - 1 }).halt('duration_elapsed'))
    const list = await sessionsOfStore(path, { limit: 9 })
    expect(list.sessions.map(({ sessionId, mode, venue }) => [sessionId, mode, venue])).toEqual([
      ['second', 'demo', 'bingx'],
      ['first', 'demo', 'bingx'],
      ['paper', 'paper', 'paper'],
    ])
    const lines = renderSessions(list).split('\n')
    expect(lines[0]).toMatch(/^session +mode +market/)
    expect(lines[1]).toMatch(/^second +demo +BTC/)
    expect(lines[3]).toMatch(/^paper +paper +/)
  })
})
