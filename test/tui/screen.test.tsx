import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PAGES } from '../../src/tui/pages.ts'
import { displayWidth } from '../../src/tui/text.ts'
import { ALARM, draw, expectInside, LARGE, lineWith, SIZES, SMALL, WARNING } from './draw.tsx'
import { newestFirst, sampleFill, sampleMessage, sampleModel, sampleOrder, sampleSlot } from './sample-model.ts'

const HOSTILE = 'x\u001b[2J\u202e\n日本語🚀'.repeat(20)

/** Everything too long, too wide, too many. */
const EXTREME = sampleModel({
  sessionId: HOSTILE,
  strategy: HOSTILE,
  instrument: HOSTILE,
  feedSource: HOSTILE,
  phase: 'halted',
  haltReason: HOSTILE,
  haltDetail: HOSTILE,
  market: {
    bid: '123456789012.123456789012345678',
    bidSize: '1'.repeat(40),
    ask: '1e',
    askSize: null,
    mid: null,
    mark: null,
    lastTrade: HOSTILE,
    spreadBps: '9'.repeat(30),
    asksBehind: newestFirst(12, () => ({ price: '1e', size: HOSTILE })),
    bidsBehind: newestFirst(12, (index) => ({ price: '-'.repeat(index), size: '9'.repeat(400) })),
  },
  quotes: newestFirst(40, (index) => ({
    side: index % 2 === 0 ? 'bid' : 'ask',
    price: `${index}`,
    size: HOSTILE,
    distanceBps: null,
    status: HOSTILE,
  })),
  slots: newestFirst(30, (index) => sampleSlot(index, { stage: HOSTILE, openSize: '1'.repeat(50) })),
  orders: newestFirst(200, (index) => sampleOrder(index, { clientOrderId: HOSTILE, price: null, status: 'in_doubt', cancel: 'requested' })),
  fills: newestFirst(50, (index) => sampleFill(index, { price: '9'.repeat(60), feeAsset: HOSTILE })),
  inventory: newestFirst(20, () => ({ asset: HOSTILE, fromFills: '-'.repeat(50), fromCapital: '0', total: '1'.repeat(50) })),
  limits: newestFirst(20, (index) => ({
    name: HOSTILE,
    value: '1'.repeat(50),
    limit: '0',
    share: index === 0 ? Number.NaN : Number.POSITIVE_INFINITY,
    halts: false,
  })),
  messages: newestFirst(50, (index) => sampleMessage(index, { text: HOSTILE })),
  feed: { silentUs: 1e18, limitUs: 1, isStale: true },
  course: { stepUs: 1, net: ['1e400', '', HOSTILE, '9'.repeat(50), '-1'] },
  quoting: {
    ...{ ticks: 0, bothSides: 9, bid: 1e15, ask: 0, fills: 1e15, halfSpreadBps: HOSTILE },
    markouts: newestFirst(20, () => ({ horizonUs: 1e18, fills: 1e15, meanBps: HOSTILE, realizedBps: '9'.repeat(40) })),
  },
  figures: newestFirst(16, () => ({ name: HOSTILE, value: HOSTILE })),
  store: {
    ...{ walBytes: 1e18, commitMedianMs: 1e12, commitSlowestMs: Number.POSITIVE_INFINITY, tickMedianMs: null, tickSlowestMs: null },
    ...{ checkpoints: 1e15, checkpointsFailed: 1e15 },
    lastCheckpoint: { wallUs: 1e300, isComplete: false, elapsedMs: 1e300, error: HOSTILE },
  },
  calls: newestFirst(30, () => ({ endpoint: HOSTILE, outcome: HOSTILE, means: HOSTILE, count: 1e15, medianMs: 1e12, slowestMs: 1e12 })),
})

describe('every size', () => {
  const models = {
    ordinary: sampleModel(),
    empty: sampleModel({ quotes: [], orders: [], fills: [], inventory: [], limits: [], messages: [] }),
    extreme: EXTREME,
    first: null,
  }
  for (const [name, model] of Object.entries(models)) {
    test.each(SIZES)(`the ${name} picture fits $columns×$rows, without a wrapped line`, (size) => {
      for (const flags of [{}, { stopAsked: true }, { help: true }, { keys: false }, { watching: true }])
        expectInside(draw({ model, ...size, ...flags }), size)
      for (const page of PAGES) expectInside(draw({ model, ...size, state: { page } }), size)
    })
  }

  test.each(SIZES)('V07 nothing from outside reaches a $columns×$rows terminal raw', (size) => {
    for (const page of PAGES) expect(draw({ model: EXTREME, ...size, state: { page } })).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u)
  })

  test.each(SIZES)('without colour there is not one escape sequence at $columns×$rows', (size) => {
    expect(draw({ model: sampleModel(), ...size })).not.toContain('\u001b')
  })

  test('with colour the text is the same, only painted', () => {
    const painted = draw({ model: sampleModel(), ...SMALL, colour: true })
    expect(painted).toContain('\u001b[')
    expect(stripVTControlCharacters(painted)).toBe(draw({ model: sampleModel(), ...SMALL }))
  })
})

