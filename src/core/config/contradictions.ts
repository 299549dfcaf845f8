// What no single key can know: which keys must agree with one another. Reads a parsed config and changes nothing.

import { add, type Decimal, dec, formatDecimal, ONE, ZERO } from '../kernel/decimal.ts'
import { type Instrument, instrumentFaults } from '../kernel/instrument.ts'
import type { ConfigPath } from './config-values.ts'
import type { ParsedConfig } from './schema.ts'

export interface Contradiction {
  /** The keys that disagree; the first is the one the fault is reported at. */
  readonly paths: readonly ConfigPath[]
  /** A sentence. */
  readonly text: string
}

export const TICK_PATH = ['engine', 'tick_interval_seconds'] as const
export const REQUOTE_PATH = ['strategy', 'requote_interval_seconds'] as const

const STRATEGY = ['strategy'] as const

/** Everything in a config that contradicts something else in it. The keys of a strategy that is not chosen contradict nothing. */
export function findContradictions(config: ParsedConfig): Contradiction[] {
  const { name } = config.strategy
  return [
    ...intervalFaults(config),
    ...(RULES_BY_STRATEGY.get(name)?.(config) ?? []),
    ...riskFaults(config),
    ...dateFaults(config),
    ...venueFaults(config),
    ...instrumentContradictions(config),
  ]
}

/** What the keys of a strategy must agree on among themselves. A strategy that is not here has no such keys. */
const RULES_BY_STRATEGY: ReadonlyMap<string, (config: ParsedConfig) => Contradiction[]> = new Map([
  ['market_maker', makerFaults],
  ['breakout', breakoutFaults],
])

export const STRATEGIES_WITH_RULES: readonly string[] = [...RULES_BY_STRATEGY.keys()]

function intervalFaults({ engine, strategy }: ParsedConfig): Contradiction[] {
  const tick = engine.tick_interval_seconds
  const requote = strategy.requote_interval_seconds
  if (tick === requote) return []
  const text = `\`strategy.requote_interval_seconds\` is ${formatDecimal(requote)} and \`engine.tick_interval_seconds\` is ${formatDecimal(tick)}: they must be equal.`
  return [{ paths: [REQUOTE_PATH, TICK_PATH], text }]
}

function makerFaults({ strategy }: ParsedConfig): Contradiction[] {
  const found: Contradiction[] = []
  const { clob_switch_threshold_bps: toMid, anchor_max_divergence_bps: toNothing, market_maker: maker } = strategy
  if (toNothing < toMid) {
    found.push({
      paths: [
        [...STRATEGY, 'anchor_max_divergence_bps'],
        [...STRATEGY, 'clob_switch_threshold_bps'],
      ],
      text: `\`strategy.anchor_max_divergence_bps\` (${formatDecimal(toNothing)}) must not be below \`strategy.clob_switch_threshold_bps\` (${formatDecimal(toMid)}).`,
    })
  }
  if (maker.order_notional > maker.max_inventory_notional) {
    found.push({
      paths: [
        [...STRATEGY, 'market_maker', 'order_notional'],
        [...STRATEGY, 'market_maker', 'max_inventory_notional'],
      ],
      text: `\`strategy.market_maker.order_notional\` (${formatDecimal(maker.order_notional)}) must not be above \`strategy.market_maker.max_inventory_notional\` (${formatDecimal(maker.max_inventory_notional)}): no quote would ever fit.`,
    })
  }
  return found
}

function breakoutFaults({ strategy, engine }: ParsedConfig): Contradiction[] {
  const found: Contradiction[] = []
  const { targets_bps: targets, exit_ratios: ratios, lookback_seconds: lookback } = strategy.breakout
  const pathOf = (key: string): ConfigPath => [...STRATEGY, 'breakout', key]
  let sum: Decimal = ZERO
  for (const ratio of ratios) sum = add(sum, ratio)
  if (sum !== ONE) {
    found.push({
      paths: [pathOf('exit_ratios')],
      text: `\`strategy.breakout.exit_ratios\` sum to ${formatDecimal(sum)}: they must sum to exactly 1.`,
    })
  }
  if (targets.length !== ratios.length) {
    found.push({
      paths: [pathOf('exit_ratios'), pathOf('targets_bps')],
      text: `\`strategy.breakout.exit_ratios\` has ${ratios.length} values and \`strategy.breakout.targets_bps\` has ${targets.length}: one ratio belongs to each target.`,
    })
  }
  const falling = targets.findIndex((target, index) => index > 0 && target <= (targets[index - 1] as Decimal))
  if (falling > 0) {
    found.push({
      paths: [pathOf('targets_bps')],
      text: `\`strategy.breakout.targets_bps\` must grow, but ${formatDecimal(targets[falling] as Decimal)} follows ${formatDecimal(targets[falling - 1] as Decimal)}.`,
    })
  }
  const tick = engine.tick_interval_seconds
  if (dec(String(lookback)) < tick) {
    found.push({
      paths: [pathOf('lookback_seconds'), TICK_PATH],
      text: `\`strategy.breakout.lookback_seconds\` (${lookback}) must not be below \`engine.tick_interval_seconds\` (${formatDecimal(tick)}).`,
    })
  }
  return found
}

