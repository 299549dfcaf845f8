// Which keys a session reads only under a condition, and who uses what others hand on by value. Data: the tests run a session of
// each kind under a reading trace and hold these tables against what was read. Runs nothing.

import { BUILT_IN_STRATEGIES } from '../names.ts'
import type { Config } from './config.ts'
import type { ConfigPath } from './config-values.ts'

/** A setting without which nobody reads some keys. */
export interface ReadingCondition {
  /** Ends a sentence that begins with `only read with`. */
  readonly text: string
  readonly holds: (config: Config) => boolean
  /** Keys, or sections with a dot and a star. */
  readonly keys: readonly string[]
}

/** The gates of the way to the venue: there is none on paper. */
const VENUE_GATES: readonly string[] = [
  'venue_silence_seconds',
  'venue_stream_seconds',
  'venue_account_seconds',
  'max_venue_failures_percent',
].map((name) => `risk.${name}`)

const isPaper = ({ mode }: Config): boolean => mode === 'paper'

export const READING_CONDITIONS: readonly ReadingCondition[] = [
  { text: '`mode: paper`', holds: isPaper, keys: ['paper.*', 'instrument.*'] },
  // Without an instrument of one's own there is none of its keys to read.
  { text: 'an `instrument` in the config', holds: (config) => !isPaper(config) || config.instrument !== null, keys: ['instrument.*'] },
  { text: '`mode: demo` or `mode: live`', holds: (config) => !isPaper(config), keys: ['venue.*', ...VENUE_GATES] },
  { text: '`feed.source: simulated`', holds: ({ feed }) => feed.source === 'simulated', keys: ['feed.simulated.*'] },
  {
    text: '`strategy.name: market_maker`',
    holds: ({ strategy }) => strategy.name === 'market_maker',
    keys: ['strategy.market_maker.*', 'strategy.clob_switch_threshold_bps', 'strategy.anchor_max_divergence_bps'],
  },
  { text: '`strategy.name: breakout`', holds: ({ strategy }) => strategy.name === 'breakout', keys: ['strategy.breakout.*'] },
  {
    text: 'a `notify.shape` other than `none`',
    holds: ({ notify }) => notify.shape !== 'none',
    keys: ['notify.credentials_file', 'notify.chat_id', 'notify.session_end'],
  },
  {
    text: 'a strategy file of your own',
    holds: ({ strategy }) => !BUILT_IN_STRATEGIES.some((name) => name === strategy.name),
    keys: ['strategy.params'],
  },
]

/** What a short rehearsal on paper may not come to, though a session would: when it is read, and by whom then. */
export interface ReadingMoment {
  readonly when: string
  readonly readers: readonly string[]
  readonly keys: readonly string[]
}

export const READING_MOMENTS: readonly ReadingMoment[] = [
  {
    when: 'when it connects to the venue',
    readers: ['session/bingx-arena'],
    keys: ['account', 'instrument', 'credentials_file', 'rest_url', 'stream_url', 'call_timeout_seconds', 'queue_limit'].map(
      (name) => `venue.${name}`,
    ),
  },
  { when: 'when it connects to the venue', readers: ['session/gate-limits'], keys: VENUE_GATES },
  {
    when: 'when it sends notifications',
    readers: ['session/notices'],
    keys: ['notify.credentials_file', 'notify.chat_id', 'notify.session_end'],
  },
  {
    when: 'when the price leaves its channel',
    readers: ['strategy/breakout'],
    keys: ['order_notional', 'leverage', 'entry_slippage_bps', 'exit_ratios', 'direction'].map((name) => `strategy.breakout.${name}`),
  },
  {
    when: 'while a trade is open',
    readers: ['strategy/breakout'],
    keys: ['stop_bps', 'targets_bps', 'max_holding_seconds'].map((name) => `strategy.breakout.${name}`),
  },
]

/** Keys that are held against another key, or against the one value there is, when a config is loaded; nobody reads them later. */
export interface CheckedKey {
  readonly key: string
  readonly by: string
  readonly holds: (config: Config) => boolean
}

export const CHECKED_AT_LOADING: readonly CheckedKey[] = [
  { key: 'strategy.requote_interval_seconds', by: 'config/contradictions', holds: () => true },
  { key: 'venue.name', by: 'config/schema-venue', holds: (config) => !isPaper(config) },
  // At a venue the market is the venue's: the source can only be `live`.
  { key: 'feed.source', by: 'config/contradictions', holds: (config) => !isPaper(config) },
]

