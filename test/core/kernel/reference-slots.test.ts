// A slot is used again and again: each of its trades starts from nothing, and its legs close exactly what was entered.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Decimal, dec, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { FactBody } from '../../../src/core/kernel/facts.ts'
import type { KernelInput, Side } from '../../../src/core/kernel/inputs.ts'
import type { Instrument } from '../../../src/core/kernel/instrument.ts'
import type { OrderView, SlotView } from '../../../src/core/kernel/views.ts'
import type { ReferenceBench } from './reference-bench.ts'
import { exact, Rational } from './reference-rational.ts'
import { decimals, INSTRUMENTS, pick, runs, type WorldName, worldOf } from './reference-world.ts'

const RUNS = { numRuns: runs(200) }

/** A trade as a script, in small numbers: how it is entered, and how it is left, leg by leg. */
interface Script {
  readonly side: Side
  readonly lots: number
  readonly ratios: readonly Decimal[]
  /** Shares of the entry, in per cent; what they leave is cancelled. */
  readonly entries: readonly number[]
  /** Each exit: how it is asked for, which per cent of it is filled, at which price; what is left of it is cancelled. */
  readonly exits: readonly { readonly scope: 'leg' | 'rest' | 'residual'; readonly share: number; readonly price: number }[]
}

const RATIOS = [
  decimals(),
  decimals('1'),
  decimals('0.5', '0.5'),
  decimals('0.5', '0.3', '0.2'),
  decimals('0.01', '0.99'),
  decimals('0.333', '0.333', '0.334'),
]
const PRICES = decimals('2', '1.9999', '3.0001', '0.3333', '17')

const scripts: fc.Arbitrary<Script> = fc.record({
  side: fc.constantFrom<Side>('buy', 'sell'),
  lots: fc.integer({ min: 2, max: 5_000 }),
  ratios: fc.constantFrom(...RATIOS),
  entries: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 4 }),
  exits: fc.array(
    fc.record({
      scope: fc.constantFrom('leg', 'leg', 'leg', 'rest', 'residual'),
      share: fc.constantFrom(0, 30, 50, 100, 100, 100),
      price: fc.nat({ max: 4 }),
    }),
    { maxLength: 6 },
  ),
})

const worlds = fc.constantFrom<WorldName>('spot', 'linear', 'inverse', 'hedge')

/** Plays a script on a slot, and whatever it left open is closed at the end. */
class Player {
  readonly bench: ReferenceBench
  readonly #slotId: string
  readonly #instrument: Instrument
  readonly #trade: string
  #fills = 0

  constructor(bench: ReferenceBench, world: WorldName, { slotId, trade }: { slotId: string; trade: string }) {
    this.bench = bench
    this.#slotId = slotId
    this.#instrument = INSTRUMENTS[world][0] as Instrument
    this.#trade = trade
  }

  get slot(): SlotView {
    return this.bench.state.slots.get(this.#slotId) as SlotView
  }

  play(script: Script, afterEntry: () => void = () => undefined): void {
    this.enter(script)
    afterEntry()
    for (const exit of script.exits) if (this.slot.stage !== 'closed') this.#exit(exit)
    for (let turn = 0; turn < 5 && this.slot.stage !== 'closed'; turn += 1) this.#exit({ scope: 'residual', share: 100, price: 0 })
    expect(this.slot.stage, 'K01 a residual closes whatever is open').toBe('closed')
  }

  enter({ side, lots, ratios, entries }: Script): void {
    const quantity = (BigInt(lots) * 10n ** 16n) as Decimal
    const [id] = this.#ask({
      type: 'ENTER',
      slotId: this.#slotId,
      instrument: this.#instrument.symbol,
      side,
      quantity,
      orderType: 'limit',
      price: dec('2'),
      timeInForce: 'gtc',
      postOnly: false,
      leverage: dec('1'),
      exitRatios: ratios,
    })
    if (id === undefined) throw new Error('the entry was denied')
    for (const [index, share] of entries.entries()) this.fill(id, wholeLots(quantity, share), index)
    this.bench.when({ type: 'CANCEL_ACK', clientOrderId: id, venueOrderId: null })
  }

  #exit({ scope, share, price }: Script['exits'][number]): void {
    const { open, working, stage } = { open: this.slot.openSize, working: this.bench.state.liveOrders.size, stage: this.slot.stage }
    const input: KernelInput =
      scope === 'residual'
        ? { type: 'EXIT_RESIDUAL', slotId: this.#slotId, reason: 'end' }
        : {
            type: 'EXIT',
            slotId: this.#slotId,
            scope,
            orderType: 'limit',
            price: pick(PRICES, price),
            timeInForce: 'gtc',
            postOnly: false,
            reason: 'target',
          }
    for (const id of this.#ask(input)) {
      const { quantity } = this.bench.state.orders.get(id)?.request ?? { quantity: ZERO }
      expect(quantity > ZERO && quantity <= open, `${stage}, ${working} working`).toBe(true)
      this.fill(id, share === 100 ? quantity : wholeLots(quantity, share), price)
      this.bench.when({ type: 'CANCEL_ACK', clientOrderId: id, venueOrderId: null })
    }
  }

  fill(clientOrderId: string, quantity: Decimal, price: number): void {
    if (quantity <= ZERO) return
    const { side, instrument } = this.bench.state.orders.get(clientOrderId)?.request ?? { side: 'buy', instrument: '' }
    this.#fills += 1
    const numbers = { price: pick(PRICES, price), quantity, fee: dec('0.01'), feeAsset: this.#instrument.settle }
    const fill = { tradeId: `${this.#trade}-${this.#fills}`, ...numbers, liquidity: 'maker' } as const
    this.bench.when({ type: 'FULL_FILL', clientOrderId, venueOrderId: null, instrument, side, fill })
  }

  #ask(input: KernelInput): string[] {
    return this.bench.when(input).flatMap((body: FactBody) => (body.type === 'ORDER_PREPARED' ? [body.request.clientOrderId] : []))
  }
}

