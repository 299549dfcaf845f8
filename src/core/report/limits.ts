// The limits that were in force in a session: those that orders are held to, from its row, and those of its gates, from the flags it
// opened with. Reads only.

import { LIMIT_FLAGS } from '../kernel/flag-codes.ts'
import type { LimitsSummary } from './limits-view.ts'
import { inWindow, type JournalDb, type SessionRow, storedText, type Window } from './stored.ts'

/** @throws DitaError STORE_DAMAGED */
export async function loadLimits(db: JournalDb, session: SessionRow, window: Window): Promise<LimitsSummary> {
  return {
    maxExposure: storedText(session.max_exposure),
    maxPosition: storedText(session.max_position),
    maxSessionLoss: storedText(session.max_session_loss),
    maxOrderNotional: storedText(session.max_order_notional),
    maxLeverage: storedText(session.max_leverage),
    priceCollarBps: storedText(session.price_collar_bps),
    maxOpenOrders: session.max_open_orders,
    maxOrdersPerSecond: session.max_orders_per_second,
    maxCancelsPerSecond: session.max_cancels_per_second,
    staleFeedUs: session.stale_feed_us,
    ...(await loadGateLimits(db, window)),
  }
}

type GateLimits = Pick<
  LimitsSummary,
  'maxDrawdown' | 'drawdownSince' | 'venueSilenceUs' | 'venueStreamUs' | 'venueAccountUs' | 'maxVenueFailuresPercent'
>

/** A limit without a flag is none. */
async function loadGateLimits(db: JournalDb, window: Window): Promise<GateLimits> {
  const rows = await db
    .selectFrom('risk_events')
    .select(['code', 'value', 'limit_value as limit'])
    .where(inWindow(window))
    .where('code', 'in', Object.values(LIMIT_FLAGS))
    .execute()
  const limitOf = (name: keyof typeof LIMIT_FLAGS): string => storedText(rows.find(({ code }) => code === LIMIT_FLAGS[name])?.limit ?? '0')
  const microseconds = (seconds: string): number => Math.round(Number(seconds) * 1_000_000)
  return {
    maxDrawdown: limitOf('maxDrawdown'),
    drawdownSince: rows.find(({ code }) => code === LIMIT_FLAGS.maxDrawdown)?.value ?? null,
    venueSilenceUs: microseconds(limitOf('venueSilence')),
    venueStreamUs: microseconds(limitOf('venueStream')),
    venueAccountUs: microseconds(limitOf('venueAccount')),
    maxVenueFailuresPercent: limitOf('venueFailures'),
  }
}
