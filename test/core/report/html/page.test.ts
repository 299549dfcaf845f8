import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Decimal, ZERO } from '../../../../src/core/kernel/decimal.ts'
import type { KernelInput } from '../../../../src/core/kernel/inputs.ts'
import { pageFromStore, summarizeFromStore } from '../../../../src/core/report/open-report.ts'
import type { SummaryView } from '../../../../src/core/report/summary-view.ts'
import { makeMarket, ScriptedSession, SPOT, temporaryFolder, writeStore } from '../recorded-store.ts'

const EVIL = '</script><script>alert(1)</script> "quoted" \'x\' \u2028 &amp; \u202e'

const folder = temporaryFolder()
const path = join(folder.path, 'dita.db')
let view: SummaryView
let page: string

beforeAll(async () => {
  await writeStore(path, (journal) => {
    const session = new ScriptedSession(journal, 'run', { capital: { XRP: '500', RLUSD: '20000' } })
    makeMarket(session, { seed: 4, ticks: 60 })
    session.halt('engine_requested_halt', EVIL)
    const evil = { ...SPOT, symbol: '<img src=x onerror=alert(1)>' }
    const named = new ScriptedSession(journal, 'named', {
      instrument: evil,
      account: 'paper/<b>',
      place: { feedSource: '"><script>alert(2)</script>' },
    })
    makeMarket(named, { seed: 5, ticks: 5 })
    named.halt('duration_elapsed')
    const late = new ScriptedSession(journal, 'late', { capital: { XRP: '500', RLUSD: '20000' } })
    makeMarket(late, { seed: 8, ticks: 5 })
    const price = (SPOT.tickSize * 20_000n) as Decimal
    late.fill(late.live()[0] ?? 'none', { price, quantity: SPOT.lotSize, fee: ZERO })
    late.halt('duration_elapsed')
    const empty = new ScriptedSession(journal, 'empty')
    empty.halt('startup_failure')
    const unpriced = new ScriptedSession(journal, 'unpriced', { capital: { XRP: '5' } })
    unpriced.tick(null)
    const note: KernelInput = { type: 'FLOW_CAPITAL', asset: 'XRP', amount: SPOT.lotSize, note: EVIL }
    unpriced.input(note)
    unpriced.commit()
  })
  await writeStore(join(folder.path, 'partly.db'), (journal) => {
    // What the later fees are worth nobody says.
    const partly = new ScriptedSession(journal, 'partly', { capital: { RLUSD: '20000' } })
    makeMarket(partly, { seed: 6, ticks: 10 })
    makeMarket(partly, { seed: 7, ticks: 10, feeAsset: 'BNB' })
  })
  ;({ view, page } = await pageFromStore(path, 'run'))
})
afterAll(() => folder.remove())

/** Contents of elements, by a reading that knows only how scripts end. */
function scriptsOf(html: string): { kind: string; source: string }[] {
  return [...html.matchAll(/<script([^>]*)>([\s\S]*?)<\/script/g)].map(([, kind = '', source = '']) => ({ kind, source }))
}

interface Drawn {
  readonly grid: { readonly slots: number }
  readonly lines: Readonly<Record<string, readonly (number | null)[]>>
  readonly fills: readonly (readonly [slot: number, isBuy: number, price: number])[]
  readonly panels: readonly { readonly lines: readonly string[] }[]
}

function drawnIn(html: string): Drawn {
  const [data] = scriptsOf(html).filter(({ kind }) => kind.includes('application/json'))
  return JSON.parse(data?.source ?? 'null') as Drawn
}

/** Everything but scripts. */
function shownMarkup(html: string): string {
  return html.replace(/<script[\s\S]*?<\/script>/g, '')
}

/** The text of a page as a browser would show it, near enough to look for words in. */
function shownText(html: string): string {
  const [, body = ''] = html.split('<body>')
  const text = shownMarkup(body).replace(/<[^>]*>/g, ' ')
  return text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
}

