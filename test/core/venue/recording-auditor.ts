// Judges the fills of a rehearsal from the raw lines of the recording alone: its own parser, its own book, no code of ours.

import { gunzipSync } from 'node:zlib'

export type Side = 'buy' | 'sell'

/** Prices and sizes as whole numbers of 10⁻⁸. */
export interface AuditedFill {
  readonly orderId: string
  readonly side: Side
  readonly price: bigint
  readonly quantity: bigint
  readonly isMaker: boolean
  /** At the exchange, in µs. */
  readonly timeUs: number
}

export interface AuditedOrder {
  readonly orderId: string
  readonly side: Side
  /** Null for market orders. */
  readonly limit: bigint | null
  /** Since when and until when it was open at the exchange. */
  readonly fromUs: number
  readonly untilUs: number
}

interface Print {
  readonly timeUs: number
  readonly aggressor: Side
  readonly price: bigint
  readonly size: bigint
}

/** `28155.10` → 2815510000000n. */
export function units(text: string): bigint {
  const [whole = '0', fraction = ''] = text.split('.')
  return BigInt(whole + fraction.padEnd(8, '0').slice(0, 8))
}

type Row = readonly [price: string, size: string]
interface Payload {
  readonly e?: string
  readonly X?: string
  readonly u?: number
  readonly p?: string
  readonly q?: string
  readonly m?: boolean
  readonly b?: string | readonly Row[]
  readonly a?: string | readonly Row[]
  readonly B?: string
  readonly A?: string
  readonly bids?: readonly Row[]
  readonly asks?: readonly Row[]
  readonly lastUpdateId?: number
}

/** A plain book: two maps, and the touch of the last ticker where it is newer than the last diff. */
class PlainBook {
  readonly bids = new Map<bigint, bigint>()
  readonly asks = new Map<bigint, bigint>()
  #diffId = -1
  #touch: { id: number; bid: [bigint, bigint]; ask: [bigint, bigint] } | null = null

