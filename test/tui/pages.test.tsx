// The pages behind the overview: what each shows, and what is in sight on every one of them.

import { describe, expect, test } from 'vitest'
import { PAGES, type PageName } from '../../src/tui/pages.ts'
import { wrapText } from '../../src/tui/paragraphs.ts'
import { FIRST_STATE, type KeyContext, type KeyPress, onKey, type ScreenState } from '../../src/tui/screen-state.ts'
import { sparkline } from '../../src/tui/sparkline.ts'
import { ALARM, draw, LARGE, lineWith, SIZES, SMALL, WARNING } from './draw.tsx'
import { newestFirst, sampleDoubt, sampleFill, sampleMessage, sampleModel, sampleOrder, sampleWorld } from './sample-model.ts'

const at = (page: PageName) => ({ state: { page } })
const SCREENS = SIZES.filter(({ columns, rows }) => columns >= 60 && rows >= 16)
const STORE = sampleModel().store
if (STORE === null) throw new Error('the sample has no store')
const FAILED = { ...STORE, checkpointsFailed: 1, lastCheckpoint: { wallUs: 0, isComplete: false, elapsedMs: 1, error: 'disk I/O error' } }
const GATE = { name: 'XRP exposure', value: '845', limit: '1000', share: 0.845, halts: true }

describe('what must not be missed is on every page and at every size', () => {
  const cases = {
    'an order in doubt': [{ doubts: [sampleDoubt(1)] }, '!! 1 order in doubt'],
    'a venue that is away': [sampleWorld({ state: 'unreachable' }), '!! venue unreachable'],
    'a stale feed': [{ feed: { silentUs: 17_900_000, limitUs: 30_000_000, isStale: true } }, '!! feed silent for 17 s'],
    'a failed checkpoint': [{ store: FAILED }, '!! checkpoint failed'],
    'a gate near its limit': [{ limits: [GATE] }, '! XRP exposure at 84 % of its limit'],
    'a position that is another at the venue': [
      { position: { ...sampleModel().position, venues: '-3' } },
      '! position +120.5 here, -3 at the venue',
    ],
    'a halt': [{ phase: 'halted', haltReason: 'risk_loss_limit' }, '■ halted   loss limit'],
    'a pause': [{ trading: 'halted' }, 'trading paused'],
  } as const
  for (const [what, [changes, words]] of Object.entries(cases)) {
    test.each(SCREENS)(`${what}, $columns×$rows`, (size) => {
      for (const page of PAGES) expect(draw({ model: sampleModel(changes), ...size, ...at(page) }), page).toContain(words)
    })
  }

  test('the worst of them is said on a terminal too small for a screen', () => {
    const said = (changes: Parameters<typeof sampleModel>[0]) => draw({ model: sampleModel(changes), columns: 50, rows: 5 })
    expect(said({ feed: { silentUs: 17_900_000, limitUs: 30_000_000, isStale: true } })).toMatch(/^too small feed silent:/)
    expect(said({ store: FAILED, limits: [GATE] })).toMatch(/^too small checkpoint failed:/)
    expect(said({ limits: [GATE] })).toMatch(/^too small XRP exposure at 84 %:/)
  })

  test('a gate that is near is a warning, one that is reached an alarm; a limit that only denies orders is neither', () => {
    const drawn = (changes: Partial<typeof GATE>) =>
      draw({ model: sampleModel({ limits: [{ ...GATE, ...changes }] }), ...SMALL, colour: true })
    expect(drawn({})).toMatch(new RegExp(`${WARNING} ! XRP exposure`))
    expect(drawn({ share: 1.2 })).toMatch(new RegExp(`${ALARM} !! XRP exposure at 120 %`))
    expect(drawn({ share: 0.79 })).not.toContain('of its limit')
    expect(drawn({ halts: false })).not.toContain('of its limit')
  })

  test('a gate that comes near and goes again moves nothing on the screen', () => {
    for (const size of SCREENS) {
      const [near, far] = [GATE, { ...GATE, share: 0.79 }].map((gate) =>
        draw({ model: sampleModel({ limits: [gate] }), ...size }).split('\n'),
      )
      expect(near?.slice(4).filter((line) => !line.includes('exposure'))).toEqual(
        far?.slice(4).filter((line) => !line.includes('exposure')),
      )
    }
  })

  test('an older session that says nothing of feed and store is drawn all the same', () => {
    const older = sampleModel({ feed: null, course: null, quoting: null, figures: [], store: null, calls: [] })
    for (const page of PAGES) expect(draw({ model: older, ...LARGE, ...at(page) })).toContain('● running')
  })
})

