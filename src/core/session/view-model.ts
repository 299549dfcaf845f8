// What a screen may know of a running session: finished texts and numbers, no state, no kernel types. The live screen
// and its plain-text twin draw this and nothing else. All prices and amounts are decimal strings, ready to show.

export type SessionPhase = 'starting' | 'running' | 'stopping' | 'halted'

/** Reducing: only what lowers the position passes. Halted, while the session runs: orders are cancelled, none is sent. */
export type TradingModel = 'active' | 'reducing' | 'halted'

export interface SessionViewModel {
  readonly sessionId: string
  readonly mode: string
  readonly venue: string
  /** Host and port of the venue in the world; null for one in the session's own process, and from an older session. */
  readonly venueAddress: string | null
  readonly account: string
  readonly strategy: string
  readonly instrument: string
  readonly instrumentKind: string
  readonly feedSource: string
  /** `max` or a factor of real time. */
  readonly speed: string
  readonly seed: number
  readonly phase: SessionPhase
  readonly trading: TradingModel
  readonly haltReason: string | null
  readonly haltDetail: string | null
  /** Once it stops in the world: when it ends at the latest, whatever the venue has answered by then. Else null. */
  readonly stopsByUs: number | null
  readonly startedAtUs: number
  readonly nowUs: number
  readonly elapsedUs: number
  readonly durationUs: number
  readonly market: MarketModel
  readonly quotes: readonly QuoteModel[]
  readonly slots: readonly SlotModel[]
  readonly orders: readonly OrderModel[]
  /** Newest first, at most 200. */
  readonly fills: readonly FillModel[]
  readonly inventory: readonly InventoryModel[]
  readonly position: PositionModel
  readonly pnl: PnlModel
  readonly limits: readonly LimitModel[]
  readonly counts: CountsModel
  /** Newest first, at most 200. */
  readonly messages: readonly MessageModel[]
  /** Orders of which nobody knows how they stand at the venue, worst first. They are among `orders` as well. */
  readonly doubts: readonly DoubtModel[]
  /** How the venue answers; null for one that lives in the session's own process. */
  readonly venueHealth: VenueHealthModel | null
  /** What the start found of older sessions; null where there was nothing to ask about, and until it was asked. */
  readonly recovery: RecoveryModel | null
  /** How fresh the market is. What follows is null, or empty, from an older session that does not know of it. */
  readonly feed: FeedModel | null
  readonly course: CourseModel | null
  /** Null where no quote of ours was seen as well. */
  readonly quoting: QuotingModel | null
  /** What the strategy says of itself, at most 16. */
  readonly figures: readonly FigureModel[]
  readonly store: StoreModel | null
  /** Calls to a venue in the world, by endpoint, the most frequent first, at most 30. */
  readonly calls: readonly CallModel[]
}

export interface MarketModel {
  readonly bid: string | null
  readonly bidSize: string | null
  readonly ask: string | null
  readonly askSize: string | null
  readonly mid: string | null
  readonly mark: string | null
  readonly lastTrade: string | null
  readonly spreadBps: string | null
  /** The levels behind the touch, nearest first, at most 12; none from a feed without depth. */
  readonly asksBehind: readonly LevelModel[]
  readonly bidsBehind: readonly LevelModel[]
}

export interface LevelModel {
  readonly price: string
  readonly size: string
}

export interface QuoteModel {
  readonly side: 'bid' | 'ask'
  readonly price: string
  readonly size: string
  /** To the touch, in bps of the mid; zero at the touch, negative behind it. */
  readonly distanceBps: string | null
  readonly status: string
}

export interface SlotModel {
  readonly slotId: string
  readonly trade: number
  readonly stage: string
  readonly side: string | null
  readonly openSize: string
  readonly entryPrice: string | null
  readonly legs: string
  readonly realizedPnl: string
  readonly unrealizedPnl: string | null
}

export interface OrderModel {
  readonly clientOrderId: string
  readonly role: string
  readonly side: string
  readonly price: string | null
  readonly quantity: string
  readonly filled: string
  readonly status: string
  readonly cancel: string
}

export interface FillModel {
  readonly tradeId: string
  readonly timeUs: number
  readonly side: string
  readonly price: string
  readonly quantity: string
  readonly liquidity: string
  readonly fee: string
  readonly feeAsset: string
  readonly role: string
  readonly realizedPnl: string
}

export interface InventoryModel {
  readonly asset: string
  readonly fromFills: string
  readonly fromCapital: string
  readonly total: string
}

export interface PositionModel {
  readonly quantity: string
  readonly averagePrice: string | null
  readonly notional: string | null
  readonly inSlots: string
  readonly quoted: string
  readonly unassigned: string
  /** What the venue says it is, where that is something else; null where both agree, and from an older session. */
  readonly venues: string | null
}

