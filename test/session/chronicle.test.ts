// What people are told of the facts of a session: one line each, in words, with the numbers.

import { describe, expect, test } from 'vitest'
import { dec, ZERO } from '../../src/core/kernel/decimal.ts'
import { denialFact, denialOf } from '../../src/core/kernel/denials.ts'
import type { FactBody } from '../../src/core/kernel/facts.ts'
import { Chronicle } from '../../src/core/session/chronicle.ts'

function chronicleOf(...bodies: FactBody[]): Chronicle {
  const chronicle = new Chronicle({ pricePlaces: 4, quantityPlaces: 1 })
  bodies.forEach((body, index) => {
    chronicle.onFact({ seq: index + 1, timeUs: index, body })
  })
  return chronicle
}

/** The lines that facts give, oldest first. */
function said(...bodies: FactBody[]): string[] {
  const messages = chronicleOf(...bodies).messages()
  return messages.map(({ severity, text }) => `${severity}: ${text}`).reverse()
}

const OF_POSITION = { instrument: 'XRP/RLUSD', positionSide: 'net' } as const
const FILL = { tradeId: 't7', price: dec('2.5'), quantity: dec('3'), fee: dec('0.01'), feeAsset: 'BNB', liquidity: 'taker' } as const

describe('a line for', () => {
  test('each change of the trading state, with who asked for what', () => {
    expect(
      said(
        { type: 'TRADING_MOVED', from: 'active', to: 'reducing', action: 'reduce_only', reason: 'too much' },
        { type: 'TRADING_MOVED', from: 'reducing', to: 'halted', action: 'pause', reason: null },
        { type: 'TRADING_MOVED', from: 'halted', to: 'active', action: 'resume', reason: 'lunch is over' },
        { type: 'TRADING_MOVED', from: 'halted', to: 'halted', action: 'halt', reason: 'the end' },
      ),
    ).toEqual([
      'warning: trading: active → reduce-only (too much)',
      'warning: trading: reduce-only → paused',
      'info: trading: paused → active (lunch is over)',
      'warning: trading: paused → stopped for good (the end)',
    ])
  })

  test('a denial with the figures it was judged by, and one whose value says it all', () => {
    expect(
      said(
        denialFact(
          'ENTER',
          denialOf('POSITION_ABOVE_LIMIT', 'quantity', dec('5'), { position: dec('7'), working: ZERO, limit: dec('10') }),
        ),
        denialFact('EXIT', denialOf('SLOT_UNKNOWN', 'slotId', 'z')),
      ),
    ).toEqual([
      'warning: ENTER denied, POSITION_ABOVE_LIMIT: quantity=5 position=7 working=0 limit=10. The position once all working orders are filled would be above risk.max_position.',
      'warning: EXIT denied, SLOT_UNKNOWN: slotId=z. The strategy did not declare this slot.',
    ])
  })

  test('an exit that is refused because trading is paused, once until trading changes; a quote is not news', () => {
    const refused = (intent: string) => denialFact(intent, denialOf('TRADING_HALTED', 'trading', 'halted'))
    const moved = (from: 'active' | 'halted', to: 'active' | 'halted') =>
      ({ type: 'TRADING_MOVED', from, to, action: 'pause', reason: null }) as const
    const words = said(
      ...[
        moved('active', 'halted'),
        refused('QUOTE'),
        refused('EXIT'),
        refused('EXIT'),
        refused('EXIT_RESIDUAL'),
        moved('halted', 'halted'),
      ],
      ...[refused('EXIT'), moved('halted', 'active'), moved('active', 'halted'), refused('EXIT')],
    )
    const told = 'denied, TRADING_HALTED: trading=halted. Trading is halted: only cancels pass until it is resumed.'
    expect(words.filter((line) => line.includes('denied'))).toEqual([
      `warning: EXIT ${told}`,
      `warning: EXIT_RESIDUAL ${told}`,
      `warning: EXIT ${told}`,
    ])
  })

  test('a denial that comes again and again, at once and then as a count at growing intervals', () => {
    const chronicle = new Chronicle({ pricePlaces: 4, quantityPlaces: 1 })
    const lines: string[] = []
    const deny = (second: number, notional: number, intent = 'QUOTE'): void => {
      const body = denialFact(intent, denialOf('NOTIONAL_ABOVE_LIMIT', 'bid.quantity', dec(String(notional)), { limit: dec('100') }))
      const { unseen } = chronicle
      chronicle.onFact({ seq: 1, timeUs: second * 1_000_000, body })
      if (chronicle.unseen > unseen) lines.push(`${second} ${chronicle.messages()[0]?.text.split(':')[0]}`)
    }
    for (let second = 0; second <= 5_000; second += 1) deny(second, 101 + second)
    deny(5_000, 9, 'ENTER')
    // Long forgotten, it is new again.
    deny(6_000, 101)
    expect(lines).toEqual([
      '0 QUOTE denied, NOTIONAL_ABOVE_LIMIT',
      '60 QUOTE denied 60 times more, NOTIONAL_ABOVE_LIMIT',
      '660 QUOTE denied 600 times more, NOTIONAL_ABOVE_LIMIT',
      '4260 QUOTE denied 3600 times more, NOTIONAL_ABOVE_LIMIT',
      '5000 ENTER denied, NOTIONAL_ABOVE_LIMIT',
      '6000 QUOTE denied, NOTIONAL_ABOVE_LIMIT',
    ])
    expect([chronicle.counts.denials, chronicle.lastDenial]).toEqual([5_003, 'NOTIONAL_ABOVE_LIMIT'])
    expect(chronicle.messages()).toHaveLength(6)
  })

  test('what no message tells is the last denial all the same', () => {
    expect(chronicleOf().lastDenial).toBeNull()
    const chronicle = chronicleOf(
      denialFact('EXIT', denialOf('SLOT_UNKNOWN', 'slotId', 'z')),
      denialFact('QUOTE', denialOf('QUOTE_SIDE_IN_DOUBT', 'bid', 'abc')),
    )
    expect(chronicle.lastDenial).toBe('QUOTE_SIDE_IN_DOUBT')
    expect(chronicle.messages()).toHaveLength(1)
  })

  test('denials whose names differ each time take no memory without end', () => {
    const bodies = Array.from({ length: 600 }, (_, index) => denialFact('EXIT', denialOf('SLOT_UNKNOWN', 'slotId', `z${index % 400}`)))
    expect(chronicleOf(...bodies).counts.denials).toBe(600)
    // The first two hundred were forgotten for the next ones.
    expect(chronicleOf(...bodies).unseen).toBe(600)
  })

  test('what a flag says, with its code where it warns of something, and without it where the words say all', () => {
    const flag = { type: 'RISK_FLAGGED', value: null, limit: null } as const
    expect(
      said(
        { ...flag, code: 'LIMIT_MAX_DRAWDOWN', severity: 'info', detail: 'In force: drawdown, limit 100.' },
        { ...flag, code: 'VENUE_ALARM', severity: 'alarm', detail: 'BingX does not answer any more.' },
        // All is well: there is nothing to tell.
        { ...flag, code: 'INVENTORY_COMPARED', severity: 'info', detail: 'inventory and value are what the tables say' },
        { ...flag, code: 'INVENTORY_COMPARED', severity: 'alarm', detail: 'off by 3' },
      ),
    ).toEqual(['alarm: BingX does not answer any more.', 'alarm: INVENTORY_COMPARED: off by 3'])
  })

  test('no limit that has a gauge: of the drawdown only since when peaks count, and what has no gauge as it is', () => {
    const flag = { type: 'RISK_FLAGGED', severity: 'info', limit: '5', detail: 'In force: so much, limit 5.' } as const
    const limits = ['LIMIT_MAX_DRAWDOWN', 'LIMIT_VENUE_SILENCE', 'LIMIT_VENUE_STREAM', 'LIMIT_VENUE_ACCOUNT', 'LIMIT_VENUE_FAILURES']
    expect(said(...limits.map((code) => ({ ...flag, code, value: null })))).toEqual(['info: In force: so much, limit 5.'])
    expect(said({ ...flag, code: 'LIMIT_MAX_DRAWDOWN', value: '2025-12-31' })).toEqual([
      'info: for the drawdown peaks count since 2025-12-31 (UTC)',
    ])
  })

  test('K01 dust that was written off, with what it had cost', () => {
    const of = { type: 'DUST_WRITTEN_OFF', slotId: 'a', trade: 3, ...OF_POSITION } as const
    expect(said({ ...of, quantity: dec('-0.04'), cost: dec('0.084'), reason: 'dust' })).toEqual([
      'warning: slot a#3: -0.04 of XRP/RLUSD, cost 0.084, is too small to be traded and written off (dust)',
    ])
  })

  test('funding, paid and received', () => {
    const of = { type: 'FUNDING_BOOKED', instrument: 'XRP/USD:USD', fundingId: 'f1', asset: 'USD', postings: [] } as const
    expect(said({ ...of, amount: dec('-0.25') }, { ...of, amount: dec('1.5') })).toEqual([
      'info: funding of XRP/USD:USD: 0.25 USD paid',
      'info: funding of XRP/USD:USD: 1.5 USD received',
    ])
  })

  test('what reconcile did, on what evidence, and whom it gave exposure to', () => {
    const of = { type: 'EXPOSURE_ASSIGNED', ...OF_POSITION, tradeValue: dec('4'), slotRealizedPnl: ZERO } as const
    expect(
      said(
        { type: 'RECONCILED', action: 'mark_absent', subject: 'abc', evidence: 'two queries found nothing' },
        { ...of, quantity: dec('2'), slotId: 'a', trade: 1 },
        { ...of, quantity: dec('-2'), slotId: null, trade: null },
      ),
    ).toEqual([
      'warning: reconcile mark_absent abc: two queries found nothing',
      'info: unassigned 2 of XRP/RLUSD given to slot a',
      'info: unassigned -2 of XRP/RLUSD given to the quotes',
    ])
  })

  test('a position that differs, and a fee that nobody can value, as their flags say it, and once', () => {
    const differs = { type: 'POSITION_DIFFERED', ...OF_POSITION, ours: dec('5'), venues: dec('8'), averagePrice: null, asOfUs: 9 } as const
    const flag = { type: 'RISK_FLAGGED', value: '8', limit: null } as const
    expect(
      said(
        differs,
        { ...flag, code: 'POSITION_DRIFT', severity: 'alarm', detail: 'We hold 5 XRP/RLUSD, the venue says 8.' },
        { ...flag, code: 'FEE_UNPRICED', severity: 'warning', detail: 'Nobody has said what BNB is worth.' },
      ),
    ).toEqual([
      'alarm: POSITION_DRIFT: We hold 5 XRP/RLUSD, the venue says 8.',
      'warning: FEE_UNPRICED: Nobody has said what BNB is worth.',
    ])
  })

  test('a fill that confirms what was inferred, which is no further fill', () => {
    const body = {
      type: 'FILL_CONFIRMED',
      clientOrderId: 'abc',
      instrument: 'XRP/RLUSD',
      side: 'buy',
      ...FILL,
      tradeValue: dec('7.5'),
      feePrice: null,
    } as const
    const chronicle = chronicleOf({ ...body, postings: [] })
    expect(chronicle.messages().map(({ text }) => text)).toEqual([
      'order abc: what was inferred of it is confirmed as trade t7, 3 at 2.5, fee 0.01 BNB',
    ])
    expect(chronicle.counts.fills).toBe(0)
    expect(chronicle.fills()).toEqual([])
  })
})
