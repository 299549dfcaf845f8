// Makes of a checked config what the program works with: names of the program, absolute paths. Checks nothing.

import { resolve } from 'node:path'
import { BUILT_IN_STRATEGIES } from '../names.ts'
import type { Config } from './config.ts'
import { instrumentOf } from './contradictions.ts'
import type { ParsedConfig } from './schema.ts'

const BUILT_IN: ReadonlySet<string> = new Set(BUILT_IN_STRATEGIES)
const FEEDS: ReadonlySet<string> = new Set(['simulated', 'live'])

/** Where relative paths start: what a person typed starts where they are, what a file says at the file. */
export interface PathFolders {
  readonly feedSource: string
  readonly strategyName: string
  readonly credentialsFile: string
  readonly notifyCredentialsFile: string
}

export function toConfig(parsed: ParsedConfig, { path, folders }: { readonly path: string | null; readonly folders: PathFolders }): Config {
  const { feed, paper, engine, strategy, risk } = parsed
  return {
    mode: parsed.mode,
    instrument: parsed.instrument === null ? null : instrumentOf(parsed.instrument),
    feed: {
      source: FEEDS.has(feed.source) ? feed.source : resolve(folders.feedSource, feed.source),
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
    venue: toVenue(parsed.venue, folders.credentialsFile),
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
      name: BUILT_IN.has(strategy.name) ? strategy.name : resolve(folders.strategyName, strategy.name),
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
      maxDrawdown: risk.max_drawdown,
      drawdownSince: risk.drawdown_since,
      maxOrderNotional: risk.max_order_notional,
      maxLeverage: risk.max_leverage,
      priceCollarBps: risk.price_collar_bps,
      maxOpenOrders: risk.max_open_orders,
      maxOrdersPerSecond: risk.max_orders_per_second,
      maxCancelsPerSecond: risk.max_cancels_per_second,
      staleFeedSeconds: risk.stale_feed_seconds,
      venueSilenceSeconds: risk.venue_silence_seconds,
      venueStreamSeconds: risk.venue_stream_seconds,
      venueAccountSeconds: risk.venue_account_seconds,
      maxVenueFailuresPercent: risk.max_venue_failures_percent,
    },
    notify: toNotify(parsed.notify, folders.notifyCredentialsFile),
    path,
  }
}

function toVenue(parsed: ParsedConfig['venue'], folder: string): Config['venue'] {
  return {
    name: parsed.name,
    account: parsed.account,
    instrument: parsed.instrument,
    credentialsFile: parsed.credentials_file === null ? null : resolve(folder, parsed.credentials_file),
    restUrl: parsed.rest_url,
    streamUrl: parsed.stream_url,
    callTimeoutSeconds: parsed.call_timeout_seconds,
    queueLimit: parsed.queue_limit,
  }
}

function toNotify(parsed: ParsedConfig['notify'], folder: string): Config['notify'] {
  return {
    shape: parsed.shape,
    credentialsFile: parsed.credentials_file === null ? null : resolve(folder, parsed.credentials_file),
    chatId: parsed.chat_id,
    sessionEnd: parsed.session_end,
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