/** A share in per cent, down to whole lots. */
function wholeLots(quantity: Decimal, share: number): Decimal {
  return exact(quantity)
    .times(new Rational(BigInt(share), 100n))
    .wholeSteps(exact(dec('0.01')))
    .decimal()
}

/** All of a trade but which it is and when it was. */
function withoutIdentity({ slotId: _, trade: _t, openedAtUs: _o, closedAtUs: _c, ...rest }: SlotView) {
  return rest
}

describe('slots', () => {
  test('K19 a trade after another in one slot is the same as in a fresh slot, whatever is still said of the first', () => {
    fc.assert(
      fc.property(worlds, scripts, scripts, fc.nat({ max: 20 }), (world, first, second, stray) => {
        const views = ['a', 'constructor'].map((slotId) => {
          const bench = worldOf(world)
          new Player(bench, world, { slotId: 'a', trade: 'first' }).play(first)
          const orders = [...bench.state.orders.keys()]
          const clientOrderId = pick(orders, stray)
          const again = bench.facts('FILL_BOOKED').at(stray % 3)
          const player = new Player(bench, world, { slotId, trade: 'second' })
          player.play(second, () => {
            // What the venue still says of the first trade is no business of the second.
            bench.when({ type: 'CANCEL_ACK', clientOrderId, venueOrderId: null })
            bench.when({ type: 'EXPIRED', reason: 'late', clientOrderId, venueOrderId: null })
            if (again !== undefined) bench.when({ ...again, type: 'FULL_FILL', fill: again })
            player.bench.when({ type: 'ORDER_ACK', clientOrderId, venueOrderId: null })
          })
          return withoutIdentity(player.slot)
        })
        expect(views[0]).toEqual(views[1])
      }),
      RUNS,
    )
  })

  test('K10 a late fill of a closed trade never touches the next trade of its slot', () => {
    fc.assert(
      fc.property(worlds, scripts, scripts, fc.nat({ max: 20 }), (world, first, second, which) => {
        const bench = worldOf(world)
        const player = new Player(bench, world, { slotId: 'a', trade: 'first' })
        player.play(first)
        const late = pick([...bench.state.orders.keys()], which)
        const next = new Player(bench, world, { slotId: 'a', trade: 'second' })
        next.enter(second)
        const before = structuredClone(next.slot)
        const { side, instrument, positionSide } = (bench.state.orders.get(late) as OrderView).request
        const unassigned = () =>
          bench.state.positions.get(positionSide === 'net' ? instrument : `${instrument}#${positionSide}`)?.unassigned ?? ZERO
        const expected = unassigned() + (side === 'buy' ? 1n : -1n) * dec('0.05')
        next.fill(late, dec('0.05'), 1)
        expect(next.slot).toEqual(before)
        expect(unassigned()).toBe(expected)
      }),
      RUNS,
    )
  })

  test('K04 legs close their cumulative share of what was entered, and the last one all the rest', () => {
    fc.assert(
      fc.property(worlds, scripts, (world, script) => {
        const bench = worldOf(world)
        const player = new Player(bench, world, { slotId: 'a', trade: 'only' })
        player.enter(script)
        fc.pre(player.slot.openSize >= dec('0.02'))
        const shares = script.ratios.length === 0 ? decimals('1') : script.ratios
        const entered = exact(player.slot.entryQuantity)
        let share = new Rational(0n)
        for (const [leg, ratio] of shares.entries()) {
          share = share.plus(exact(ratio))
          const target = entered.times(share).wholeSteps(exact(dec('0.01')))
          const { exitQuantity, stage } = player.slot
          const wanted = target.minus(exact(exitQuantity))
          if (stage === 'closed' || wanted.isZero()) continue
          const exit = {
            type: 'EXIT',
            slotId: 'a',
            scope: 'leg',
            orderType: 'limit',
            price: dec('2'),
            timeInForce: 'gtc',
            postOnly: false,
            reason: 'target',
          } as const
          const bodies = bench.when(exit)
          const request = bodies.flatMap((body) => (body.type === 'ORDER_PREPARED' ? [body.request] : []))[0]
          if (request === undefined) {
            // Too small a share to be an order: the exit is denied, and nothing else can be said of the legs.
            expect(bodies.map((body) => (body.type === 'INTENT_DENIED' ? body.code : body.type))).toEqual(['QUANTITY_BELOW_MIN'])
            return
          }
          expect(`${exact(request.quantity)}`, `leg ${leg}`).toBe(`${wanted}`)
          player.fill(request.clientOrderId, request.quantity, leg)
        }
        expect(player.slot.stage).toBe('closed')
      }),
      RUNS,
    )
  })
})
