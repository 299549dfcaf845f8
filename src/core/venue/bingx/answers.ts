// The shapes of BingX's answers, checked, and what is read out of them. Numbers come as texts (see lossless-json.ts), under
// either spelling and in either wrapper. What does not fit is a fault, never a guess.

import { z } from 'zod'
import { type Decimal, tryParseDecimal, ZERO } from '../../kernel/decimal.ts'
import type { Side } from '../../kernel/inputs.ts'

/** Raised where an answer has not the shape it must have; the text says which field. */
export class AnswerFault extends Error {
  override readonly name = 'AnswerFault'
}

export interface PlacementAnswer {
  readonly orderId: string
  readonly clientOrderId: string | null
  readonly symbol: string | null
  readonly side: Side | null
  readonly quantity: Decimal | null
  readonly executed: Decimal | null
  readonly status: string | null
}

export interface OrderAnswer {
  readonly orderId: string
  readonly clientOrderId: string | null
  readonly symbol: string
  readonly side: Side
  readonly quantity: Decimal
  readonly executed: Decimal
  readonly averagePrice: Decimal | null
  readonly status: string
  readonly createdMs: number | null
}

/** A fill as told: which of the two is the quantity in coins is for fills.ts to find out. */
export interface FillRow {
  readonly tradeId: string
  readonly orderId: string
  readonly symbol: string
  readonly side: Side
  readonly price: Decimal
  readonly volume: Decimal | null
  readonly qty: Decimal | null
  readonly quoteQty: Decimal | null
  /** As the venue writes it: below zero was paid. */
  readonly commission: Decimal
  readonly commissionAsset: string
  readonly role: 'maker' | 'taker' | null
  readonly timeMs: number
}

export interface PositionRow {
  readonly symbol: string
  readonly positionSide: 'BOTH' | 'LONG' | 'SHORT'
  readonly positionAmt: Decimal
  readonly averagePrice: Decimal | null
}

/** Money that came into the wallet, or went out of it. */
export interface IncomeRow {
  readonly symbol: string
  readonly type: string
  /** Above zero was received. */
  readonly amount: Decimal
  readonly asset: string
  readonly timeMs: number
  /** The venue's own number of it; null where there is none that can be kept. */
  readonly transactionId: string | null
}

export interface ContractRow {
  readonly symbol: string
  readonly pricePlaces: number
  readonly quantityPlaces: number
  readonly minQuantity: Decimal
  readonly minNotional: Decimal
  readonly currency: string
  readonly asset: string
  readonly maxLongLeverage: Decimal | null
  readonly maxShortLeverage: Decimal | null
  readonly isOnline: boolean
  readonly isOpenByApi: boolean
}

/** Reads answers. Built once for a venue, so that importing this file does nothing. */
export type Answers = ReturnType<typeof createAnswers>

export function createAnswers() {
  const shapes = shapesOf()
  const read = <Shape extends z.ZodType>(shape: Shape, value: unknown): z.output<Shape> => {
    const result = shape.safeParse(value)
    if (result.success) return result.data
    const issue = result.error.issues[0]
    // The path is of names that we look for, and of numbers: nothing of the venue's own words.
    throw new AnswerFault(`its ${issue?.path.map(String).join('.') || 'body'} is not as documented`)
  }
  return {
    placement: (body: unknown): PlacementAnswer => read(shapes.placement, unwrapped(body, 'order')),
    order: (body: unknown): OrderAnswer => read(shapes.order, unwrapped(body, 'order')),
    openOrders: (body: unknown): OrderAnswer[] => read(z.array(shapes.order), listOf(body, ['orders'])),
    fills: (body: unknown): FillRow[] => read(z.array(shapes.fill), listOf(body, ['fill_history_orders', 'fill_orders'])),
    positions: (body: unknown): PositionRow[] => read(z.array(shapes.position), listOf(body, [])),
    balances: (body: unknown): { asset: string; balance: Decimal | null }[] => read(z.array(shapes.balance), listOf(body, ['balance'])),
    leverage: (body: unknown) => read(shapes.leverage, dataOf(body)),
    isHedged: (body: unknown): boolean => read(shapes.mode, dataOf(body)).dualSidePosition,
    /** The contract of one symbol: what is odd about any other is not ours to mind. Null where it is not listed. */
    contract: (body: unknown, symbol: string): ContractRow | null => {
      const row = read(z.array(z.unknown()), listOf(body, [])).find((other) => isPayload(other) && other.symbol === symbol)
      return row === undefined ? null : read(shapes.contract, row)
    },
    /** All that are listed; a row that is odd names none. */
    symbols: (body: unknown): string[] =>
      read(z.array(z.unknown()), listOf(body, [])).flatMap((row) => (isPayload(row) && typeof row.symbol === 'string' ? [row.symbol] : [])),
    /** A list of nothing is written `null` as well. */
    income: (body: unknown): IncomeRow[] => read(z.array(shapes.income), listOf(body, []) ?? []),
    serverTimeMs: (body: unknown): number => read(shapes.time, dataOf(body)).serverTime,
    listenKey: (body: unknown): string => read(shapes.listenKey, isPayload(body) && 'listenKey' in body ? body : dataOf(body)).listenKey,
    orderIdIn: (body: unknown): string | null => orderIdIn(body),
  }
}

