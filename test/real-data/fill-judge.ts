// Judges every fill of a session by the raw lines of the recording it ran on: whether the market was there, when the order
// was at the exchange, and whether nothing was given to us twice or kept from us. Reads the store with SQL alone.

import { query } from '../session/harness.ts'
import { RawBook, type RawLine, type Side, units } from './raw-market.ts'

/** As in the built-in config. */
const ENTRY_US = 20_000
const RESPONSE_US = 20_000

interface OrderRow {
  readonly client_order_id: string
  readonly side: Side
  readonly price: string | null
  readonly quantity: string
  readonly status: string
  readonly prepared_at_us: number
}

interface FillRow {
  readonly client_order_id: string
  readonly side: Side
  readonly price: string
  readonly quantity: string
  readonly liquidity: 'maker' | 'taker'
  readonly time_us: number
}

interface MoveRow {
  readonly entity: 'order' | 'cancel'
  readonly entity_id: string
  readonly to_state: string
  readonly time_us: number
}

interface Order {
  readonly id: string
  readonly side: Side
  readonly limit: bigint | null
  readonly quantity: bigint
  readonly arrivalUs: number
  /** When it was over at the exchange; infinity while it never was. */
  endUs: number
  filled: bigint
  /** Same-side size displayed at its price on arrival, and since then all that was printed there or taken away. */
  queueAtArrival: bigint | null
  printedAtPrice: bigint
  removedAtPrice: bigint
  /** The displayed size at its price after the last line. */
  shown: bigint
  /** Whether the market has been beyond its price: then nobody is left before it. */
  tradedThrough: boolean
}

interface Fill {
  readonly order: Order
  readonly side: Side
  readonly price: bigint
  readonly quantity: bigint
  readonly isMaker: boolean
  readonly timeUs: number
}

export interface Judgement {
  readonly complaints: readonly string[]
  readonly makers: number
  readonly takers: number
  /** Prints that went beyond an open order, so that it had to be filled. */
  readonly throughPrints: number
}

export function judgeFills(storePath: string, lines: readonly RawLine[]): Judgement {
  const judge = new Judge(storePath)
  for (let start = 0; start < lines.length; ) {
    const timeUs = (lines[start] as RawLine).timeUs
    let end = start + 1
    while (lines[end]?.timeUs === timeUs) end += 1
    judge.moment(timeUs, lines.slice(start, end))
    start = end
  }
  return judge.finish()
}

class Judge {
  readonly #orders = new Map<string, Order>()
  readonly #arriving: Order[]
  #open: Order[] = []
  readonly #fills: Fill[]
  readonly #book = new RawBook()
  readonly #complaints: string[] = []
  #nextFill = 0
  #nextArrival = 0
  #throughPrints = 0

