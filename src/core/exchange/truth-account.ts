// From an instrument to the first record of a truth log and back, and to the account that the record began. Pure.

import { formatDecimal, parseDecimal, ZERO } from '../kernel/decimal.ts'
import type { Instrument } from '../kernel/instrument.ts'
import { Account, type FeeRates } from './account.ts'
import type { TruthInstrument, TruthOpening } from './truth-records.ts'

export function feeRatesOf(opening: TruthOpening): FeeRates {
  return { maker: parseDecimal(opening.makerFeeRate), taker: parseDecimal(opening.takerFeeRate) }
}

/** The account as it was before its first order. */
export function accountOf(opening: TruthOpening): Account {
  const instrument = instrumentOf(opening.instrument)
  const balances = { [instrument.settle]: parseDecimal(opening.balance) }
  return new Account(instrument, feeRatesOf(opening), balances, { quantity: ZERO, cost: ZERO })
}

export function truthOf(instrument: Instrument): TruthInstrument {
  return {
    symbol: instrument.symbol,
    base: instrument.base,
    quote: instrument.quote,
    settle: instrument.settle,
    tickSize: formatDecimal(instrument.tickSize),
    lotSize: formatDecimal(instrument.lotSize),
    minQuantity: formatDecimal(instrument.minQuantity),
    maxQuantity: formatDecimal(instrument.maxQuantity),
    minNotional: formatDecimal(instrument.minNotional),
    maxLeverage: formatDecimal(instrument.maxLeverage),
  }
}

export function instrumentOf(written: TruthInstrument): Instrument {
  return {
    symbol: written.symbol,
    kind: 'linear',
    base: written.base,
    quote: written.quote,
    settle: written.settle,
    tickSize: parseDecimal(written.tickSize),
    lotSize: parseDecimal(written.lotSize),
    minQuantity: parseDecimal(written.minQuantity),
    maxQuantity: parseDecimal(written.maxQuantity),
    minNotional: parseDecimal(written.minNotional),
    maxLeverage: parseDecimal(written.maxLeverage),
  }
}