function shapesOf() {
  const scalars = scalarsOf()
  const { decimal, decimalOrNone, flag, id, ms, plain, side, words } = scalars
  const clientIds = { clientOrderId: words.nullish(), clientOrderID: words.nullish() }
  const orderIds = { orderId: id, orderID: id.optional().catch(undefined) }
  const placement = z
    .object({ ...orderIds, ...clientIds, symbol: words.nullish(), side: side.nullish() })
    .extend({ quantity: decimalOrNone, executedQty: decimalOrNone, status: words.nullish() })
    .transform((row) => ({
      orderId: row.orderID ?? row.orderId,
      clientOrderId: clientIdOf(row),
      symbol: row.symbol ?? null,
      side: row.side ?? null,
      quantity: row.quantity,
      executed: row.executedQty,
      status: row.status || null,
    }))
  const order = z
    .object({ ...orderIds, ...clientIds, symbol: words, side, status: words, origQty: decimal, executedQty: decimal })
    .extend({ avgPrice: decimalOrNone, time: ms.nullish().catch(null) })
    .transform((row) => ({
      orderId: row.orderID ?? row.orderId,
      clientOrderId: clientIdOf(row),
      symbol: row.symbol,
      side: row.side,
      quantity: row.origQty,
      executed: row.executedQty,
      averagePrice: row.avgPrice === null || row.avgPrice <= ZERO ? null : row.avgPrice,
      status: row.status,
      // Zero stands for none.
      createdMs: row.time || null,
    }))
  const fill = z
    .object({ tradeId: plain, orderId: id, symbol: words, side, price: decimal, volume: decimalOrNone, qty: decimalOrNone })
    .extend({ quoteQty: decimalOrNone, commission: decimal, commissionAsset: plain.optional(), currency: plain.optional() })
    .extend({ role: words.nullish(), filledTime: words.nullish(), filledTm: words.nullish() })
    .transform((row, context) => {
      const timeMs = fillTimeMs(row.filledTime ?? null, row.filledTm ?? null)
      const commissionAsset = row.commissionAsset ?? row.currency ?? ''
      if (timeMs === null || commissionAsset === '') {
        context.addIssue({ code: 'custom', message: 'no time, or no asset', path: [timeMs === null ? 'filledTime' : 'commissionAsset'] })
        return z.NEVER
      }
      const { tradeId, orderId, symbol, side: taken, price, volume, qty, quoteQty, commission } = row
      return {
        tradeId,
        orderId,
        symbol,
        side: taken,
        price,
        volume,
        qty,
        quoteQty,
        commission,
        commissionAsset,
        role: roleOf(row.role),
        timeMs,
      }
    })
  const position = z
    .object({ symbol: words, positionAmt: decimal, positionSide: z.enum(['BOTH', 'LONG', 'SHORT']), avgPrice: decimalOrNone })
    .transform(({ symbol, positionSide, positionAmt, avgPrice }) => ({ symbol, positionSide, positionAmt, averagePrice: avgPrice }))
  const leverages = { longLeverage: decimal, shortLeverage: decimal, maxLongLeverage: decimal, maxShortLeverage: decimal }
  return {
    placement,
    order,
    fill,
    position,
    balance: z.object({ asset: scalars.plain, balance: decimalOrNone }),
    leverage: z.object(leverages),
    income: incomeShape(scalars),
    mode: z.object({ dualSidePosition: flag }),
    contract: contractShape(scalars),
    time: z.object({ serverTime: ms }),
    listenKey: z.object({ listenKey: z.string().regex(/^[A-Za-z0-9]{8,256}$/) }),
  }
}

function incomeShape({ decimal, ms, plain, words }: ReturnType<typeof scalarsOf>) {
  return z
    .object({ symbol: words, incomeType: words, income: decimal, asset: plain, time: ms, tranId: words.nullish().catch(null) })
    .transform((row) => ({
      symbol: row.symbol,
      type: row.incomeType,
      amount: row.income,
      asset: row.asset,
      timeMs: row.time,
      transactionId: /^[\w.:*-]{1,64}$/.test(row.tranId ?? '') ? (row.tranId ?? null) : null,
    }))
}

