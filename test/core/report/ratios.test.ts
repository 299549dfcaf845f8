import { describe, expect, test } from 'vitest'
import { dec } from '../../../src/core/kernel/decimal.ts'
import { Ratios } from '../../../src/core/report/ratios.ts'
import type { RatiosSummary } from '../../../src/core/report/ratios-view.ts'

const MINUTE_US = 60_000_000
const START_US = 1_760_000_000_000_000

/** Of an account in which nothing is moved the index is in proportion to equity. */
const ALONE = { numerator: 1n, denominator: 1n }

function tell(ratios: Ratios, timeUs: number, equity: string): void {
  ratios.onEquity(timeUs, dec(equity), { held: dec(equity), factor: ALONE })
}

/** Equity at the start and then at the end of every five minutes, with `between` in the middle of each. */
function course(equities: readonly string[], between?: string): Ratios {
  const ratios = new Ratios()
  for (const [index, equity] of equities.entries()) {
    if (between !== undefined && index > 0) tell(ratios, START_US + (index * 5 - 2) * MINUTE_US, between)
    tell(ratios, START_US + index * 5 * MINUTE_US, equity)
  }
  return ratios
}

function values({ sharpe, sortino, calmar }: RatiosSummary): (string | null)[] {
  return [sharpe, sortino, calmar].map(({ value }) => value)
}

/** 100 and 101 in turn. */
function wave(count: number): string[] {
  return Array.from({ length: count }, (_, index) => (index % 2 === 0 ? '100' : '101'))
}