describe('80×24', () => {
  const picture = draw({ model: sampleModel({ slots: [sampleSlot(1)] }), ...SMALL })

  test('the frame is complete: 24 lines, each exactly 80 columns', () => {
    const lines = picture.split('\n')
    expect(lines).toHaveLength(24)
    for (const line of lines) expect(displayWidth(line), line).toBe(80)
  })

  test('where the session stands: phase, progress, time, and what runs on what', () => {
    expect(lineWith(picture, 'dita')).toMatch(/20261120-034418-k3f9 .* 2026-11-20 03:57:12 UTC/)
    expect(lineWith(picture, 'running')).toMatch(/● running +█+░+ +43 % +12:54 of 30:00/)
    expect(lineWith(picture, 'market_maker')).toMatch(/XRP\/RLUSD spot +market_maker +paper +feed simulated +60× speed/)
  })

  test('the market, and our quotes with their distance to the touch, as a ladder', () => {
    const ladder = picture.split('\n').slice(4, 9)
    expect(ladder[0]).toMatch(/our ask +2\.1055 +120\.5 +-6\.65 bps acked/)
    expect(ladder[1]).toMatch(/ask +2\.1041 +900 +mid +2\.10375/)
    expect(ladder[2]).toMatch(/bid +2\.1034 +1200\.5 +spread 3\.33 bps/)
    expect(ladder[3]).toMatch(/our bid +2\.1020 +120\.5 +-6\.66 bps acked/)
    expect(ladder[4]).toMatch(/mark +2\.1037 +last +2\.1040/)
  })

  test('profit and loss with signs, right-aligned', () => {
    const amounts = ['realised +\\+1.2345', 'unrealised +-0.2100', 'fees paid +0.3036', 'net +\\+0.7209', 'equity +20519.4709']
    const ends = amounts.map((amount) => {
      const found = new RegExp(amount).exec(picture)
      if (found === null) throw new Error(`${amount} is not shown:\n${picture}`)
      return (found.index + found[0].length) % 81
    })
    expect(new Set(ends).size).toBe(1)
  })

  test('inventory from fills, from capital and in total, and the position', () => {
    expect(lineWith(picture, 'position')).toMatch(/position \+120\.5 @ 2\.1020 ≈ 253\.50/)
    expect(lineWith(picture, 'XRP  ')).toMatch(/XRP +\+120\.5 +\+5000 +5120\.5/)
    expect(lineWith(picture, 'RLUSD  ')).toMatch(/RLUSD +-253\.3 +\+10000 +9746\.7/)
  })

  test('the slot with stage, side, open size, entry, legs and profit', () => {
    expect(lineWith(picture, 'partially closed')).toMatch(/S1 #3 +partially closed +long +60\.25 +2\.0987 +1\/3 +\+0\.4100 +-0\.1200/)
  })

  test('orders, fills, messages, and the pages', () => {
    expect(lineWith(picture, 'sent')).toMatch(/orders .*56 sent · 0 denied .* fills 12/)
    expect(picture).toMatch(/sell +2\.1055 +120\.5 +0 +acked/)
    expect(picture).toMatch(/03:44:29 +sell +120\.5 +2\.1011/)
    expect(picture).toContain('03:44:20 ·  message 2')
    expect(lineWith(picture, 'market ─')).toContain('12,345 events · 0 gaps · 0 bad')
    expect(lineWith(picture, 'q stop')).toMatch(/q stop {2}\? help ─+ \[1 overview\] 2 orders {2}3 strategy {2}4 journal {2}5 log ─╯$/)
  })
})

describe('what must not be overlooked', () => {
  const near = (share: number) =>
    draw({ model: sampleModel({ limits: [{ name: 'exposure', value: '1', limit: '1', share, halts: false }] }), ...SMALL, colour: true })

  test('a limit at 80 % is marked as a warning, at 100 % as an alarm, in words and in colour', () => {
    expect(near(0.799)).not.toContain('!')
    expect(near(0.8)).toMatch(new RegExp(`${WARNING} +80 % ! `))
    expect(near(0.999)).toContain('99 % ! ')
    expect(near(1)).toMatch(new RegExp(`${ALARM} *100 % !!`))
  })

  test('the limits nearest to being reached stay where room is short', () => {
    const picture = draw({ model: sampleModel(), columns: 60, rows: 16 })
    expect(picture).toContain('84 % !')
    expect(picture).toMatch(/limits \d of 4/)
    const shown = (shares: Readonly<Record<string, number>>) => {
      const limits = Object.entries(shares).map(([name, share]) => ({ name, value: '1', limit: '1', share, halts: name === 'halts' }))
      const narrow = draw({ model: sampleModel({ limits }), columns: 60, rows: 16 })
      return Array.from(narrow.matchAll(/│ (early|deny|halts|late|last) /g), ([, name]) => name)
    }
    expect(shown({ early: 0.02, deny: 0.01, halts: 0.01, late: 0.5, last: 0.3 })).toEqual(['late', 'last'])
    expect(shown({ early: 0.5, deny: 0.01, halts: 0.02, late: 0 })).toEqual(['early', 'halts'])
    // Of equals, what halts.
    expect(shown({ deny: 0, early: 0, halts: 0, late: 0.1 })).toEqual(['halts', 'late'])
    expect(shown({ deny: Number.NaN, early: 0.1, halts: 0.3, late: Number.POSITIVE_INFINITY })).toEqual(['deny', 'late'])
  })

  test('S02 a halt shows its reason and its detail', () => {
    const halt = { phase: 'halted', haltReason: 'risk_loss_limit', haltDetail: 'session loss 101.20 is beyond 100' } as const
    expect(lineWith(draw({ model: sampleModel(halt), ...LARGE }), 'halted')).toContain(
      '■ halted   loss limit: session loss 101.20 is beyond 100',
    )
    expect(lineWith(draw({ model: sampleModel(halt), ...SMALL }), 'halted')).toContain('loss limit')
    expect(draw({ model: sampleModel(halt), columns: 60, rows: 16 })).toContain('■ halted   loss limit')
  })

  test('a key that asked to stop is answered at once', () => {
    expect(draw({ model: sampleModel(), ...SMALL, stopAsked: true })).toContain('stopping…')
    expect(draw({ model: null, ...SMALL, stopAsked: true })).toContain('stopping…')
  })

  test('an alarm among the messages is counted in the title even when it is not in sight', () => {
    const messages = [...newestFirst(20, sampleMessage), sampleMessage(0, { severity: 'alarm', text: 'old' })]
    expect(lineWith(draw({ model: sampleModel({ messages }), ...SMALL }), 'messages')).toContain('1 alarm')
  })

  test('counts keep their order whatever they are, and where room is short the quiet ones go', () => {
    const titleOf = (changes: object, columns: number) => {
      const counts = { ...sampleModel().counts, ...changes }
      return draw({ model: sampleModel({ counts }), columns, rows: 24 })
    }
    expect(lineWith(titleOf({}, 80), 'market ─')).toContain('12,345 events · 0 gaps · 0 bad')
    expect(lineWith(titleOf({ gaps: 1, badLines: 2 }, 80), 'market ─')).toContain('12,345 events · 1 gap · 2 bad')
    expect(titleOf({ denials: 4 }, 80)).toContain('56 sent · 4 denied')
    const events = 99_999
    expect(lineWith(titleOf({ events, gaps: 12_345, badLines: 0 }, 60), 'market ─')).toMatch(/ 12,345 gaps /)
    expect(lineWith(titleOf({ events, gaps: 12_345, badLines: 0 }, 60), 'market ─')).not.toContain('bad')
  })

  test('unassigned exposure stands first in the position', () => {
    const position = { ...sampleModel().position, unassigned: '-7', venues: null }
    expect(draw({ model: sampleModel({ position }), columns: 60, rows: 16 })).toContain('unassigned -7')
  })

  test('more orders than rows are counted', () => {
    expect(draw({ model: sampleModel({ orders: newestFirst(9, sampleOrder) }), ...SMALL })).toContain('orders 3 of 9')
  })

  test('what is missing is a dash, not a zero', () => {
    const pnl = { ...sampleModel().pnl, unrealized: null, unrealizedChange: null, net: null, equity: null }
    expect(draw({ model: sampleModel({ pnl }), ...SMALL })).toMatch(/unrealised +—/)
  })
})

describe('long names', () => {
  test('a recording is cut at its start, so that its name stays', () => {
    const feedSource = '/home/trader/recordings/binance/2026-11-20/XRPUSDT.jsonl.gz'
    expect(draw({ model: sampleModel({ feedSource }), ...SMALL })).toMatch(/feed …[^ ]*XRPUSDT\.jsonl\.gz/)
  })

  test('a long message ends in …, where others want their rows', () => {
    const messages = newestFirst(3, (index) => sampleMessage(index, { text: `begin ${'x'.repeat(100)}` }))
    expect(draw({ model: sampleModel({ messages }), ...SMALL })).toMatch(/· {2}begin x+… │/)
  })
})

describe('numbers and labels', () => {
  const size = fc.record({ columns: fc.integer({ min: 60, max: 250 }), rows: fc.integer({ min: 16, max: 80 }) })
  const whole = fc.oneof(fc.integer({ min: 0, max: 99_999 }).map(String), fc.stringMatching(/^[1-9]\d{0,14}$/))
  const fraction = fc.oneof(fc.constant(''), fc.stringMatching(/^\.\d{1,18}$/))
  const price = fc.tuple(whole, fraction).map((parts) => parts.join(''))
  const amount = fc.tuple(fc.constantFrom('', '-'), price).map((parts) => parts.join(''))
  const status = fc.constantFrom('acked', 'partially_filled', 'submitting')

  const anyModel = fc.record({ price, amount, other: amount, status, share: fc.double({ min: 0, noNaN: true }), unassigned: amount })

  type AnyValues = typeof anyModel extends fc.Arbitrary<infer Values> ? Values : never

  function modelOf({ price: at, amount: much, other, status: state, share, unassigned }: AnyValues) {
    const levels = newestFirst(4, () => ({ price: other, size: much }))
    return sampleModel({
      market: {
        bid: at,
        bidSize: much,
        ask: at,
        askSize: other,
        mid: at,
        mark: at,
        lastTrade: at,
        spreadBps: at,
        asksBehind: levels,
        bidsBehind: levels,
      },
      quotes: newestFirst(4, (index) => ({
        side: index % 2 === 0 ? 'bid' : 'ask',
        price: at,
        size: much,
        distanceBps: index === 3 ? null : other,
        status: state,
      })),
      slots: newestFirst(3, (index) =>
        sampleSlot(index, { openSize: much, entryPrice: at, realizedPnl: other, unrealizedPnl: index === 0 ? null : much }),
      ),
      orders: newestFirst(3, (index) =>
        sampleOrder(index, { price: at, quantity: much, filled: other, status: state, cancel: 'requested' }),
      ),
      fills: newestFirst(9, (index) => sampleFill(index, { price: at, quantity: much, fee: other, realizedPnl: much })),
      inventory: [{ asset: 'XRP', fromFills: much, fromCapital: other, total: at }],
      position: { quantity: much, averagePrice: at, notional: other, inSlots: much, quoted: other, unassigned, venues: other },
      pnl: { ...sampleModel().pnl, realized: much, unrealizedChange: other, fees: at, funding: other, net: much, equity: other },
      limits: ['XRP exposure', 'session loss'].map((name) => ({ name, value: much, limit: at, share, halts: false })),
      messages: newestFirst(3, (index) => sampleMessage(index, { text: `at ${at} much ${much} `.repeat(4) })),
    })
  }

  test('at any size and with any amounts no number is cut', () => {
    fc.assert(
      fc.property(size, anyModel, fc.boolean(), fc.constantFrom(...PAGES), ({ columns, rows }, values, help, page) => {
        const picture = draw({ model: modelOf(values), columns, rows, help, state: { page } })
        expectInside(picture, { columns, rows })
        expect(picture).not.toMatch(/\d[.,]?…/)
      }),
      { numRuns: 60 },
    )
  }, 60_000)

  test('below the smallest size no number is cut either', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), anyModel, (columns, values) => {
        expect(draw({ model: modelOf(values), columns, rows: 12 })).not.toMatch(/\d[.,]?…/)
      }),
      { numRuns: 40 },
    )
  })

  test('where a line is narrow, its last part goes and its numbers stay', () => {
    const position = { ...sampleModel().position, quantity: '124.60', averagePrice: '1.9996', notional: '249.15' }
    const market = { ...sampleModel().market, spreadBps: '4.00' }
    const picture = draw({ model: sampleModel({ position, market }), columns: 60, rows: 20 })
    expect(lineWith(picture, 'position')).toMatch(/^│ position \+124\.60 @ 1\.9996 +│/)
    expect(picture).toContain('spread 4.00 bps')
  })

  test('names of limits are whole in a narrow and in a wide terminal', () => {
    const limits = [
      { name: 'XRP exposure', value: '253.50', limit: '1000', share: 0.2535, halts: true },
      { name: 'session loss', value: '12.25', limit: '100', share: 0.1225, halts: true },
    ]
    for (const [columns, rows] of [
      [60, 20],
      [80, 24],
      [100, 30],
      [160, 50],
      [200, 60],
    ] as const) {
      const picture = draw({ model: sampleModel({ limits }), columns, rows })
      for (const { name } of limits) expect(picture, `${columns}×${rows}`).toContain(`${name} `)
    }
  })

  test('the status of an order and a quote is whole from 100 columns on', () => {
    const orders = [sampleOrder(1, { status: 'partially_filled', filled: '60.25' })]
    const quotes = [{ side: 'bid' as const, price: '2.1020', size: '120.5', distanceBps: '-6.66', status: 'partially_filled' }]
    for (const columns of [100, 120, 160, 200]) {
      const picture = draw({ model: sampleModel({ orders, quotes }), columns, rows: 40 })
      expect(picture.match(/partially filled/g), String(columns)).toHaveLength(2)
    }
  })
})

