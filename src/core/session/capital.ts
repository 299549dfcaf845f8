// Capital that is moved by hand: what may be booked, and how, while a session runs and while none does. Moves no money itself: what
// a real venue has in its wallet is moved there.

import { existsSync } from 'node:fs'
import { DitaError, EXIT } from '../errors.ts'
import { storeMissing } from '../journal/errors.ts'
import type { HolderCommand } from '../journal/lock.ts'
import { openWriter } from '../journal/open.ts'
import { abs, add, type Decimal, dec, div, formatDecimal, max, min, mul, neg, sub, tryParseDecimal, ZERO } from '../kernel/decimal.ts'
import { type Instrument, tradeValueOf } from '../kernel/instrument.ts'
import { unfilledOf } from '../kernel/state.ts'
import { unrealizedPnl } from '../kernel/valuation.ts'
import type { StateView } from '../kernel/views.ts'
import type { Engine } from './engine.ts'
import { closeCrashedSessions, replayed } from './open-engine.ts'

export interface CapitalMove {
  readonly asset: string
  /** Above zero a deposit, below zero a withdrawal; never zero. */
  readonly amount: Decimal
  readonly note: string
  /** Whether it may be an asset that the account has never seen; without that such a one is taken for a slip of the hand. */
  readonly newAsset?: boolean | undefined
}

export interface CapitalBooked {
  readonly account: string
  readonly asset: string
  readonly amount: Decimal
  /** What the wallet holds of it by our books. */
  readonly balanceBefore: Decimal
  readonly balanceAfter: Decimal
  readonly note: string
  /** The fact in the account's journal. */
  readonly seq: number
}

const ASSET_NAME = /^[A-Z0-9][A-Z0-9._+-]{0,63}$/

export function isAssetName(text: string): boolean {
  return ASSET_NAME.test(text)
}

/**
 * What somebody typed as an amount, as a flow has it: decimal text, below zero for what goes; null where it is no amount above zero.
 */
export function flowAmount(direction: 'deposit' | 'withdraw', typed: string): string | null {
  const amount = tryParseDecimal(typed)
  if (amount === undefined || amount <= ZERO) return null
  return formatDecimal(direction === 'deposit' ? amount : neg(amount))
}

/**
 * Books a flow in an account's facts; nothing is durable before the engine commits.
 * @throws DitaError ASSET_UNKNOWN, CAPITAL_TOO_LARGE, CAPITAL_UNSEEN or CAPITAL_DENIED (exit 2): then nothing was booked
 */
export function bookCapital(engine: Engine, nowUs: number, { asset, amount, note, newAsset }: CapitalMove): CapitalBooked {
  const { view } = engine
  const account = view.account ?? ''
  refuseUnseen(view, account)
  const balanceBefore = view.balances.get(`wallet|${asset}`) ?? ZERO
  if (amount > ZERO && newAsset !== true) refuseUnknown(view, account, asset)
  if (amount < ZERO) refuseBeyond({ view, account, asset, balance: balanceBefore, wanted: abs(amount) })
  const [fact] = engine.handle(nowUs, { type: 'FLOW_CAPITAL', asset, amount, note })
  if (fact === undefined || fact.body.type !== 'CAPITAL_FLOWED') throw capitalDenied(fact?.body.type === 'INTENT_DENIED' ? fact.body : null)
  const balanceAfter = view.balances.get(`wallet|${asset}`) ?? ZERO
  return { account, asset, amount, balanceBefore, balanceAfter, note, seq: fact.seq }
}

/** At a real venue the first session takes on all that the wallet holds: what was booked before it would count twice. */
function refuseUnseen({ session, balances }: StateView, account: string): void {
  if (session?.mode === 'paper' || [...balances.keys()].some((key) => key.startsWith('capital|'))) return
  throw new DitaError('CAPITAL_UNSEEN', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `No session has seen the wallet of ${account} yet, and the next one takes on all that it finds there.`,
    next: 'Move the money at the venue, then start a session: what it finds is booked as capital.',
  })
}

/** Nobody prices an asset that is a slip of the hand: every later figure in money would miss it. */
function refuseUnknown({ balances, instruments }: StateView, account: string, asset: string): void {
  const held = [...balances.keys()].filter((key) => key.startsWith('wallet|')).map((key) => key.slice('wallet|'.length))
  const traded = [...instruments.values()].flatMap(({ base, quote, settle, kind }) => (kind === 'spot' ? [base, quote] : [settle]))
  const known = [...new Set([...held, ...traded])].sort()
  if (known.includes(asset)) return
  throw new DitaError('ASSET_UNKNOWN', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `The account ${account} has never held ${asset}, only ${known.join(', ')}: nothing was booked.`,
    next: `If ${asset} is right, add --new-asset. Nobody prices it here, so no figure of what the account is worth will count it.`,
  })
}

interface Withdrawal {
  readonly view: StateView
  readonly account: string
  readonly asset: string
  readonly balance: Decimal
  readonly wanted: Decimal
}

function refuseBeyond({ view, account, asset, balance, wanted }: Withdrawal): void {
  // A real venue has let the money go already; only an exchange of our own could be left with what nothing covers.
  const bound = view.session?.mode === 'paper' ? add(boundByOrders(view, asset), boundByMargin(view, asset)) : ZERO
  if (wanted <= sub(balance, bound)) return
  const bounds = bound === ZERO ? '' : `, and positions and orders bind ${formatDecimal(bound)} of it`
  throw new DitaError('CAPITAL_TOO_LARGE', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `The account ${account} holds ${formatDecimal(balance)} ${asset}${bounds}: ${formatDecimal(wanted)} ${asset} cannot be withdrawn.`,
    next: 'Withdraw less; `dita capital list` shows what was moved so far.',
  })
}

