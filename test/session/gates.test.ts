// What a session has made and what it holds, as its gates and its screen see it: by kind of instrument, fees and funding.

import { describe, expect, test } from 'vitest'
import { type Decimal, dec, formatDecimal } from '../../src/core/kernel/decimal.ts'
import type { Instrument } from '../../src/core/kernel/instrument.ts'
import { createState, flatPosition, type KernelState } from '../../src/core/kernel/state.ts'
import { type Baseline, baselineOf, checkGates, exposureOf, resultOf } from '../../src/core/session/gates.ts'

const LINEAR: Instrument = {
  symbol: 'BTC/USD:USD',
  kind: 'linear',
  base: 'BTC',
  quote: 'USD',
  settle: 'USD',
  tickSize: dec('1'),
  lotSize: dec('0.001'),
  minQuantity: dec('0'),
  maxQuantity: dec('0'),
  minNotional: dec('0'),
  maxLeverage: dec('10'),
}
const INVERSE: Instrument = { ...LINEAR, symbol: 'BTC/USD:BTC', kind: 'inverse', settle: 'BTC', lotSize: dec('1') }

interface Account {
  readonly quantity?: string
  readonly cost?: string
  readonly realized?: string
  readonly mark?: string | null
  /** By `account|asset`. */
  readonly balances?: Readonly<Record<string, string>>
  readonly prices?: Readonly<Record<string, string>>
}

function decimals(texts: Readonly<Record<string, string>> = {}): Map<string, Decimal> {
  return new Map(Object.entries(texts).map(([key, text]) => [key, dec(text)]))
}

function accountOf(instrument: Instrument, account: Account): KernelState {
  const { quantity = '0', cost = '0', realized = '0', mark = '20000', balances, prices } = account
  const position = { ...flatPosition(instrument.symbol, 'net'), quantity: dec(quantity), cost: dec(cost), realizedPnl: dec(realized) }
  return {
    ...createState(),
    positions: new Map([[instrument.symbol, { ...position, mark: mark === null ? null : dec(mark) }]]),
    balances: decimals(balances),
    assetPrices: decimals(prices),
  }
}

const FRESH: Baseline = { realized: dec('0'), unrealized: dec('0'), fees: new Map(), funding: new Map() }

function texts(state: KernelState, instrument: Instrument, baseline = FRESH): Record<string, string | null> {
  const result = Object.entries(resultOf(state, instrument, baseline))
  return Object.fromEntries(result.map(([name, value]) => [name, value === null ? null : formatDecimal(value)]))
}

