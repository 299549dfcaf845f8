// The market over REST: time, contracts, the book, the mark. Unsigned; it reads and changes nothing.

import { decimalPlacesOf, formatDecimal, ZERO } from '../../kernel/decimal.ts'
import type { BookLevel } from '../../market/events.ts'
import type { Params } from './auth.ts'
import { badParameter, type Counter, type Reply, type Route, refuse, wholeOf } from './route.ts'
import { bare, type WireObject } from './wire.ts'

/** Price and quantity. */
type Row = readonly [string, string]

const DEPTHS: readonly number[] = [5, 10, 20, 50, 100, 500, 1000]
const LAUNCH_MS = 1_586_275_200_000

function contracts(counter: Counter, params: Params): Reply {
  const symbol = params.get('symbol') ?? ''
  if (symbol !== '' && symbol !== counter.places.symbol) return refuse({ code: 109425, message: 'symbol not exist' })
  const { instrument, opening } = counter.desk
  return {
    data: [
      {
        contractId: '100',
        symbol: counter.places.symbol,
        size: '0',
        quantityPrecision: decimalPlacesOf(instrument.lotSize),
        pricePrecision: counter.places.decimals,
        feeRate: bare(opening.takerFeeRate),
        makerFeeRate: bare(opening.makerFeeRate),
        takerFeeRate: bare(opening.takerFeeRate),
        tradeMinLimit: 0,
        tradeMinQuantity: bare(opening.instrument.minQuantity),
        tradeMinUSDT: bare(opening.instrument.minNotional),
        maxLongLeverage: bare(opening.instrument.maxLeverage),
        maxShortLeverage: bare(opening.instrument.maxLeverage),
        currency: instrument.settle,
        asset: instrument.base,
        status: 1,
        apiStateOpen: 'true',
        apiStateClose: 'true',
        brokerState: 'true',
        launchTime: LAUNCH_MS,
        maintainTime: 0,
        offTime: 0,
        displayName: counter.places.symbol,
      },
    ],
  }
}

function depth(counter: Counter, params: Params): Reply {
  if (params.get('symbol') !== counter.places.symbol) return refuse({ code: 109425, message: 'symbol not exist' })
  const limit = wholeOf(params, 'limit', 20)
  if (limit === null || !DEPTHS.includes(limit)) return badParameter('Invalid limit')
  const rows = bookRows(counter, limit)
  return { data: { T: counter.clock.nowMs(), ...rows, bidsCoin: rows.bids, asksCoin: rows.asks } }
}

/** The best levels of both sides, each best bid first, each best ask last: the venue's own order. */
export function bookRows(counter: Pick<Counter, 'desk'>, limit: number): { readonly bids: readonly Row[]; readonly asks: readonly Row[] } {
  const { book } = counter.desk
  return { bids: book.bids(limit).map(rowOf), asks: book.asks(limit).map(rowOf).reverse() }
}

function rowOf({ price, size }: BookLevel): Row {
  return [formatDecimal(price), formatDecimal(size)]
}

function bookTicker(counter: Counter, params: Params): Reply {
  if (params.get('symbol') !== counter.places.symbol) return refuse({ code: 109425, message: 'symbol not exist' })
  const { book } = counter.desk
  const [bid, ask] = [book.bestBid(), book.bestAsk()]
  const ticker: WireObject = {
    symbol: counter.places.symbol,
    ...{ bid_price: bare(formatDecimal(bid?.price ?? ZERO)), bid_qty: bare(formatDecimal(bid?.size ?? ZERO)) },
    ...{ ask_price: bare(formatDecimal(ask?.price ?? ZERO)), ask_qty: bare(formatDecimal(ask?.size ?? ZERO)) },
    ...{ lastUpdateId: Math.max(book.lastUpdateId, 0), time: counter.clock.nowMs() },
  }
  return { data: { book_ticker: ticker } }
}

function premiumIndex(counter: Counter, params: Params): Reply {
  if (params.get('symbol') !== counter.places.symbol) return refuse({ code: 109425, message: 'symbol not exist' })
  const mark = formatDecimal(counter.desk.mark ?? ZERO)
  const { fundingIntervalMs, fundingRate } = counter.settings
  const nextFundingTime = (Math.floor(counter.clock.nowMs() / fundingIntervalMs) + 1) * fundingIntervalMs
  return { data: { symbol: counter.places.symbol, markPrice: mark, indexPrice: mark, lastFundingRate: fundingRate, nextFundingTime } }
}

const OPEN = { method: 'GET', group: 1, perSecond: 50, auth: 'none' } as const

export const MARKET_ROUTES: readonly Route[] = [
  { name: 'server_time', path: '/openApi/swap/v2/server/time', ...OPEN, answer: ({ clock }) => ({ data: { serverTime: clock.nowMs() } }) },
  { name: 'contracts', path: '/openApi/swap/v2/quote/contracts', ...OPEN, answer: contracts },
  { name: 'depth', path: '/openApi/swap/v2/quote/depth', ...OPEN, answer: depth },
  { name: 'book_ticker', path: '/openApi/swap/v2/quote/bookTicker', ...OPEN, answer: bookTicker },
  { name: 'premium_index', path: '/openApi/swap/v2/quote/premiumIndex', ...OPEN, answer: premiumIndex },
]