/** What spot orders that rest would pay with. */
function boundByOrders({ liveOrders, instruments }: StateView, asset: string): Decimal {
  let bound = ZERO
  for (const order of liveOrders.values()) {
    const { instrument: symbol, side, price } = order.request
    const instrument = instruments.get(symbol)
    if (instrument === undefined || instrument.kind !== 'spot' || asset !== (side === 'buy' ? instrument.quote : instrument.base)) continue
    const unfilled = unfilledOf(order)
    bound = add(bound, side === 'sell' ? unfilled : mul(unfilled, price ?? ZERO))
  }
  return bound
}

/** The margin of perpetuals that are open or asked for, and what the open ones have lost so far. */
function boundByMargin({ positions, liveOrders, instruments, limits }: StateView, asset: string): Decimal {
  let bound = ZERO
  const leverageOf = ({ maxLeverage }: Instrument): Decimal => {
    const wished = limits?.maxLeverage ?? ZERO
    return wished === ZERO ? maxLeverage : min(wished, maxLeverage)
  }
  const isSettledIn = (instrument: Instrument | undefined): instrument is Instrument =>
    instrument !== undefined && instrument.kind !== 'spot' && instrument.settle === asset
  for (const position of positions.values()) {
    const instrument = instruments.get(position.instrument)
    if (!isSettledIn(instrument) || position.quantity === ZERO) continue
    const { mark, quantity, cost } = position
    const value = mark === null ? abs(cost) : tradeValueOf(instrument.kind, abs(quantity), mark)
    const lost = mark === null ? ZERO : max(ZERO, neg(unrealizedPnl(position, mark, instrument.kind)))
    bound = add(bound, add(div(value, leverageOf(instrument)), lost))
  }
  for (const order of liveOrders.values()) {
    const instrument = instruments.get(order.request.instrument)
    if (!isSettledIn(instrument) || order.request.reduceOnly) continue
    const price = order.request.price ?? positions.get(instrument.symbol)?.mark ?? ZERO
    if (price !== ZERO) bound = add(bound, div(tradeValueOf(instrument.kind, unfilledOf(order), price), leverageOf(instrument)))
  }
  return bound
}

function capitalDenied(denied: { readonly code: string; readonly detail: string; readonly value: string } | null): DitaError {
  return new DitaError('CAPITAL_DENIED', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: denied === null ? 'The flow was not booked.' : `The flow was not booked, ${denied.code}: ${denied.detail} (${denied.value})`,
    next: 'Give an amount that is above zero and not beyond 10^15.',
  })
}

export interface MoveCapitalOptions {
  readonly storePath: string
  /** As the store has it. */
  readonly account: string
  /** As `flowAmount` has it. */
  readonly move: Omit<CapitalMove, 'amount'> & { readonly amount: string }
  readonly holder: HolderCommand
  readonly pid: number
  readonly wallUs: () => number
}

/** Money is decimal text. */
export interface CapitalMoved {
  readonly balanceBefore: string
  readonly balanceAfter: string
  readonly seq: number
  /** Sessions that had no end. */
  readonly closedAsCrashed: readonly string[]
}

/**
 * Books a flow while no session runs, as a commit of its own: it belongs to no session, and is there when the next one starts. A
 * session that died without an end is closed first, so that the flow is none of its doing.
 * @throws DitaError STORE_MISSING, ACCOUNT_UNKNOWN (exit 2), STORE_BUSY (5), a damaged store (6), what `bookCapital` throws
 */
export async function moveCapital(options: MoveCapitalOptions): Promise<CapitalMoved> {
  const { storePath, account, move, holder, pid, wallUs } = options
  if (!existsSync(storePath)) throw storeMissing(storePath)
  const journal = openWriter({ path: storePath, holder: { command: holder, pid, since: new Date(wallUs() / 1_000).toISOString() }, wallUs })
  await using _store = { [Symbol.asyncDispose]: () => journal.close() }
  // A writer makes no account by itself: without a session there is nobody to book for.
  if (journal.sessionsOf(account).length === 0) throw accountUnknown(account, storePath)
  const closedAsCrashed = closeCrashedSessions(journal)
  const engine = replayed(account, journal)
  // Rehearsed accounts live in the time of their feeds: the flow comes right behind the last of it.
  const nowUs = engine.view.session?.mode === 'paper' ? engine.lastFactUs : Math.max(engine.lastFactUs, wallUs())
  const { balanceBefore, balanceAfter, seq } = bookCapital(engine, nowUs, { ...move, amount: dec(move.amount) })
  engine.commit()
  return { balanceBefore: formatDecimal(balanceBefore), balanceAfter: formatDecimal(balanceAfter), seq, closedAsCrashed }
}

export function accountUnknown(account: string, storePath: string): DitaError {
  return new DitaError('ACCOUNT_UNKNOWN', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `The store ${storePath} has no account ${account}: no session ever traded it.`,
    next: 'See `dita capital list` for the accounts there are; the money of a new one comes with its first session.',
  })
}
