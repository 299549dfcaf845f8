// The calls we make to BingX: where they go, how often they may, and which of them go first. A table; it sends nothing.

/** Urgent calls have a reserve of the budget to themselves: what ends or explains an order must not wait for new ones. */
export type Urgency = 'urgent' | 'normal'

export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly isSigned: boolean
  /** The group whose calls are counted together, per address. */
  readonly group: 1 | 2 | 3
  /** The lower of what the venue's texts say, per account. */
  readonly callsPerSecond: number
  readonly urgency: Urgency
}

const swap = (path: string) => `/openApi/swap/${path}`
const LISTEN_KEY = '/openApi/user/auth/userDataStream'

/** BingX API docs, the page of each call: its path, its rate limit, the number of its group. */
// biome-ignore format: a table is read by column
export const ENDPOINTS = {
  place:         { method: 'POST',   path: swap('v2/trade/order'),          isSigned: true,  group: 3, callsPerSecond: 5,  urgency: 'normal' },
  cancel:        { method: 'DELETE', path: swap('v2/trade/order'),          isSigned: true,  group: 3, callsPerSecond: 5,  urgency: 'urgent' },
  order:         { method: 'GET',    path: swap('v2/trade/order'),          isSigned: true,  group: 2, callsPerSecond: 5,  urgency: 'urgent' },
  fills:         { method: 'GET',    path: swap('v2/trade/fillHistory'),    isSigned: true,  group: 2, callsPerSecond: 5,  urgency: 'urgent' },
  openOrders:    { method: 'GET',    path: swap('v2/trade/openOrders'),     isSigned: true,  group: 3, callsPerSecond: 5,  urgency: 'normal' },
  positions:     { method: 'GET',    path: swap('v2/user/positions'),       isSigned: true,  group: 3, callsPerSecond: 5,  urgency: 'normal' },
  balances:      { method: 'GET',    path: swap('v3/user/balance'),         isSigned: true,  group: 3, callsPerSecond: 5,  urgency: 'normal' },
  income:        { method: 'GET',    path: swap('v2/user/income'),          isSigned: true,  group: 2, callsPerSecond: 5,  urgency: 'normal' },
  leverage:      { method: 'GET',    path: swap('v2/trade/leverage'),       isSigned: true,  group: 2, callsPerSecond: 5,  urgency: 'normal' },
  positionMode:  { method: 'GET',    path: swap('v1/positionSide/dual'),    isSigned: true,  group: 2, callsPerSecond: 2,  urgency: 'normal' },
  time:          { method: 'GET',    path: swap('v2/server/time'),          isSigned: false, group: 1, callsPerSecond: 10, urgency: 'urgent' },
  contracts:     { method: 'GET',    path: swap('v2/quote/contracts'),      isSigned: false, group: 1, callsPerSecond: 10, urgency: 'normal' },
  openListenKey: { method: 'POST',   path: LISTEN_KEY,                      isSigned: true,  group: 2, callsPerSecond: 2,  urgency: 'normal' },
  keepListenKey: { method: 'PUT',    path: LISTEN_KEY,                      isSigned: true,  group: 2, callsPerSecond: 2,  urgency: 'normal' },
  endListenKey:  { method: 'DELETE', path: LISTEN_KEY,                      isSigned: true,  group: 2, callsPerSecond: 2,  urgency: 'normal' },
} as const satisfies Record<string, Endpoint>

export type EndpointName = keyof typeof ENDPOINTS

/** BingX API docs, “Rate limit”. Calls of a window of ten seconds: of all of a group's endpoints, and of one of them. */
export const GROUP_LIMITS = {
  1: { group: 500, endpoint: 500 },
  2: { group: 2_000, endpoint: 300 },
  3: { group: 2_000, endpoint: 300 },
} as const satisfies Record<Endpoint['group'], { group: number; endpoint: number }>
