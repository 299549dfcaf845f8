// What a session opens with, from config, feed and strategy: the fact that a reader of the journal starts from.

import { basename } from 'node:path'
import { formatDecimal } from '../kernel/decimal.ts'
import type { SessionOpening } from '../kernel/inputs.ts'
import type { Strategy } from '../strategy/port.ts'
import type { Arena } from './arena.ts'
import type { RunSessionOptions } from './run-session.ts'
import { microseconds } from './time.ts'

export function openingOf({ config, sessionId, durationUs }: RunSessionOptions, arena: Arena, strategy: Strategy): SessionOpening {
  const { engine, risk } = config
  const { feed, account, venueName } = arena
  return {
    sessionId,
    account,
    mode: config.mode,
    venue: venueName,
    strategy: strategy.name,
    // Without its folder: the same recording gives the same journal wherever it lies.
    feedSource: basename(feed.source),
    seed: config.feed.seed,
    durationUs,
    tickIntervalUs: microseconds(engine.tickIntervalSeconds),
    instrument: feed.instrument,
    instrumentOrigin: feed.instrumentOrigin,
    slotIds: strategy.slotIds,
    // Every venue there is holds one position an instrument.
    positionMode: 'one_way',
    limits: {
      maxExposure: risk.maxExposure,
      maxPosition: risk.maxPosition,
      maxSessionLoss: risk.maxSessionLoss,
      maxOrderNotional: risk.maxOrderNotional,
      maxLeverage: risk.maxLeverage,
      priceCollarBps: risk.priceCollarBps,
      maxOpenOrders: risk.maxOpenOrders,
      maxOrdersPerSecond: risk.maxOrdersPerSecond,
      maxCancelsPerSecond: risk.maxCancelsPerSecond,
      staleFeedUs: microseconds(risk.staleFeedSeconds),
    },
    orderValidityUs: microseconds(engine.orderValiditySeconds),
    absenceMarginUs: microseconds(engine.absenceMarginSeconds),
    querySpacingUs: microseconds(engine.querySpacingSeconds),
  }
}

/** Which instrument, with the numbers that bind its orders, and where they came from. */
export function instrumentText({ instrument, instrumentOrigin }: SessionOpening): string {
  const { symbol, kind, tickSize, lotSize } = instrument
  const words = { config: 'from the config', inferred: 'inferred from the recording', 'built-in': 'built in', venue: 'as the venue says' }
  const origin = Object.entries(words).find(([name]) => name === instrumentOrigin)?.[1]
  return `instrument ${symbol}, ${kind}, tick ${formatDecimal(tickSize)}, lot ${formatDecimal(lotSize)}, ${origin ?? instrumentOrigin}`
}