describe('overview', () => {
  test('the course of the result has a row of its own where there is one, else it is in the title', () => {
    expect(draw({ model: sampleModel(), ...LARGE })).toMatch(/[│├┤] [▁▂▃▄▅▆▇█]{40,} │/)
    expect(lineWith(draw({ model: sampleModel(), ...SMALL }), 'pnl')).toMatch(/pnl RLUSD ─ [▁▂▃▄▅▆▇█]{10,} ─/)
    expect(lineWith(draw({ model: sampleModel({ course: { stepUs: 1, net: ['1'] } }), ...SMALL }), 'pnl')).not.toMatch(/[▁▂▃▄▅▆▇█]/)
  })

  test('its lowest is the lowest block, its highest the highest, and a flat one is in the middle', () => {
    expect(sparkline(['-1', '0', '7'], 10)).toBe('▁▂█')
    expect(sparkline(['3', '3', '3'], 10)).toBe('▄▄▄')
    expect(sparkline(['0', '1', '2', '3', '4', '5', '6', '7'], 4)).toBe('▁▃▆█')
    expect(sparkline(['1'], 10)).toBe('')
  })
})

describe('messages on the overview', () => {
  const long = 'the limit of the session is nearly used up, and what is left of it is shown beside, so that nobody need be surprised'
  const model = sampleModel({ messages: newestFirst(4, (index) => sampleMessage(index, { text: `${index}: ${long}` })) })

  test('are whole where all of them are', () => {
    const picture = draw({ model: sampleModel({ messages: model.messages.slice(0, 3) }), ...LARGE })
    expect(picture).toContain('3: the limit')
    expect(picture.match(/surprised/g)).toHaveLength(3)
    expect(picture).not.toMatch(/used.*…/)
  })

  test.each(SCREENS)('are else cut to a line each, so that a long warning pushes no alarm out of sight, $columns×$rows', (size) => {
    const alarm = sampleMessage(0, { severity: 'alarm', text: 'the venue is gone' })
    const warning = sampleMessage(9, { severity: 'warning', text: `${long}. `.repeat(12) })
    const picture = draw({ model: sampleModel({ messages: [warning, alarm] }), ...size })
    const rows = picture.split('\n').filter((line) => /│ \d\d:\d\d:\d\d (!|!!|·) /.test(line))
    if (rows.length > 1) expect(picture).toContain('!! the venue is gone')
    expect(rows[0]).toMatch(/the limit.*…/)
    expect(rows).toHaveLength(2 - (rows.length === 1 ? 1 : 0))
    expect(picture).not.toContain('surprised')
  })
})