describe('ratios', () => {
  test('N13 with fewer than 30 periods of five minutes there are words instead of figures', () => {
    const why = 'Too few: 29 periods of 5 minutes, and it takes 30.'
    const none = { value: null, why }
    expect(course(wave(30)).summary(null)).toEqual({
      periodUs: 5 * MINUTE_US,
      periods: 29,
      periodsNeeded: 30,
      meanReturnPercent: null,
      deviationPercent: null,
      downsideDeviationPercent: null,
      sharpe: none,
      sortino: none,
      calmar: none,
    })
    expect(course(wave(31)).summary(null)).toMatchObject({ periods: 30, sharpe: { why: null } })
  })

  test('N13 half an hour, however many its ticks, is too short for any of them', () => {
    const ratios = new Ratios()
    for (let second = 0; second <= 1800; second += 1) tell(ratios, START_US + second * 1_000_000, String(1000 + (second % 7)))
    const summary = ratios.summary(null)
    expect(values(summary)).toEqual([null, null, null])
    expect(summary.sharpe.why).toBe('Too few: 6 periods of 5 minutes, and it takes 30.')
  })

  test('sessions without an equity say what is missing, and those with a single one have no period', () => {
    expect(new Ratios().summary('The session saw no mark.')).toMatchObject({
      periods: 0,
      sharpe: { value: null, why: 'The session saw no mark.' },
    })
    expect(new Ratios().summary(null).sharpe.why).toBe('Too few: 0 periods of 5 minutes, and it takes 30.')
    expect(course(['7']).summary(null).sharpe.why).toBe('Too few: 0 periods of 5 minutes, and it takes 30.')
  })

  test('Sharpe, Sortino and Calmar of a wave, worked out by hand', () => {
    const summary = course(wave(31)).summary(null)
    // 15 returns of 1 % and 15 of −1/101: a = 0.01, b = 0.00990099…; mean (a − b) ÷ 2, deviation (a + b) ÷ 2 × √(30/29),
    // downside b ÷ √2.
    const [a, b] = [0.01, 1 / 101]
    const mean = (a - b) / 2
    const deviation = ((a + b) / 2) * Math.sqrt(30 / 29)
    expect(Number(summary.meanReturnPercent)).toBeCloseTo(100 * mean, 12)
    expect(Number(summary.deviationPercent)).toBeCloseTo(100 * deviation, 12)
    expect(Number(summary.downsideDeviationPercent)).toBeCloseTo((100 * b) / Math.SQRT2, 12)
    expect(Number(summary.sharpe.value)).toBeCloseTo(mean / deviation, 10)
    expect(Number(summary.sortino.value)).toBeCloseTo((mean / b) * Math.SQRT2, 10)
    // It ends where it began.
    expect(summary.calmar).toEqual({ value: '0', why: null })
  })

  test('Calmar is the whole return against the deepest fall, also where that was between the ends of periods', () => {
    // From 100 to 130, and in every period once down to 50: 30 % against 50 of the last peak, which is 129.
    const equities = Array.from({ length: 31 }, (_, index) => String(100 + index))
    expect(Number(course(equities, '50').summary(null).calmar.value)).toBeCloseTo(0.3 / (79 / 129), 12)
  })

  test('what never varied, never lost and never fell has no ratio, and says so', () => {
    const flat = course(Array.from({ length: 31 }, () => '100')).summary(null)
    expect([flat.sharpe.why, flat.sortino.why, flat.calmar.why]).toEqual([
      'All periods returned the same.',
      'No period lost.',
      'Equity never fell below a peak.',
    ])
    expect([...values(flat), flat.meanReturnPercent]).toEqual([null, null, null, '0'])
  })

  test('N11 capital that is moved changes no period: what counts is the growth of what was there', () => {
    const alone = course(wave(31)).summary(null)
    const moved = new Ratios()
    // All is multiplied by a thousand in the midst of the periods, and goes again: the index does not see it.
    for (const [index, equity] of wave(31).entries()) {
      const isLarge = index >= 10 && index < 20
      const held = dec(isLarge ? `${equity}000` : equity)
      const factor = isLarge ? { numerator: 7n, denominator: 7_000n } : { numerator: 1n, denominator: 1n }
      moved.onEquity(START_US + index * 5 * MINUTE_US, dec('-5'), { held, factor })
    }
    expect(moved.summary(null)).toEqual(alone)
  })

  test('equity that was not above zero has no returns', () => {
    const why = 'Equity was not above zero all the time.'
    expect(course([...wave(30), '0', '100']).summary(null).sharpe.why).toBe(why)
    const emptied = course(wave(31))
    emptied.onEquity(START_US + 151 * MINUTE_US, dec('0'), null)
    expect(emptied.summary(null).sharpe.why).toBe(why)
    const lost = course(wave(31))
    lost.onEquity(START_US + 151 * MINUTE_US, dec('9'), { held: dec('9'), factor: { numerator: 0n, denominator: 1n } })
    expect(lost.summary(null).sharpe.why).toBe(why)
  })

  test('the longest period of which there are thirty is taken, and the rest at the end is left out', () => {
    const fiveMinutes = (count: number): RatiosSummary => course(wave(count + 1)).summary(null)
    expect(fiveMinutes(89)).toMatchObject({ periodUs: 5 * MINUTE_US, periods: 89 })
    expect(fiveMinutes(92)).toMatchObject({ periodUs: 15 * MINUTE_US, periods: 30 })
    expect(fiveMinutes(30 * 12)).toMatchObject({ periodUs: 60 * MINUTE_US, periods: 30 })
    expect(fiveMinutes(30 * 288)).toMatchObject({ periodUs: 1440 * MINUTE_US, periods: 30 })
  })

  test('a period ends with what was known then: equity that comes later is of the next', () => {
    const ratios = new Ratios()
    tell(ratios, START_US, '100')
    tell(ratios, START_US + 4 * MINUTE_US, '200')
    // After silence over the ends of 30 periods.
    tell(ratios, START_US + 151 * MINUTE_US, '400')
    const summary = ratios.summary(null)
    expect(summary.periods).toBe(30)
    // One period doubled, 29 did not move.
    expect(Number(summary.meanReturnPercent)).toBeCloseTo(100 / 30, 12)
  })
})
