// A random account: its sessions with fills, funding, fees and prices, played by the real engine into a real store. What was owned
// and what it returned is reckoned here by other code, from the engine's balances alone.

import fc from 'fast-check'
import { type Decimal, dec } from '../../../src/core/kernel/decimal.ts'
import type { ShutdownCheck } from '../../../src/core/report/shutdown-check.ts'
import type { SummaryView } from '../../../src/core/report/summary-view.ts'
import { enter, exit, quote } from './eventful-session.ts'
import { deepestOf, deepestPercentOf, nearestEven, type Point } from './falls.ts'
import { plain, scaled } from './fills-recount.ts'
import type { MemoryStore } from './memory-store.ts'
import { INVERSE, LINEAR, ScriptedSession, SPOT } from './recorded-store.ts'

const UNIT = 10n ** 18n

/** Money enough that no check is in the way, with or without the flows. */
const DESKS = [
  { instrument: SPOT, capital: { XRP: '1000000', RLUSD: '1000000', BNB: '7' }, start: '2' },
  { instrument: LINEAR, capital: { USDT: '100000000', BTC: '0.3', BNB: '7' }, start: '28000' },
  { instrument: INVERSE, capital: { BTC: '100000', USD: '333.33', BNB: '7' }, start: '28000.5' },
] as const

const THIRD = 'BNB'

interface Trade {
  readonly side: 'bid' | 'ask'
  readonly steps: number
  readonly lots: number
  readonly fee: number
  readonly feeIn: number
}

type Op =
  | { readonly op: 'tick'; readonly steps: number; readonly dust: number }
  | ({ readonly op: 'trade' | 'slot' } & Trade)
  | { readonly op: 'flow'; readonly asset: number; readonly amount: number; readonly power: number }
  /** All that is owned is multiplied, and from then on whatever is traded. */
  | { readonly op: 'scale'; readonly factor: number }
  | { readonly op: 'funding'; readonly amount: number }
  | { readonly op: 'price'; readonly cents: number }
  /** The session ends, and the next one finds what it left. */
  | { readonly op: 'next' }

export interface AccountScript {
  readonly desk: (typeof DESKS)[number]
  readonly ops: readonly Op[]
}

const nonZero = (amount: number): boolean => amount !== 0
const trade = {
  side: fc.constantFrom('bid' as const, 'ask' as const),
  steps: fc.integer({ min: -9, max: 9 }),
  lots: fc.integer({ min: 1, max: 997 }),
  fee: fc.integer({ min: -50, max: 400 }),
  feeIn: fc.nat(2),
}

const ops: fc.Arbitrary<Op> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ op: fc.constant('tick' as const), steps: fc.integer({ min: -60, max: 60 }), dust: fc.nat(999) }) },
  { weight: 6, arbitrary: fc.record({ op: fc.constant('trade' as const), ...trade }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('slot' as const), ...trade }) },
  {
    weight: 5,
    arbitrary: fc.record({
      op: fc.constant('flow' as const),
      asset: fc.nat(2),
      amount: fc.integer({ min: -9_999, max: 99_999 }).filter(nonZero),
      power: fc.nat(4),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('scale' as const), factor: fc.integer({ min: 1, max: 5 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constant('funding' as const), amount: fc.integer({ min: -777, max: 777 }).filter(nonZero) }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('price' as const), cents: fc.integer({ min: 1, max: 99_999 }) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('next' as const) }) },
)

export const accountScripts: fc.Arbitrary<AccountScript> = fc.record({
  desk: fc.constantFrom(...DESKS),
  ops: fc.array(ops, { minLength: 3, maxLength: 40, size: 'max' }),
})

/** Which flows of the script take place: none, those that come as they come, all of them in what profit is in, or those that keep everything in proportion. */
type Flows = 'none' | 'any' | 'settle' | 'in proportion'