describe('orders and fills', () => {
  const model = sampleModel({
    fills: newestFirst(57, sampleFill),
    orders: newestFirst(9, sampleOrder),
    counts: { ...sampleModel().counts, fills: 57 },
  })

  test('the title says which of how many are in sight, and the mark which list moves', () => {
    const first = draw({ model, ...SMALL, ...at('orders') })
    expect(first).toMatch(/▸ fills: 1–\d+ of 57 ─/)
    expect(lineWith(first, 'sent')).not.toContain('▸')
    const later = draw({ model, ...SMALL, state: { page: 'orders', scroll: { fills: 20 } } })
    expect(later).toMatch(/▸ fills: 21–\d+ of 57 ─/)
    expect(later).toContain('03:44:54')
    expect(later).not.toContain('03:45:14')
  })

  test('beyond the end there is nothing: the last ones stay in sight', () => {
    expect(draw({ model, ...SMALL, state: { page: 'orders', scroll: { fills: 1_000 } } })).toMatch(/fills: \d+–57 of 57/)
  })

  test('a filter narrows both, whatever the case, and each word counts', () => {
    const picture = draw({ model, ...SMALL, state: { page: 'orders', filters: { orders: 'BUY trade-4' } } })
    expect(picture).toContain('/BUY trade-4')
    expect(picture.match(/03:4\d:\d\d +buy/g)).toHaveLength(6)
    expect(picture).not.toMatch(/03:4\d:\d\d +sell/)
    expect(picture).toContain('nothing here holds these words: 9 hidden by the filter')
    expect(picture).toContain('orders: 0 of 9 match')
    expect(picture).toContain('fills: 6 of 57 match')
    expect(lineWith(picture, '╰')).toMatch(/q stop {2}\? help {2}Esc clears /)
    expect(lineWith(draw({ model, ...SMALL, ...at('orders') }), '╰')).not.toContain('Esc')
    // A filter hides nothing where nothing is.
    const empty = draw({ model: sampleModel({ orders: [] }), ...SMALL, state: { page: 'orders', filters: { orders: 'buy' } } })
    expect(empty).toContain('no working order')
  })

  test('the title says which are in sight of those that are kept, and how many there were', () => {
    const kept = sampleModel({ fills: newestFirst(200, sampleFill), counts: { ...sampleModel().counts, fills: 254 } })
    expect(draw({ model: kept, ...SMALL, state: { page: 'orders', scroll: { fills: 38 } } })).toMatch(
      /fills: 39–\d+ of the last 200, 254 in all ─/,
    )
    const filters = { orders: 'sell' }
    expect(draw({ model: kept, ...SMALL, state: { page: 'orders', filters } })).toMatch(/fills: 1–\d+ of 100 that match, 254 in all/)
    expect(draw({ model: kept, ...SMALL, state: { page: 'orders', filters: { orders: 'trade-77' } } })).toContain(
      'fills: 1 of the last 200 match, 254 in all',
    )
    expect(lineWith(draw({ model: sampleModel(), columns: 80, rows: 40, ...at('orders') }), '▸')).toContain('▸ fills 12 ─')
  })

  test.each(SCREENS)('up to four orders that come and go move nothing, and the titles of their columns stay, $columns×$rows', (size) => {
    const drawn = (count: number) => draw({ model: sampleModel({ orders: newestFirst(count, sampleOrder) }), ...size, ...at('orders') })
    const borders = (count: number) =>
      drawn(count)
        .split('\n')
        .map((line) => /^[├╰]/.test(line))
    for (const count of [1, 2, 3, 4]) expect(borders(count), String(count)).toEqual(borders(0))
    expect(drawn(0).includes('side ')).toBe(drawn(1).includes('side '))
    expect(drawn(0)).toContain('no working order')
  })
})

describe('strategy', () => {
  test('its own figures, up-time in shares of the ticks, markouts with their signs', () => {
    const picture = draw({ model: sampleModel(), ...SMALL, ...at('strategy') })
    expect(picture).toMatch(/reference \(trades\) +2\.10372/)
    expect(picture).toMatch(/both sides +94 % +█+/)
    expect(picture).toMatch(/bid +97 %/)
    expect(picture).toContain('of 774 ticks')
    expect(picture).toMatch(/earned ½spread 3\.41 bps/)
    expect(picture).toMatch(/1 s +-0\.31 +\+3\.10 +12/)
    expect(picture).toMatch(/300 s +— +— +0/)
  })
})

