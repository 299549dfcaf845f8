import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dec } from '../../../src/core/kernel/decimal.ts'
import { summarizeFromStore } from '../../../src/core/report/open-report.ts'
import { renderSummary } from '../../../src/core/report/summary-text.ts'
import type { SummaryView } from '../../../src/core/report/summary-view.ts'
import { makeMarket, ScriptedSession, SPOT, temporaryFolder, writeStore } from './recorded-store.ts'

const folder = temporaryFolder()
let busy: SummaryView
let unmarked: SummaryView

beforeAll(async () => {
  const path = join(folder.path, 'dita.db')
  await writeStore(path, (journal) => {
    const session = new ScriptedSession(journal, 'busy', { capital: { XRP: '500', RLUSD: '20000' } })
    makeMarket(session, { seed: 9, ticks: 60 })
    const [firstTimeUs, lastTimeUs] = [session.timeUs - 60_000_000, session.timeUs]
    session.input({
      type: 'REPORT_FEED',
      report: { source: 'tape.gz', events: 60_381, gaps: 2, badLines: 1, skipped: 4, firstTimeUs, lastTimeUs, truncated: true },
    })
    session.halt('duration_elapsed')
    const other = new ScriptedSession(journal, 'unmarked', { capital: { RLUSD: '1000' } })
    other.input({ type: 'QUOTE', instrument: SPOT.symbol, bid: { price: dec('2'), quantity: dec('10') }, ask: null, postOnly: true })
    other.commit()
    other.fill(other.live()[0] as string, { price: dec('2'), quantity: dec('10'), fee: dec('0') })
  })
  busy = await summarizeFromStore(path, 'busy')
  unmarked = await summarizeFromStore(path, 'unmarked')
})
afterAll(() => folder.remove())

describe('the first screen', () => {
  test('says whether it worked, what was earned, why, and what went wrong', () => {
    const lines = renderSummary(busy).split('\n')
    const labels = lines.slice(0, 12).map((line) => line.slice(0, 13).trim())
    expect(labels.filter((label) => /^(Did it work|Earned|Why|Went wrong)$/.test(label))).toEqual([
      'Did it work',
      'Earned',
      'Why',
      'Went wrong',
    ])
    const text = lines.slice(0, 16).join(' ')
    expect(text).toContain('Yes, it ran its time (duration_elapsed)')
    expect(text).toContain(`${busy.fills.count} fills (${busy.fills.maker} maker, ${busy.fills.taker} taker)`)
    expect(text).toContain('2 gaps in the feed')
    expect(text).toContain('1 line of the recording could not be read')
    expect(text).toContain('the recording breaks off before its end')
  })

  test('N04 says "no mark" and "not known" where there is no valuation', () => {
    const text = renderSummary(unmarked)
    expect(text).toContain('not known net of fees: realised 0.00, unrealised no mark')
    expect(text).toContain('equity: no mark')
  })

  test('S01 says of a session without a halt that it did not end properly', () => {
    const text = renderSummary(unmarked)
    expect(text).toContain('It did not end properly (crashed, or still running)')
    expect(text).toContain('no end was written')
  })

  test.each([
    ['duration_elapsed', 'Yes, it ran its time'],
    ['feed_ended', 'Yes, until the recording ended'],
    ['risk_xrp_exposure', 'Stopped by a risk gate'],
    ['kill_switch', 'Stopped by the kill switch'],
    ['interrupted_sigint', 'Stopped by hand'],
    ['market_gap', 'Stopped to be safe'],
    ['crashed', 'No, it crashed'],
    ['journal_failure', 'No, it was stopped by a failure'],
  ])('S02 %s reads "%s"', (haltReason, verdict) => {
    expect(renderSummary({ ...busy, haltReason })).toContain(`${verdict} (${haltReason})`)
  })

  test('drift is said first among what went wrong, and each total is named', () => {
    const checks = { drift: true, findings: [{ what: 'fees in RLUSD: fills, postings', expected: '1', found: '2' }] }
    const text = renderSummary({ ...busy, checks })
    expect(text).toMatch(/Went wrong +DRIFT: 1 total computed in two ways differ/)
    expect(text).toContain('DRIFT fees in RLUSD: fills, postings: 1 against 2')
  })
})

describe('the details', () => {
  test('hold every exact figure of the money', () => {
    const text = renderSummary(busy)
    for (const figure of [busy.pnl.realized, busy.pnl.unrealized, busy.pnl.fees, busy.pnl.net]) {
      expect(text.replaceAll(',', '')).toContain((figure ?? 'missing').replace('-', ''))
    }
    expect(text).toContain(busy.journal.hash)
  })

  test('S03 show both sides of the quoting with their histogram', () => {
    const lines = renderSummary(busy).split('\n')
    const bid = lines.find((line) => /^ +bid +\d/.test(line)) ?? ''
    const histogram = Object.values(busy.quoting.bid.histogram).join(' ')
    expect(bid.trim().split(/\s+/).slice(-4).join(' ')).toBe(histogram)
  })

  test('S06 show the limits in force, and which there are none of', () => {
    const text = renderSummary(busy)
    expect(text).toMatch(/largest loss of the session +250\.50 RLUSD/)
    expect(text).toMatch(/largest order +none/)
  })

  test('L04 text from a venue cannot draw lines of its own', () => {
    const detail = 'gone\nEarned       +1,000,000 RLUSD'
    const risk = { counts: [], events: [{ timeUs: 1, code: 'X', severity: 'alarm', value: null, limit: null, detail }] }
    const lines = renderSummary({ ...busy, haltDetail: detail, risk }).split('\n')
    expect(lines.filter((line) => line.startsWith('Earned'))).toHaveLength(1)
  })

  test('fit the width, but for what has no place to break', () => {
    const lines = renderSummary(busy, { width: 80 }).split('\n')
    expect(lines.filter((line) => line.length > 80 && !/[0-9a-f]{64}/.test(line))).toEqual([])
  })
})