/** A strategy that wants what a limit denies would send nothing, all session long. */
function riskFaults({ strategy, risk }: ParsedConfig): Contradiction[] {
  const { market_maker: maker, breakout } = strategy
  const pairs: readonly (readonly [string, string, Decimal, string, Decimal])[] = [
    ['market_maker', 'half_spread_bps', maker.half_spread_bps, 'price_collar_bps', risk.price_collar_bps],
    ['breakout', 'entry_slippage_bps', breakout.entry_slippage_bps, 'price_collar_bps', risk.price_collar_bps],
    ['breakout', 'leverage', breakout.leverage, 'max_leverage', risk.max_leverage],
  ]
  return pairs
    .filter(([section, , wanted, , limit]) => section === strategy.name && limit > ZERO && wanted > limit)
    .map(([section, key, wanted, limitKey, limit]) => ({
      paths: [
        [...STRATEGY, section, key],
        ['risk', limitKey],
      ],
      text: `\`strategy.${section}.${key}\` (${formatDecimal(wanted)}) must not be above \`risk.${limitKey}\` (${formatDecimal(limit)}): every order would be denied.`,
    }))
}

/** A day that its month does not have would count as one of the month after. */
function dateFaults({ risk: { drawdown_since: since } }: ParsedConfig): Contradiction[] {
  if (since === null || new Date(since).toISOString().startsWith(since.slice(0, 10))) return []
  return [{ paths: [['risk', 'drawdown_since']], text: `\`risk.drawdown_since\` is ${since}, a day that this month does not have.` }]
}

/** Orders go to the venue that the market comes from, and what is traded there the venue says. */
function venueFaults({ mode, feed, instrument, venue }: ParsedConfig): Contradiction[] {
  const found: Contradiction[] = []
  const source = ['feed', 'source'] as const
  if (mode === 'paper') {
    if (feed.source === 'live') {
      found.push({
        paths: [source, ['mode']],
        text: '`feed.source` is `live`, which `mode: paper` does not play yet: take `demo`, or a recording.',
      })
    }
    return found
  }
  if (feed.source !== 'live') {
    found.push({
      paths: [source, ['mode']],
      text: `\`mode\` is \`${mode}\`, so \`feed.source\` must be \`live\`: orders go to the venue that the market comes from.`,
    })
  }
  if (instrument !== null) {
    found.push({
      paths: [['instrument']],
      text: `\`mode\` is \`${mode}\`: leave \`instrument\` out and name it in \`venue.instrument\`; the venue says what it is.`,
    })
  }
  if ((venue.rest_url === null) !== (venue.stream_url === null)) {
    found.push({
      paths: [
        ['venue', 'rest_url'],
        ['venue', 'stream_url'],
      ],
      text: '`venue.rest_url` and `venue.stream_url` belong together: give both or neither.',
    })
  }
  return found
}

function instrumentContradictions({ instrument }: ParsedConfig): Contradiction[] {
  if (instrument === null) return []
  const found: Contradiction[] = []
  const report = (key: string, text: string) => found.push({ paths: [['instrument', key]], text })
  const { kind, base, quote, settle, max_leverage: leverage } = instrument
  if (base === quote) report('quote', `\`instrument.quote\` and \`instrument.base\` are both \`${base}\`.`)
  if (settle !== null && settle !== quote) {
    report('settle', `\`instrument.settle\` is \`${settle}\`, but a ${kind} instrument settles in its quote asset, \`${quote}\`.`)
  }
  if (kind === 'spot' && leverage !== ONE) {
    report('max_leverage', `\`instrument.max_leverage\` is ${formatDecimal(leverage)}, but spot has no leverage: it must be 1.`)
  }
  for (const [key, asset, written] of namedParts(instrument)) {
    if (asset !== written) report(key, `\`instrument.${key}\` is \`${asset}\`, but \`instrument.symbol\` is \`${instrument.symbol}\`.`)
  }
  if (instrument.max_quantity > ZERO && instrument.max_quantity < instrument.lot_size) {
    const [most, lot] = [formatDecimal(instrument.max_quantity), formatDecimal(instrument.lot_size)]
    report(
      'max_quantity',
      `\`instrument.max_quantity\` is ${most}, less than one lot (\`instrument.lot_size\` is ${lot}): no order would fit.`,
    )
  }
  for (const fault of instrumentFaults(instrumentOf(instrument))) {
    const sentence = fault.replace(/[a-z]+(?:[A-Z][a-z]+)+/g, (name) => `\`instrument.${snakeCase(name)}\``)
    const key = snakeCase(/[a-z]+(?:[A-Z][a-z]+)+/.exec(fault)?.[0] ?? '')
    report(key, `${sentence.replace(/\.$/, '')}.`)
  }
  return found
}

/** What a symbol such as `BTC/USDT:USDT` says beside the keys that say the same. Other symbols say nothing. */
function namedParts({ symbol, base, quote }: NonNullable<ParsedConfig['instrument']>): (readonly [string, string, string])[] {
  const [, namedBase, namedQuote] = /^([^/:]+)\/([^/:]+)(?::[^/:]+)?$/.exec(symbol) ?? []
  if (namedBase === undefined || namedQuote === undefined) return []
  return [
    ['base', base, namedBase],
    ['quote', quote, namedQuote],
  ]
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** The instrument as the kernel knows it. */
export function instrumentOf(parsed: NonNullable<ParsedConfig['instrument']>): Instrument {
  return {
    symbol: parsed.symbol,
    kind: parsed.kind,
    base: parsed.base,
    quote: parsed.quote,
    settle: parsed.settle ?? parsed.quote,
    tickSize: parsed.tick_size,
    lotSize: parsed.lot_size,
    minQuantity: parsed.min_quantity,
    maxQuantity: parsed.max_quantity,
    minNotional: parsed.min_notional,
    maxLeverage: parsed.max_leverage,
  }
}
