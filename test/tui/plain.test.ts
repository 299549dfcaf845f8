import { describe, expect, test } from 'vitest'
import type { SessionViewModel } from '../../src/core/session/view-model.ts'
import { createPlainOutput } from '../../src/tui/plain.ts'
import { newestFirst, sampleFill, sampleMessage, sampleModel, sampleWorld } from './sample-model.ts'

const QUIET: Partial<SessionViewModel> = {
  fills: [],
  messages: [],
  slots: [],
  elapsedUs: 0,
  nowUs: sampleModel().startedAtUs,
  counts: { ...sampleModel().counts, fills: 0 },
}

function quietModel(changes: Partial<SessionViewModel> = {}): SessionViewModel {
  return sampleModel({ ...QUIET, ...changes })
}

/** The lines that the last of these models adds to what the others gave. */
function linesOfLast(...models: SessionViewModel[]): string[] {
  let lines: string[] = []
  const output = createPlainOutput({ write: (line) => lines.push(line) })
  for (const model of models) {
    lines = []
    output.publish(model)
  }
  return lines
}

function withFills(count: number): SessionViewModel {
  return quietModel({ fills: newestFirst(count, sampleFill).slice(0, 50), counts: { ...sampleModel().counts, fills: count } })
}

describe('plain output', () => {
  test('S06 it starts with what runs on what, and the limits in force', () => {
    expect(linesOfLast(quietModel())).toEqual([
      '03:44:18  session   20261120-034418-k3f9 starts at 2026-11-20 03:44:18 UTC, simulated time, and runs 30:00; progress every 3:00',
      '03:44:18  trades    XRP/RLUSD (spot) with market_maker',
      '03:44:18  venue     paper, paper mode, account k3f9',
      '03:44:18  feed      simulated, 60× speed, seed 7',
      '03:44:18  limit     exposure 1000',
      '03:44:18  limit     session_loss 100',
      '03:44:18  limit     order_notional 300',
      '03:44:18  limit     open_orders 20',
    ])
  })

  test('S06 limits that are known only later, or change, are said then', () => {
    const [limit = { name: 'exposure', value: '0', limit: '1000', share: 0, halts: true }] = quietModel().limits
    const lines = linesOfLast(quietModel({ limits: [] }), quietModel({ limits: [{ ...limit, limit: '900' }] }))
    expect(lines).toEqual(['03:44:18  limit     exposure 900'])
  })

  test('a model that says nothing new gives no line', () => {
    expect(linesOfLast(sampleModel(), sampleModel())).toEqual([])
  })

  test('each fill is one line, the oldest first', () => {
    expect(linesOfLast(withFills(1), withFills(3))).toEqual([
      '03:44:19  fill      sell  120.5 XRP/RLUSD @ 2.1001 maker fee  0.0253 RLUSD pnl  +0.0843 quote 1',
      '03:44:20  fill      buy   120.5 XRP/RLUSD @ 2.1002 maker fee  0.0253 RLUSD pnl        0 quote 2',
    ])
  })

  test('who wants no fills is told of everything else, and how many there were', () => {
    const lines: string[] = []
    const output = createPlainOutput({ fills: false, write: (line) => lines.push(line) })
    output.publish(withFills(1))
    const before = lines.length
    const messages = [sampleMessage(1, { severity: 'warning', text: 'looks odd' })]
    output.publish({ ...withFills(300), messages, elapsedUs: 900_000_000, durationUs: 1_800_000_000 })
    expect(lines.filter((line) => line.includes('  fill  '))).toEqual([])
    expect(lines.slice(before)).toEqual([expect.stringContaining('warning   looks odd'), expect.stringMatching(/progress .* fills 300$/)])
  })

  test('a fill with usual numbers takes at most 100 columns, its profit and fee rounded', () => {
    const fills = [
      sampleFill(1, { tradeId: '20261120-034418-k3f9-t1234', quantity: '124.60', fee: '0.024916', realizedPnl: '-0.084399999' }),
      sampleFill(2, {
        tradeId: '7301',
        price: '67123.45',
        quantity: '0.0124',
        fee: '1234567.5',
        feeAsset: 'USDT',
        realizedPnl: '-2500.255',
      }),
    ]
    const lines = linesOfLast(quietModel(), quietModel({ fills, counts: { ...quietModel().counts, fills: 2 } }))
    expect(lines).toEqual([
      '03:44:19  fill      sell 124.60 XRP/RLUSD @ 2.1001 maker fee 0.02492 RLUSD pnl -0.08440 quote t1234',
      '03:44:20  fill      buy  0.0124 XRP/RLUSD @ 67123.45 maker fee 1234568 USDT pnl -2500.26 quote 7301',
    ])
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100)
  })

  test('an amount with a long whole part is not left out', () => {
    const fills = [sampleFill(1, { fee: '123456789.5', realizedPnl: '-1234567890.5' })]
    const lines = linesOfLast(quietModel(), quietModel({ fills, counts: { ...quietModel().counts, fills: 1 } }))
    expect(lines[0]).toContain('fee 123456790 RLUSD pnl -1234567890 quote')
  })

  test('no fill is lost in silence: those that no longer fit in the model are counted', () => {
    const lines = linesOfLast(withFills(2), withFills(60))
    expect(lines).toHaveLength(51)
    expect(lines[0]).toMatch(/fill {6}… and 8 more fills$/)
    expect(lines[1]).toMatch(/ quote 10$/)
    expect(lines.at(-1)).toMatch(/ quote 59$/)
  })

  test('a new message is one line with its severity, the oldest first', () => {
    const before = quietModel({ messages: [sampleMessage(1)] })
    const after = quietModel({
      messages: [
        sampleMessage(3, { severity: 'alarm', text: 'in doubt' }),
        sampleMessage(2, { severity: 'warning', text: 'a gap' }),
        sampleMessage(1),
      ],
    })
    expect(linesOfLast(before, after)).toEqual(['03:44:20  warning   a gap', '03:44:21  alarm     in doubt'])
  })

  test('L04 where more messages came than a model holds, it says so', () => {
    const before = quietModel({ messages: [sampleMessage(1)] })
    const lines = linesOfLast(before, quietModel({ messages: newestFirst(300, sampleMessage).slice(0, 200) }))
    expect(lines).toHaveLength(201)
    expect(lines[0]).toContain('older messages')
  })

  test('V07 what comes from outside cannot break a line or colour it', () => {
    const lines = linesOfLast(quietModel(), quietModel({ messages: [sampleMessage(1, { text: 'a\nb\u001b[31m\u202e' })] }))
    expect(lines).toEqual(['03:44:19  info      a\\nb\\x1b[31m\\u{202e}'])
  })

  test('fills and messages come in order of time, and a fill before the slot move it led to', () => {
    const at = (timeUs: number) => ({ timeUs: sampleModel().startedAtUs + timeUs })
    const fills = [sampleFill(2, at(7_000_000)), sampleFill(1, at(5_000_000))]
    const moves = [sampleMessage(2, { ...at(7_000_000), text: 'slot closed' }), sampleMessage(1, { ...at(6_000_000), text: 'slot exits' })]
    const after = quietModel({ fills, messages: moves, counts: { ...quietModel().counts, fills: 2 } })
    const words = linesOfLast(quietModel({ counts: { ...quietModel().counts, fills: 0 } }), after).map((line) => line.slice(0, 25).trim())
    expect(words).toEqual([
      expect.stringMatching(/^03:44:23 {2}fill/),
      expect.stringMatching(/^03:44:24 {2}info {6}slot/),
      expect.stringMatching(/^03:44:25 {2}fill/),
      expect.stringMatching(/^03:44:25 {2}info {6}slot/),
    ])
  })

  test('progress is one line for each tenth of the duration, and the first line says how far they are apart', () => {
    const lines: string[] = []
    const output = createPlainOutput({ write: (line) => lines.push(line) })
    for (let percent = 0; percent <= 100; percent += 1) output.publish(quietModel({ elapsedUs: percent * 18_000_000 }))
    const progress = lines.filter((line) => line.includes('  progress  '))
    expect(progress).toHaveLength(10)
    expect(progress[3]).toBe('03:44:18  progress   40 %  12:00 of 30:00  mid 2.10375  position +120.5  net +0.7209 RLUSD  fills 0')
    expect(lines[0]).toMatch(/runs 30:00; progress every 3:00$/)
  })

  test('in a long session progress is said at least every hour, and at the end', () => {
    const lines: string[] = []
    const output = createPlainOutput({ write: (line) => lines.push(line) })
    const durationUs = 24.5 * 3_600_000_000
    for (let minute = 0; minute <= 24.5 * 60; minute += 10) output.publish(quietModel({ durationUs, elapsedUs: minute * 60_000_000 }))
    const progress = lines.filter((line) => line.includes('  progress  '))
    expect(lines[0]).toContain('; progress every 1:00:00')
    expect(progress).toHaveLength(25)
    expect(progress[1]).toContain('8 %  2:00:00 of 1d 00:30:00')
    expect(progress.at(-1)).toContain('100 %')
  })

  test('a line of progress is asked for at its own moment, and once', () => {
    const output = createPlainOutput({ write: () => undefined })
    const { startedAtUs } = quietModel()
    const tenthUs = 180_000_000
    expect(output.isDue(startedAtUs + tenthUs)).toBe(false)
    output.publish(quietModel())
    expect(output.isDue(startedAtUs + tenthUs - 1)).toBe(false)
    expect(output.isDue(startedAtUs + tenthUs)).toBe(true)
    output.publish(quietModel({ elapsedUs: tenthUs }))
    expect(output.isDue(startedAtUs + tenthUs)).toBe(false)
  })

  test('who looks on from the middle of a session is told in order of time what was before', () => {
    const { startedAtUs } = sampleModel()
    const fills = [sampleFill(2), sampleFill(1)]
    const nowUs = startedAtUs + 600_000_000
    const model = quietModel({
      nowUs,
      elapsedUs: 600_000_000,
      fills,
      messages: [sampleMessage(3)],
      counts: { ...quietModel().counts, fills: 2 },
    })
    const times = linesOfLast(model).map((line) => line.slice(0, 19).trimEnd())
    expect(times.slice(4, 8)).toEqual(['03:44:19  fill', '03:44:20  fill', '03:44:21  info', '03:54:18  limit'])
    expect(times).toEqual(times.toSorted((one, other) => one.slice(0, 8).localeCompare(other.slice(0, 8))))
  })

  test('what is heard of late stands where it was heard, with the time it is from', () => {
    const { startedAtUs } = sampleModel()
    const late = quietModel({ nowUs: startedAtUs + 2_000_000, messages: [sampleMessage(1, { text: 'a gap' })] })
    const lines = linesOfLast(quietModel(), quietModel({ fills: [sampleFill(2)], counts: { ...quietModel().counts, fills: 1 } }), late)
    expect(lines).toEqual(['03:44:20  info      (03:44:19) a gap'])
  })

  test('S06 in the world no other time is named', () => {
    const lines = linesOfLast(sampleModel({ ...QUIET, ...sampleWorld() }))
    expect(lines[0]).toMatch(/ starts at 2026-11-20 03:44:18 UTC and runs 30:00; progress every 3:00$/)
  })

  test('S02 the halt is said once, with its reason, detail and the counts', () => {
    const halted = quietModel({ phase: 'halted', haltReason: 'risk_loss_limit', haltDetail: '101.20 is beyond 100' })
    expect(linesOfLast(quietModel(), quietModel({ phase: 'stopping' }))).toEqual([
      '03:44:18  stopping  cancelling what rests and waiting for the venue',
    ])
    expect(linesOfLast(quietModel(), halted)).toEqual([
      '03:44:18  halted    loss limit: 101.20 is beyond 100 (risk_loss_limit)',
      '03:44:18  counts    events 12345  gaps 0  bad lines 0  ticks 774  orders 56  fills 0  denials 0',
    ])
    expect(linesOfLast(quietModel(), halted, halted)).toEqual([])
    const meant = quietModel({ phase: 'halted', haltReason: 'duration_elapsed', haltDetail: null })
    expect(linesOfLast(quietModel(), meant)[0]).toBe('03:44:18  ended     ran its time (duration_elapsed)')
  })

  test('L03 after close, which may be called twice, nothing is written', () => {
    const lines: string[] = []
    const output = createPlainOutput({ write: (line) => lines.push(line) })
    output.close()
    output.close()
    output.publish(sampleModel())
    expect(lines).toEqual([])
  })
})
