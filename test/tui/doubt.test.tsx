// What must not be missed on any screen: orders in doubt, and a venue that cannot be reached.

import { describe, expect, test } from 'vitest'
import type { SessionViewModel } from '../../src/core/session/view-model.ts'
import { createPlainOutput } from '../../src/tui/plain.ts'
import { displayWidth } from '../../src/tui/text.ts'
import { ALARM, draw, expectInside, LARGE, lineWith, SIZES, SMALL, WARNING } from './draw.tsx'
import { newestFirst, sampleDoubt, sampleModel, sampleOrder, sampleSlot, sampleWorld } from './sample-model.ts'

const DOUBTS = [sampleDoubt(2, { status: 'quarantined' }), sampleDoubt(0), sampleDoubt(1), sampleDoubt(3, { status: 'cancel' })]
const COUNTS = '2 orders in doubt, 1 quarantined, 1 cancel in doubt'
const HOSTILE = 'x\u001b[2J\u202e\n日本語🚀'.repeat(20)
const SCREENS = SIZES.filter(({ columns, rows }) => columns >= 60 && rows >= 16)

describe('orders in doubt', () => {
  test.each(SCREENS)('K23 at $columns×$rows they are counted in alarm colours, and take no essential away', (size) => {
    for (const slots of [[], [sampleSlot(1)]]) {
      const model = sampleModel({ ...sampleWorld(), doubts: DOUBTS, slots })
      const picture = draw({ model, ...size })
      expectInside(picture, size)
      expect(lineWith(picture, '!!')).toContain(COUNTS)
      expect(draw({ model, ...size, colour: true })).toMatch(new RegExp(`${ALARM} !! ${COUNTS} `))
      for (const title of ['inventory', 'limits', 'orders', 'fills', 'messages', '● running', 'bid ', 'realised']) {
        expect(picture, title).toContain(title)
      }
      expect(picture.split('\n').at(-1)).toContain('q stop')
    }
  })

  test('K23 the frame stays whole with the line, at every size', () => {
    for (const { columns, rows } of SCREENS) {
      const lines = draw({ model: sampleModel({ doubts: DOUBTS }), columns, rows }).split('\n')
      expect(lines).toHaveLength(rows)
      for (const line of lines) expect(displayWidth(line), line).toBe(columns)
      for (const line of lines.slice(1, -1)) expect(line).toMatch(/^[│├].*[│┤]$/)
    }
  })

  test('K23 each is told where there is room: side, size, price, since when, how often it was asked about', () => {
    const line = lineWith(draw({ model: sampleModel({ doubts: DOUBTS }), columns: 200, rows: 60 }), '!!')
    expect(line).toContain(`!! ${COUNTS}   buy 120.5 at 2.1020 since 03:56:18, asked 3×, s7k200000002 · `)
  })

  test('K23 the line is there for as long as there is a doubt, a halt included, and else not', () => {
    expect(draw({ model: sampleModel(), ...SMALL })).not.toContain('!!')
    expect(draw({ model: sampleModel({ doubts: DOUBTS, phase: 'halted', haltReason: 'kill_switch' }), ...SMALL })).toContain(COUNTS)
  })

  test('K23 on a terminal too small for a screen it is said first', () => {
    const model = sampleModel({ doubts: DOUBTS })
    expect(draw({ model, columns: 40, rows: 10 })).toMatch(/^too small 4 in doubt: needs 60×16/)
    expect(draw({ model, columns: 24, rows: 3, colour: true })).toMatch(new RegExp(`${ALARM}4 in doubt`))
  })

  test('K23 where the line is short it says whole words only: what is to be feared first, then parts of each order', () => {
    const away = { ...sampleWorld({ state: 'unreachable' }), feed: { silentUs: 17_900_000, limitUs: 30_000_000, isStale: true } } as const
    const one = [sampleDoubt(0, { status: 'cancel', quantity: '0.0016', price: '60037.9' })]
    const line = (changes: Partial<SessionViewModel>, columns: number) =>
      / (!!.*?) *│/.exec(lineWith(draw({ model: sampleModel(changes), columns, rows: 24 }), '!!'))?.[1]
    expect(line({ ...sampleWorld({ state: 'unreachable' }), doubts: one }, 80)).toBe(
      '!! 1 cancel in doubt, venue unreachable   buy 0.0016 at 60037.9',
    )
    expect(line({ ...away, doubts: one }, 120)).toBe(
      '!! 1 cancel in doubt, venue unreachable, feed silent for 17 s   buy 0.0016 at 60037.9 since 03:56:18, asked 3×',
    )
    expect(line({ ...away, doubts: DOUBTS }, 80)).toBe('!! 4 in doubt, venue unreachable, feed silent   buy 120.5 at 2.1020')
    const gates = ['session loss', 'drawdown', 'XRP exposure'].map((name) => ({ name, value: '9', limit: '9', share: 0.9, halts: true }))
    expect(line({ ...away, doubts: DOUBTS, limits: gates }, 60)).toBe('!! 4 in doubt, venue unreachable, feed silent, 3 more')
    for (let columns = 60; columns <= 250; columns += 7) {
      const said = line({ ...away, doubts: DOUBTS, limits: gates }, columns)
      expect(said).not.toContain('…')
      expect(said).toMatch(/^!! (4 in doubt|2 orders in doubt)/)
    }
  })

  test.each(SCREENS)('K23 how an order stands is said in whole words at $columns×$rows', (size) => {
    const standings = [
      ['acked', 'none', /acked /],
      ['acked', 'requested', /acked, cancel requested |acked, cancel→ |cancel→ /],
      ['acked', 'in_doubt', /acked, cancel in doubt |acked, cancel\? |cancel\? /],
      ['partially_filled', 'none', /partially filled |partial /],
      ['partially_filled', 'sent', /partially filled, cancel sent |partial(ly filled)?, cancel→ |cancel→ /],
      ['quarantined', 'none', /quarantined |quarant\. /],
      ['in_doubt', 'in_doubt', /in doubt, cancel in doubt |in doubt, cancel\? |in doubt /],
      ['submitting', 'refused', /submitting, cancel refused |(submitting|sending), refused |refused /],
    ] as const
    for (const [status, cancel, words] of standings) {
      const quotes = [
        { side: 'bid' as const, price: '60037.9', size: '0.0016', distanceBps: '-6.66', status: `${status}, cancel ${cancel}` },
      ]
      const orders = [sampleOrder(1, { status, cancel, price: '60037.9', quantity: '0.0016' })]
      for (const page of ['overview', 'orders'] as const) {
        const picture = draw({ model: sampleModel({ orders, quotes }), ...size, state: { page } })
        expect(picture).toMatch(words)
        expect(picture.split('\n').slice(1).join('\n')).not.toContain('…')
      }
    }
  })

  test('K23 they stand before all other orders in their panel, in alarm colours', () => {
    const troubled = [sampleOrder(1, { status: 'quarantined' }), sampleOrder(0, { cancel: 'in_doubt' })]
    const model = sampleModel({ orders: [...newestFirst(30, (index) => sampleOrder(index + 10)), ...troubled] })
    const picture = draw({ model, ...SMALL })
    expect(picture).toContain('quarantined')
    expect(picture).toMatch(/ cancel\? +│/)
    expect(draw({ model, ...SMALL, colour: true })).toMatch(new RegExp(`${ALARM}cancel\\?`))
  })

  test.each(SIZES)('V07 what a venue says of them reaches no $columns×$rows terminal raw', (size) => {
    const doubt = sampleDoubt(1, {
      clientOrderId: HOSTILE,
      side: HOSTILE,
      quantity: HOSTILE,
      price: HOSTILE,
      lastWords: HOSTILE,
      evidence: HOSTILE,
    })
    const world = sampleWorld({
      errors: [{ code: HOSTILE, count: 1, means: HOSTILE }],
      latencyMedianMs: 1e21,
      clockOffsetMs: -1e21,
      queued: 1e15,
    })
    const picture = draw({ model: sampleModel({ ...world, doubts: newestFirst(300, () => doubt) }), ...size })
    expectInside(picture, size)
    expect(picture).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u)
  })
})

