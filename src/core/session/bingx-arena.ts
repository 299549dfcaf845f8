// BingX in the world: the account and the live market of one perpetual. Connects and checks before anything else is opened.

import { ZERO } from '../kernel/decimal.ts'
import type { Instrument } from '../kernel/instrument.ts'
import { MarketState } from '../market/market-state.ts'
import { openBingxFeed } from '../venue/bingx/bingx-feed.ts'
import { createBingxVenue } from '../venue/bingx/bingx-venue.ts'
import { readBingxCredentials } from '../venue/bingx/credentials.ts'
import { BINGX_HOSTS } from '../venue/bingx/options.ts'
import { bingxAccountName } from './account-name.ts'
import type { Arena, ArenaOptions } from './port.ts'
import { worldSteps } from './steps.ts'
import { microseconds } from './time.ts'

/**
 * The account alone, connected and checked: for a session, and for commands that only compare.
 * @throws DitaError with exit code 7 where it cannot be reached, 4 where what it says contradicts the config
 */
export async function connectBingx(options: Omit<ArenaOptions, 'sessionId'>, signal: AbortSignal) {
  const { config, environment, random, wall, log } = options
  const { venue: wish, risk } = config
  const kind = config.mode === 'live' ? 'live' : 'demo'
  const hosts = addressesOf(wish, kind)
  const clock = { nowUs: () => wall.wallUs(), sleep: (ms: number, ended: AbortSignal) => wall.sleep(ms, ended) }
  const venue = createBingxVenue({
    ...hosts,
    kind,
    credentials: readBingxCredentials({ environment, path: wish.credentialsFile }),
    instrument: wish.instrument,
    maxLeverage: risk.maxLeverage === ZERO ? null : risk.maxLeverage,
    positionMode: 'one_way',
    clock,
    random,
    log: ({ severity, text }) => (severity === 'info' ? log.info('venue', { text }) : log.error('venue', { severity, text })),
    tuning: {
      callTimeoutMs: microseconds(wish.callTimeoutSeconds) / 1_000,
      queueLimit: wish.queueLimit,
      queueReserve: wish.queueLimit >> 2,
    },
  })
  options.connecting?.(hosts.restUrl)
  try {
    await venue.connect(signal)
    return { venue, instrument: venue.instrument as Instrument, account: bingxAccountName(kind, wish.account), hosts, clock }
  } catch (error) {
    await venue.close()
    throw error
  }
}

/** @throws DitaError as `connectBingx` does, and where the live market cannot be reached */
export async function openBingxArena(options: ArenaOptions, signal: AbortSignal): Promise<Arena> {
  const { venue, instrument, account, hosts, clock } = await connectBingx(options, signal)
  const close = async (): Promise<void> => {
    await venue.close()
  }
  try {
    const feed = await openBingxFeed(
      { ...hosts, instrument: instrument.symbol, known: instrument, depth: 'levels', clock, random: options.random },
      signal,
    )
    return {
      feed,
      venueName: 'bingx',
      venueAddress: new URL(hosts.restUrl).host,
      account,
      enter: () => ({
        venue,
        market: new MarketState(),
        money: null,
        deposit: () => undefined,
        steps: ({ nextDueUs, stop }) => {
          const { wallUs, sleep } = options.wall
          return worldSteps({ feed, wallUs, sleep, nextDueUs, stop, onNews: (wake) => venue.onNews(wake) })
        },
      }),
      close: async () => {
        await feed.close()
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

function addressesOf({ restUrl, streamUrl }: ArenaOptions['config']['venue'], kind: 'demo' | 'live') {
  return restUrl === null || streamUrl === null ? BINGX_HOSTS[kind] : { restUrl, streamUrl }
}
