// The one schema of dita.yaml: every key with its bounds, default and description. Docs, editor help, the scaffold and the
// built-in config are all made from it.

import type { z } from 'zod'
import {
  amountsByAsset,
  choice,
  decimal,
  LARGE,
  LINE,
  NAME,
  optionalText,
  plainNumber,
  requiredChoice,
  requiredDecimal,
  requiredText,
  section,
  text,
} from './fields.ts'
import { engineSection, riskSection } from './schema-limits.ts'
import { notifySection } from './schema-notify.ts'
import { strategySection } from './schema-strategy.ts'
import { venueSection } from './schema-venue.ts'

const ASSET = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/

/** What the schema makes of a file: the keys of the file, the values of the program. */
export type ParsedConfig = z.output<ReturnType<typeof configSchema>>

/** Built anew for each load, so that importing this file does nothing. */
export function configSchema() {
  return section('Settings of a dita workspace.', {
    mode: choice({
      choices: ['paper', 'demo', 'live'],
      default: 'paper',
      description:
        '`paper`: a rehearsed exchange in this process, no real money. `demo`: the practice money of a venue. `live`: real money, and `--live` on the command line.',
    }),
    instrument: instrumentSection()
      .nullable()
      .meta({
        description:
          'What is traded. Leave it out to take the built-in one (XRP/RLUSD, tick 0.0001, lot 0.01), or the one a recording implies.',
      })
      .prefault(null),
    feed: feedSection().prefault({}),
    paper: paperSection().prefault({}),
    venue: venueSection().prefault({}),
    engine: engineSection().prefault({}),
    strategy: strategySection().prefault({}),
    risk: riskSection().prefault({}),
    notify: notifySection().prefault({}),
  })
}

function instrumentSection() {
  return section('What is traded, as the venue defines it.', {
    symbol: requiredText({
      pattern: /^[A-Za-z0-9][A-Za-z0-9._:/+-]{0,63}$/,
      expected: 'a name such as XRP/RLUSD or BTC/USDT:USDT',
      example: 'XRP/RLUSD',
      description: 'Its name everywhere in dita: `XRP/RLUSD` for spot, `BTC/USDT:USDT` for a perpetual.',
    }),
    kind: requiredChoice({
      choices: ['spot', 'linear'],
      example: 'spot',
      description: '`spot`, or `linear` for a perpetual that settles in its quote asset.',
    }),
    base: requiredText({
      pattern: ASSET,
      example: 'XRP',
      expected: 'the name of an asset',
      description: 'The asset that is bought and sold.',
    }),
    quote: requiredText({
      pattern: ASSET,
      example: 'RLUSD',
      expected: 'the name of an asset',
      description: 'The asset that prices are in.',
    }),
    settle: optionalText({
      pattern: ASSET,
      expected: 'the name of an asset',
      description:
        'The asset that profit and fees are paid in. Left out: the quote asset, which is the only one spot and linear instruments have.',
    }),
    tick_size: requiredDecimal({
      example: '0.0001',
      above: '0',
      max: '1000000000',
      description: 'Prices are multiples of this, in quote per base.',
    }),
    lot_size: requiredDecimal({
      example: '0.01',
      above: '0',
      max: '1000000000',
      description: 'Quantities are multiples of this, in base.',
    }),
    min_quantity: decimal({
      default: '0',
      min: '0',
      max: LARGE,
      description: 'Smallest quantity of one order, in base; 0 = no such limit.',
    }),
    max_quantity: decimal({
      default: '0',
      min: '0',
      max: LARGE,
      description: 'Largest quantity of one order, in base; 0 = no such limit.',
    }),
    min_notional: decimal({
      default: '0',
      min: '0',
      max: LARGE,
      description: 'Smallest price × quantity of one order, in quote; 0 = no such limit.',
    }),
    max_leverage: decimal({ default: '1', min: '1', max: '1000', description: 'Largest leverage the venue allows; 1 for spot.' }),
  })
}

function feedSection() {
  return section('Where market events come from.', {
    source: text({
      default: 'simulated',
      pattern: LINE,
      expected: '`simulated`, `live` or the path of a recording',
      description:
        '`simulated`, the path of a recording (gzip-compressed; a relative one starts at the folder of this file), or `live`: what the venue sends. `demo` and `live` modes need `live`.',
    }),
    seed: plainNumber({
      default: '1',
      min: '0',
      max: '4294967295',
      step: '1',
      description: 'Seed of everything random in the session. The same seed gives the same session.',
    }),
    simulated: section('The generated market of the simulated feed.', {
      start_price: decimal({ default: '2', above: '0', max: '1000000000', description: 'First price, in quote.' }),
      volatility_bps_per_hour: plainNumber({
        default: '40',
        min: '0',
        max: '10000',
        description: "Standard deviation of one hour's move in calm times, in bps of the price.",
      }),
      spread_bps: plainNumber({
        default: '3',
        min: '0.01',
        max: '1000',
        description: 'Typical distance from bid to ask, in bps of the price.',
      }),
      events_per_second: plainNumber({ default: '20', min: '0.1', max: '10000', description: 'Mean number of market events in a second.' }),
    }).prefault({}),
  })
}

function paperSection() {
  const feeRate = (defaultRate: string, who: string) =>
    decimal({
      default: defaultRate,
      min: '-0.01',
      max: '0.1',
      description: `Fee of ${who}, as a share of the notional: 0.0002 is 2 bps. 0 = no fee; below zero = a rebate.`,
    })
  return section('The rehearsed exchange and its account.', {
    account: optionalText({
      ...NAME,
      description: 'Name of a paper account that is carried on from session to session. Left out: a fresh account for each session.',
    }),
    balances: amountsByAsset({
      assetPattern: ASSET,
      each: { min: '0', max: LARGE },
      description: 'Money the account starts with, by asset, such as `{ XRP: 500, RLUSD: 1000 }`. Left out: as docs/PAPER.md says.',
    }),
    entry_latency_ms: plainNumber({
      default: '20',
      min: '0',
      max: '60000',
      step: '1',
      description: 'From our sending to the exchange having it.',
    }),
    response_latency_ms: plainNumber({
      default: '20',
      min: '0',
      max: '60000',
      step: '1',
      description: 'From something happening at the exchange to our knowing it.',
    }),
    maker_fee_rate: feeRate('0.0002', 'orders that rested'),
    taker_fee_rate: feeRate('0.0005', 'orders that took'),
  })
}