export interface PnlModel {
  readonly asset: string
  /** Of the session's fills, before fees. */
  readonly realized: string | null
  /** Of the whole position at the mark, what the session found open included. */
  readonly unrealized: string | null
  /** Of it, what came since the session began, at its first mark. Null from an older session as well. */
  readonly unrealizedChange: string | null
  readonly fees: string
  /** Between longs and shorts of a perpetual; received is above zero. */
  readonly funding: string
  /** Realised + the change of the unrealised + funding − fees, also as they are rounded here. */
  readonly net: string | null
  readonly equity: string | null
}

export interface LimitModel {
  readonly name: string
  readonly value: string
  readonly limit: string
  /** value ÷ limit, 0 and up; for gauges and colours only. */
  readonly share: number
  /** Whether the session halts beyond it; else an order is denied. Null from an older session. */
  readonly halts: boolean | null
}

export interface CountsModel {
  readonly events: number
  readonly gaps: number
  readonly badLines: number
  readonly ticks: number
  readonly ordersSent: number
  readonly fills: number
  readonly denials: number
  /** The code of the newest denial; null before the first, and from an older session. */
  readonly lastDenial: string | null
  readonly facts: number
  readonly commits: number
}

export interface MessageModel {
  readonly timeUs: number
  readonly severity: 'info' | 'warning' | 'alarm'
  readonly text: string
  /** Of an alarm: whether what it told of is over. Null where nothing tells, and from an older session. */
  readonly isSettled: boolean | null
}

/** `cancel`: the order is known, and whether its cancel arrived is not. */
export interface DoubtModel {
  readonly clientOrderId: string
  readonly side: string
  readonly quantity: string
  readonly price: string | null
  readonly status: 'in_doubt' | 'quarantined' | 'cancel'
  readonly sinceUs: number
  /** How often the venue was asked about it. */
  readonly asks: number
  /** What was heard of it last, with the time; may hold words of the venue. */
  readonly lastWords: string | null
  /** All that was asked and answered; null from an older session, and before anybody asked. */
  readonly evidence: string | null
}

export interface VenueHealthModel {
  readonly state: 'ok' | 'limited' | 'unreachable'
  /** How far the venue's clock is ahead of ours; null before it was measured. */
  readonly clockOffsetMs: number | null
  /** Calls that wait for their turn, and how many may. */
  readonly queued: number
  readonly queueLimit: number
  /** Calls that the rate limit leaves for now; null where there is no limit. */
  readonly budget: number | null
  /** Of the last calls; null before the first. */
  readonly latencyMedianMs: number | null
  readonly latencySlowestMs: number | null
  /** The most frequent first, at most 10. */
  readonly errors: readonly VenueErrorModel[]
  readonly calls: number
}

export interface VenueErrorModel {
  readonly code: string
  readonly count: number
  /** In words; null where nobody has explained it. */
  readonly means: string | null
}

export interface RecoveryModel {
  readonly found: number
  /** Steps that were taken. */
  readonly done: number
  readonly remaining: number
}

export interface FeedModel {
  /** Since the book last said something. */
  readonly silentUs: number
  /** Beyond this the session halts; 0: no limit. */
  readonly limitUs: number
  /** So long that everything that rests is taken back. */
  readonly isStale: boolean
}

/** The session's net result at equal steps of session time, oldest first, at most 240; for a line to look at. */
export interface CourseModel {
  readonly stepUs: number
  readonly net: readonly string[]
}

/** Counts of ticks: all of them, and those with a quote of ours on both sides, on the bid, on the ask. */
export interface QuotingModel {
  readonly ticks: number
  readonly bothSides: number
  readonly bid: number
  readonly ask: number
  /** Fills of quotes that are judged below. */
  readonly fills: number
  /** Earned if the mid stays; mean by quantity, null before the first fill. */
  readonly halfSpreadBps: string | null
  /** The shortest horizon first. */
  readonly markouts: readonly MarkoutModel[]
}

/** What the mid did so long after the fills, above zero in our favour; mean by quantity. */
export interface MarkoutModel {
  readonly horizonUs: number
  readonly fills: number
  readonly meanBps: string | null
  /** With the half-spread of the same fills: what was left of it. */
  readonly realizedBps: string | null
}

export interface FigureModel {
  readonly name: string
  readonly value: string
}

export interface StoreModel {
  /** What the log before the store holds; null where nobody can say. */
  readonly walBytes: number | null
  readonly commitMedianMs: number | null
  readonly commitSlowestMs: number | null
  readonly tickMedianMs: number | null
  readonly tickSlowestMs: number | null
  readonly checkpoints: number
  readonly checkpointsFailed: number
  /** The newest; null before the first. `error` is null where it went well. */
  readonly lastCheckpoint: CheckpointModel | null
}

export interface CheckpointModel {
  /** By the wall. */
  readonly wallUs: number
  readonly isComplete: boolean
  readonly elapsedMs: number
  readonly error: string | null
}

export interface CallModel {
  readonly endpoint: string
  readonly outcome: string
  /** What an outcome that is a code means; null where it is none, or nobody has explained it. */
  readonly means: string | null
  readonly count: number
  readonly medianMs: number | null
  readonly slowestMs: number | null
}
