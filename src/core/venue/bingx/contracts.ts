// What BingX says of an instrument becomes an `Instrument`. Decides nothing; what cannot be traded exactly is refused.

import { DitaError, EXIT } from '../../errors.ts'
import { type Decimal, dec, ONE, ZERO } from '../../kernel/decimal.ts'
import { type Instrument, instrumentFaults } from '../../kernel/instrument.ts'
import type { ContractRow } from './answers.ts'

/** 10 to the minus places: BingX states decimals, and no tick or step of their own. */
function stepOf(places: number): Decimal {
  return dec(places === 0 ? '1' : `0.${'0'.repeat(places - 1)}1`)
}

/**
 * @param maxLeverage what the leverage call says; null takes what the contract says, which the venue no longer keeps up
 * @throws DitaError INSTRUMENT_UNSUPPORTED (exit 4) where it is closed to us, or cannot be traded exactly
 */
export function instrumentFrom(row: ContractRow, symbol: string, maxLeverage: Decimal | null): Instrument {
  const { pricePlaces, quantityPlaces, minQuantity, minNotional, asset, currency } = row
  if (!row.isOnline) throw unsupported(symbol, 'it is not online at the venue')
  if (!row.isOpenByApi) throw unsupported(symbol, 'the venue does not let it be traded by API')
  if (pricePlaces + quantityPlaces > 18) throw unsupported(symbol, 'its prices and quantities need more than 18 decimals together')
  const instrument: Instrument = {
    symbol,
    kind: 'linear',
    base: asset,
    quote: currency,
    settle: currency,
    tickSize: stepOf(pricePlaces),
    lotSize: stepOf(quantityPlaces),
    minQuantity,
    maxQuantity: ZERO,
    minNotional,
    maxLeverage: maxLeverage ?? lower(row.maxLongLeverage, row.maxShortLeverage) ?? ONE,
  }
  const faults = instrumentFaults(instrument)
  if (`${asset}/${currency}:${currency}` !== symbol) faults.push(`the venue calls its assets ${asset} and ${currency}`)
  if (faults.length > 0) throw unsupported(symbol, faults.join('; '))
  return instrument
}

function lower(a: Decimal | null, b: Decimal | null): Decimal | null {
  if (a === null || b === null) return a ?? b
  return a < b ? a : b
}

/** What to type where an instrument is none. */
export const HOW_TO_NAME =
  'Set `venue.instrument` to a USDT perpetual that BingX lists, written BASE/USDT:USDT as BTC/USDT:USDT is: for what BingX calls BTC-USDT.'

export function unsupported(symbol: string, why: string): DitaError {
  return new DitaError('INSTRUMENT_UNSUPPORTED', {
    fault: 'user',
    exitCode: EXIT.config,
    message: `${symbol} cannot be traded at BingX: ${why}.`,
    next: HOW_TO_NAME,
  })
}