function contractShape({ decimal, decimalOrNone, flag, plain, words }: ReturnType<typeof scalarsOf>) {
  const places = z
    .string()
    .regex(/^\d{1,2}$/)
    .transform(Number)
  return z
    .object({ symbol: words, pricePrecision: places, quantityPrecision: places, tradeMinQuantity: decimal, tradeMinUSDT: decimalOrNone })
    .extend({ currency: plain, asset: plain, status: words, apiStateOpen: flag.optional(), apiStateClose: flag.optional() })
    .extend({ maxLongLeverage: decimalOrNone, maxShortLeverage: decimalOrNone })
    .transform((row) => ({
      symbol: row.symbol,
      pricePlaces: row.pricePrecision,
      quantityPlaces: row.quantityPrecision,
      minQuantity: row.tradeMinQuantity,
      minNotional: row.tradeMinUSDT ?? ZERO,
      currency: row.currency,
      asset: row.asset,
      maxLongLeverage: row.maxLongLeverage,
      maxShortLeverage: row.maxShortLeverage,
      isOnline: row.status === '1',
      isOpenByApi: row.apiStateOpen !== false && row.apiStateClose !== false,
    }))
}

/** The kinds of field there are. Booleans come as texts, decimals as numbers, and an empty text stands for none. */
function scalarsOf() {
  const words = z.string().max(512)
  const decimal = words.transform((text, context): Decimal => {
    const value = tryParseDecimal(text)
    if (value !== undefined) return value
    context.addIssue({ code: 'custom', message: 'not a decimal' })
    return z.NEVER
  })
  const none = z.literal(['', null]).transform(() => null)
  return {
    words,
    /** Names that are kept and shown: of trades, of assets. */
    plain: z.string().regex(/^[A-Za-z0-9_.:-]{1,64}$/),
    decimal,
    decimalOrNone: z
      .union([none, decimal])
      .optional()
      .transform((value) => value ?? null),
    id: z.string().regex(/^[1-9]\d{0,19}$/),
    ms: z
      .string()
      .regex(/^\d{13}$/)
      .transform(Number),
    side: z.enum(['BUY', 'SELL', 'buy', 'sell']).transform((text): Side => (text.toLowerCase() === 'buy' ? 'buy' : 'sell')),
    flag: z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]),
  }
}

function clientIdOf(row: {
  readonly clientOrderId?: string | null | undefined
  readonly clientOrderID?: string | null | undefined
}): string | null {
  const id = (row.clientOrderId || row.clientOrderID || '').toLowerCase()
  return id === '' ? null : id
}

function roleOf(role: string | null | undefined): 'maker' | 'taker' | null {
  const words = role?.toLowerCase()
  return words === 'maker' || words === 'taker' ? words : null
}

const ZONED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?)(?:Z|[+-]\d\d:?\d\d)$/

/** `filledTime` says its offset; `filledTm` ends in a Z and is the time of Shanghai all the same. */
export function fillTimeMs(filledTime: string | null, filledTm: string | null): number | null {
  const zoned = filledTime === null ? null : filledTime.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')
  const shifted = filledTm === null ? null : (ZONED.exec(filledTm)?.[1] ?? '').concat('+08:00')
  for (const text of [zoned, shifted]) {
    if (text === null || !ZONED.test(text)) continue
    const ms = Date.parse(text)
    if (Number.isSafeInteger(ms) && ms > 0) return ms
  }
  return null
}

/** The fields that lead to what is read, of whatever type they turn out to be. */
type Field =
  | 'data'
  | 'order'
  | 'orders'
  | 'fill_history_orders'
  | 'fill_orders'
  | 'balance'
  | 'symbol'
  | 'orderID'
  | 'orderId'
  | 'listenKey'
type Payload = { readonly [name in Field]?: unknown }

function isPayload(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function dataOf(body: unknown): unknown {
  return isPayload(body) ? body.data : undefined
}

function unwrapped(body: unknown, wrapper: Field): unknown {
  const data = dataOf(body)
  return isPayload(data) && isPayload(data[wrapper]) ? data[wrapper] : data
}

/** The list in `data`, or in one of its fields. Anything else is a fault: an answer that says nothing is not an empty list. */
function listOf(body: unknown, wrappers: readonly Field[]): unknown {
  const data = dataOf(body)
  if (Array.isArray(data)) return data
  if (!isPayload(data)) return data
  for (const wrapper of wrappers) {
    const list = data[wrapper]
    if (Array.isArray(list)) return list
    // A list of nothing is written `null` as well.
    if (list === null) return []
  }
  return data
}

function orderIdIn(body: unknown): string | null {
  const order = unwrapped(body, 'order')
  const id = isPayload(order) ? (order.orderID ?? order.orderId) : null
  return typeof id === 'string' && /^[1-9]\d{0,19}$/.test(id) ? id : null
}
