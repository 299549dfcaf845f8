// What the paper exchange is told of an account that is carried on: then it comes to our figures, to the last digit.

import { describe, expect, test } from 'vitest'
import { Account } from '../../src/core/exchange/account.ts'
import { dec, ZERO } from '../../src/core/kernel/decimal.ts'
import { createState, flatPosition } from '../../src/core/kernel/state.ts'
import { paperAccountOf } from '../../src/core/session/paper-account.ts'
import { openingOf } from '../core/kernel/opening.ts'

const { instrument } = openingOf({ instrument: { kind: 'linear' } })

describe('an account that is carried on', () => {
  test('brings the money of its wallet, and nothing else that the ledger counts', () => {
    const balances = new Map([
      ['wallet|RLUSD', dec('12.5')],
      ['wallet|BNB', ZERO],
      ['fees|RLUSD', dec('3')],
      ['position|XRP', dec('4')],
    ])
    const account = paperAccountOf({ ...createState(), balances }, instrument.symbol)
    expect(account).toEqual({ balances: { RLUSD: dec('12.5'), BNB: ZERO }, position: { quantity: ZERO, cost: ZERO } })
  })

  test('brings its position with the basis of its cost: what is closed later is closed at the cost that our books give it', () => {
    // Seven for 709, of which three have been sold: a seventh of 709 has no end.
    const position = {
      ...flatPosition(instrument.symbol, 'net'),
      quantity: dec('4'),
      cost: dec('405.142857142857142857'),
      basisQuantity: dec('7'),
      basisCost: dec('709'),
    }
    const state = { ...createState(), positions: new Map([[instrument.symbol, position]]) }
    const { position: carried } = paperAccountOf(state, instrument.symbol)
    expect(carried).toEqual({
      quantity: dec('4'),
      cost: dec('405.142857142857142857'),
      basis: { quantity: dec('7'), cost: dec('709') },
    })
    const account = new Account(instrument, { maker: ZERO, taker: ZERO }, {}, carried)
    account.settle('sell', dec('100'), dec('2'), ZERO)
    // 709 × 2 ÷ 7; by way of the rounded cost of four it would end in 8.
    expect(account.position).toEqual({ quantity: dec('2'), cost: dec('202.571428571428571429') })
  })
})
