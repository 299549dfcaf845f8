// The account over REST: positions, balance, leverage, modes, the dead man's switch, listen keys. One-way mode only.

import { formatDecimal, isMultipleOf, ONE, ZERO } from '../../kernel/decimal.ts'
import { balanceAnswer, positionsAnswer } from './answers.ts'
import type { Params } from './auth.ts'
import { CODES } from './codes.ts'
import { badParameter, type Counter, decimalOf, type Reply, type Route, refuse, wholeOf } from './route.ts'
import { bare } from './wire.ts'

const SHORTEST_SWITCH_S = 10
const LONGEST_SWITCH_S = 120
const MOST_INCOME = 1_000
const INCOME_KEPT_MS = 90 * 86_400_000

function positions(counter: Counter, params: Params): Reply {
  noteAccount(counter, 'positions')
  const symbol = params.get('symbol') ?? ''
  if (symbol !== '' && symbol !== counter.places.symbol) return { data: [] }
  return { data: positionsAnswer(counter.desk, counter.places, counter.settings, counter.clock.nowMs()) }
}

function balance(counter: Counter): Reply {
  noteAccount(counter, 'balance')
  return { data: balanceAnswer(counter.desk, counter.places) }
}

function leverage(counter: Counter, params: Params): Reply {
  if (params.get('symbol') !== counter.places.symbol) return refuse({ code: 109500, message: 'symbol not exist' })
  const now = bare(formatDecimal(counter.desk.books.leverage))
  const most = bare(counter.desk.opening.instrument.maxLeverage)
  return { data: { longLeverage: now, shortLeverage: now, maxLongLeverage: most, maxShortLeverage: most } }
}

function setLeverage(counter: Counter, params: Params): Reply {
  if (params.get('symbol') !== counter.places.symbol) return refuse({ code: 109500, message: 'symbol not exist' })
  if (params.get('side') !== 'BOTH') return badParameter("In the One-way mode, the 'Side' field can only be set to BOTH.")
  const wished = decimalOf(params, 'leverage')
  if (wished === undefined || wished <= ZERO || !isMultipleOf(wished, ONE)) return badParameter('Invalid leverage')
  if (wished > counter.desk.instrument.maxLeverage) return refuse(CODES.leverageTooHigh)
  counter.desk.setLeverage(wished)
  return { data: { leverage: bare(formatDecimal(wished)), symbol: counter.places.symbol } }
}

function setPositionMode(_counter: Counter, params: Params): Reply {
  if (params.get('dualSidePosition') !== 'false') return refuse(CODES.modeFixed)
  return { data: { dualSidePosition: 'false' } }
}

function setMarginType(_counter: Counter, params: Params): Reply {
  return params.get('marginType') === 'CROSSED' ? { data: null } : badParameter('This exchange knows crossed margin only')
}

function commission(counter: Counter): Reply {
  const { takerFeeRate, makerFeeRate } = counter.desk.opening
  return { data: { commission: { takerCommissionRate: bare(takerFeeRate), makerCommissionRate: bare(makerFeeRate) } } }
}

/** Payments between longs and shorts; what else moves the wallet here shows in the fills. */
function income(counter: Counter, params: Params): Reply {
  noteAccount(counter, 'income')
  const nowMs = counter.clock.nowMs()
  const [startMs, endMs, limit] = [wholeOf(params, 'startTime', 0), wholeOf(params, 'endTime', nowMs), wholeOf(params, 'limit', 100)]
  if (startMs === null || endMs === null || limit === null || limit === 0 || limit > MOST_INCOME)
    return badParameter('Invalid limit or time')
  const [type, symbol] = [params.get('incomeType') ?? '', params.get('symbol') ?? '']
  if ((type !== '' && type !== 'FUNDING_FEE') || (symbol !== '' && symbol !== counter.places.symbol)) return { data: [] }
  const told = counter.desk.books.fundings().filter(({ timeUs }) => {
    const ms = Math.floor(timeUs / 1_000)
    return ms >= Math.max(startMs, nowMs - INCOME_KEPT_MS) && ms <= endMs
  })
  const rows = told.slice(0, limit).map(({ fundingId, amount, timeUs }) => ({
    symbol: counter.places.symbol,
    incomeType: 'FUNDING_FEE',
    income: amount,
    asset: counter.places.settle,
    info: 'Funding Fee',
    time: Math.floor(timeUs / 1_000),
    tranId: fundingId,
    tradeId: '',
  }))
  return { data: rows }
}

