// A rehearsal in this process: a feed that is generated or was recorded, and the exchange that trades against it.

import type { Config } from '../config/config.ts'
import { type Decimal, ZERO } from '../kernel/decimal.ts'
import type { Instrument } from '../kernel/instrument.ts'
import type { StateView } from '../kernel/views.ts'
import { MarketState } from '../market/market-state.ts'
import { openFeed } from '../market/open-feed.ts'
import { createPaperVenue } from '../venue/paper/paper-venue.ts'
import { paperAccountName } from './account-name.ts'
import { paperAccountOf } from './paper-account.ts'
import type { Arena, ArenaOptions } from './port.ts'
import { rehearsedSteps } from './steps.ts'

/** @throws DitaError with exit code 7 where the feed's source is missing or no recording */
export async function openPaperArena({ config, sessionId }: ArenaOptions): Promise<Arena> {
  const feed = await openFeed({ ...config.feed, instrument: config.instrument })
  const { paper } = config
  return {
    feed,
    venueName: 'paper',
    venueAddress: null,
    account: paperAccountName(paper.account ?? sessionId),
    enter(view, instrument) {
      const venue = createPaperVenue({
        instrument,
        feeRates: { maker: paper.makerFeeRate, taker: paper.takerFeeRate },
        ...paperAccountOf(view, instrument.symbol),
        idPrefix: sessionId,
        entryLatencyUs: paper.entryLatencyMs * 1000,
        responseLatencyUs: paper.responseLatencyMs * 1000,
      })
      return {
        venue,
        // The paper exchange plays the same feed, and the loop tells it first: one book serves both.
        market: new MarketState(venue.exchange.book),
        money: openingMoney(config, view, instrument),
        deposit: (asset: string, amount: Decimal) => {
          if (amount !== ZERO) venue.exchange.deposit(asset, amount)
        },
        steps: () => rehearsedSteps(feed),
      }
    },
    close: () => feed.close(),
  }
}

/**
 * What is paid in: each asset of `paper.balances` once in an account's life; without them the default money, to an account
 * that never had anything to buy this instrument with.
 */
function openingMoney({ paper }: Config, { balances }: StateView, { quote }: Instrument) {
  const isNew = (asset: string): boolean => !balances.has(`capital|${asset}`)
  const now = Object.fromEntries(Object.entries(paper.balances ?? {}).filter(([asset]) => isNew(asset)))
  return { now, byDefault: paper.balances === null && isNew(quote) }
}