describe('the result of a session', () => {
  test('is realised + unrealised + funding − fees; funding that was received is above zero', () => {
    const state = accountOf(LINEAR, {
      quantity: '2',
      cost: '39000',
      realized: '50',
      balances: { 'fees|USD': '7', 'funding|USD': '-3', 'wallet|USD': '1000' },
    })
    expect(texts(state, LINEAR)).toEqual({
      realized: '50',
      unrealized: '1000',
      unrealizedChange: '1000',
      fees: '7',
      funding: '3',
      net: '1046',
    })
  })

  test('N12 a fee in another asset counts at its stated price, one in the base at the mark, one without a price not', () => {
    const balances = { 'fees|USD': '1', 'fees|BNB': '0.5', 'fees|BTC': '0.001', 'fees|XYZ': '4' }
    const state = accountOf(LINEAR, { balances, prices: { 'BNB|USD': '300', 'XYZ|EUR': '9' } })
    expect(texts(state, LINEAR)).toMatchObject({ fees: '171', net: '-171' })
  })

  test('is what happened since it began, at what the assets are worth now', () => {
    const before = accountOf(LINEAR, {
      quantity: '1',
      cost: '19000',
      realized: '40',
      mark: '19500',
      balances: { 'fees|USD': '5', 'fees|BNB': '2', 'funding|USD': '10' },
    })
    const after = accountOf(LINEAR, {
      quantity: '1',
      cost: '19000',
      realized: '70',
      mark: '20000',
      balances: { 'fees|USD': '6', 'fees|BNB': '2.5', 'funding|USD': '4' },
      prices: { 'BNB|USD': '100' },
    })
    expect(texts(after, LINEAR, baselineOf(before, LINEAR))).toEqual({
      realized: '30',
      unrealized: '1000',
      unrealizedChange: '500',
      fees: '51',
      funding: '6',
      net: '485',
    })
  })

  test('of inverse contracts is counted in the base and shown in quote', () => {
    // 40,000 contracts bought at 16,000 cost 2.5 BTC; at 20,000 they are worth 2 BTC, so that half a coin is gained.
    const state = accountOf(INVERSE, {
      quantity: '40000',
      cost: '2.5',
      realized: '0.01',
      balances: { 'fees|BTC': '0.002', 'funding|BTC': '0.001' },
    })
    expect(texts(state, INVERSE)).toEqual({
      realized: '200',
      unrealized: '10000',
      unrealizedChange: '10000',
      fees: '40',
      funding: '-20',
      net: '10140',
    })
    const short = accountOf(INVERSE, { quantity: '-40000', cost: '-2.5' })
    expect(texts(short, INVERSE)).toMatchObject({ unrealized: '-10000', net: '-10000' })
  })

  test('N04 is not known while what is open has no mark, and is zero where nothing is open', () => {
    const open = { quantity: '1', cost: '100', mark: null, balances: { 'fees|USD': '2' } }
    expect(texts(accountOf(LINEAR, open), LINEAR)).toEqual({
      realized: '0',
      unrealized: null,
      unrealizedChange: null,
      fees: '2',
      funding: '0',
      net: null,
    })
    expect(texts(accountOf(LINEAR, { mark: null }), LINEAR)).toMatchObject({ unrealized: '0', net: '0' })
    expect(texts(accountOf(INVERSE, { mark: null, realized: '1' }), INVERSE)).toMatchObject({ realized: null, net: null })
  })
})

describe('exposure', () => {
  test('is position × mark, and of inverse contracts, which are counted in quote, the contracts themselves', () => {
    const text = (instrument: Instrument, account: Account): string | null => {
      const exposure = exposureOf(accountOf(instrument, account), instrument)
      return exposure === null ? null : formatDecimal(exposure)
    }
    expect(text(LINEAR, { quantity: '-2' })).toBe('40000')
    expect(text(LINEAR, { quantity: '-2', mark: null })).toBeNull()
    expect(text(INVERSE, { quantity: '-2500' })).toBe('2500')
    expect(text(INVERSE, { quantity: '2500', mark: null })).toBe('2500')
    expect(text(LINEAR, { mark: null })).toBe('0')
  })
})

describe('the gates', () => {
  const limited = (state: KernelState, limits: object): KernelState => ({ ...state, limits: limits as KernelState['limits'] })
  const none = { maxExposure: dec('0'), maxSessionLoss: dec('0') }

  test('S06 the loss limit counts funding paid and fees in other assets, and speaks at the limit itself', () => {
    const balances = { 'fees|BNB': '0.5', 'funding|USD': '25' }
    const state = accountOf(LINEAR, { realized: '-25', balances, prices: { 'BNB|USD': '100' } })
    expect(checkGates(limited(state, { ...none, maxSessionLoss: dec('100') }), LINEAR, FRESH)).toEqual({
      reason: 'risk_loss_limit',
      detail: 'loss 100 USD, limit 100 USD',
      figures: { value: '100', limit: '100' },
    })
    expect(checkGates(limited(state, { ...none, maxSessionLoss: dec('100.000000000000000001') }), LINEAR, FRESH)).toBeNull()
    expect(checkGates(limited(state, none), LINEAR, FRESH)).toBeNull()
  })

  test('S06 the exposure limit of inverse contracts is held against the contracts, above and not at the limit', () => {
    for (const quantity of ['500', '-500']) {
      const state = accountOf(INVERSE, { quantity })
      expect(checkGates(limited(state, { ...none, maxExposure: dec('500') }), INVERSE, FRESH)).toBeNull()
      expect(checkGates(limited(state, { ...none, maxExposure: dec('499') }), INVERSE, FRESH)).toMatchObject({
        reason: 'risk_btc_exposure',
        detail: 'exposure 500 USD, limit 499 USD',
      })
    }
  })
})
