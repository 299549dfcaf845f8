// The config that an audit rehearses with: the one at hand, on paper. What only a venue could say is made up. Runs nothing.

import { dec } from '../kernel/decimal.ts'
import type { Instrument } from '../kernel/instrument.ts'
import type { Config } from './config.ts'
import { loadConfig } from './load-config.ts'

export interface RehearsalWish {
  /** Whether the feed of the config was found to play; without it the simulated one does. */
  readonly feedPlays: boolean
}

/**
 * The same config in `mode: paper` with a fresh account. In the modes `demo` and `live` market, instrument and money are made up:
 * a rehearsal finds out who reads what, not how it would go.
 */
export function rehearsalConfig(config: Config, { feedPlays }: RehearsalWish): Config {
  const { feed, paper } = loadConfig({ file: null, environment: {} })
  const simulated = { ...feed, seed: config.feed.seed }
  const account = { ...config.paper, account: null }
  // A fresh account has no peak that would not count.
  const risk = { ...config.risk, drawdownSince: null }
  // Nobody is told of a rehearsal.
  const notify = { ...config.notify, shape: 'none' } as const
  if (config.mode !== 'paper')
    return { ...config, mode: 'paper', instrument: standIn(config.venue.instrument), feed: simulated, paper, risk, notify }
  const rehearsed = { ...config, paper: account, risk, notify }
  return feedPlays ? rehearsed : { ...rehearsed, feed: simulated }
}

/** A perpetual of that name on which anything small can be traded. `BTC/USDT:USDT` has been checked to have this shape. */
function standIn(symbol: string): Instrument {
  const [base = '', quote = '', settle = ''] = symbol.split(/[/:]/)
  return {
    ...{ symbol, kind: 'linear', base, quote, settle },
    tickSize: dec('0.0001'),
    lotSize: dec('0.01'),
    minQuantity: dec('0'),
    maxQuantity: dec('0'),
    minNotional: dec('0'),
    maxLeverage: dec('1000'),
  }
}