describe('the page of a session', () => {
  test('answers first: did it work, what was earned and why, what went wrong', () => {
    const questions = [...page.matchAll(/<dt>([^<]*)<\/dt>/g)].map((match) => match[1])
    expect(questions).toEqual(['Did it work', 'Earned', 'Left open', 'Why', 'Went wrong'])
    expect(page.indexOf('class="answers"')).toBeLessThan(page.indexOf('data-panel'))
  })

  test('has every section and each of its parts as a heading, and every digit of its money', () => {
    const sections = [...page.matchAll(/<h2 id="([^"]*)"/g)].map((match) => match[1])
    expect(sections).toEqual(['charts', 'session', 'result', 'money', 'quoting', 'operation', 'limits', 'journal'])
    for (const [, target] of page.matchAll(/href="#([^"]*)"/g)) expect(sections).toContain(target)
    const { fees, spreadCapture } = view.attribution
    expect(fees).toMatch(/\.\d{9,}$/)
    for (const amount of [fees, spreadCapture]) expect(shownText(page)).toContain(amount?.split('.')[1] ?? 'unknown')
  })

  test('no two things on it bear one name, and what refers to a name finds it', () => {
    const names = [...shownMarkup(page).matchAll(/ id="([^"]*)"/g), ...page.matchAll(/<script[^>]* id="([^"]*)"/g)].map(([, name]) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const [, target] of page.matchAll(/getElementById\('([^']*)'\)/g)) expect(names).toContain(target)
    for (const [, target] of page.matchAll(/aria-labelledby="([^"]*)"/g)) expect(names).toContain(target)
  })

  test('draws each line and each fill where it was', () => {
    const { grid, lines, fills, panels } = drawnIn(page)
    expect(panels.map((panel) => panel.lines)).toEqual([['mid'], ['equity'], ['drawdown'], ['inventory']])
    for (const line of Object.values(lines)) expect(line).toHaveLength(grid.slots)
    expect(fills).toHaveLength(view.fills.count)
    expect(fills.filter(([, isBuy]) => isBuy === 1)).toHaveLength(view.fills.bought.count)
    const known = (name: string) => (lines[name] ?? []).filter((value) => value !== null)
    expect(known('equity').at(-1)).toBeCloseTo(Number(view.equity.end), 3)
    expect(known('inventory').at(-1)).toBeCloseTo(Number(view.position.end), 6)
    expect(Math.min(...known('drawdown').map(Number))).toBeCloseTo(-Number(view.drawdown.amount), 6)
  })

  test('draws the inventory to where the session left it, whatever was filled after the last tick', async () => {
    const { page: late, view: summary } = await pageFromStore(path, 'late')
    expect(new Map(Object.entries(drawnIn(late).lines)).get('inventory')?.at(-1)).toBe(Number(summary.position.end))
  })

  test('has each chart a second time without a script, and the drawings that need none', () => {
    expect(page.match(/<svg [^>]*class="course"/g)).toHaveLength(4)
    expect(page.match(/<svg [^>]*class="drawing"/g)?.length).toBeGreaterThanOrEqual(2)
    for (const [, kind] of page.matchAll(/<(?:svg|div) ([^>]*role="img"[^>]*)>/g)) expect(kind).toMatch(/aria-label="[^"]{10,}"/)
    expect(shownMarkup(page).match(/NaN|Infinity|undefined/g)).toBeNull()
  })

  test('asks no network: nothing is loaded, and the policy lets only its own two scripts run', () => {
    const [, policy = ''] = page.match(/http-equiv="Content-Security-Policy" content="([^"]*)"/) ?? []
    expect(policy).toMatch(/^default-src &#39;none&#39;;/)
    const run = scriptsOf(page).filter(({ kind }) => kind === '')
    expect(run).toHaveLength(2)
    for (const { source } of run) {
      const hash = createHash('sha256').update(source).digest('base64')
      expect(policy).toContain(`sha256-${hash}`)
    }
    expect(page.match(/sha256-/g)).toHaveLength(2)
    const outside = page.replace(/<script>[\s\S]*?<\/script>/g, '').match(/(?:src|href|url|action)\s*[=(]\s*["']?(?!#)[^"'>\s]+/g)
    expect(outside).toEqual(['href="https://www.tradingview.com/'])
  })

  test('names the library that draws, its licence and its makers', () => {
    expect(shownText(page)).toContain('TradingView Lightweight Charts™, copyright TradingView, Inc., under the Apache License 2.0')
    expect(page).toContain('Licensed under Apache License 2.0')
  })

  test('every element is closed, in order', () => {
    const open: string[] = []
    const markup = page.replace(/(<(script|style)[^>]*>)[\s\S]*?(?=<\/\2>)/g, '$1')
    for (const [, end, name = ''] of markup.matchAll(/<(\/?)([a-z][a-z0-9]*)/g)) {
      if (end === '/') expect(open.pop()).toBe(name)
      else if (name !== 'meta') open.push(name)
    }
    expect(open).toEqual([])
  })

  test('shows a summary that is the same as everywhere', async () => {
    expect(view).toEqual(await summarizeFromStore(path, 'run'))
  })
})

describe('V07 what comes from outside', () => {
  test('is text on the page, whatever it says', async () => {
    expect(page.includes('<script>alert')).toBe(false)
    expect(shownText(page)).toContain('</script><script>alert(1)</script> "quoted" \'x\'')
    expect(page.includes('\u202e')).toBe(false)
    expect(page.includes('\u2028')).toBe(false)
    const { page: named } = await pageFromStore(path, 'named')
    expect(named.match(/<img|<b>|<script>alert/)).toBeNull()
    expect(shownText(named)).toContain('<img src=x onerror=alert(1)>')
    expect(shownText(named)).toContain('"><script>alert(2)</script>')
    expect(scriptsOf(named)).toHaveLength(3)
  })
})

describe('a session with little to show', () => {
  test('that never saw a tick has no charts and no script, and says so', async () => {
    const { page: empty } = await pageFromStore(path, 'empty')
    expect(shownText(empty)).toContain('There is nothing to draw: no tick was observed.')
    expect(scriptsOf(empty)).toEqual([])
    expect(empty).toContain('script-src &#39;none&#39;')
    expect(shownMarkup(empty).match(/NaN|Infinity|undefined/g)).toBeNull()
  })

  test('N04 whose equity is not known in the end draws nothing of what was said of it on the way', async () => {
    const { page: partly, view: summary } = await pageFromStore(join(folder.path, 'partly.db'), 'partly')
    expect(summary.attribution.why).not.toBeNull()
    expect(drawnIn(partly).panels.map((panel) => panel.lines)).toEqual([['mid'], ['inventory']])
  })

  test('N04 whose equity is not known draws none, and says why', async () => {
    const { page: unpriced, view: summary } = await pageFromStore(path, 'unpriced')
    expect(drawnIn(unpriced).panels.map((panel) => panel.lines)).toEqual([['inventory']])
    expect(summary.attribution.why).not.toBeNull()
    expect(shownText(unpriced)).toContain(`Equity is not known. ${summary.attribution.why}`)
  })
})