describe('journal and venue', () => {
  test('commits, WAL, checkpoints, and the freshness of the book', () => {
    const picture = draw({ model: sampleModel(), ...SMALL, ...at('journal') })
    expect(picture).toMatch(/facts +4,321/)
    expect(picture).toMatch(/commits +770/)
    expect(picture).toMatch(/a commit +1\.2, max 18\.4 ms/)
    expect(picture).toMatch(/WAL +1\.2 MB/)
    expect(picture).toMatch(/checkpoints +12 done/)
    expect(picture).toMatch(/the last +03:56:18, 3\.1 ms/)
    expect(picture).toMatch(/book +0\.4 s old of 30 s/)
    expect(picture).toContain('every order is known')
  })

  test('a checkpoint that failed says why', () => {
    const picture = draw({ model: sampleModel({ store: FAILED }), ...LARGE, ...at('journal') })
    expect(picture).toMatch(/checkpoints +12 done, 1 failed/)
    expect(picture).toContain('disk I/O error')
  })

  test('K23 each order in doubt or quarantined with its evidence, and the calls of a venue in the world', () => {
    const doubts = [sampleDoubt(2, { status: 'quarantined' }), sampleDoubt(1)]
    const picture = draw({ model: sampleModel({ ...sampleWorld(), doubts }), ...LARGE, ...at('journal') })
    expect(picture).toContain('!! quarantined  buy 120.5 at 2.1020 since 03:56:18')
    expect(picture.match(/In doubt since 2026-11-20T03:56:18\.000Z; asked 3 times\. 2026-11-20T03:57:10\.000Z asked\./g)).toHaveLength(2)
    const narrow = draw({ model: sampleModel({ doubts }), columns: 60, rows: 20, ...at('journal') })
    expect(narrow).toMatch(/│ {4}In doubt since 2026-11-20T03:56:18\.000Z; asked 3 +│\n│ {4}times\. 2026-11-20T03:57:10\.000Z asked\. +│/)
    expect(picture).toMatch(/latency +45 ms, slowest 210 ms/)
    expect(picture).toMatch(/calls +1,234, 0 waiting, room for 95 orders +│/)
    expect(picture).toMatch(/address +127\.0\.0\.1:18080/)
    expect(picture).toMatch(/TIMEOUT +3 +— +— +no answer in time/)
    expect(draw({ model: sampleModel(), ...LARGE, ...at('journal') })).not.toContain('address')
  })

  test('where the panel of the venue is narrow, what is said of it is said in fewer words, and none is cut', () => {
    const recovery = { found: 8, done: 12, remaining: 1 }
    for (const [columns, words] of [
      [60, ['address    :18080', 'latency    4512 ms', 'clock      +12 ms', 'book       0.4 s old']],
      [80, ['address    127.0.0.1:18080', 'latency    4512, max 21045 ms', 'recovery   8 found, 1 left']],
    ] as const) {
      const picture = draw({
        model: sampleModel({ ...sampleWorld({ latencyMedianMs: 4_512, latencySlowestMs: 21_045 }), recovery }),
        columns,
        rows: 24,
        ...at('journal'),
      })
      const panel = picture
        .split('\n')
        .flatMap((line) => /│[^│]*│ (address|latency|clock|calls|errors|book|feed|recovery) .*/.exec(line)?.[0] ?? [])
      for (const each of words) expect(panel.join('\n')).toContain(each)
      expect(panel.join('\n')).not.toContain('…')
    }
  })
})

describe('log', () => {
  test('a message that is longer than its line goes on in the next, and stands as a whole', () => {
    const words = Array.from({ length: 30 }, (_, index) => `word${index}`)
    const messages = [sampleMessage(1, { text: words.join(' '), severity: 'alarm' }), sampleMessage(0)]
    const picture = draw({ model: sampleModel({ messages }), columns: 60, rows: 20, ...at('log') })
    for (const word of words) expect(picture).toContain(word)
    expect(picture).toContain('03:44:18 ·  message 0')
    expect(draw({ model: sampleModel({ messages }), columns: 60, rows: 20 })).not.toContain('word29')
  })

  test.each(SCREENS)('however long it is, all of it comes into sight, $columns×$rows', (size) => {
    const words = Array.from({ length: 300 }, (_, index) => `w${index}`)
    const messages = [sampleMessage(2), sampleMessage(1, { text: words.join(' ') }), sampleMessage(0)]
    const pictures = Array.from({ length: 12 }, (_, place) =>
      draw({ model: sampleModel({ messages }), ...size, state: { page: 'log', scroll: { messages: place } } }),
    )
    for (const word of words)
      expect(
        pictures.some((picture) => new RegExp(`\\b${word}\\b`).test(picture)),
        word,
      ).toBe(true)
    expect(pictures[0]?.match(/03:44:19/g)).toHaveLength(1)
    expect(pictures.join('')).not.toContain('…')
  })

  test('one without an end ends in …, and leaves room for others', () => {
    const lines = wrapText('long '.repeat(500), 20)
    expect(lines).toHaveLength(8)
    expect(lines.at(-1)).toMatch(/…$/)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(20)
    expect(wrapText('a '.repeat(3).trim(), 20)).toEqual(['a a a'])
    expect(wrapText(`short ${'x'.repeat(50)} end`, 20)).toEqual(['short', 'x'.repeat(20), 'x'.repeat(20), `${'x'.repeat(10)} end`])
    expect(wrapText('🚀🚀🚀', 1)).toEqual(['🚀', '🚀', '🚀'])
    expect(wrapText('', 20)).toEqual([''])
  })
})

