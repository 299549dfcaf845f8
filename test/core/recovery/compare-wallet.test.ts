// How far two wallets may be apart: rounding where nothing is open, and what an order of fills explains where something is.

import { expect, test } from 'vitest'
import { type Decimal, dec, formatDecimal } from '../../../src/core/kernel/decimal.ts'
import { compareWallet } from '../../../src/core/recovery/compare-wallet.ts'
import { RecoveryBench, START_US } from './recovery-bench.ts'

/** Fills in this order; each books no fee, so that money moves by prices alone. */
function after(fills: readonly (readonly ['buy' | 'sell', string, string])[]): RecoveryBench {
  const bench = new RecoveryBench()
  fills.forEach(([side, quantity, price], index) => {
    const fill = { tradeId: `t${index}`, price: dec(price), quantity: dec(quantity), fee: dec('0'), feeAsset: 'RLUSD', liquidity: null }
    const instrument = [...bench.engine.view.instruments.keys()][0] as string
    bench.when({
      type: 'RECONCILE',
      action: 'book_fill',
      clientOrderId: null,
      venueOrderId: `v${index}`,
      instrument,
      side,
      fill: { ...fill, liquidity: 'maker' },
      evidence: 'by hand',
    })
  })
  return bench
}

const walletOf = ({ engine }: RecoveryBench): Decimal => engine.view.balances.get('wallet|RLUSD') as Decimal

/** What our books find where the venue has heard the same fills in an order of its own. */
function compared(ours: RecoveryBench, theirs: RecoveryBench, words: { off?: string; told?: boolean; unbooked?: string } = {}) {
  const [held] = [...theirs.engine.view.positions.values()].filter(({ quantity }) => quantity !== 0n)
  const averagePrice = held === undefined || words.told === false ? null : (((held.cost * 10n ** 18n) / held.quantity) as Decimal)
  const positions =
    held === undefined ? [] : [{ instrument: held.instrument, positionSide: 'net' as const, quantity: held.quantity, averagePrice }]
  const wallet = (walletOf(theirs) + dec(words.off ?? '0')) as Decimal
  const books = { asOfUs: START_US, balances: new Map([['RLUSD', wallet]]), positions }
  return compareWallet({ view: ours.engine.view, books, unbooked: new Map([['RLUSD', dec(words.unbooked ?? '0')]]) })
}

const A = [
  ['buy', '10', '2'],
  ['sell', '5', '2.2'],
  ['buy', '5', '2.4'],
] as const
/** The same fills: the one against the position is heard last, when the cost is another. */
const B = [A[0], A[2], A[1]] as const

test('fills that were heard in another order move money between wallet and open cost: told as not settled, and no more than that', () => {
  const [ours, theirs] = [after(A), after(B)]
  expect(walletOf(ours)).not.toBe(walletOf(theirs))
  const [found, ...others] = compared(ours, theirs)
  expect([found?.kind, others]).toEqual(['BALANCE_UNSETTLED', []])
  expect(compared(ours, theirs, { off: '5' }).map(({ kind }) => kind)).toEqual(['BALANCE_DIFFERS'])
  expect(compared(ours, theirs, { off: '-5' }).map(({ kind }) => kind)).toEqual(['BALANCE_DIFFERS'])
  expect(compared(ours, theirs, { off: '5', told: false }).map(({ kind }) => kind)).toEqual(['BALANCE_UNSETTLED'])
})

test('once flat both are the same to the last digit in any order, and all beyond rounding counts', () => {
  const close = ['sell', '10', '2.3'] as const
  const [ours, theirs] = [after([...A, close]), after([...B, close])]
  expect(walletOf(ours)).toBe(walletOf(theirs))
  expect(compared(ours, theirs, { off: '0.0004' })).toEqual([])
  const [found] = compared(ours, theirs, { off: '0.0005' })
  expect(found).toMatchObject({ kind: 'BALANCE_DIFFERS', advice: expect.stringContaining('dita capital deposit 0.0005 RLUSD') })
  expect(found?.evidence.ours).toBe(`${formatDecimal(walletOf(ours))} RLUSD`)
  // Four fills may have rounded by 0.0004: what a person moved had fewer digits than what is left of it.
  const [rounded] = compared(ours, theirs, { off: '-249.99970003' })
  expect(rounded).toMatchObject({ advice: expect.stringContaining('dita capital withdraw 250 RLUSD;') })
  // Whoever reads one of the two sentences has the whole command.
  expect(rounded?.advice).toContain('if a deposit was booked that never arrived, to undo it: dita capital withdraw 250 RLUSD;')
  expect(found?.advice).toContain('if a withdrawal was booked that was never made, to undo it: dita capital deposit 0.0005 RLUSD;')
})

test('what the next session books is no difference, and what is then left names the other way', () => {
  const [ours, theirs] = [after([]), after([])]
  expect(compared(ours, theirs, { off: '-7', unbooked: '-7' })).toEqual([])
  const [found] = compared(ours, theirs, { off: '-10', unbooked: '-7' })
  expect(found?.advice).toContain('dita capital withdraw 3 RLUSD')
  expect(found?.evidence.ours).toContain('999993 with the funding payments')
})