function cancelAllAfter(counter: Counter, params: Params): Reply {
  const type = params.get('type')
  if (type === 'CLOSE') {
    counter.desk.note({ kind: 'cancel_all_after', atUs: null })
    return { data: { triggerTime: 0, status: 'CLOSED', note: 'closed' } }
  }
  const seconds = wholeOf(params, 'timeOut', 0)
  if (type !== 'ACTIVATE' || seconds === null || seconds < SHORTEST_SWITCH_S || seconds > LONGEST_SWITCH_S) {
    return badParameter(`type must be ACTIVATE or CLOSE, and timeOut ${SHORTEST_SWITCH_S} to ${LONGEST_SWITCH_S} seconds`)
  }
  const atUs = counter.clock.nowUs() + seconds * 1_000_000
  counter.desk.note({ kind: 'cancel_all_after', atUs })
  const triggerTime = Math.floor(atUs / 1_000_000)
  return {
    data: { triggerTime, status: 'ACTIVATED', note: `All your perpetual swap orders will be cancelled automatically at ${triggerTime}` },
  }
}

/** The answers about listen keys come without an envelope. */
function createListenKey(counter: Counter): Reply {
  return { bare: { listenKey: counter.listenKeys.create(counter.clock.nowMs()) }, status: 200 }
}

function prolongListenKey(counter: Counter, params: Params): Reply {
  const key = params.get('listenKey') ?? ''
  if (key === '') return { bare: null, status: 204 }
  return { bare: null, status: counter.listenKeys.prolong(key, counter.clock.nowMs()) ? 200 : 404 }
}

function endListenKey(counter: Counter, params: Params): Reply {
  const key = params.get('listenKey') ?? ''
  if (key === '') return { bare: null, status: 204 }
  return { bare: null, status: counter.listenKeys.end(key) ? 200 : 404 }
}

function noteAccount(counter: Counter, endpoint: string): void {
  counter.desk.note({ kind: 'query', endpoint, orderId: '', clientOrderId: '', code: 0 })
}

const TRADE = '/openApi/swap/v2/trade'
const USER = '/openApi/swap/v2/user'
const LISTEN_KEY = { name: 'listen_key', path: '/openApi/user/auth/userDataStream', group: 2, perSecond: 2, auth: 'key' } as const
const SIGNED = { auth: 'signed', perSecond: 5 } as const
const SLOW = { auth: 'signed', perSecond: 2 } as const

export const ACCOUNT_ROUTES: readonly Route[] = [
  { name: 'positions', method: 'GET', path: `${USER}/positions`, group: 3, ...SIGNED, answer: positions },
  { name: 'balance', method: 'GET', path: '/openApi/swap/v3/user/balance', group: 3, ...SIGNED, answer: balance },
  { name: 'leverage', method: 'GET', path: `${TRADE}/leverage`, group: 2, ...SIGNED, answer: leverage },
  { name: 'set_leverage', method: 'POST', path: `${TRADE}/leverage`, group: 2, ...SIGNED, answer: setLeverage },
  {
    name: 'position_mode',
    method: 'GET',
    path: '/openApi/swap/v1/positionSide/dual',
    group: 2,
    ...SLOW,
    answer: () => ({ data: { dualSidePosition: 'false' } }),
  },
  { name: 'set_position_mode', method: 'POST', path: '/openApi/swap/v1/positionSide/dual', group: 2, ...SLOW, answer: setPositionMode },
  {
    name: 'margin_type',
    method: 'GET',
    path: `${TRADE}/marginType`,
    group: 2,
    ...SLOW,
    answer: () => ({ data: { marginType: 'CROSSED' } }),
  },
  { name: 'set_margin_type', method: 'POST', path: `${TRADE}/marginType`, group: 2, ...SLOW, answer: setMarginType },
  { name: 'commission', method: 'GET', path: `${USER}/commissionRate`, group: 2, ...SIGNED, answer: commission },
  { name: 'income', method: 'GET', path: `${USER}/income`, group: 2, ...SIGNED, answer: income },
  { name: 'cancel_all_after', method: 'POST', path: `${TRADE}/cancelAllAfter`, group: 2, ...SLOW, perSecond: 1, answer: cancelAllAfter },
  { ...LISTEN_KEY, method: 'POST', answer: createListenKey },
  { ...LISTEN_KEY, method: 'PUT', answer: prolongListenKey },
  { ...LISTEN_KEY, method: 'DELETE', answer: endListenKey },
]
