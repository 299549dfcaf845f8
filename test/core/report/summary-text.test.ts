import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HALT_REASONS } from '../../../src/core/halt-reasons.ts'
import { dec } from '../../../src/core/kernel/decimal.ts'
import { renderMarkdown } from '../../../src/core/report/markdown.ts'
import { summarizeFromStore } from '../../../src/core/report/open-report.ts'
import { renderFirstScreen, renderSummary } from '../../../src/core/report/summary-text.ts'
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

/** The answer to "Did it work", on one line. */
function workedLine(view: SummaryView): string {
  return (
    renderSummary(view, { width: 400 })
      .split('\n')
      .find((line) => line.startsWith('Did it work')) ?? ''
  )
}

describe('the first screen', () => {
  test('what a session ends with is the answers alone, in sight at 80 columns, and what to type for the rest', () => {
    const lines = renderFirstScreen(busy, { width: 80 }).split('\n')
    const whole = renderSummary(busy, { width: 80 }).split('\n')
    const answers = whole.indexOf('', 2)
    expect(lines.slice(0, answers)).toEqual(whole.slice(0, answers))
    expect(lines.length).toBeLessThan(24)
    const more = lines.slice(answers).map((line) => line.trim())
    expect(more.join(' ')).toBe(
      'More         `dita summarize busy`, or a part of it with --section session,result,money,quoting,operation,limits,journal',
    )
  })

  test('says whether it worked, what was earned, why, and what went wrong', () => {
    const lines = renderSummary(busy).split('\n')
    const screen = lines.slice(0, lines.indexOf('', 2))
    const labels = screen.map((line) => line.slice(0, 13).trim())
    expect(labels.filter((label) => /^(Did it work|Earned|Why|Went wrong)$/.test(label))).toEqual([
      'Did it work',
      'Earned',
      'Why',
      'Went wrong',
    ])
    expect(screen.length).toBeLessThan(24)
    const text = screen.join(' ')
    expect(text).toContain('Yes, it ran its time (duration_elapsed)')
    expect(text).toContain(`${busy.fills.count} fills (${busy.fills.maker} maker, ${busy.fills.taker} taker)`)
    expect(text).toContain('2 gaps in the feed')
    expect(text).toContain('1 line of the recording could not be read')
    expect(text).toContain('the recording breaks off before its end')
  })

  test('N04 says "no mark" and "not known" where there is no valuation', () => {
    const text = renderSummary(unmarked)
    expect(text).toContain('not known by trading, net of fees: realised 0.00, unrealised no mark')
    expect(text).toContain('equity: no mark')
  })

  test('S01 says of a session without a halt that it did not end properly', () => {
    const text = renderSummary(unmarked)
    expect(text).toContain('No, it did not end properly: it crashed, after 0ms of 30m.')
    expect(text).toContain('no end was written')
  })

  test.each([
    ['duration_elapsed', 'Yes, it ran its time'],
    ['feed_ended', 'Yes, until the recording ended'],
    ['risk_xrp_exposure', 'Stopped by a risk gate, too much exposure'],
    ['risk_loss_limit', 'Stopped by a risk gate, too large a loss'],
    ['kill_switch', 'Stopped by the kill switch'],
    ['interrupted_sigint', 'Stopped by hand'],
    ['market_gap', 'Stopped to be safe, market data is missing'],
    ['engine_requested_halt', 'Stopped before its time'],
    ['crashed', 'No, it crashed'],
    ['journal_failure', 'No, the journal could not be written'],
  ])('S02 %s reads "%s"', (haltReason, verdict) => {
    expect(workedLine({ ...busy, haltReason })).toContain(`${verdict} (${haltReason})`)
  })

  test('S02 every reason of the taxonomy is told by its own words, and only a session that worked says yes', () => {
    for (const [reason, { verdict, means }] of Object.entries(HALT_REASONS)) {
      const line = workedLine({ ...busy, haltReason: reason.replace('<asset>', 'xrp') })
      expect(line.toLowerCase()).toContain(means)
      expect({ reason, yes: line.includes('Yes'), no: line.includes('No,') }).toEqual({
        reason,
        yes: verdict === 'yes',
        no: verdict === 'no',
      })
    }
  })

  test('a recording that was played for a time may go on: how to hear the rest is said, of a market without end it is not', () => {
    const recorded = { ...busy, haltReason: 'duration_elapsed', haltDetail: null, feed: { ...busy.feed, source: 'tape.gz' } }
    expect(workedLine(recorded)).toMatch(/ran \S+ of \S+; a longer --duration plays on, as far as the recording goes\.$/)
    for (const other of [
      { ...recorded, haltReason: 'feed_ended' },
      { ...recorded, mode: 'demo' },
      { ...recorded, feed: { ...busy.feed, source: 'simulated' } },
    ])
      expect(workedLine(other)).not.toContain('--duration')
  })

  test('S01 a strategy that failed is no success: its words stand behind the reason', () => {
    const haltDetail = 'The strategy ./mine.ts failed: oops.'
    const line = workedLine({ ...busy, haltReason: 'engine_requested_halt', haltDetail })
    expect(line).toMatch(/No, the strategy failed \(engine_requested_halt\): ran 1m of [^.]+\. The strategy \.\/mine\.ts failed: oops\.$/)
    expect(line).not.toMatch(/yes|request[^e]/i)
    const quiet = { ...unmarked, haltReason: 'engine_requested_halt', haltDetail }
    expect(renderSummary(quiet)).toMatch(/Went wrong +nothing beside how it ended/)
    const stopped = { ...quiet, haltReason: 'interrupted_sigint', haltDetail: null }
    expect(renderSummary(stopped)).toMatch(/Went wrong +nothing that was noticed/)
    expect(renderSummary({ ...stopped, haltReason: 'risk_drawdown' })).toMatch(/Went wrong +nothing beside how it ended/)
    expect(renderSummary({ ...quiet, haltReason: 'duration_elapsed' })).toMatch(/Went wrong +nothing that was noticed/)
  })

  test.each([
    ['stopped with q', 'Stopped with q (engine_requested_halt): ran 1m of '],
    ['stopped from the screen', 'Stopped with q (engine_requested_halt): ran 1m of '],
    ['the strategy calm asked for it: 4 storms', 'Stopped before its time, as the strategy asked (engine_requested_halt): ran 1m of '],
  ])('S01 who ended it is told: %s', (haltDetail, words) => {
    const line = workedLine({ ...busy, haltReason: 'engine_requested_halt', haltDetail })
    expect(line).toContain(words)
    expect(line.endsWith(haltDetail.includes('storms') ? ' 4 storms.' : ' of 30m.')).toBe(true)
  })

  test('what the mid did after fills is told with its direction, not with a sign', () => {
    const moved = (meanBps: string): string => {
      const [first] = busy.quoting.markouts.horizons
      if (first === undefined) throw new Error('nothing was marked out')
      const horizons = [{ ...first, both: { ...first.both, meanBps } }]
      const quoting = { ...busy.quoting, markouts: { ...busy.quoting.markouts, horizons } }
      return /after a fill the mid had moved (.*)/.exec(renderSummary({ ...busy, quoting }, { width: 400 }))?.[1] ?? ''
    }
    expect(moved('-0.9')).toBe('0.90 bps against us on average')
    expect(moved('1.25')).toBe('1.25 bps in our favour on average')
    expect(moved('0')).toBe('nowhere on average')
  })

  test('a recording that ends before the first tick has not worked, and what it brought is said', () => {
    const empty = { ...unmarked, haltReason: 'feed_ended', quoting: { ...unmarked.quoting, ticks: 0 } }
    expect(workedLine(empty)).toContain('No, its feed ended before the first tick (feed_ended): it ran ')
    expect(workedLine({ ...empty, quoting: { ...empty.quoting, ticks: 1 } })).toContain('Yes, until the recording ended')
    const quiet = { ...empty, denials: [], risk: { ...empty.risk, counts: [] }, feed: { ...empty.feed, events: 1, gaps: 0, badLines: 0 } }
    expect(renderSummary(quiet, { width: 400 })).toMatch(/Went wrong +the feed brought 1 event, and a tick is due 1s after the start/)
  })

  test('a figure carries one sign, whichever side of zero it is on', () => {
    const text = (unrealizedBefore: string | null, fees = '0.25'): string =>
      renderSummary({ ...busy, pnl: { ...busy.pnl, unrealizedBefore, fees, feesByAsset: { RLUSD: fees, XRP: '-0.5' } } }, { width: 400 })
    expect(text('-0.12')).toMatch(/unrealised \S+ \(from -0\.12\d* at the start to \S+ at the end\), fees 0\.25\d* RLUSD and -0\.50 XRP/)
    expect(text('0.12')).toMatch(/ \(from \+0\.12\d* at the start to /)
    expect(text(null)).toContain(' (what was open at the start has no known price), fees')
    expect(text('0', '-0.25')).toMatch(/unrealised [^ (]+, fees -0\.25\d* RLUSD/)
    for (const before of ['-0.12', '0.12', '0']) expect(text(before)).not.toMatch(/[-+−] ?[-+−]/)
  })

  test('the change of what was open, and the two ends of it, add up as they are shown, or it says "about"', () => {
    const earned = (changes: Partial<SummaryView['pnl']>): string =>
      /Earned +(.*)/.exec(renderSummary({ ...busy, pnl: { ...busy.pnl, ...changes } }, { width: 400 }))?.[1] ?? ''
    const pnl = { net: '-10.0804', realized: '-10', fees: '0', feesByAsset: { RLUSD: '0' }, feeValuesByAsset: {}, funding: '0' }
    // To cents it would be -0.08, from +0.06 to -0.03.
    expect(earned({ ...pnl, unrealized: '-0.0251', unrealizedBefore: '0.0553' })).toContain(
      'unrealised -0.080 (from +0.055 at the start to -0.025 at the end)',
    )
    const third = { unrealized: '-0.666666666666666667', unrealizedBefore: '0.666666666666666667', net: '-11.333333333333333334' }
    expect(earned({ ...pnl, ...third })).toContain('unrealised -1.33 (from about +0.67 at the start to -0.67 at the end)')
  })

  test('orders that were prepared and not known to be sent are counted beside those that were', () => {
    const from = (prepared: number): string =>
      / from .*orders?.*/.exec(renderSummary({ ...busy, orders: { ...busy.orders, sent: 51, prepared } }, { width: 400 }))?.[0] ?? ''
    expect(from(51)).toBe(' from 51 orders')
    expect(from(53)).toBe(' from 51 orders (2 more were prepared, and not known to have been sent)')
    expect(from(52)).toBe(' from 51 orders (1 more was prepared, and not known to have been sent)')
  })

  test('the return is told as of all that is held, and not of the trading alone', () => {
    const returns = { ...busy.returns, timeWeightedPercent: '0.131' }
    const shown = (fromHoldings: string): string =>
      renderSummary({ ...busy, returns, equity: { ...busy.equity, fromHoldings } }, { width: 400 })
    expect(shown('40.38')).toMatch(
      /^ +beside it, prices moved what is held by \+40\.38\d* RLUSD: with that, return \+0\.131\d*%, (deepest|never)/m,
    )
    expect(shown('0')).toMatch(/^ +return \+0\.131\d*%, (deepest|never)/m)
  })

  test('an average has two decimals more than a price, and no row of noughts', () => {
    const side = { ...busy.fills.bought, averagePrice: '60013.95' }
    const fills = { ...busy.fills, bought: side, sold: { ...side, averagePrice: '60023.012345678' } }
    const text = renderSummary({ ...busy, fills, instrument: { ...busy.instrument, tickSize: '0.1' } }, { width: 400 })
    expect(text).toContain(' at 60,013.950 on average')
    expect(text).toContain(' at 60,023.012 on average')
  })

  test('a reason that begins with the name of the command keeps it as it is typed', () => {
    const ended = { ...busy, haltReason: 'kill_switch', haltDetail: 'dita halt: spread looks wrong' }
    expect(workedLine(ended)).toContain(' dita halt: spread looks wrong.')
    expect(workedLine({ ...ended, haltDetail: 'spread looks wrong' })).toContain(' Spread looks wrong.')
  })

  test('the journal says that memory and tables were compared at the end, where they were and agreed', () => {
    const shown = (inventoryDrift: string | null): string =>
      renderSummary({ ...busy, shutdown: { ...busy.shutdown, inventoryDrift } }, { width: 400 })
    expect(shown('0')).toContain('at its end, what the session held in memory, and its value, were what the tables say')
    for (const drift of [null, '0.5']) expect(shown(drift)).not.toContain('what the tables say')
  })

  test('mode and venue of one name are said once', () => {
    expect(renderSummary(busy).split('\n')[0]).toBe('Session busy: market_maker on XRP/RLUSD, paper')
    expect(renderSummary({ ...busy, mode: 'demo', venue: 'bingx' }).split('\n')[0]).toBe(
      'Session busy: market_maker on XRP/RLUSD, venue bingx, demo',
    )
  })

  test('drift is said first among what went wrong, and each total is named', () => {
    const checks = { drift: true, findings: [{ what: 'fees in RLUSD: fills, postings', expected: '1', found: '2' }], leftOut: [] }
    const text = renderSummary({ ...busy, checks })
    expect(text).toMatch(/Went wrong +DRIFT: 1 total computed in two ways differ/)
    expect(text).toContain('DRIFT fees in RLUSD: fills, postings: 1 against 2')
  })
})

describe('the details', () => {
  test('equity and what its change is made of add up as they are shown, with more decimals where it takes them, or say "about"', () => {
    const money = (equity: Partial<SummaryView['equity']>): string[] => {
      const lines = renderSummary({ ...busy, equity: { ...busy.equity, asset: 'RLUSD', ...equity } }, { width: 400 }).split('\n')
      const from = lines.findIndex((line) => line.trim().startsWith('equity '))
      return lines.slice(from, from + 2).map((line) => line.trim())
    }
    const parts = { fromTrading: '0.0400442', fromHoldings: '0', fromCapital: '0' }
    expect(money({ start: '10000.0870944', end: '10000.1271386', change: '0.0400442', ...parts })).toEqual([
      'equity 10,000.0870944 → 10,000.1271386 RLUSD: +0.0400442',
      'of which +0.0400442 from trading',
    ])
    const long = { start: '10000.333333333333333333', end: '10001.666666666666666667', change: '1.333333333333333334' }
    const halves = { fromTrading: '0.666666666666666667', fromHoldings: '0.666666666666666667', heldAssets: ['XRP'], fromCapital: '0' }
    expect(money({ ...long, ...halves })).toEqual([
      'equity 10,000.333333 → 10,001.666667 RLUSD: about +1.333333',
      'of which about +0.666667 from trading, +0.666667 from the price of XRP held beside the position',
    ])
  })

  test('a quote that was filled in part and then canceled stands under both, and that is said', () => {
    const both = { ...busy.quoting.life.both, quotes: 2_752, filled: 1_316 }
    const shown = (canceled: number): string => {
      const life = { ...busy.quoting.life, both, canceled, expired: 0, refused: 0, unfinished: 0, cancelFillRatio: null, lives: 0 }
      return renderSummary({ ...busy, quoting: { ...busy.quoting, life } }, { width: 400 })
    }
    expect(shown(1_451)).toMatch(
      /1,451 canceled, 0 expired, 0 refused by the venue \(15 of these had fills as well, and count under filled too\)$/m,
    )
    expect(shown(1_436)).toMatch(/1,436 canceled, 0 expired, 0 refused by the venue$/m)
  })

  test('hold the figures of the money to six decimals, points under points, and Markdown has every digit of them', () => {
    const lines = renderSummary(busy).split('\n')
    const from = lines.indexOf('Money')
    const rows = lines.slice(from + 1, from + 5)
    expect(rows.map((row) => row.trim().split(/ +/)[0])).toEqual(['realised', 'unrealised', 'fees', 'net'])
    expect(new Set(rows.map((row) => row.indexOf('.')))).toHaveProperty('size', 1)
    const exact = renderMarkdown(busy).replaceAll(',', '')
    for (const [index, figure] of [busy.pnl.realized, busy.pnl.unrealized, busy.pnl.fees, busy.pnl.net].entries()) {
      const amount = (figure ?? 'missing').replace('-', '')
      expect(exact).toContain(amount)
      expect(Number(rows[index]?.trim().split(/ +/)[1]?.replace(/[+,-]/g, ''))).toBeCloseTo(Number(amount), 6)
      expect(rows[index]).not.toMatch(/\.\d{7}/)
    }
    expect(lines.join()).toContain(busy.journal.hash)
  })

  test('S03 show both sides of the quoting with their histogram', () => {
    const lines = renderSummary(busy).split('\n')
    const bid = lines.find((line) => /^ +bid +\d/.test(line)) ?? ''
    const histogram = Object.values(busy.quoting.bid.histogram).join(' ')
    expect(bid.trim().split(/\s+/).slice(-4).join(' ')).toBe(histogram)
  })

  test('a half-life that is longer than what it was drawn from is called a guess', () => {
    const { inventory } = busy.quoting
    const shown = (halfLifeTicks: string): string => {
      const guess = { ...inventory, furthest: '10', halfLifeTicks, halfLifeSeconds: halfLifeTicks, why: null }
      return /half-life +(.*)/.exec(renderSummary({ ...busy, quoting: { ...busy.quoting, inventory: guess } }, { width: 400 }))?.[1] ?? ''
    }
    expect(inventory.ticks).toBe(60)
    expect(shown('60')).toMatch(/^60\.00 ticks +\(60\.00 s\)$/)
    expect(shown('250')).toMatch(/^250\.00 ticks +\(250\.00 s\), longer than the 60 ticks it was drawn from: a guess$/)
  })

  test("the venue's codes are told with what they mean", () => {
    const venueErrors = [
      { code: '109422', count: 10 },
      { code: 'TIMEOUT', count: 2 },
      { code: '777', count: 1 },
    ]
    const venueCalls = [{ endpoint: 'cancel', count: 20, ok: 7, errors: venueErrors, latency: null }]
    const orders = { ...busy.orders, byStatus: { rejected: 2 }, rejections: [{ code: '101215', count: 2 }] }
    const view = { ...busy, venue: 'bingx', orders, operation: { ...busy.operation, venueErrors, venueCalls } }
    const text = renderSummary(view, { width: 400 })
    expect(text).toContain('did not end well: 109422 ×10, TIMEOUT ×2, 777 ×1')
    expect(text).toMatch(/\n +109422: the order was filled or ended already\n +TIMEOUT: no answer in time\n/)
    expect(text).not.toContain('777:')
    expect(text).toContain('rejected 2 (101215 ×2: post-only, and it would have taken)')
    expect(renderSummary({ ...view, venue: 'elsewhere' }, { width: 400 })).not.toContain('109422:')
  })

  test('S06 show the limits in force, and which there are none of', () => {
    const text = renderSummary(busy)
    expect(text).toMatch(/largest loss of the session +250\.50 RLUSD/)
    expect(text).toMatch(/largest order +none/)
  })

  test('V07 text from a venue cannot draw lines of its own', () => {
    const detail = 'gone\nEarned       +1,000,000 RLUSD'
    const risk = { counts: [], events: [{ timeUs: 1, code: 'X', severity: 'alarm', value: null, limit: null, detail }] }
    const lines = renderSummary({ ...busy, haltDetail: detail, risk }).split('\n')
    expect(lines.filter((line) => line.startsWith('Earned'))).toHaveLength(1)
  })

  test('fit the width, but for what has no place to break', () => {
    const haltDetail = 'a detail of many words '.repeat(10)
    const strategy = 'a strategy whose name is long '.repeat(5)
    const lines = renderSummary({ ...busy, strategy, haltDetail }, { width: 80 }).split('\n')
    expect(lines.filter((line) => line.length > 80 && !/[0-9a-f]{64}|^ +strategy /.test(line))).toEqual([])
  })
})