const MARKET_MAKER: readonly string[] = ['strategy/market-maker']

/** Who uses a value in the end, where the module that reads it from the config only hands it on. */
export const HANDED_TO: Readonly<Record<string, readonly string[]>> = {
  'risk.max_exposure': ['kernel/checks', 'session/gates'],
  'risk.max_position': ['kernel/checks'],
  'risk.max_session_loss': ['session/gates'],
  'risk.max_drawdown': ['session/session-gates'],
  'risk.drawdown_since': ['session/drawdown-watch'],
  'risk.max_order_notional': ['kernel/checks'],
  'risk.max_leverage': ['kernel/checks'],
  'risk.price_collar_bps': ['kernel/checks'],
  'risk.max_open_orders': ['kernel/checks'],
  'risk.max_orders_per_second': ['kernel/checks'],
  'risk.max_cancels_per_second': ['kernel/decide-intent'],
  'risk.stale_feed_seconds': ['kernel/checks', 'session/feed-gate'],
  'risk.venue_silence_seconds': ['session/venue-gates'],
  'risk.venue_stream_seconds': ['session/venue-gates'],
  'risk.venue_account_seconds': ['session/venue-gates'],
  'risk.max_venue_failures_percent': ['session/venue-gates'],
  'strategy.clob_switch_threshold_bps': MARKET_MAKER,
  'strategy.anchor_max_divergence_bps': MARKET_MAKER,
  'strategy.market_maker.half_spread_bps': MARKET_MAKER,
  'strategy.market_maker.order_notional': MARKET_MAKER,
  'strategy.market_maker.max_inventory_notional': MARKET_MAKER,
  'strategy.market_maker.inventory_skew_bps': MARKET_MAKER,
}

export type ReadingStatus =
  /** Read in the rehearsal. */
  | 'read'
  /** Held against another key when the config was loaded. */
  | 'checked'
  /** A session with this config reads it, but the rehearsal did not come to that. */
  | 'later'
  /** Nobody reads it with this config: another setting would have to be made first. */
  | 'idle'
  /** Nobody read it, and nothing says why. */
  | 'unread'
  /** Nobody read it in a rehearsal that did not begin or broke off: a session may. */
  | 'unknown'

export interface KeyReading {
  readonly status: ReadingStatus
  /** Modules below core, or a file of your own. */
  readonly readers: readonly string[]
  /** Who uses the value in the end, where the readers only hand it on. */
  readonly handedTo: readonly string[]
  /** For `later` the moment, for `idle` the setting it waits for; else null. */
  readonly when: string | null
}

/** Who read what in a rehearsal. */
export interface SeenReading {
  readonly readersOf: (key: string) => readonly string[]
  /** Whether it came to its end, so that what nobody read nobody reads. */
  readonly isWhole: boolean
  /** What of `strategy.params` its strategy never read in a rehearsal that was whole. */
  readonly unreadParams?: readonly ConfigPath[]
}

/** A rehearsal is always on paper: what only its exchange reads is no reader at a venue. */
const PAPER_ONLY: ReadonlySet<string> = new Set(['session/paper-arena'])

export function readingOf(key: string, config: Config, seen: SeenReading): KeyReading {
  const condition = READING_CONDITIONS.find(({ keys, holds }) => !holds(config) && keys.some((pattern) => matches(pattern, key)))
  const none = { readers: [], handedTo: [], when: null }
  if (condition !== undefined) return { ...none, status: 'idle', when: `with ${condition.text}` }
  const checked = CHECKED_AT_LOADING.find((candidate) => candidate.key === key && candidate.holds(config))
  if (checked !== undefined) return { ...none, status: 'checked', readers: [checked.by] }
  const readers = seen.readersOf(key).filter((module) => isPaper(config) || !PAPER_ONLY.has(module))
  const handedTo = (Object.hasOwn(HANDED_TO, key) ? HANDED_TO[key] : undefined) ?? []
  if (readers.length > 0) return { status: 'read', readers, handedTo, when: null }
  const moment = READING_MOMENTS.find(({ keys }) => keys.includes(key))
  if (moment !== undefined) return { status: 'later', readers: moment.readers, handedTo, when: moment.when }
  return { ...none, status: seen.isWhole ? 'unread' : 'unknown' }
}

function matches(pattern: string, key: string): boolean {
  return pattern.endsWith('.*') ? key.startsWith(pattern.slice(0, -1)) : pattern === key
}
