// What of the venue is open to question, as settings of one exchange: the defaults follow what was recorded last. Data.

/** Key in a fault plan → what it decides, and its default. */
export interface DoorSettings {
  /** Whether a placement answers its fields in `data` or in `data.order`. */
  readonly placementForm: 'fields' | 'order'
  /** The name of order events on the private stream. */
  readonly orderEvent: 'TRADE_UPDATE' | 'ORDER_TRADE_UPDATE'
  /** In one-way mode: `BOTH` with a signed size, or the side with a size above zero. */
  readonly positionForm: 'both' | 'side'
  /** Whether an id whose order was refused counts as used. */
  readonly burnRefusedIds: boolean
  /** Whether limits are kept; the headers say them anyway. */
  readonly rateLimits: boolean
  /** Decimals of a fee in the lists of fills. */
  readonly fillFeeDecimals: number
  /** How often longs pay shorts, on the exchange's clock: at its multiples, as at the real venue. */
  readonly fundingIntervalMs: number
  /** What they pay each time, as a share of the position's value; below zero shorts pay longs. Zero: nobody pays. */
  readonly fundingRate: string
  readonly pingMs: number
  /** How long a listen key lives unless it is prolonged. */
  readonly listenKeyMs: number
}

export const DEFAULT_SETTINGS: DoorSettings = {
  placementForm: 'fields',
  orderEvent: 'TRADE_UPDATE',
  positionForm: 'both',
  burnRefusedIds: false,
  rateLimits: true,
  fillFeeDecimals: 4,
  fundingIntervalMs: 28_800_000,
  fundingRate: '0',
  pingMs: 5_000,
  listenKeyMs: 3_600_000,
}
