// A session as one file that anybody can open: what happened in a few sentences, drawings, and every table. It asks no network and
// holds nothing but what stands in it.

import { createHash } from 'node:crypto'
import { type HaltVerdict, haltWords } from '../../halt-reasons.ts'
import { decimalPlacesOf, readDecimal } from '../../kernel/decimal.ts'
import { type Answer, firstScreen, titleOf } from '../first-screen.ts'
import { countText, durationText, oneLine, timeText } from '../format.ts'
import { SECTIONS } from '../section-names.ts'
import { sectionsOf } from '../sections.ts'
import type { SummaryView } from '../summary-view.ts'
import { CHART_LICENCE, CHART_MAKERS } from './chart-library.ts'
import { CHART_SCRIPT } from './chart-script.ts'
import { coordinateOfText } from './coordinate.ts'
import type { CourseDrawing, LineName } from './course.ts'
import { attributionWaterfall, distanceHistogram, markoutCurve } from './drawings.ts'
import { lineDrawing, type Panel } from './line-drawing.ts'
import { element, joined, type Markup, scriptJson, text, trusted } from './markup.ts'
import { STYLES } from './styles.ts'
import { partMarkup } from './tables.ts'

/** The page, complete. `chartLibrary` is a script of ours to trust. */
export function summaryPage(view: SummaryView, ticks: CourseDrawing, chartLibrary: string): string {
  const course = endedAs(view, ticks)
  const panels = panelsOf(view, course)
  const scripts = panels.length === 0 ? [] : [chartLibrary, CHART_SCRIPT]
  const body = element(
    'body',
    {},
    element('header', {}, element('h1', {}, text(titleOf(view)))),
    element('main', {}, answersMarkup(view), navigation(view), courseMarkup(view, course, panels), drawnSections(view)),
    footer(),
    ...(panels.length === 0 ? [] : [element('script', { type: 'application/json', id: 'course-data' }, courseData(course, panels))]),
    ...scripts.map((script) => element('script', {}, trusted(script))),
  )
  const head = element(
    'head',
    {},
    element('meta', { charset: 'utf-8' }),
    element('meta', { 'http-equiv': 'Content-Security-Policy', content: policyOf(scripts) }),
    // What `dita summarize` knows a page of ours by, before it replaces one.
    element('meta', { name: 'generator', content: 'dita' }),
    element('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    element('meta', { name: 'referrer', content: 'no-referrer' }),
    element('title', {}, text(titleOf(view))),
    element('style', {}, trusted(STYLES)),
  )
  return `<!doctype html>\n${element('html', { lang: 'en' }, head, body)}\n`
}

/** What was filled after the last tick counts: the inventory ends where the session left it. */
function endedAs({ position }: SummaryView, course: CourseDrawing): CourseDrawing {
  const end = coordinateOfText(position.end)
  const inventory = course.lines.get('inventory') ?? []
  const last = inventory.findLastIndex((value) => value !== null)
  if (last < 0) return course
  return {
    ...course,
    lines: new Map(course.lines).set('inventory', inventory.with(last, end)),
    ends: new Map(course.ends).set('inventory', end),
  }
}

/** Nothing is fetched and nothing is sent; the page's own scripts run, by their hashes, and no others. */
function policyOf(scripts: readonly string[]): string {
  const hashes = scripts.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`)
  const allowed = hashes.length === 0 ? "'none'" : hashes.join(' ')
  return `default-src 'none'; style-src 'unsafe-inline'; script-src ${allowed}; base-uri 'none'; form-action 'none'`
}

function answersMarkup(view: SummaryView): Markup {
  const rows = firstScreen(view).flatMap((answer) => [
    element('dt', {}, text(answer.question)),
    element('dd', { class: kindOf(answer, view) }, ...answer.lines.map((line) => element('p', {}, text(line)))),
  ])
  return element('dl', { class: 'answers' }, ...rows)
}

function kindOf({ question, lines }: Answer, view: SummaryView): string | null {
  if (question === 'Did it work') return verdictOf(view) === 'no' ? 'main bad' : 'main'
  if (question === 'Earned') return 'main'
  return question === 'Went wrong' && !/^nothing /.test(lines[0] ?? '') ? 'bad' : null
}

/** Null while it runs. */
function verdictOf({ running, haltReason, haltDetail }: SummaryView): HaltVerdict | null {
  if (running) return null
  return haltReason === null ? 'no' : haltWords(haltReason, haltDetail).verdict
}

function navigation(view: SummaryView): Markup {
  const names = ['charts', ...sectionsOf(view, [], view.trades.list.length).map(({ name }) => name)]
  const items = names.map((name) => element('li', {}, element('a', { href: `#${name}` }, text(capitalised(name)))))
  return element('nav', { 'aria-label': 'Sections' }, element('ul', {}, ...items))
}

interface TitledPanel extends Panel {
  readonly title: string
  readonly unit: string
  /** Decimals beside its axis. */
  readonly places: number
}

const KEYS: Readonly<Partial<Record<LineName, string>>> = { mid: 'mid', ourBid: 'our bid', ourAsk: 'our ask' }

/** Money is told to the cent, and finer where a whole session moved by less than shows. */
function placesOf(course: CourseDrawing, name: LineName): number {
  const known = (course.lines.get(name) ?? []).filter((value) => value !== null)
  const moved = Math.max(...known) - Math.min(...known)
  return moved > 0 ? Math.min(8, Math.max(2, 2 - Math.floor(Math.log10(moved)))) : 2
}

function panelsOf(view: SummaryView, course: CourseDrawing): TitledPanel[] {
  const { instrument, attribution } = view
  const during = `from ${timeText(view.time.startedAtUs)} UTC over ${durationText(view.time.ranUs)}`
  const pricePlaces = decimalPlacesOf(readDecimal(instrument.tickSize))
  const quantityPlaces = decimalPlacesOf(readDecimal(instrument.lotSize))
  const all: TitledPanel[] = [
    {
      title: 'Price',
      unit: instrument.quote,
      places: pricePlaces,
      lines: ['mid', 'ourBid', 'ourAsk'],
      height: 300,
      withFills: true,
      name: `Price with our quotes and ${countText(course.fillCount)} fills, ${during}.`,
    },
    {
      title: attribution.netCapitalFlow === '0' ? 'Equity' : 'Equity less capital moved',
      unit: attribution.asset,
      places: placesOf(course, 'equity'),
      lines: ['equity'],
      height: 160,
      name: `Equity less capital moved, ${during}.`,
    },
    {
      title: 'Below the peak',
      unit: attribution.asset,
      places: placesOf(course, 'drawdown'),
      lines: ['drawdown'],
      height: 130,
      withZero: true,
      name: `How far equity was below its peak, ${during}.`,
    },
    {
      title: 'Inventory',
      unit: instrument.quantityAsset,
      places: quantityPlaces,
      lines: ['inventory'],
      height: 140,
      withZero: true,
      isStepped: true,
      name: `Position, above zero long, ${during}.`,
    },
  ]
  const known = (name: LineName): boolean => course.lines.get(name)?.some((value) => value !== null) === true
  // What the course of equity said on its way counts for nothing where it ends with something that has no price.
  const isMoney = (name: LineName): boolean => name === 'equity' || name === 'drawdown'
  return all
    .map((panel) => ({ ...panel, lines: panel.lines.filter((name) => known(name) && (attribution.why === null || !isMoney(name))) }))
    .filter(({ lines }) => lines.length > 0)
}

function courseMarkup(view: SummaryView, course: CourseDrawing, panels: readonly TitledPanel[]): Markup {
  const figures = panels.map((panel, index) => {
    const still = lineDrawing(course, panel)
    const keys = panel.lines.map((name) => keyMarkup(name, panel))
    return element(
      'figure',
      {},
      element(
        'figcaption',
        {},
        element('h3', {}, text(`${panel.title} (${oneLine(panel.unit)})`)),
        ...keys,
        ...(panel.withFills === true ? fillKeys(course) : []),
        element('span', { class: 'when' }),
      ),
      element('div', { class: 'chart', 'data-panel': index, role: 'img', 'aria-label': panel.name, hidden: '' }),
      element('div', { class: 'still' }, ...(still === null ? [] : [still])),
    )
  })
  const notes = courseNotes(view, course, panels).map((note) => element('p', { class: 'note' }, text(note)))
  const moving = element(
    'span',
    { class: 'moving' },
    text(' Point at a chart for its figures; drag it to move, drag its times to zoom, double-click for all.'),
  )
  const about = panels.length === 0 ? [] : [element('p', { class: 'about' }, text(`${timesText(course)} All times are UTC.`), moving)]
  return joined(element('h2', { id: 'charts' }, text('Charts')), ...about, ...figures, ...notes)
}

function courseNotes(view: SummaryView, { grid, fills, fillCount }: CourseDrawing, panels: readonly TitledPanel[]): string[] {
  const { why } = view.attribution
  if (panels.length === 0) return ['There is nothing to draw: no tick was observed.']
  return [
    ...(why === null ? [] : [`Equity is not known. ${oneLine(why)}`]),
    ...(grid.isWhole ? [] : [`Each ${durationText(grid.slotUs * 2)} is drawn as its lowest and its highest figure.`]),
    ...(fills.length === fillCount
      ? []
      : [`Of ${countText(fillCount)} fills the ${countText(fills.length)} largest of their time and side are drawn.`]),
    'Drawings are rounded; the tables hold every digit.',
  ]
}

function timesText({ grid }: CourseDrawing): string {
  const [from, to] = [timeText(grid.startUs), timeText(grid.startUs + (grid.slots - 1) * grid.slotUs)]
  return `From ${from} to ${to.slice(0, 10) === from.slice(0, 10) ? to.slice(11) : to}.`
}

/** What a line looks like, where a chart has several things in it, and room for what the script says of it. */
function keyMarkup(name: LineName, { lines, withFills }: TitledPanel): Markup {
  const said = element('span', { class: 'said', 'data-line': name })
  if (lines.length === 1 && withFills !== true) return said
  const sample = element('svg', { viewBox: '0 0 22 12', 'aria-hidden': 'true' }, element('path', { d: 'M0 6H22', class: `line ${name}` }))
  return element('span', { class: 'key' }, sample, text(` ${KEYS[name] ?? name} `), said)
}

function fillKeys({ fills }: CourseDrawing): Markup[] {
  const key = (side: 'buy' | 'sell', d: string): Markup =>
    element(
      'span',
      { class: 'key' },
      element('svg', { viewBox: '0 0 22 12', 'aria-hidden': 'true' }, element('path', { d, class: side })),
      text(` ${side}`),
    )
  return fills.length === 0 ? [] : [key('buy', 'M11 1l6 10h-12z'), key('sell', 'M11 11l6 -10h-12z')]
}

/** What the script draws: figures as short as they can be seen. */
function courseData({ grid, lines, ends, fills }: CourseDrawing, panels: readonly TitledPanel[]): Markup {
  const names = [...new Set(panels.flatMap((panel) => panel.lines))]
  return scriptJson({
    grid,
    lines: Object.fromEntries(names.map((name) => [name, (lines.get(name) ?? []).map(short)])),
    ends: Object.fromEntries(names.map((name) => [name, short(ends.get(name) ?? null)])),
    fills: fills.map(({ slot, side, at }) => [slot, side === 'buy' ? 1 : 0, short(at)]),
    panels: panels.map((panel) => ({
      lines: panel.lines,
      height: panel.height,
      places: panel.places,
      withZero: panel.withZero === true,
      withFills: panel.withFills === true,
      isStepped: panel.isStepped === true,
    })),
  })
}

const SEEN_DIGITS = 10

function short(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(SEEN_DIGITS))
}

