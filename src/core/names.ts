// Names that several rooms must write alike: of sessions, accounts, slots and strategies, and where an exchange is. Data only.

/** What may become part of the name of a file, a table or an account: lower-case letters, digits, _ and -, at most 32 characters, starting with a letter or digit. */
export const NAME = /^[a-z0-9][a-z0-9_-]{0,31}$/

/** The same as a part of a longer pattern. */
export const NAME_WITHIN = NAME.source.slice(1, -1)

/** Strategies that are named, not loaded from a file. */
export const BUILT_IN_STRATEGIES = ['market_maker', 'breakout', 'flatten'] as const

/** The one of them that only closes. */
export const CLOSING_STRATEGY = 'flatten' satisfies (typeof BUILT_IN_STRATEGIES)[number]

/** Behind the host of a stream of BingX (its API docs, “Websocket”), and of the exchange that stands for it. */
export const BINGX_STREAM_PATH = '/swap-market'

/** Hosts that are this machine, as `URL.hostname` writes them. */
export const LOOPBACK_HOST = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/