describe('the health of a venue in the world', () => {
  test('the header has its state, its latency and its clock where a rehearsal has feed, speed and seed', () => {
    const line = lineWith(draw({ model: sampleModel(sampleWorld()), ...LARGE }), 'market_maker')
    expect(line).toMatch(/BTC\/USDT:USDT linear +market_maker +demo bingx +ok 45 ms {2}clock \+12 ms/)
    expect(line).not.toMatch(/seed|speed|feed/)
  })

  test('where there is less room the state stays, and the rest of it gives way to what runs on what', () => {
    const lineAt = (columns: number, rows: number) =>
      lineWith(draw({ model: sampleModel(sampleWorld({ state: 'unreachable' })), columns, rows }), 'market_maker')
    expect(lineAt(60, 20)).toMatch(/ unreachable │$/)
    expect(lineAt(80, 24)).toMatch(/market_maker +demo bingx +unreachable 45 ms │$/)
    expect(lineAt(120, 40)).toMatch(/ unreachable 45 ms {2}clock \+12 ms │$/)
  })

  test('one that limits us is a warning, one that is away an alarm on a line of its own', () => {
    const drawn = (state: 'limited' | 'unreachable') => draw({ model: sampleModel(sampleWorld({ state })), ...SMALL, colour: true })
    expect(drawn('limited')).toMatch(new RegExp(`${WARNING}limited`))
    expect(drawn('limited')).not.toContain('!!')
    expect(drawn('unreachable')).toMatch(new RegExp(`${ALARM} !! venue unreachable `))
    const model = sampleModel({ ...sampleWorld({ state: 'unreachable' }), doubts: [sampleDoubt(1)] })
    expect(draw({ model, ...SMALL })).toContain('!! 1 order in doubt, venue unreachable')
  })

  test('the panel of the session has the rest of it, and what the start found', () => {
    const world = sampleWorld({
      queued: 3,
      errors: [
        { code: 'TIMEOUT', count: 3, means: 'no answer in time' },
        { code: '80014', count: 1, means: 'a parameter is wrong, or the mode of the account' },
      ],
    })
    const picture = draw({ model: sampleModel({ ...world, recovery: { found: 3, done: 2, remaining: 1 } }), columns: 240, rows: 60 })
    expect(picture).toMatch(/feed +bingx BTC\/USDT:USDT \(live\)/)
    expect(picture).toMatch(/answers +ok, 45 ms, slowest 210 ms/)
    expect(picture).toMatch(/clock +\+12 ms against ours/)
    expect(picture).toMatch(/calls +1,234, 3 of 64 waiting, room for 95 orders now/)
    expect(picture).toMatch(/errors +TIMEOUT ×3 \(no answer in time\), 80014 ×1/)
    expect(picture).toMatch(/venue +bingx, demo at 127\.0\.0\.1:18080/)
    expect(picture).toMatch(/recovery +3 found, 2 steps taken, 1 left/)
    expect(picture).not.toMatch(/seed|speed/)
  })

  test('what is not measured yet is not shown as zero', () => {
    const unknown = sampleWorld({ clockOffsetMs: null, latencyMedianMs: null, latencySlowestMs: null, budget: null })
    const picture = draw({ model: sampleModel(unknown), columns: 200, rows: 60 })
    expect(picture).toMatch(/answers +ok, no call answered yet/)
    expect(picture).toMatch(/clock +not measured/)
    expect(lineWith(picture, 'market_maker')).toMatch(/demo bingx +ok *│/)
  })
})

