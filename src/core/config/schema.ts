// The one schema of dita.yaml: every key with its bounds, default and description. Docs, editor help, the scaffold and the
// built-in config are all made from it.

import type { z } from 'zod'
import {
  amountsByAsset,
  choice,
  decimal,
  decimalList,
  freeForm,
  optionalText,
  plainNumber,
  requiredChoice,
  requiredDecimal,
  requiredText,
  section,
  text,
} from './fields.ts'

const LARGE = '1000000000000'
const ASSET = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/
const NAME = /^[a-z0-9][a-z0-9_-]{0,31}$/
/** A path or a word on one line: no control characters. Written without classes that editors' JSON Schema does not know. */
const LINE = /^[ -~¡-\uffff]{1,1024}$/
const STRATEGY = /^(market_maker|breakout|[ -~¡-\uffff]{1,1020}\.[cm]?[jt]s)$/

/** What the schema makes of a file: the keys of the file, the values of the program. */
export type ParsedConfig = z.output<ReturnType<typeof configSchema>>

/** Built anew for each load, so that importing this file does nothing. */
export function configSchema() {
  return section('Settings of a dita workspace.', {
    mode: choice({
      choices: ['paper'],
      default: 'paper',
      description: 'How orders are treated: `paper` trades against a rehearsed exchange in this process, with no real money.',
    }),
    instrument: instrumentSection()
      .nullable()
      .meta({ description: 'What is traded. Leave it out to take the built-in one, or the one a recording implies.' })
      .prefault(null),
    feed: feedSection().prefault({}),
    paper: paperSection().prefault({}),
    engine: engineSection().prefault({}),
    strategy: strategySection().prefault({}),
    risk: riskSection().prefault({}),
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
    lot_size: requiredDecimal({ example: '0.1', above: '0', max: '1000000000', description: 'Quantities are multiples of this, in base.' }),
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
      expected: '`simulated` or the path of a recording',
      description: '`simulated`, or the path of a recording (gzip-compressed). A relative path starts at the folder of this file.',
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
      pattern: NAME,
      expected: 'a name of lower-case letters, digits, _ and -, at most 32 characters, starting with a letter or digit',
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

function engineSection() {
  return section('The clockwork.', {
    tick_interval_seconds: decimal({
      default: '1',
      min: '0.01',
      max: '3600',
      step: '0.001',
      description: 'Time between two looks at the market, in seconds. `strategy.requote_interval_seconds` must be the same.',
    }),
    order_validity_seconds: decimal({
      default: '10',
      min: '0.1',
      max: '86400',
      step: '0.001',
      description: 'How long an order that nobody answered may still arrive at the venue, in seconds.',
    }),
    absence_margin_seconds: decimal({
      default: '5',
      min: '0.1',
      max: '3600',
      step: '0.001',
      description: 'How long after its validity an order must still be missing at the venue before it counts as absent, in seconds.',
    }),
    query_spacing_seconds: decimal({
      default: '2',
      min: '0.1',
      max: '3600',
      step: '0.001',
      description: 'How far apart the two questions must be that both find nothing of an order before it counts as absent, in seconds.',
    }),
    checkpoint_interval_seconds: plainNumber({
      default: '60',
      min: '0',
      max: '86400',
      description: "Time between two checkpoints of the store's write-ahead log, in seconds; 0 = off.",
    }),
  })
}

function strategySection() {
  return section('Who decides what to trade.', {
    name: text({
      default: 'market_maker',
      pattern: STRATEGY,
      expected: '`market_maker`, `breakout` or the path of a .ts or .js file',
      description:
        '`market_maker`, `breakout`, or the path of your own .ts or .js file. A relative path starts at the folder of this file.',
    }),
    requote_interval_seconds: decimal({
      default: '1',
      min: '0.01',
      max: '3600',
      step: '0.001',
      description:
        'Time between two looks at our quotes, in seconds. Equal to `engine.tick_interval_seconds`; where one is left out it follows the other.',
    }),
    clob_switch_threshold_bps: decimal({
      default: '3',
      min: '0',
      max: '10000',
      description: 'When the reference price and the mid of the book differ by more than this, quotes go round the mid.',
    }),
    anchor_max_divergence_bps: decimal({
      default: '10',
      min: '0',
      max: '10000',
      description: 'When they differ by more than this, quoting stops. Not below `clob_switch_threshold_bps`.',
    }),
    market_maker: marketMakerSection().prefault({}),
    breakout: breakoutSection().prefault({}),
    params: freeForm({ description: 'Handed to your own strategy as it stands; numbers arrive as the text written here.' }),
  })
}

function marketMakerSection() {
  return section('Two-sided quotes round a reference price.', {
    half_spread_bps: decimal({
      default: '1.5',
      min: '0',
      max: '5000',
      description: 'From the reference to each quote, in bps of the reference.',
    }),
    order_notional: decimal({ default: '100', above: '0', max: LARGE, description: 'Size of one quote, in quote.' }),
    max_inventory_notional: decimal({
      default: '1000',
      above: '0',
      max: LARGE,
      description: 'Inventory, in quote, beyond which the side that would add to it is not quoted. Not below `order_notional`.',
    }),
    inventory_skew_bps: decimal({
      default: '2',
      min: '0',
      max: '5000',
      description: 'How far the reference is moved against the inventory when the inventory is full, in bps.',
    }),
  })
}

function breakoutSection() {
  return section('Follows the mid out of the channel of its last highs and lows: one trade at a time, closed in legs.', {
    lookback_seconds: plainNumber({
      default: '60',
      min: '1',
      max: '14400',
      step: '1',
      description: 'The channel: highest and lowest mid of so many seconds. At least one tick.',
    }),
    order_notional: decimal({ default: '1000', above: '0', max: LARGE, description: 'Size of the entry, in quote.' }),
    leverage: decimal({ default: '1', min: '1', max: '1000', description: 'Leverage of the entry; 1 for spot.' }),
    entry_slippage_bps: decimal({
      default: '1',
      min: '0',
      max: '1000',
      description: 'How far beyond the touch the entry may reach, in bps.',
    }),
    stop_bps: decimal({
      default: '4',
      above: '0',
      max: '9999',
      description: 'Loss, in bps of the average entry price, at which all that is open is closed.',
    }),
    targets_bps: decimalList({
      default: ['2', '4', '8'],
      each: { above: '0', max: '9999' },
      maxItems: 10,
      description: 'Gain, in bps of the average entry price, at which each exit leg closes; growing.',
    }),
    exit_ratios: decimalList({
      default: ['0.5', '0.3', '0.2'],
      each: { above: '0', max: '1' },
      maxItems: 10,
      description: 'Share of the trade each exit leg closes: one for each target, together exactly 1.',
    }),
    direction: choice({
      choices: ['long', 'short', 'both'],
      default: 'both',
      description: '`long`, `short` or `both`. On spot a short trade sells only what the account owns.',
    }),
    max_holding_seconds: plainNumber({
      default: '300',
      min: '0',
      max: '604800',
      step: '1',
      description: 'Closes what is still open after so long; 0 = never.',
    }),
  })
}

function riskSection() {
  return section('Limits that halt a session or refuse an order. 0 = no limit.', {
    max_exposure: decimal({
      default: '5000',
      min: '0',
      max: LARGE,
      description: 'Largest value held of an asset, in quote; 0 = no limit. More is denied beforehand, and halts the session if it comes.',
    }),
    max_position: decimal({
      default: '0',
      min: '0',
      max: LARGE,
      description: 'Largest position, long or short, in units of its orders; 0 = no limit. An order that could exceed it is denied.',
    }),
    max_session_loss: decimal({
      default: '500',
      min: '0',
      max: LARGE,
      description: 'Largest loss of a session, fees and open positions included, in quote; 0 = no limit. Beyond it the session halts.',
    }),
    max_order_notional: decimal({
      default: '2000',
      min: '0',
      max: LARGE,
      description: 'Largest price × quantity of one order, in quote; 0 = no limit. A larger one is denied.',
    }),
    max_leverage: decimal({
      default: '0',
      min: '0',
      max: '1000',
      description: "Largest leverage, where below the instrument's; 0 = no limit but that. More is denied; margin counts the lower one.",
    }),
    price_collar_bps: decimal({
      default: '1000',
      min: '0',
      max: '1000000',
      description:
        'Largest distance of a price from the mid, in bps; 0 = no limit. An order beyond it is denied; an exit only where it gives too much away.',
    }),
    max_open_orders: plainNumber({
      default: '20',
      min: '0',
      max: '1000',
      step: '1',
      description: 'Largest number of orders working at once; 0 = no limit. A further one is denied.',
    }),
    max_orders_per_second: plainNumber({
      default: '0',
      min: '0',
      max: '10000',
      step: '1',
      description: 'Largest number of orders within any one second; 0 = no limit. A further one is denied.',
    }),
    max_cancels_per_second: plainNumber({
      default: '0',
      min: '0',
      max: '10000',
      step: '1',
      description:
        'Largest number of cancels within any one second; 0 = no limit. A further one is denied, but never a cancel of all orders at once.',
    }),
    stale_feed_seconds: decimal({
      default: '30',
      min: '0',
      max: '86400',
      step: '0.001',
      description: 'Longest silence of the feed, in seconds; 0 = no limit. Beyond it nothing is opened, and the session halts.',
    }),
  })
}