export interface PlayedSession {
  readonly view: SummaryView
  /** As the engine stood at the end of it. */
  readonly balances: ReadonlyMap<string, Decimal>
  readonly position: Decimal
  readonly shutdown: ShutdownCheck
  /** What was moved in it, by asset; and in the whole account until its end. */
  readonly flowed: ReadonlyMap<string, bigint>
  readonly flowedUntil: ReadonlyMap<string, bigint>
  /** All that is owned at its end, in what the instrument settles in. */
  readonly worth: string
  /** 100 × (the product of the sub-periods' growth − 1); null where some equity was not above zero. */
  readonly timeWeighted: string | null
  /** What the capital moved after the first mark was worth when it moved, and what equity less that came to more than at the start. */
  readonly movedWorth: string
  readonly result: string
  /** The deepest fall of equity less that; and in percent of the index, null where `timeWeighted` is. */
  readonly deepest: string
  readonly deepestPercent: string | null
}

/** Every session of the account, in order; `name` is the account's, another for each that plays in the store. */
export async function playAccount(
  { desk, ops: script }: AccountScript,
  { store, name, flows }: { readonly store: MemoryStore; readonly name: string; readonly flows: Flows },
): Promise<PlayedSession[]> {
  const player = new Player({ store, name, flows, desk })
  for (const op of script) await player.apply(op)
  await player.endSession()
  return player.played
}

class Player {
  readonly played: PlayedSession[] = []
  readonly #store: MemoryStore
  readonly #name: string
  readonly #desk: (typeof DESKS)[number]
  readonly #flows: Flows
  readonly #flowedUntil = new Map<string, bigint>()
  #session: ScriptedSession
  #flowed = new Map<string, bigint>()
  #mark: bigint
  #stated = 0n
  #fundings = 0
  #factor = 1n
  /** What the session began with, by ledger account, and what was moved since, until its first mark. */
  #start: Map<string, bigint> | null = null
  #periodStart = 0n
  #growth: readonly [bigint, bigint] | null = [1n, 1n]
  #moved = 0n
  #points: Point[] = []

  constructor({ store, name, flows, desk }: { store: MemoryStore; name: string; flows: Flows; desk: (typeof DESKS)[number] }) {
    this.#store = store
    this.#name = name
    this.#desk = desk
    this.#flows = flows
    this.#mark = dec(desk.start)
    this.#session = this.#open(desk.capital)
    this.#state(60_050)
    this.#tick(0, 0)
  }

