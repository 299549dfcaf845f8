// The shape of a config once it is read and checked. Types only; the schema that fills it is the one source of bounds,
// defaults and descriptions.

import type { Decimal } from '../kernel/decimal.ts'
import type { Instrument } from '../kernel/instrument.ts'

export interface Config {
  readonly mode: 'paper' | 'demo' | 'live'
  /** Null: built in for the simulated feed, inferred from a recording. */
  readonly instrument: Instrument | null
  readonly feed: FeedConfig
  readonly paper: PaperConfig
  readonly venue: VenueConfig
  readonly engine: EngineConfig
  readonly strategy: StrategyConfig
  readonly risk: RiskConfig
  readonly notify: NotifyConfig
  /** The file it was read from; null for the built-in config. */
  readonly path: string | null
}

export interface FeedConfig {
  /** `simulated`, `live`, or the path of a recording, absolute or from the config's folder. */
  readonly source: string
  readonly seed: number
  readonly simulated: SimulatedConfig
}

export interface SimulatedConfig {
  readonly startPrice: Decimal
  /** Standard deviation of one hour's move, in bps of the price, at a calm level of volatility. */
  readonly volatilityBpsPerHour: number
  /** Typical spread, in bps. */
  readonly spreadBps: number
  /** Mean number of market events a second. */
  readonly eventsPerSecond: number
}

export interface PaperConfig {
  /** Null: a fresh account for each session. */
  readonly account: string | null
  /** Null: the default money (see docs/PAPER.md). By asset. */
  readonly balances: Readonly<Record<string, Decimal>> | null
  readonly entryLatencyMs: number
  readonly responseLatencyMs: number
  /** As a share of the notional; negative for a rebate. */
  readonly makerFeeRate: Decimal
  readonly takerFeeRate: Decimal
}

export interface VenueConfig {
  readonly name: 'bingx'
  /** Our own name for the account. */
  readonly account: string
  /** In our words: `BTC/USDT:USDT`. */
  readonly instrument: string
  /** An absolute path; null where the keys come from the environment. */
  readonly credentialsFile: string | null
  /** Null: the venue's own host for the mode. */
  readonly restUrl: string | null
  readonly streamUrl: string | null
  readonly callTimeoutSeconds: Decimal
  readonly queueLimit: number
}

export interface EngineConfig {
  readonly tickIntervalSeconds: Decimal
  readonly orderValiditySeconds: Decimal
  /** An order is absent at the earliest so long after its validity, and after two queries this far apart. */
  readonly absenceMarginSeconds: Decimal
  readonly querySpacingSeconds: Decimal
  /** How long an order may be in doubt before it is quarantined. */
  readonly quarantineAfterSeconds: Decimal
  /** Copies of the store that are kept; 0 = none is made. */
  readonly backupsKept: number
  /** Of the WAL checkpoint timer; 0 = off. */
  readonly checkpointIntervalSeconds: number
}

export interface StrategyConfig {
  /** `market_maker`, `breakout`, or the path of a .ts or .js file. */
  readonly name: string
  /** Must equal engine.tick_interval_seconds. */
  readonly requoteIntervalSeconds: Decimal
  readonly clobSwitchThresholdBps: Decimal
  readonly anchorMaxDivergenceBps: Decimal
  readonly marketMaker: MarketMakerConfig
  readonly breakout: BreakoutConfig
  /** Handed to a user's own strategy as it stands. */
  readonly params: Readonly<Record<string, unknown>>
}

export interface MarketMakerConfig {
  /** From the reference to each quote. */
  readonly halfSpreadBps: Decimal
  /** Of one quote, in the quote asset. */
  readonly orderNotional: Decimal
  /** The inventory, in the quote asset, at which the side that would add to it stops quoting. */
  readonly maxInventoryNotional: Decimal
  /** How far the reference is moved at full inventory. */
  readonly inventorySkewBps: Decimal
}

export interface BreakoutConfig {
  /** The channel: highest and lowest mid of so many seconds. */
  readonly lookbackSeconds: number
  readonly orderNotional: Decimal
  readonly leverage: Decimal
  /** How far beyond the touch the entry may reach. */
  readonly entrySlippageBps: Decimal
  readonly stopBps: Decimal
  /** One per exit leg, growing. */
  readonly targetsBps: readonly Decimal[]
  readonly exitRatios: readonly Decimal[]
  /** `both` trades short as well, where the instrument allows it. */
  readonly direction: 'long' | 'short' | 'both'
  /** Closes what is open after so long; 0 = never. */
  readonly maxHoldingSeconds: number
}

/** Zero means "no limit". In quote, save where a name says otherwise. */
export interface RiskConfig {
  readonly maxExposure: Decimal
  /** In units of the instrument's orders. */
  readonly maxPosition: Decimal
  readonly maxSessionLoss: Decimal
  readonly maxDrawdown: Decimal
  /** Peaks of the equity before this time, in UTC, do not count; null: all do. */
  readonly drawdownSince: string | null
  readonly maxOrderNotional: Decimal
  /** Beside the instrument's own cap. */
  readonly maxLeverage: Decimal
  readonly priceCollarBps: Decimal
  readonly maxOpenOrders: number
  readonly maxOrdersPerSecond: number
  readonly maxCancelsPerSecond: number
  readonly staleFeedSeconds: Decimal
  readonly venueSilenceSeconds: Decimal
  readonly venueStreamSeconds: Decimal
  readonly venueAccountSeconds: Decimal
  readonly maxVenueFailuresPercent: Decimal
}

/** The address and the token are no part of it: they are read where a session opens. */
export interface NotifyConfig {
  readonly shape: 'none' | 'json' | 'slack' | 'discord' | 'ntfy' | 'telegram'
  /** An absolute path; null where the secrets come from the environment. */
  readonly credentialsFile: string | null
  readonly chatId: string | null
  readonly sessionEnd: 'always' | 'trouble'
}
