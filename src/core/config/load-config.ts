// Loads a config: file, defaults and command line become one checked Config, or one error that lists all that is wrong.

import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DitaError, EXIT, messageOf } from '../errors.ts'
import { escapeText } from '../text.ts'
import { checkConfig } from './check-config.ts'
import type { Config } from './config.ts'
import type { ConfigFault, ConfigMap } from './config-values.ts'
import { instrumentOf } from './contradictions.ts'
import { readYaml } from './read-yaml.ts'
import type { ParsedConfig } from './schema.ts'

const LARGEST_FILE_BYTES = 256 * 1024
const MOST_SHOWN_FAULTS = 50
const BUILT_IN_STRATEGIES: ReadonlySet<string> = new Set(['market_maker', 'breakout'])
const FEEDS: ReadonlySet<string> = new Set(['simulated', 'live'])

/** What the command line says instead of the file. */
export interface ConfigOverrides {
  /** `simulated`, `live` or a path; a relative one starts at the working folder. */
  readonly feedSource?: string | undefined
  readonly seed?: number | undefined
  /** A built-in strategy or a path; a relative one starts at the working folder. */
  readonly strategyName?: string | undefined
}

interface LoadConfigOptions {
  /** Null for the built-in config. */
  readonly file: string | null
  /** The file's content, where somebody has read it already. */
  readonly text?: string
  readonly overrides?: ConfigOverrides
}

/**
 * The config of a file, or the built-in one.
 * @throws DitaError CONFIG_MISSING, CONFIG_UNREADABLE, CONFIG_EMPTY or CONFIG_INVALID (exit 4); FLAG_INVALID (exit 2) where
 * it is an override that cannot be right
 */
export function loadConfig({ file, text, overrides = {} }: LoadConfigOptions): Config {
  const parsed = file === null ? checked({}, 'the built-in config') : fromText(text ?? readText(file), file)
  const flags = checkedOverrides(overrides)
  refuseOtherFeed(parsed.mode, flags.feedSource)
  const folder = file === null ? process.cwd() : dirname(resolve(file))
  const config = toConfig(parsed, file === null ? null : resolve(file))
  const source = flags.feedSource === undefined ? pathFrom(folder, config.feed.source) : pathFrom(process.cwd(), flags.feedSource)
  const name = flags.strategyName === undefined ? pathFrom(folder, config.strategy.name) : pathFrom(process.cwd(), flags.strategyName)
  return {
    ...config,
    venue: { ...config.venue, credentialsFile: fileFrom(folder, config.venue.credentialsFile) },
    feed: { ...config.feed, source, seed: flags.seed ?? config.feed.seed },
    strategy: { ...config.strategy, name },
  }
}

function pathFrom(folder: string, written: string): string {
  return FEEDS.has(written) || BUILT_IN_STRATEGIES.has(written) ? written : resolve(folder, written)
}

/** Orders go to the venue that the market comes from: no flag may part the two. */
function refuseOtherFeed(mode: ParsedConfig['mode'], source: string | undefined): void {
  if (source === undefined || (source === 'live') === (mode !== 'paper')) return
  throw new DitaError('FLAG_INVALID', {
    fault: 'user',
    exitCode: EXIT.usage,
    message:
      mode === 'paper'
        ? '--feed live is for the modes `demo` and `live`, and this config trades on paper.'
        : `--feed ${escapeText(source)} plays a market, and this config trades at a venue (\`mode: ${mode}\`).`,
    next: 'Leave --feed out, or name a config of the other mode with --config.',
  })
}

function fileFrom(folder: string, written: string | null): string | null {
  return written === null ? null : resolve(folder, written)
}