  diff(payload: Payload): void {
    if ((payload.u as number) <= this.#diffId) return
    this.#diffId = payload.u as number
    this.#set(this.bids, payload.b as readonly Row[])
    this.#set(this.asks, payload.a as readonly Row[])
    if (this.#touch !== null && this.#touch.id > this.#diffId) this.#impose()
  }

  snapshot(payload: Payload, later: readonly Payload[]): void {
    this.bids.clear()
    this.asks.clear()
    this.#set(this.bids, payload.bids as readonly Row[])
    this.#set(this.asks, payload.asks as readonly Row[])
    this.#diffId = payload.lastUpdateId as number
    for (const each of later) this.diff(each)
    if (this.#touch !== null && this.#touch.id > this.#diffId) this.#impose()
  }

  ticker(payload: Payload): void {
    const id = payload.u as number
    if (id < this.#diffId || (this.#touch !== null && id < this.#touch.id)) return
    this.#touch = {
      id,
      bid: [units(payload.b as string), units(payload.B as string)],
      ask: [units(payload.a as string), units(payload.A as string)],
    }
    this.#impose()
  }

  best(side: Side): bigint | null {
    let best: bigint | null = null
    const prices = side === 'buy' ? this.bids.keys() : this.asks.keys()
    for (const price of prices) if (best === null || (side === 'buy' ? price > best : price < best)) best = price
    return best
  }

  #impose(): void {
    if (this.#touch === null) return
    const { bid, ask } = this.#touch
    for (const price of this.bids.keys()) if (price > bid[0]) this.bids.delete(price)
    for (const price of this.asks.keys()) if (price < ask[0]) this.asks.delete(price)
    this.bids.set(...bid)
    this.asks.set(...ask)
  }

  #set(half: Map<bigint, bigint>, rows: readonly Row[]): void {
    for (const [price, size] of rows) {
      if (units(size) === 0n) half.delete(units(price))
      else half.set(units(price), units(size))
    }
  }
}

export interface Verdict {
  readonly complaints: readonly string[]
  readonly makerByPrint: number
  readonly makerByTouch: number
  readonly taker: number
}

/**
 * Checks that every fill is one the recording allows, and that no order stayed open through a print that must have
 * filled it.
 */
export function audit(recording: Buffer, orders: readonly AuditedOrder[], fills: readonly AuditedFill[]): Verdict {
  const auditor = new Auditor(orders, fills)
  for (const line of gunzipSync(recording).toString('latin1').split('\n')) if (line !== '') auditor.line(line)
  return auditor.verdict()
}

class Auditor {
  readonly #orders: ReadonlyMap<string, AuditedOrder>
  readonly #fills: readonly AuditedFill[]
  readonly #book = new PlainBook()
  readonly #complaints: string[] = []
  readonly #count = { makerByPrint: 0, makerByTouch: 0, taker: 0 }
  /** Diffs before the snapshot, which the snapshot may need. */
  #early: Payload[] = []
  #next = 0
  #timeUs = 0
  /** What the lines of the current microsecond printed, and the best prices each side reached meanwhile. */
  #prints: Print[] = []
  #reached: Record<Side, bigint | null> = { buy: null, sell: null }

  constructor(orders: readonly AuditedOrder[], fills: readonly AuditedFill[]) {
    this.#orders = new Map(orders.map((order) => [order.orderId, order]))
    this.#fills = [...fills].sort((a, b) => a.timeUs - b.timeUs)
  }

  line(line: string): void {
    const space = line.indexOf(' ')
    const stamp = line.slice(0, space)
    const timeUs = stamp.length === 19 ? Number(BigInt(stamp) / 1000n) : Number(stamp)
    if (timeUs > this.#timeUs) {
      this.#judgeUntil(timeUs)
      this.#timeUs = timeUs
      this.#prints = []
      this.#reached = { buy: this.#book.best('buy'), sell: this.#book.best('sell') }
    }
    const body = JSON.parse(line.slice(space + 1)) as { stream?: string; data?: Payload } & Payload
    const payload = body.data ?? body
    const isDepth = payload.lastUpdateId !== undefined || payload.e === 'depthUpdate'
    if (payload.e === 'trade') this.#print(payload)
    else if (payload.lastUpdateId !== undefined) this.#book.snapshot(payload, this.#early)
    else if (isDepth) this.#diff(payload)
    else if (body.stream?.endsWith('@bookTicker') === true) this.#book.ticker(payload)
    if (isDepth || body.stream?.endsWith('@bookTicker') === true) this.#touch()
  }

  verdict(): Verdict {
    this.#judgeUntil(Number.POSITIVE_INFINITY)
    return { complaints: this.#complaints, ...this.#count }
  }

  #diff(payload: Payload): void {
    if (this.#early.length < 100) this.#early.push(payload)
    this.#book.diff(payload)
  }

  #print(payload: Payload): void {
    if (payload.X !== undefined && payload.X !== 'MARKET') return
    const print: Print = {
      timeUs: this.#timeUs,
      aggressor: payload.m === true ? 'sell' : 'buy',
      price: units(payload.p as string),
      size: units(payload.q as string),
    }
    this.#prints.push(print)
    this.#mustHaveFilled(print)
  }

  #touch(): void {
    const bid = this.#book.best('buy')
    const ask = this.#book.best('sell')
    const { buy, sell } = this.#reached
    if (bid !== null && (buy === null || bid > buy)) this.#reached.buy = bid
    if (ask !== null && (sell === null || ask < sell)) this.#reached.sell = ask
  }

  /** A print beyond the price of an open order: somebody of us at that price or better was filled at that moment. */
  #mustHaveFilled(print: Print): void {
    for (const order of this.#orders.values()) {
      if (order.side === print.aggressor || order.limit === null) continue
      if (order.fromUs >= print.timeUs || order.untilUs <= print.timeUs) continue
      if (order.side === 'buy' ? print.price >= order.limit : print.price <= order.limit) continue
      const limit = order.limit
      const isFilled = this.#fills.some(
        (fill) =>
          fill.timeUs === print.timeUs && fill.side === order.side && (order.side === 'buy' ? fill.price >= limit : fill.price <= limit),
      )
      if (!isFilled) this.#complaints.push(`${order.orderId} stayed open through a print at ${print.price} (${print.timeUs})`)
    }
  }

  /** Judges the fills before `timeUs`: takers by the book as it stands, makers by what the lines at their time said. */
  #judgeUntil(timeUs: number): void {
    const batch: AuditedFill[] = []
    for (let fill = this.#fills[this.#next]; fill !== undefined && fill.timeUs < timeUs; fill = this.#fills[this.#next]) {
      batch.push(fill)
      this.#next += 1
    }
    const takers = batch.filter((fill) => !fill.isMaker)
    const makers = batch.filter((fill) => fill.isMaker)
    this.#judgeTakers(takers)
    for (const fill of makers) this.#judgeMaker(fill)
    this.#judgePrints(makers)
  }

  #judgeTakers(fills: readonly AuditedFill[]): void {
    const taken = new Map<string, bigint>()
    for (const fill of fills) {
      this.#count.taker += 1
      const half = fill.side === 'buy' ? this.#book.asks : this.#book.bids
      const key = `${fill.side} ${fill.price}`
      taken.set(key, (taken.get(key) ?? 0n) + fill.quantity)
      if ((taken.get(key) as bigint) > (half.get(fill.price) ?? 0n)) this.#complain(fill, 'takes more than is displayed')
      const limit = this.#orders.get(fill.orderId)?.limit ?? null
      if (limit !== null && (fill.side === 'buy' ? fill.price > limit : fill.price < limit)) this.#complain(fill, 'is beyond its limit')
    }
  }

  #judgeMaker(fill: AuditedFill): void {
    const order = this.#orders.get(fill.orderId)
    if (order === undefined || order.limit !== fill.price) this.#complain(fill, 'is not at the limit of its order')
    else if (fill.timeUs <= order.fromUs || fill.timeUs > order.untilUs) this.#complain(fill, 'comes when the order was not open')
    if (fill.timeUs !== this.#timeUs) this.#complain(fill, 'comes when the market did nothing')
    else if (this.#prints.some((print) => isReached(fill, print.aggressor, print.price))) this.#count.makerByPrint += 1
    else if (this.#isTouched(fill)) this.#count.makerByTouch += 1
    else this.#complain(fill, 'has no print and no touch at its price or through it')
  }

  #isTouched(fill: AuditedFill): boolean {
    const touch = fill.side === 'buy' ? this.#reached.sell : this.#reached.buy
    return touch !== null && (fill.side === 'buy' ? touch <= fill.price : touch >= fill.price)
  }

  /** All makers of one moment together get no more than was printed, where nothing but prints can have filled them. */
  #judgePrints(makers: readonly AuditedFill[]): void {
    for (const side of ['buy', 'sell'] as const) {
      const fills = makers.filter((fill) => fill.side === side && !this.#isTouched(fill))
      if (fills.length === 0) continue
      const printed = this.#prints.filter((print) => print.aggressor !== side).reduce((sum, print) => sum + print.size, 0n)
      const given = fills.reduce((sum, fill) => sum + fill.quantity, 0n)
      if (given > printed) this.#complaints.push(`${given} were filled by ${printed} printed (${this.#timeUs})`)
    }
  }

  #complain(fill: AuditedFill, what: string): void {
    this.#complaints.push(`the ${fill.side} of ${fill.orderId}, ${fill.quantity} at ${fill.price} (${fill.timeUs}), ${what}`)
  }
}

function isReached(fill: AuditedFill, aggressor: Side, price: bigint): boolean {
  return aggressor !== fill.side && (fill.side === 'buy' ? price <= fill.price : price >= fill.price)
}