  constructor(storePath: string) {
    const rows = query<OrderRow>(storePath, 'SELECT client_order_id, side, price, quantity, status, prepared_at_us FROM orders')
    for (const row of rows) {
      this.#orders.set(row.client_order_id, {
        id: row.client_order_id,
        side: row.side,
        limit: row.price === null ? null : units(row.price),
        quantity: units(row.quantity),
        arrivalUs: row.prepared_at_us + ENTRY_US,
        endUs: Number.POSITIVE_INFINITY,
        filled: 0n,
        queueAtArrival: null,
        printedAtPrice: 0n,
        removedAtPrice: 0n,
        shown: 0n,
        tradedThrough: false,
      })
    }
    this.#readEnds(storePath)
    this.#arriving = [...this.#orders.values()].sort((a, b) => a.arrivalUs - b.arrivalUs)
    const fills = query<FillRow>(storePath, 'SELECT client_order_id, side, price, quantity, liquidity, time_us FROM fills ORDER BY seq')
    this.#fills = fills.map((row) => ({
      order: this.#orders.get(row.client_order_id) as Order,
      side: row.side,
      price: units(row.price),
      quantity: units(row.quantity),
      isMaker: row.liquidity === 'maker',
      timeUs: row.time_us - RESPONSE_US,
    }))
  }

  /** An order that was cancelled ended one entry latency after we asked for it, no sooner and no later. */
  #readEnds(storePath: string): void {
    const asked = new Map<string, number[]>()
    for (const row of query<MoveRow>(storePath, "SELECT * FROM transitions WHERE entity IN ('order', 'cancel') ORDER BY seq")) {
      if (row.entity === 'cancel' && row.to_state === 'requested') {
        asked.set(row.entity_id, [...(asked.get(row.entity_id) ?? []), row.time_us + ENTRY_US])
      }
      if (row.entity !== 'order' || !['canceled', 'expired', 'rejected', 'filled'].includes(row.to_state)) continue
      const order = this.#orders.get(row.entity_id) as Order
      order.endUs = row.time_us - RESPONSE_US
      const times = asked.get(row.entity_id) ?? []
      if (row.to_state === 'canceled' && !times.includes(order.endUs))
        this.#say(order, `was cancelled at ${order.endUs}, asked at ${times}`)
      if (row.to_state === 'expired' && order.endUs !== order.arrivalUs) this.#say(order, 'expired at another time than it arrived')
    }
    for (const order of this.#orders.values()) if (order.endUs === Number.POSITIVE_INFINITY) this.#say(order, 'never ended')
  }

  /** All lines of one microsecond. What arrives before it meets the book as it was; what arrives with it comes after. */
  moment(timeUs: number, lines: readonly RawLine[]): void {
    this.#arriveBefore(timeUs)
    this.#open = this.#open.filter((order) => order.endUs >= timeUs)
    const fills = this.#fillsAt(timeUs)
    const touched: Record<Side, bigint | null> = { buy: null, sell: null }
    const displayed = new Map<Fill, bigint>()
    for (const line of lines) {
      line.apply?.(this.#book)
      this.#follow(line)
      if (fills.length === 0) continue
      touched.buy = further('sell', touched.buy, this.#book.best('sell'))
      touched.sell = further('buy', touched.sell, this.#book.best('buy'))
      for (const fill of fills) {
        const shown = this.#book.opposite(fill.side, fill.price)
        if (shown > (displayed.get(fill) ?? 0n)) displayed.set(fill, shown)
      }
    }
    this.#judgeThrough(timeUs, lines, fills)
    for (const fill of fills) this.#judgeMaker(fill, lines, touched[fill.side])
    this.#judgeTotals(timeUs, lines, fills, displayed)
  }

  finish(): Judgement {
    this.#arriveBefore(Number.POSITIVE_INFINITY)
    for (const fill of this.#fills.slice(this.#nextFill)) this.#complain(fill, 'was never judged: the market did nothing at its time')
    for (const order of this.#orders.values()) if (order.filled > order.quantity) this.#say(order, 'was filled beyond its quantity')
    const makers = this.#fills.filter((fill) => fill.isMaker).length
    return { complaints: this.#complaints, makers, takers: this.#fills.length - makers, throughPrints: this.#throughPrints }
  }

  #arriveBefore(timeUs: number): void {
    for (let order = this.#arriving[this.#nextArrival]; order !== undefined && order.arrivalUs < timeUs; ) {
      this.#judgeTakers(order)
      const { limit, side } = order
      if (limit !== null) {
        order.shown = this.#book.sizeAt(side, limit)
        const best = this.#book.best(side)
        const isBeforeAll = best === null || (side === 'buy' ? limit > best : limit < best)
        order.queueAtArrival = order.shown > 0n || isBeforeAll ? order.shown : null
      }
      this.#open.push(order)
      this.#nextArrival += 1
      order = this.#arriving[this.#nextArrival]
    }
    const stray = this.#fills[this.#nextFill]
    if (stray !== undefined && stray.timeUs < timeUs) {
      this.#complain(stray, 'comes when neither the market did anything nor the order arrived')
      this.#nextFill += 1
    }
  }

  /** The fills at this very moment; those of takers have been judged on arrival. */
  #fillsAt(timeUs: number): Fill[] {
    const fills: Fill[] = []
    for (let fill = this.#fills[this.#nextFill]; fill !== undefined && fill.timeUs === timeUs; fill = this.#fills[this.#nextFill]) {
      if (!fill.isMaker && fill.order.arrivalUs === timeUs) break
      if (fill.isMaker) fills.push(fill)
      else this.#complain(fill, 'takes when its order did not arrive')
      this.#nextFill += 1
    }
    return fills
  }

  /** Takers are filled the moment they arrive, out of what is displayed opposite, from the touch outwards. */
  #judgeTakers(order: Order): void {
    const taken = new Map<bigint, bigint>()
    let reached: bigint | null = null
    for (let fill = this.#fills[this.#nextFill]; fill?.timeUs === order.arrivalUs && fill.order === order && !fill.isMaker; ) {
      const { side, price } = fill
      const against = side === 'buy' ? 'sell' : 'buy'
      const touch = this.#book.best(against)
      if (touch === null || (side === 'buy' ? price < touch : price > touch)) this.#complain(fill, `is better than the touch ${touch}`)
      if (order.limit !== null && (side === 'buy' ? price > order.limit : price < order.limit)) this.#complain(fill, 'is beyond its limit')
      if (reached !== null && (side === 'buy' ? price < reached : price > reached)) this.#complain(fill, 'comes back towards the touch')
      reached = price
      taken.set(price, (taken.get(price) ?? 0n) + fill.quantity)
      if ((taken.get(price) ?? 0n) > this.#book.sizeAt(against, price)) this.#complain(fill, 'takes more than is displayed at its price')
      this.#count(fill)
      this.#nextFill += 1
      fill = this.#fills[this.#nextFill]
    }
  }

  /** Follows, for each open order, what became of those who stood before it. */
  #follow(line: RawLine): void {
    for (const order of this.#open) {
      const { limit, side } = order
      if (limit === null) continue
      const { print } = line
      if (print !== null && print.aggressor !== side) {
        if (print.price === limit) order.printedAtPrice += print.size
        else if (isBeyond(side, print.price, limit)) order.tradedThrough = true
      }
      const shown = this.#book.sizeAt(side, limit)
      if (shown < order.shown) order.removedAtPrice += order.shown - shown
      order.shown = shown
    }
  }

  #judgeMaker(fill: Fill, lines: readonly RawLine[], touch: bigint | null): void {
    const { order, side, price, timeUs } = fill
    this.#count(fill)
    if (order.limit !== price) this.#complain(fill, 'is not at the price of its order')
    if (timeUs <= order.arrivalUs) this.#complain(fill, `comes before its order arrived (${order.arrivalUs})`)
    if (timeUs > order.endUs) this.#complain(fill, `comes after its order ended (${order.endUs})`)
    const isPrinted = lines.some(
      ({ print }) => print !== null && print.aggressor !== side && (print.price === price || isBeyond(side, print.price, price)),
    )
    const isMet = touch !== null && (side === 'buy' ? touch <= price : touch >= price)
    if (!isPrinted && !isMet) this.#complain(fill, 'has neither a print nor a touch at its price')
    if (isMet || order.tradedThrough || order.queueAtArrival === null) return
    // Whoever stood before it at its price was traded or has left: prints and vanished sizes together say how much could.
    const gone = order.printedAtPrice + order.removedAtPrice
    if (gone < order.queueAtArrival) this.#complain(fill, `jumps the queue: ${order.queueAtArrival} stood before it, ${gone} are gone`)
  }

  /** Together the makers of one moment and side get no more than was printed to them or stood opposite. */
  #judgeTotals(timeUs: number, lines: readonly RawLine[], fills: readonly Fill[], displayed: ReadonlyMap<Fill, bigint>): void {
    for (const side of ['buy', 'sell'] as const) {
      const given = fills.filter((fill) => fill.side === side)
      if (given.length === 0) continue
      const total = given.reduce((sum, fill) => sum + fill.quantity, 0n)
      const printed = lines.reduce((sum, { print }) => sum + (print !== null && print.aggressor !== side ? print.size : 0n), 0n)
      const shown = given.reduce((most, fill) => ((displayed.get(fill) ?? 0n) > most ? (displayed.get(fill) ?? 0n) : most), 0n)
      if (total > printed + shown)
        this.#complaints.push(`${total} were given to ${side} makers at ${timeUs}: ${printed} printed, ${shown} shown`)
    }
  }

  /** A print beyond the price of an order that was open: it takes all of it, or all of the print went to us. */
  #judgeThrough(timeUs: number, lines: readonly RawLine[], fills: readonly Fill[]): void {
    for (const order of this.#open) {
      const { limit, side } = order
      if (limit === null || order.endUs < timeUs) continue
      let through = 0n
      for (const { print } of lines) {
        if (print !== null && print.aggressor !== side && isBeyond(side, print.price, limit)) through += print.size
      }
      if (through === 0n) continue
      this.#throughPrints += 1
      const ofUs = fills.filter((fill) => fill.side === side).reduce((sum, fill) => sum + fill.quantity, 0n)
      const ofIt = fills.filter((fill) => fill.order === order).reduce((sum, fill) => sum + fill.quantity, 0n)
      if (order.filled + ofIt < order.quantity && ofUs < through) {
        this.#say(order, `stayed open at ${limit} while ${through} were printed beyond it (${timeUs}), and ${ofUs} came to us`)
      }
    }
  }

  #count(fill: Fill): void {
    fill.order.filled += fill.quantity
    if (fill.side !== fill.order.side) this.#complain(fill, 'is on the other side than its order')
  }

  #say(order: Order, what: string): void {
    this.#complaints.push(`the ${order.side} order ${order.id} ${what}`)
  }

  #complain({ order, side, price, quantity, timeUs }: Fill, what: string): void {
    this.#complaints.push(`the ${side} of ${quantity} at ${price} (${timeUs}, order ${order.id}) ${what}`)
  }
}

/** Whether the market traded past the price of a resting order, rather than at it. */
function isBeyond(side: Side, price: bigint, limit: bigint): boolean {
  return side === 'buy' ? price < limit : price > limit
}

/** The best of the side `half` that was seen so far. */
function further(half: Side, known: bigint | null, seen: bigint | null): bigint | null {
  if (known === null || seen === null) return known ?? seen
  return (half === 'buy' ? seen > known : seen < known) ? seen : known
}
