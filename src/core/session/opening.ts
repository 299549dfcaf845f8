// What a session opens with, from config, feed and strategy: the fact that a reader of the journal starts from; and what it may
// not open with.

import { basename } from 'node:path'
import { DitaError, EXIT } from '../errors.ts'
import { formatDecimal, ZERO } from '../kernel/decimal.ts'
import type { SessionOpening } from '../kernel/inputs.ts'
import type { StateView } from '../kernel/views.ts'
import type { Strategy } from '../strategy/port.ts'
import type { Arena, RunSessionOptions } from './port.ts'
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

/** Equity, margin and the gates look at one instrument: a position in another would be traded blind. */
export function refuseOtherPositions({ positions }: StateView, { account, instrument, mode }: SessionOpening): void {
  const other = [...positions.values()].find((position) => position.instrument !== instrument.symbol && position.quantity !== ZERO)
  if (other === undefined) return
  throw new DitaError('ACCOUNT_HOLDS_OTHER', {
    fault: 'user',
    exitCode: EXIT.config,
    message: `The account ${account} holds ${formatDecimal(other.quantity)} ${other.instrument}, and this session would trade ${instrument.symbol}.`,
    next: `Close that position with a session on ${other.instrument}, or name another \`${mode === 'paper' ? 'paper' : 'venue'}.account\` in the config.`,
  })
}

export function openingDenied(denied: { code: string; field: string; value: string; detail: string }): DitaError {
  return new DitaError('SESSION_DENIED', {
    fault: 'user',
    exitCode: EXIT.config,
    message: `The session cannot be opened, for \`${denied.field}\` is refused (${denied.code}): ${denied.value}. ${denied.detail}`,
    next: 'Put `instrument` or `strategy` in the config back to what they were when this account last traded, or begin another account.',
  })
}
