import { describe, expect, test } from 'vitest'
import { Markouts } from '../../../src/core/report/markouts.ts'
import type { MarkoutHorizonSummary, MarkoutsSummary } from '../../../src/core/report/quoting-view.ts'
import { INSTRUMENT, lead, mids, SECOND_US, SERIES } from './course-rows.ts'

const NOTHING = {
  fills: 0,
  quantity: '0',
  meanBps: null,
  medianBps: null,
  halfSpreadBps: null,
  realizedSpreadBps: null,
  priceImpactBps: null,
}

function at(summary: MarkoutsSummary, seconds: number): MarkoutHorizonSummary {
  const found = summary.horizons.find(({ horizonUs }) => horizonUs === seconds * SECOND_US)
  if (found === undefined) throw new Error(`no horizon of ${seconds} s`)
  return found
}

describe('markouts', () => {
  test('the horizons are 1, 5, 30, 60 and 300 seconds', () => {
    const { horizons } = new Markouts(SERIES).summary()
    expect(horizons.map(({ horizonUs }) => horizonUs / SECOND_US)).toEqual([1, 5, 30, 60, 300])
    expect(horizons[0]).toMatchObject({ tooNearEnd: 0, withoutMidCount: 0, both: NOTHING, buy: NOTHING, sell: NOTHING })
  })

  test('a buy that is followed by a rise is in our favour, and what was earned at the fill comes on top', () => {
    const markouts = lead(new Markouts(SERIES), {
      ticks: mids('100', '100.05', '100.1'),
      fills: [{ at: 0.5, side: 'buy', price: '99.98', quantity: '2' }],
    })
    // The first tick a second after 0.5 s is that at 2 s: 0.1 of 100 is 10 bps. The fill was 2 bps below the mid.
    expect(at(markouts.summary(), 1).buy).toEqual({
      fills: 1,
      quantity: '2',
      meanBps: '10',
      medianBps: '10',
      halfSpreadBps: '2',
      realizedSpreadBps: '12',
      priceImpactBps: '-10',
    })
    expect(at(markouts.summary(), 1).sell).toEqual(NOTHING)
    expect(at(markouts.summary(), 1).both).toEqual(at(markouts.summary(), 1).buy)
  })

  test('a sale that is followed by a rise was picked off: the half-spread less the price impact is what is left', () => {
    const markouts = lead(new Markouts(SERIES), {
      ticks: mids('100', '100.03'),
      fills: [{ at: 0, side: 'sell', price: '100.02', quantity: '5' }],
    })
    expect(at(markouts.summary(), 1).sell).toEqual({
      fills: 1,
      quantity: '5',
      meanBps: '-3',
      medianBps: '-3',
      halfSpreadBps: '2',
      realizedSpreadBps: '-1',
      priceImpactBps: '3',
    })
  })

  test('a tick just at the horizon counts, and figures are weighted by quantity', () => {
    const markouts = lead(new Markouts(SERIES), {
      ticks: mids('100', '100.02', '100'),
      fills: [
        { at: 0, side: 'buy', price: '100', quantity: '3' },
        { at: 1, side: 'sell', price: '100.02', quantity: '1' },
      ],
    })
    const { both, buy, sell } = at(markouts.summary(), 1)
    // 2 bps on 3, and 0.02 of 100.02 on 1.
    expect([buy.meanBps, sell.meanBps]).toEqual(['2', '1.999600079984003199'])
    expect(both).toMatchObject({ fills: 2, quantity: '4', meanBps: '1.9999000199960008', medianBps: '2' })
  })

  test('fills too near the end are in no figure and are counted', () => {
    const markouts = lead(new Markouts(SERIES), {
      ticks: mids('100', '101', '102', '103', '104', '105'),
      fills: [{ at: 0 }, { at: 4 }, { at: 5 }],
    })
    const summary = markouts.summary()
    expect(summary.fills).toBe(3)
    expect([1, 5, 30].map((seconds) => [at(summary, seconds).both.fills, at(summary, seconds).tooNearEnd])).toEqual([
      [2, 1],
      [1, 2],
      [0, 3],
    ])
    expect(at(summary, 30).both).toEqual(NOTHING)
  })

  test('without a mid before the fill or at the horizon, or only with a stale one, there is no markout', () => {
    const gap = lead(new Markouts(SERIES), {
      ticks: [...mids('100', undefined, '100', '100'), { at: 20, mid: '101' }, { at: 21 }],
      fills: [{ at: 0 }, { at: 1 }, { at: 2 }, { at: 3 }, { at: 10 }, { at: 20 }],
    })
    const summary = gap.summary()
    // At 1 s there was no mid, at 10 s the last was 7 s old.
    expect([summary.fills, summary.leftOut]).toEqual([4, { inferred: 0, withoutMidCount: 2 }])
    // Of 0 s the tick at 1 s has none, 3 s is followed by silence, 20 s by a tick without one.
    expect(at(summary, 1)).toMatchObject({ withoutMidCount: 3, tooNearEnd: 0, both: { fills: 1, meanBps: '0' } })
  })

  test('only fills of quotes in the instrument count, and none that was inferred', () => {
    const markouts = lead(new Markouts(SERIES), {
      ticks: [...mids('100', '101'), { at: 1, mid: '7', instrument: 'OTHER' }],
      fills: [{ at: 0, role: 'entry' }, { at: 0, role: null }, { at: 0, instrument: 'OTHER' }, { at: 0, inferred: true }, { at: 0 }],
    })
    const summary = markouts.summary()
    expect([summary.fills, summary.leftOut.inferred, at(summary, 1).both.meanBps]).toEqual([1, 1, '100'])
  })

  test('a horizon that is shorter than a tick says so instead of a figure', () => {
    const markouts = lead(new Markouts({ instrument: INSTRUMENT, tickIntervalUs: 2 * SECOND_US }), {
      ticks: [0, 2, 4, 6, 8].map((at) => ({ at, mid: `${100 + at}` })),
      fills: [{ at: 0 }],
    })
    expect(at(markouts.summary(), 1)).toMatchObject({ shorterThanTick: true, both: NOTHING })
    expect(at(markouts.summary(), 5)).toMatchObject({ shorterThanTick: false, both: { fills: 1, meanBps: '600' } })
  })
})