describe('larger terminals', () => {
  test('120×40 shows more fills, with titles and profit', () => {
    const model = sampleModel({ fills: newestFirst(50, sampleFill) })
    const fillsIn = (picture: string) => picture.match(/03:4\d:\d\d +(buy|sell) /g)?.length ?? 0
    expect(fillsIn(draw({ model, ...LARGE }))).toBeGreaterThan(fillsIn(draw({ model, ...SMALL })) + 10)
    expect(draw({ model, ...LARGE })).toMatch(/time +side +size +price +pnl/)
  })

  test('200×60 shows the session itself as well', () => {
    const picture = draw({ model: sampleModel(), columns: 200, rows: 60 })
    expect(picture).toMatch(/account +k3f9/)
    expect(picture).toMatch(/seed +7/)
  })
})

describe('too small', () => {
  test('one line with the essentials', () => {
    expect(draw({ model: sampleModel(), columns: 100, rows: 10 })).toBe(
      'terminal too small: needs 60×16, q stops · ● running 43 % · net +0.7209 · XRP/RLUSD +120.5',
    )
    expect(draw({ model: sampleModel(), columns: 50, rows: 12 })).toBe('too small: needs 60×16, q stops · ● running 43 %')
    expect(draw({ model: null, columns: 40, rows: 10 })).toBe('too small: needs 60×16, q stops')
    expect(draw({ model: sampleModel(), columns: 20, rows: 10 })).toBe('too small')
  })

  test('it offers what works: Ctrl-C without a keyboard, nothing where the session ends already', () => {
    expect(draw({ model: sampleModel(), columns: 50, rows: 12, keys: false })).toContain('needs 60×16, Ctrl-C stops')
    expect(draw({ model: sampleModel(), columns: 51, rows: 12, stopAsked: true })).toBe(
      'too small: needs 60×16 · ◐ stopping…, Ctrl-C leaves',
    )
    const halted = sampleModel({ phase: 'halted', haltReason: 'risk_loss_limit' })
    expect(draw({ model: halted, columns: 45, rows: 12 })).toBe('too small: needs 60×16 · ■ halted loss limit')
  })
})

describe('help', () => {
  test.each(SIZES.filter(({ columns, rows }) => columns >= 60 && rows >= 16))(
    'every key is named at $columns×$rows, with the way back',
    (size) => {
      const picture = draw({ model: sampleModel(), ...size, help: true })
      for (const words of [
        'another page',
        'through a list',
        'pause, exits too; p resumes',
        'reduce only; r resumes',
        'kill switch, asks first',
        'kill switch, at once',
      ]) {
        expect(picture).toContain(words)
      }
      expect(picture).toMatch(/q +stop and sum up/)
      expect(picture).toMatch(/Ctrl-C +stop; again: leave at once/)
      expect(picture).toMatch(/\?\/Esc +back/)
      for (const line of picture.split('\n')) expect(displayWidth(line), line).toBe(size.columns)
    },
  )

  test('without a keyboard only what works is offered', () => {
    expect(lineWith(draw({ model: sampleModel(), ...SMALL, keys: false }), '╰')).toMatch(/Ctrl-C stop ─+┴?─+╯$/)
  })
})