function drawnSections(view: SummaryView): Markup {
  const drawings: Readonly<Partial<Record<keyof typeof SECTIONS, readonly (readonly [title: string, drawing: Markup | null])[]>>> = {
    result: [[`What the result is made of (${oneLine(view.attribution.asset)})`, attributionWaterfall(view.attribution)]],
    quoting: [
      ['Ticks by distance to the touch', distanceHistogram(view.quoting)],
      ['Mean markout after our fills (bps)', markoutCurve(view.quoting.markouts.horizons)],
    ],
  }
  const sections = sectionsOf(view, [], view.trades.list.length).map(({ name, parts }) => {
    const figures = (drawings[name] ?? []).flatMap(([title, drawing]) =>
      drawing === null ? [] : [element('figure', {}, element('figcaption', {}, element('h3', {}, text(title))), drawing)],
    )
    const about = element('p', { class: 'about' }, text(`${SECTIONS[name]}.`))
    const heading = element('h2', { id: name }, text(capitalised(name)))
    return element(
      'section',
      { 'aria-labelledby': name },
      heading,
      about,
      element('div', { class: 'blocks' }, ...figures, ...parts.map((part) => partMarkup(part, name))),
    )
  })
  return joined(...sections)
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

function footer(): Markup {
  return element(
    'footer',
    {},
    element(
      'p',
      {},
      text(
        'Made by dita from the facts of the session. All figures are summed anew from fills and postings; formulas and sources are in docs/METRICS.md.',
      ),
    ),
    element('p', {}, text(`Charts: ${CHART_LICENCE}. `), element('a', { href: CHART_MAKERS, rel: 'noreferrer' }, text(CHART_MAKERS))),
  )
}