describe('keys', () => {
  const press = (key: Partial<KeyPress>): KeyPress => ({ name: null, shift: false, text: '', ...key })
  const stateAfter = (state: Partial<ScreenState>, keys: readonly Partial<KeyPress>[], context: Partial<KeyContext> = {}): ScreenState =>
    keys.reduce((now, key) => onKey(now, press(key), { watching: false, reach: {}, ...context }).state, {
      ...FIRST_STATE,
      ...state,
    } as ScreenState)

  test('a list is never moved beyond what there is', () => {
    const reach = { fills: { furthest: 3, page: 2 } }
    const scrolled = (...names: KeyPress['name'][]) =>
      stateAfter(
        { page: 'orders' },
        names.map((name) => ({ name })),
        { reach },
      ).scroll.fills
    expect(scrolled('up')).toBe(0)
    expect(scrolled('pageDown', 'pageDown', 'down')).toBe(3)
    expect(scrolled('pageDown', 'pageDown', 'down', 'up')).toBe(2)
    expect(stateAfter({ page: 'orders', scroll: { fills: 900 } }, [{ name: 'up' }], { reach }).scroll.fills).toBe(2)
  })

  test('← and → choose the list that moves', () => {
    const reach = { fills: { furthest: 9, page: 2 }, orders: { furthest: 9, page: 2 } }
    expect(stateAfter({ page: 'orders' }, [{ name: 'right' }, { name: 'down' }], { reach }).scroll).toEqual({ orders: 1 })
    expect(stateAfter({ page: 'orders' }, [{ name: 'right' }, { name: 'left' }, { name: 'down' }], { reach }).scroll).toEqual({ fills: 1 })
  })

  test('a filter is typed letter by letter, is bounded, and stays with its page', () => {
    const typed = stateAfter({ page: 'orders' }, [
      { text: '/' },
      { text: 's' },
      { text: '2' },
      { name: 'backspace' },
      { text: 'x' },
      { name: 'enter' },
    ])
    expect(typed).toMatchObject({ typing: false, filters: { orders: 'sx' } })
    expect(stateAfter(typed, [{ text: '5' }]).filters).toEqual({ orders: 'sx' })
    expect(
      stateAfter(
        { page: 'orders', typing: true },
        Array.from({ length: 99 }, () => ({ text: 'a' })),
      ).filters.orders,
    ).toHaveLength(40)
    expect(stateAfter({ page: 'strategy' }, [{ text: '/' }]).typing).toBe(false)
  })

  test('only y answers that the session is to halt', () => {
    const wishOf = (text: string) => onKey({ ...FIRST_STATE, asking: true }, press({ text }), { watching: false, reach: {} })
    expect(wishOf('y')).toMatchObject({ wish: 'kill', state: { asking: false } })
    for (const text of ['n', 'q', 'K', '']) expect(wishOf(text)).toMatchObject({ wish: null, state: { asking: false } })
  })

  test('who watches can stop and pause nothing, and is shown which keys there are', () => {
    for (const text of ['p', 'r', 'h', 'K']) {
      const told = { state: { ...FIRST_STATE, help: true }, wish: null }
      expect(onKey(FIRST_STATE, press({ text }), { watching: true, reach: {} })).toEqual(told)
    }
    expect(onKey(FIRST_STATE, press({ text: 'd' }), { watching: true, reach: {} }).wish).toBe('quit')
    expect(onKey(FIRST_STATE, press({ text: 'd' }), { watching: false, reach: {} }).wish).toBeNull()
  })
})