function readText(file: string): string {
  const shown = escapeText(file)
  try {
    const size = statSync(file).size
    if (size > LARGEST_FILE_BYTES) throw unreadable(shown, `it has ${size} bytes; a config has at most ${LARGEST_FILE_BYTES}`)
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file))
  } catch (error) {
    if (error instanceof DitaError) throw error
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') {
      throw new DitaError('CONFIG_MISSING', {
        fault: 'user',
        exitCode: EXIT.config,
        message: `There is no config at ${shown}.`,
        next: 'Check the path, write one with `dita init`, or leave --config out to run with the built-in config.',
        cause: error,
      })
    }
    const reason: Record<string, string> = {
      EISDIR: 'it is a folder',
      EACCES: 'reading it is not permitted',
      ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8 text',
    }
    throw unreadable(shown, reason[code ?? ''] ?? escapeText(messageOf(error)), error)
  }
}

function unreadable(shown: string, reason: string, cause?: unknown): DitaError {
  return new DitaError('CONFIG_UNREADABLE', {
    fault: 'user',
    exitCode: EXIT.config,
    message: `The config ${shown} cannot be read: ${reason}.`,
    next: 'Name a YAML file with --config, or write one with `dita init`.',
    cause,
  })
}

function fromText(text: string, file: string): ParsedConfig {
  const { tree, faults, positionOf } = readYaml(text)
  const shown = escapeText(file)
  if (tree === null) {
    if (faults.length > 0) throw invalid(shown, faults)
    throw new DitaError('CONFIG_EMPTY', {
      fault: 'user',
      exitCode: EXIT.config,
      message: `The config ${shown} is empty: it holds no key.`,
      next: 'Fill it (`dita init` writes one with every key explained), or leave --config out to run with the built-in config.',
    })
  }
  const result = checkConfig(tree, { file: shown, positionOf })
  if (result.config === null || faults.length > 0) throw invalid(shown, [...faults, ...result.faults])
  return result.config
}

function checked(tree: ConfigMap, file: string): ParsedConfig {
  const result = checkConfig(tree, { file, positionOf: () => null })
  if (result.config === null) throw invalid(file, result.faults)
  return result.config
}

function invalid(file: string, faults: readonly ConfigFault[]): DitaError {
  const sorted = [...faults].sort(
    (a, b) => (a.position?.line ?? 0) - (b.position?.line ?? 0) || (a.position?.column ?? 0) - (b.position?.column ?? 0),
  )
  const lines = sorted
    .slice(0, MOST_SHOWN_FAULTS)
    .map(({ position, text }) => `  ${file}${position === null ? '' : `:${position.line}:${position.column}`}: ${text}`)
  if (sorted.length > MOST_SHOWN_FAULTS) lines.push(`  … and ${sorted.length - MOST_SHOWN_FAULTS} more.`)
  const count = sorted.length === 1 ? 'one thing is wrong' : `${sorted.length} things are wrong`
  return new DitaError('CONFIG_INVALID', {
    fault: 'user',
    exitCode: EXIT.config,
    message: `The config ${file} cannot be used, ${count}:\n${lines.join('\n')}`,
    next: 'Correct what is listed. docs/CONFIG.md explains every key, and `dita init` writes a config with all of them.',
  })
}

/** The command line's words, held against the same schema as the file's. */
function checkedOverrides({ feedSource, seed, strategyName }: ConfigOverrides): ConfigOverrides {
  const flags: readonly [string, string | undefined, (value: string) => ConfigMap][] = [
    ['--feed', feedSource, (source) => ({ feed: { source } })],
    ['--seed', seed === undefined ? undefined : String(seed), (value) => ({ feed: { seed: value } })],
    ['--strategy', strategyName, (name) => ({ strategy: { name } })],
  ]
  for (const [flag, value, treeOf] of flags) {
    if (value === undefined) continue
    const { faults } = checkConfig(treeOf(value), { file: flag, positionOf: () => null })
    const [fault] = faults
    if (fault === undefined) continue
    throw new DitaError('FLAG_INVALID', {
      fault: 'user',
      exitCode: EXIT.usage,
      message: fault.text.replace(/^`[^`]*`/, flag),
      next: `Give ${flag} a value it can have; \`dita run --help\` shows them.`,
    })
  }
  return { feedSource, seed, strategyName }
}

