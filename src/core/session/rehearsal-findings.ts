// What the end and the orders of a rehearsal say of the config it was made with. Reads what was counted; runs nothing.

import type { PartFinding, Rehearsal } from '../config/audit-config.ts'
import type { Config } from '../config/config.ts'
import type { SeenReading } from '../config/readers.ts'
import { EXIT, type ExitCode } from '../errors.ts'
import type { Halt } from '../halt-reasons.ts'

/** A rehearsal that began, with what it is judged by. */
export interface RehearsedCase {
  readonly config: Config
  readonly rehearsal: Rehearsal
  readonly halt: Pick<Halt, 'reason' | 'detail'> & { readonly exitCode?: ExitCode | undefined }
  readonly seen: SeenReading
  /** Whether market, instrument and money were the config's own: of others amounts and gates mean nothing. */
  readonly isOwnMarket: boolean
}

export function rehearsalFindings(seen: RehearsedCase): PartFinding[] {
  const found = [haltFinding(seen), ...(seen.isOwnMarket ? [silentFinding(seen), refusedFinding(seen)] : [])]
  return found.filter((finding) => finding !== null)
}

const GATE = /^risk_|^market_gap$/
const FAILURES: ReadonlySet<string> = new Set(['unexpected_halt', 'startup_failure', 'journal_failure'])

/** An end before its time: the strategy's fault, a gate that spoke, or somebody who wanted no more. */
function haltFinding({ halt, rehearsal, isOwnMarket }: RehearsedCase): PartFinding | null {
  const { reason, detail, exitCode } = halt
  if (reason === 'duration_elapsed' || reason === 'feed_ended') return null
  if (exitCode === EXIT.config) return { code: 'STRATEGY_UNUSABLE', keys: ['strategy.name'], text: detail ?? reason }
  const text = `The rehearsal ended with ${detail === null ? reason : `${reason}: ${detail}`}, after ${rehearsal.seconds} s.`
  if (FAILURES.has(reason)) return { code: 'REHEARSAL_FAILED', keys: ['strategy.name'], text }
  if (!GATE.test(reason) || !isOwnMarket) return { code: 'REHEARSAL_CUT_SHORT', keys: [], text }
  return { code: 'REHEARSAL_HALTED', keys: gateKeys(reason), text }
}

function gateKeys(reason: string): string[] {
  const keys: Readonly<Record<string, string>> = {
    risk_stale_feed: 'risk.stale_feed_seconds',
    market_gap: 'risk.stale_feed_seconds',
    risk_loss_limit: 'risk.max_session_loss',
    risk_drawdown: 'risk.max_drawdown',
  }
  return [keys[reason] ?? 'risk.max_exposure']
}

/** A built-in strategy that had its time and sent nothing. Of a strategy of one's own nobody knows when it would. */
function silentFinding({ config, rehearsal, seen }: RehearsedCase): PartFinding | null {
  const { name, breakout } = config.strategy
  const { ordersSent, denials, seconds } = rehearsal
  if (ordersSent > 0 || denials > 0 || !seen.isWhole || (name !== 'market_maker' && name !== 'breakout')) return null
  const sent = `In a rehearsal of ${Math.round(seconds)} s \`${name}\` sent no order: `
  const key = `strategy.${name}.order_notional`
  const tooSmall = 'what it wanted was too small for the instrument or could not be paid.'
  if (name === 'market_maker') {
    const text = `${sent}the market had no two sides, it was further from the reference than it quotes, or ${tooSmall}`
    return { code: 'NO_ORDER_SENT', keys: [key], text }
  }
  if (seen.readersOf(key).includes('strategy/breakout')) return { code: 'NO_ORDER_SENT', keys: [key], text: sent + tooSmall }
  const lookback = 'strategy.breakout.lookback_seconds'
  const why =
    seconds < breakout.lookbackSeconds
      ? `the feed ended before the channel of ${breakout.lookbackSeconds} s was covered.`
      : `the price never left its channel of ${breakout.lookbackSeconds} s on a side that it trades.`
  return { code: 'NO_ORDER_SENT', keys: [lookback], text: sent + why }
}

/** From this share of all orders that were wanted on, refusals are no accident of the market. */
const MOST_REFUSED = 0.1
/** So few say nothing. */
const FEWEST_REFUSED = 3
/** Codes that one finding names before it only counts. */
const MOST_NAMED = 3
/** A quote that waits for its predecessor, and one that the market came to while it was on its way, are no fault of a config. */
const HARMLESS: ReadonlySet<string> = new Set(['QUOTE_SIDE_PENDING', 'QUOTE_SIDE_IN_DOUBT', 'POST_ONLY_WOULD_CROSS'])

function refusedFinding({ rehearsal }: RehearsedCase): PartFinding | null {
  const { ordersSent, denials, rejections, refusals, ticks } = rehearsal
  const wanted = ordersSent + denials
  const isNothingLeft = wanted > 0 && ordersSent - rejections <= 0
  const told = isNothingLeft ? refusals : refusals.filter(({ code }) => !HARMLESS.has(code))
  const refused = told.reduce((sum, { count }) => sum + count, 0)
  const keys = [...new Set(told.map(({ code }) => KEY_OF[code] ?? 'strategy.name'))]
  const example = told[0]?.example === undefined ? '' : ` The last of the first: ${told[0].example}`
  if (isNothingLeft) {
    return { code: 'ALL_DENIED', keys, text: `In a rehearsal of ${ticks} ticks no order passed: ${codesText(told)}.${example}` }
  }
  if (refused < FEWEST_REFUSED || refused < wanted * MOST_REFUSED) return null
  const text = `In a rehearsal of ${ticks} ticks ${refused} of ${wanted} orders and cancels were refused: ${codesText(told)}.${example}`
  return { code: 'OFTEN_REFUSED', keys, text }
}

function codesText(refusals: Rehearsal['refusals']): string {
  const named = refusals.slice(0, MOST_NAMED).map(({ code, count }) => `${code} ×${count}`)
  return `${named.join(', ')}${refusals.length > MOST_NAMED ? ` and ${refusals.length - MOST_NAMED} codes more` : ''}`
}

/** The key to look at first. */
const KEY_OF: Readonly<Record<string, string>> = {
  INSUFFICIENT_MARGIN: 'paper.balances',
  INSUFFICIENT_BALANCE: 'paper.balances',
  MARGIN_TOO_LOW: 'paper.balances',
  BALANCE_TOO_LOW: 'paper.balances',
  POSITION_ABOVE_LIMIT: 'risk.max_position',
  EXPOSURE_ABOVE_LIMIT: 'risk.max_exposure',
  NOTIONAL_ABOVE_LIMIT: 'risk.max_order_notional',
  PRICE_OUTSIDE_COLLAR: 'risk.price_collar_bps',
  MARKET_STALE: 'risk.stale_feed_seconds',
  LEVERAGE_ABOVE_CAP: 'risk.max_leverage',
  OPEN_ORDERS_ABOVE_LIMIT: 'risk.max_open_orders',
  ORDER_RATE_ABOVE_LIMIT: 'risk.max_orders_per_second',
  CANCEL_RATE_ABOVE_LIMIT: 'risk.max_cancels_per_second',
}