  async apply(op: Op): Promise<void> {
    switch (op.op) {
      case 'tick':
        return this.#tick(op.steps, op.dust)
      case 'trade':
        return this.#trade(op)
      case 'slot':
        return this.#tradeInSlot(op)
      case 'flow':
        if (this.#flows === 'any' || this.#flows === 'settle') this.#flow(op)
        return
      case 'scale':
        return this.#scale(BigInt(op.factor))
      case 'funding':
        return this.#pay(op.amount)
      case 'price':
        return this.#state(op.cents)
      case 'next':
        await this.endSession()
        this.#session = this.#open({})
    }
  }

  async endSession(): Promise<void> {
    const { view } = this.#session.engine
    this.#tick(0, 0)
    this.#session.halt('duration_elapsed')
    this.#grow()
    const id = this.#id()
    this.played.push({
      view: await this.#store.summarize(id),
      shutdown: await this.#store.compare(id, view),
      balances: new Map(view.balances),
      position: view.positions.get(this.#desk.instrument.symbol)?.quantity ?? (0n as Decimal),
      flowed: this.#flowed,
      flowedUntil: new Map(this.#flowedUntil),
      worth: plain(this.#worth(view.balances)),
      timeWeighted: this.#timeWeighted(),
      movedWorth: plain(this.#moved),
      result: plain((this.#points.at(-1)?.equity ?? 0n) - (this.#points[0]?.equity ?? 0n)),
      deepest: plain(deepestOf(this.#points.map(({ equity }) => equity))),
      deepestPercent: this.#growth === null ? null : plain(deepestPercentOf(this.#points.map(({ index }) => index))),
    })
  }

  #id(): string {
    return `${this.#name}-${this.played.length + 1}`
  }

  #open(capital: Readonly<Record<string, string>>): ScriptedSession {
    const { instrument } = this.#desk
    const session = new ScriptedSession(this.#store.journal, this.#id(), {
      instrument,
      account: `paper/${this.#name}`,
      capital,
      maxExposure: '0',
    })
    this.#flowed = new Map()
    this.#growth = [1n, 1n]
    this.#moved = 0n
    this.#points = []
    this.#start = new Map(session.engine.view.balances)
    return session
  }

  #timeWeighted(): string | null {
    if (this.#growth === null) return null
    const [numerator, denominator] = this.#growth
    return plain(nearestEven(100n * UNIT * (numerator - denominator), denominator))
  }

  /** A mark is no multiple of a tick: with dust in its last digits its products are rounded. */
  #tick(steps: number, dust: number): void {
    const next = this.#touch() + BigInt(steps) * this.#desk.instrument.tickSize + BigInt(dust)
    if (next > 0n) this.#mark = next
    this.#session.tick(this.#mark as Decimal)
    if (this.#start !== null) {
      this.#periodStart = this.#worth(this.#start)
      this.#start = null
      this.#note(this.#periodStart)
    }
    this.#note(this.#worth(this.#session.engine.view.balances))
  }

  #flow({ asset: which, amount, power }: Extract<Op, { op: 'flow' }>): void {
    const { base, quote: inQuote } = this.#desk.instrument
    const asset = this.#flows === 'settle' ? this.#desk.instrument.settle : ([base, inQuote, THIRD][which] as string)
    // What goes is little, so that no trade lacks money; what comes may be more than all there was.
    this.#move([[asset, (scaled(String(amount)) * (amount > 0 ? 10n ** BigInt(power) : 1n)) / 1000n]])
  }

  #move(flows: readonly (readonly [asset: string, amount: bigint])[]): void {
    this.#grow()
    for (const [asset, amount] of flows) {
      this.#flowed.set(asset, (this.#flowed.get(asset) ?? 0n) + amount)
      this.#flowedUntil.set(asset, (this.#flowedUntil.get(asset) ?? 0n) + amount)
      this.#start?.set(`wallet|${asset}`, (this.#start.get(`wallet|${asset}`) ?? 0n) + amount)
      if (this.#start === null) this.#moved += this.#worthOf(asset, amount)
      this.#session.input({ type: 'FLOW_CAPITAL', asset, amount: amount as Decimal, note: 'random' })
    }
    this.#session.commit()
    if (this.#start === null) this.#periodStart = this.#worth(this.#session.engine.view.balances)
  }

  /** Contracts cannot be deposited: they are closed before, in every account that plays the script. */
  #scale(factor: bigint): void {
    const { view } = this.#session.engine
    // Until the first mark what is moved is part of the start, and what was traded is not.
    if (this.#start !== null) this.#tick(0, 0)
    for (const slotId of ['s1', 's2']) this.#closeSlot(slotId)
    const open = view.positions.get(this.#desk.instrument.symbol)?.quantity ?? 0n
    if (open !== 0n && this.#desk.instrument.kind !== 'spot') {
      this.#fillQuote(open > 0n ? 'ask' : 'bid', { price: this.#touch(), quantity: open > 0n ? open : -open, fee: 0n, feeIn: 0 })
    }
    if (this.#flows !== 'in proportion' || factor === this.#factor) return
    const wallets = [...view.balances].filter(([key]) => key.startsWith('wallet|'))
    const before = this.#factor
    this.#factor = factor
    const flows = wallets.map(([key, amount]) => [key.slice('wallet|'.length), nearestEven(amount * (factor - before), before)] as const)
    this.#move(flows.filter(([, amount]) => amount !== 0n))
  }

  #trade({ side, steps, lots, fee, feeIn }: Trade): void {
    const { tickSize, lotSize } = this.#desk.instrument
    const price = this.#touch() + BigInt(steps) * tickSize
    if (price > 0n) this.#fillQuote(side, { price, quantity: BigInt(lots) * lotSize * this.#factor, fee: this.#fee(fee), feeIn })
  }

  #fillQuote(side: 'bid' | 'ask', { price, quantity, fee, feeIn }: { price: bigint; quantity: bigint; fee: bigint; feeIn: number }): void {
    const id = quote(this.#session, side, { price: plain(price), quantity: plain(quantity) })
    this.#fill(id, { price, quantity, fee, feeIn })
  }

  /** Enters a trade in a slot, or ends the one that is open there. */
  #tradeInSlot({ steps, lots, fee, feeIn }: Trade): void {
    const slotId = lots % 2 === 0 ? 's1' : 's2'
    if (this.#closeSlot(slotId)) return
    const { tickSize, lotSize } = this.#desk.instrument
    const price = this.#touch() + BigInt(steps) * tickSize
    const quantity = BigInt(lots) * lotSize * this.#factor
    if (price <= 0n) return
    const id = enter(this.#session, slotId, { price: plain(price), quantity: plain(quantity) })
    // A fee in coins would leave dust in the slot, and of five times as much not five times the dust.
    this.#fill(id, { price, quantity, fee: this.#fee(fee), feeIn: feeIn === 1 ? 0 : feeIn })
  }

  #closeSlot(slotId: string): boolean {
    const open = this.#session.engine.view.slots.get(slotId)?.openSize ?? 0n
    if (open === 0n) return false
    const price = this.#touch()
    this.#fill(exit(this.#session, slotId, plain(price), 'rest'), { price, quantity: open, fee: this.#fee(3), feeIn: 2 })
    return true
  }

  #fill(id: string, { price, quantity, fee, feeIn }: { price: bigint; quantity: bigint; fee: bigint; feeIn: number }): void {
    const { settle, base, lotSize } = this.#desk.instrument
    const feeAsset = [settle, base, THIRD][feeIn] as string
    const told = { price: price as Decimal, fee: fee as Decimal, feeAsset, maker: (quantity / lotSize) % 2n === 0n }
    this.#session.fill(id, { ...told, quantity: quantity as Decimal })
  }

  #fee(fee: number): bigint {
    return (BigInt(fee) * UNIT * this.#factor) / 100_000n
  }

  #pay(amount: number): void {
    const { kind, symbol, settle } = this.#desk.instrument
    if (kind === 'spot') return
    this.#fundings += 1
    const paid = (scaled(String(amount)) * this.#factor) / 100_000n
    const fundingId = `f${this.#fundings}`
    this.#session.input({ type: 'FUNDING', instrument: symbol, fundingId, asset: settle, amount: paid as Decimal })
    this.#session.commit()
  }

  #state(cents: number): void {
    this.#stated = (BigInt(cents) * UNIT) / 100n
    const { quote: inQuote } = this.#desk.instrument
    this.#session.input({ type: 'VALUE_ASSET', asset: THIRD, quote: inQuote, price: this.#stated as Decimal, source: 'desk' })
    this.#session.commit()
  }

  /** The mark as a price that can be traded. */
  #touch(): bigint {
    return this.#mark - (this.#mark % this.#desk.instrument.tickSize)
  }

  /** Where equity less flows stands, and where the index does. */
  #note(worth: bigint): void {
    const [numerator, denominator] = this.#growth ?? [0n, 1n]
    this.#points.push({ equity: worth - this.#moved, index: [numerator * worth, denominator * this.#periodStart] })
  }

  /** Before the first mark there is no sub-period. */
  #grow(): void {
    if (this.#start !== null) return
    const worth = this.#worth(this.#session.engine.view.balances)
    if (this.#growth === null || worth === this.#periodStart) return
    if (this.#periodStart <= 0n || worth < 0n) this.#growth = null
    else this.#growth = [this.#growth[0] * worth, this.#growth[1] * this.#periodStart]
  }

  /** In what the instrument settles in; each balance is rounded once at every step. */
  #worth(balances: Iterable<readonly [string, bigint]>): bigint {
    let worth = 0n
    for (const [key, amount] of balances) {
      const [account, asset = ''] = key.split('|')
      if (account === 'wallet' || account === 'position') worth += this.#worthOf(asset, amount)
    }
    return worth
  }

  #worthOf(asset: string, amount: bigint): bigint {
    const { base, quote: inQuote, settle, kind } = this.#desk.instrument
    const price = asset === inQuote ? UNIT : asset === base ? this.#mark : this.#stated
    const value = nearestEven(amount * price, UNIT)
    if (asset === settle) return amount
    return kind === 'inverse' ? nearestEven(value * UNIT, this.#mark) : value
  }
}