describe('plain output', () => {
  /** The lines that the last of these models adds to what the others gave. */
  function linesOfLast(...models: Partial<SessionViewModel>[]): string[] {
    let lines: string[] = []
    const output = createPlainOutput({ write: (line) => lines.push(line) })
    for (const changes of models) {
      lines = []
      output.publish(sampleModel({ messages: [], fills: [], counts: { ...sampleModel().counts, fills: 0 }, ...changes }))
    }
    return lines
  }
  const world = sampleWorld()

  test('a session in the world starts with its feed, without a seed, and with how the venue answers', () => {
    const lines = linesOfLast({ ...world, recovery: { found: 1, done: 1, remaining: 0 } })
    expect(lines).toContain('03:44:18  venue     bingx, demo mode, account bingx-demo/main')
    expect(lines).toContain('03:44:18  feed      bingx BTC/USDT:USDT (live)')
    expect(lines).toContain('03:57:12  venue     ok, 45 ms, slowest 210 ms, clock +12 ms against ours')
    expect(lines).toContain('03:57:12  recovery  1 found, 1 step taken, 0 left')
    expect(linesOfLast(world, sampleWorld({ latencyMedianMs: 99 }))).toEqual([])
    expect(linesOfLast(world, sampleWorld({ state: 'unreachable' }))).toEqual([
      '03:57:12  venue     unreachable, 45 ms, slowest 210 ms, clock +12 ms against ours',
    ])
  })

  test('K23 a doubt is said when it comes, when it changes, and when it is over', () => {
    const one = { ...world, doubts: [sampleDoubt(1)] }
    const quarantined = { ...world, doubts: [sampleDoubt(1, { status: 'quarantined' })] }
    const said = 'sell 120.5 at 2.1055 since 03:56:18, asked 3×, s7k200000001'
    expect(linesOfLast(world, one)).toEqual([`03:57:12  doubt     1 order in doubt: ${said}`])
    expect(linesOfLast(world, one, { ...one, doubts: [sampleDoubt(1, { asks: 9 })] })).toEqual([])
    expect(linesOfLast(world, one, quarantined)).toEqual([`03:57:12  doubt     1 order quarantined: ${said}`])
    expect(linesOfLast(world, quarantined, world)).toEqual(['03:57:12  doubt     none any more: all orders are known'])
    expect(linesOfLast(world, { ...world, doubts: DOUBTS }, one)).toEqual(['03:57:12  doubt     1 order in doubt'])
  })

  test('a cancel of which it is known that it did nothing leaves an order that rests, and that is said', () => {
    const orders = [sampleOrder(1), sampleOrder(2)]
    const resting = { ...world, orders }
    const doubts = orders.map(({ clientOrderId }) => sampleDoubt(1, { clientOrderId, status: 'cancel' }))
    const ids = orders.map(({ clientOrderId }) => clientOrderId)
    const doubted = { ...resting, doubts }
    expect(linesOfLast({ ...resting, doubts: doubts.slice(0, 1) }, resting)).toEqual([
      `03:57:12  doubt     none any more: the cancel of ${ids[0]} did nothing, and the order still rests`,
    ])
    expect(linesOfLast(doubted, resting)).toEqual([
      `03:57:12  doubt     none any more: the cancels of ${ids.join(', ')} did nothing, and the orders still rest`,
    ])
    expect(linesOfLast(doubted, { ...world, orders: [] })).toEqual(['03:57:12  doubt     none any more: all orders are known'])
  })

  test('K23 of many only the first are told, and every line of progress says that some are left', () => {
    const doubts = newestFirst(9, (index) => sampleDoubt(index))
    const [line = ''] = linesOfLast(world, { ...world, doubts })
    expect(line).toMatch(/doubt {5}9 orders in doubt: /)
    expect(line.split(' · ')).toHaveLength(3)
    const before = { ...world, doubts, elapsedUs: 0 }
    expect(linesOfLast(before, { ...before, elapsedUs: 30 * 60_000_000 })[0]).toMatch(/progress .* fills 0 {2}9 orders in doubt$/)
  })
})
