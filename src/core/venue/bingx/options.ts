// What the BingX venue is told from outside, and the defaults of all that can be tuned. Holds no state.

import type { Decimal } from '../../kernel/decimal.ts'
import { BINGX_STREAM_PATH } from '../../names.ts'
import type { BingxCredentials } from './credentials.ts'

/** Time as the venue's client sees it: handed in, so that a test may hold it. */
export interface BingxClock {
  /** The world's time, in microseconds since 1970. */
  nowUs(): number
  /** Resolves early, and does not throw, once the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/** Where the venue is, for real money and for practice money (BingX API docs, “Domain” and “Websocket”). */
export const BINGX_HOSTS = {
  live: { restUrl: 'https://open-api.bingx.com', streamUrl: `wss://open-api-swap.bingx.com${BINGX_STREAM_PATH}` },
  demo: { restUrl: 'https://open-api-vst.bingx.com', streamUrl: `wss://vst-open-api-ws.bingx.com${BINGX_STREAM_PATH}` },
} as const

/**
 * What can be tuned, with the value that is meant for the real venue. Every bound of the client is here. What the venue does or
 * refuses is from BingX API docs, “Signature authentication”, “Rate limit”, “Listen key”, “Websocket”; the others are our own choice.
 */
export const BINGX_DEFAULTS = {
  /** How long after its timestamp the venue may still admit a request; it takes 5,000 at most. */
  recvWindowMs: 5_000,
  /** One call on the wire, from the first byte out to the last byte in. */
  callTimeoutMs: 8_000,
  /** How long a call that is no placement may wait for its turn. */
  queueTimeoutMs: 30_000,
  /** Calls that may wait for their turn, and how many of those places only urgent ones may take. */
  queueLimit: 64,
  queueReserve: 16,
  /** The share of each limit that is kept for urgent calls, in percent. */
  budgetReservePercent: 20,
  connectTimeoutMs: 20_000,
  longestAnswerBytes: 4 * 1024 * 1024,
  longestFrameBytes: 1024 * 1024,
  /** A stream without a frame for so long is dead; the venue says `Ping` every 5 to 30 s. */
  streamSilenceMs: 45_000,
  streamPauseMs: 500,
  longestStreamPauseMs: 30_000,
  listenKeyRenewalMs: 30 * 60_000,
  /** How often the account is looked at as a whole; more often while the stream is down. */
  snapshotIntervalMs: 30_000,
  snapshotIntervalUnstreamedMs: 5_000,
  /** A look at the account that took longer is too old to be handed on. */
  longestSnapshotMs: 10_000,
  /** How often funding payments are asked for, and how soon again where that failed. */
  fundingIntervalMs: 10 * 60_000,
  fundingRetryMs: 60_000,
  clockIntervalMs: 5 * 60_000,
  /** Beyond this the machine's clock, or the venue's, is wrong, and nothing is traded. */
  largestClockOffsetMs: 2_000,
  /** How often a question is asked anew, and the pause before it, which grows. */
  questionTries: 3,
  questionPauseMs: 250,
  longestQuestionPauseMs: 15_000,
  /** The venue refuses a second cancel of one order within a second. */
  cancelSpacingMs: 1_100,
  breakerFailures: 5,
  breakerPauseMs: 2_000,
  longestBreakerPauseMs: 30_000,
  /** What a limit without a word about its length costs; doubled while it goes on. */
  limitPauseMs: 1_000,
  longestLimitPauseMs: 60_000,
  /** A ban, or the firewall. */
  banPauseMs: 300_000,
  closeTimeoutMs: 5_000,
  /** Orders that are over and no longer spoken of are forgotten, oldest first, beyond so many. */
  knownOrders: 4_096,
  /** News that nobody takes is kept up to here. */
  longestInbox: 20_000,
} as const

export type BingxTuning = { readonly [Name in keyof typeof BINGX_DEFAULTS]: number }

export interface BingxVenueOptions {
  /** `https://open-api.bingx.com`, without a path. */
  readonly restUrl: string
  /** `wss://open-api-swap.bingx.com/swap-market`. */
  readonly streamUrl: string
  /** `demo` trades practice money: refused at the hosts of real money, and the other way round. Others are for rehearsal. */
  readonly kind: 'demo' | 'live'
  readonly credentials: BingxCredentials
  /** In our words: `BTC/USDT:USDT`. */
  readonly instrument: string
  /** The highest leverage the account may be set to on the instrument; null where nobody cares. */
  readonly maxLeverage: Decimal | null
  readonly positionMode: 'one_way' | 'hedge'
  readonly clock: BingxClock
  /** From 0 up to 1, for the spread of pauses. */
  readonly random: () => number
  /** For the log: never a key, never a raw control character. */
  readonly log: (entry: BingxLogEntry) => void
  readonly tuning?: Partial<BingxTuning>
}

export interface BingxLogEntry {
  readonly severity: 'info' | 'warning' | 'alarm'
  readonly text: string
}
