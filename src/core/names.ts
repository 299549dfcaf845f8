// The one pattern of names that may become part of the name of a file, a table or an account: of sessions, accounts, slots. Data only.

/** Lower-case letters, digits, _ and -, at most 32 characters, starting with a letter or digit. */
export const NAME = /^[a-z0-9][a-z0-9_-]{0,31}$/

/** The same as a part of a longer pattern. */
export const NAME_WITHIN = NAME.source.slice(1, -1)

/** Strategies that are named, not loaded from a file. */
export const BUILT_IN_STRATEGIES = ['market_maker', 'breakout', 'flatten'] as const

/** The one of them that only closes. */
export const CLOSING_STRATEGY = 'flatten' satisfies (typeof BUILT_IN_STRATEGIES)[number]
