// The keys of the strategies: part of the one schema of dita.yaml.

import { BUILT_IN_STRATEGIES } from '../names.ts'
import { choice, decimal, decimalList, freeForm, LARGE, plainNumber, section, text } from './fields.ts'

const STRATEGY = new RegExp(`^(${BUILT_IN_STRATEGIES.join('|')}|[ -~¡-\\uffff]{1,1020}\\.[cm]?[jt]s)$`)

export function strategySection() {
  return section('Who decides what to trade.', {
    name: text({
      default: 'market_maker',
      pattern: STRATEGY,
      words: [...BUILT_IN_STRATEGIES],
      expected: `${BUILT_IN_STRATEGIES.map((name) => `\`${name}\``).join(', ')} or the path of a .ts or .js file`,
      description:
        '`market_maker`, `breakout`, `flatten` (closes what is held, and ends), or the path of your own .ts or .js file. A relative path starts at the folder of this file.',
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
      description:
        'Quotes go round a reference price: the mark price that the venue sends, or without one the mean price of the latest trades. When it and the mid of the book differ by more than this, the book is believed: quotes go round the mid.',
    }),
    anchor_max_divergence_bps: decimal({
      default: '10',
      min: '0',
      max: '10000',
      description:
        'When reference price and mid differ by more than this, one of them is wrong or the market jumps: nothing is quoted until they agree again. Not below `clob_switch_threshold_bps`.',
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