function toConfig(parsed: ParsedConfig, path: string | null): Config {
  const { feed, paper, engine, strategy, risk } = parsed
  return {
    mode: parsed.mode,
    instrument: parsed.instrument === null ? null : instrumentOf(parsed.instrument),
    feed: {
      source: feed.source,
      seed: feed.seed,
      simulated: {
        startPrice: feed.simulated.start_price,
        volatilityBpsPerHour: feed.simulated.volatility_bps_per_hour,
        spreadBps: feed.simulated.spread_bps,
        eventsPerSecond: feed.simulated.events_per_second,
      },
    },
    paper: {
      account: paper.account,
      balances: paper.balances,
      entryLatencyMs: paper.entry_latency_ms,
      responseLatencyMs: paper.response_latency_ms,
      makerFeeRate: paper.maker_fee_rate,
      takerFeeRate: paper.taker_fee_rate,
    },
    venue: toVenue(parsed.venue),
    engine: {
      tickIntervalSeconds: engine.tick_interval_seconds,
      orderValiditySeconds: engine.order_validity_seconds,
      absenceMarginSeconds: engine.absence_margin_seconds,
      querySpacingSeconds: engine.query_spacing_seconds,
      quarantineAfterSeconds: engine.quarantine_after_seconds,
      backupsKept: engine.backups_kept,
      checkpointIntervalSeconds: engine.checkpoint_interval_seconds,
    },
    strategy: {
      name: strategy.name,
      requoteIntervalSeconds: strategy.requote_interval_seconds,
      clobSwitchThresholdBps: strategy.clob_switch_threshold_bps,
      anchorMaxDivergenceBps: strategy.anchor_max_divergence_bps,
      marketMaker: toMarketMaker(strategy.market_maker),
      breakout: toBreakout(strategy.breakout),
      params: strategy.params,
    },
    risk: {
      maxExposure: risk.max_exposure,
      maxPosition: risk.max_position,
      maxSessionLoss: risk.max_session_loss,
      maxOrderNotional: risk.max_order_notional,
      maxLeverage: risk.max_leverage,
      priceCollarBps: risk.price_collar_bps,
      maxOpenOrders: risk.max_open_orders,
      maxOrdersPerSecond: risk.max_orders_per_second,
      maxCancelsPerSecond: risk.max_cancels_per_second,
      staleFeedSeconds: risk.stale_feed_seconds,
    },
    path,
  }
}

function toVenue(parsed: ParsedConfig['venue']): Config['venue'] {
  return {
    name: parsed.name,
    account: parsed.account,
    instrument: parsed.instrument,
    credentialsFile: parsed.credentials_file,
    restUrl: parsed.rest_url,
    streamUrl: parsed.stream_url,
    callTimeoutSeconds: parsed.call_timeout_seconds,
    queueLimit: parsed.queue_limit,
  }
}

function toMarketMaker(parsed: ParsedConfig['strategy']['market_maker']): Config['strategy']['marketMaker'] {
  return {
    halfSpreadBps: parsed.half_spread_bps,
    orderNotional: parsed.order_notional,
    maxInventoryNotional: parsed.max_inventory_notional,
    inventorySkewBps: parsed.inventory_skew_bps,
  }
}

function toBreakout(parsed: ParsedConfig['strategy']['breakout']): Config['strategy']['breakout'] {
  return {
    lookbackSeconds: parsed.lookback_seconds,
    orderNotional: parsed.order_notional,
    leverage: parsed.leverage,
    entrySlippageBps: parsed.entry_slippage_bps,
    stopBps: parsed.stop_bps,
    targetsBps: parsed.targets_bps,
    exitRatios: parsed.exit_ratios,
    direction: parsed.direction,
    maxHoldingSeconds: parsed.max_holding_seconds,
  }
}
