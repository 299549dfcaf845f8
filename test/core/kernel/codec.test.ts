import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeFactBody, encodeFactBody } from '../../../src/core/kernel/codec.ts'
import { type Decimal, dec, formatDecimal, ONE } from '../../../src/core/kernel/decimal.ts'
import type { FactBody } from '../../../src/core/kernel/facts.ts'
import { openingOf } from './kernel-bench.ts'

/** A fact with nothing missing: every value that may be null is there, so that every name is seen with its type. */
type Full<T> = T extends Decimal | string | number | boolean
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Full<Item>[]
    : { [Key in keyof T]: Full<NonNullable<T[Key]>> }

// Every free text looks like a decimal, so that a text taken for a decimal comes back as something else.
const TEXT = '12'
const AMOUNT = dec('-0.000000000000000001')
const POSTINGS = [
  { account: 'wallet', asset: TEXT, amount: AMOUNT },
  { account: 'capital', asset: TEXT, amount: ONE },
] as const

const OPENING = openingOf({ slotIds: [TEXT], sessionId: TEXT })

const FACTS = {
  SESSION_OPENED: {
    type: 'SESSION_OPENED',
    ...OPENING,
    account: TEXT,
    venue: TEXT,
    strategy: TEXT,
    feedSource: TEXT,
    instrumentOrigin: TEXT,
    instrument: { ...OPENING.instrument, symbol: TEXT, base: TEXT, quote: TEXT, settle: TEXT },
  },
  SESSION_HALTED: { type: 'SESSION_HALTED', reason: TEXT, detail: TEXT },
  CAPITAL_FLOWED: { type: 'CAPITAL_FLOWED', asset: TEXT, amount: AMOUNT, note: TEXT, postings: POSTINGS },
  INTENT_DENIED: {
    type: 'INTENT_DENIED',
    intent: TEXT,
    code: TEXT,
    field: TEXT,
    value: TEXT,
    context: TEXT,
    detail: TEXT,
    slotId: TEXT,
    clientOrderId: TEXT,
  },
  ORDER_PREPARED: {
    type: 'ORDER_PREPARED',
    request: {
      clientOrderId: TEXT,
      instrument: TEXT,
      positionSide: 'net',
      side: 'buy',
      orderType: 'limit',
      price: AMOUNT,
      quantity: ONE,
      timeInForce: 'gtc',
      postOnly: true,
      reduceOnly: false,
      validUntilUs: 5,
      role: 'exit',
      slotId: TEXT,
      trade: 1,
      leg: 0,
      intentSeq: 9,
      attempt: 1,
    },
  },
  ORDER_MOVED: {
    type: 'ORDER_MOVED',
    clientOrderId: TEXT,
    from: 'acked',
    to: 'filled',
    trigger: 'fillAll',
    venueOrderId: TEXT,
    reason: TEXT,
  },
  ORDER_BOUND: { type: 'ORDER_BOUND', clientOrderId: TEXT, venueOrderId: TEXT },
  CANCEL_MOVED: { type: 'CANCEL_MOVED', clientOrderId: TEXT, from: 'none', to: 'requested', reason: TEXT },
  FILL_BOOKED: {
    type: 'FILL_BOOKED',
    clientOrderId: TEXT,
    venueOrderId: TEXT,
    tradeId: TEXT,
    instrument: TEXT,
    side: 'sell',
    positionSide: 'long',
    price: AMOUNT,
    quantity: AMOUNT,
    tradeValue: AMOUNT,
    feePrice: AMOUNT,
    inferred: false,
    fee: AMOUNT,
    feeAsset: TEXT,
    liquidity: 'maker',
    role: 'entry',
    slotId: TEXT,
    trade: 1,
    leg: 2,
    assigned: AMOUNT,
    unassigned: AMOUNT,
    realizedPnl: AMOUNT,
    slotRealizedPnl: AMOUNT,
    filledQuantity: AMOUNT,
    positionAfter: AMOUNT,
    costAfter: AMOUNT,
    postings: POSTINGS,
  },
  FILL_REPEATED: { type: 'FILL_REPEATED', tradeId: TEXT, clientOrderId: TEXT },
  FILL_CONFLICTED: { type: 'FILL_CONFLICTED', tradeId: TEXT, clientOrderId: TEXT, booked: TEXT, received: TEXT },
  EVENT_UNMATCHED: { type: 'EVENT_UNMATCHED', event: TEXT, clientOrderId: TEXT, venueOrderId: TEXT, detail: TEXT },
  EVENT_CONFLICTED: { type: 'EVENT_CONFLICTED', clientOrderId: TEXT, status: 'filled', trigger: 'reject', detail: TEXT },
  ORDER_QUERIED: { type: 'ORDER_QUERIED', clientOrderId: TEXT, why: TEXT },
  RATE_LIMIT_NOTED: { type: 'RATE_LIMIT_NOTED', clientOrderId: TEXT, retryAfterMs: 1, stated: true },
  SLOT_MOVED: { type: 'SLOT_MOVED', slotId: TEXT, trade: 1, from: 'idle', to: 'entry_requested', trigger: 'enter', reason: TEXT },
  TRADE_OPENED: {
    type: 'TRADE_OPENED',
    slotId: TEXT,
    trade: 1,
    instrument: TEXT,
    side: 'buy',
    positionSide: 'short',
    quantity: ONE,
    exitRatios: [ONE, AMOUNT],
    equityBefore: AMOUNT,
  },
  LEG_OPENED: { type: 'LEG_OPENED', slotId: TEXT, trade: 1, leg: 0, quantity: ONE, clientOrderId: TEXT, reason: TEXT },
  LEG_ENDED: { type: 'LEG_ENDED', slotId: TEXT, trade: 1, leg: 0, filledQuantity: ONE, consumed: false },
  MARK_SET: { type: 'MARK_SET', instrument: TEXT, price: ONE, mid: AMOUNT, asOfUs: 5 },
  INSTRUMENT_LISTED: {
    type: 'INSTRUMENT_LISTED',
    instrument: { ...OPENING.instrument, symbol: TEXT, base: TEXT, quote: TEXT, settle: TEXT },
  },
  TRADING_MOVED: { type: 'TRADING_MOVED', from: 'active', to: 'halted', action: TEXT, reason: TEXT },
  ASSET_VALUED: { type: 'ASSET_VALUED', asset: TEXT, quote: TEXT, price: AMOUNT, source: TEXT },
  FUNDING_BOOKED: { type: 'FUNDING_BOOKED', instrument: TEXT, fundingId: TEXT, asset: TEXT, amount: AMOUNT, postings: POSTINGS },
  FILL_CONFIRMED: {
    type: 'FILL_CONFIRMED',
    clientOrderId: TEXT,
    instrument: TEXT,
    side: 'buy',
    tradeId: TEXT,
    price: AMOUNT,
    quantity: ONE,
    tradeValue: AMOUNT,
    feePrice: AMOUNT,
    fee: AMOUNT,
    feeAsset: TEXT,
    liquidity: 'taker',
    postings: POSTINGS,
  },
  DUST_WRITTEN_OFF: {
    type: 'DUST_WRITTEN_OFF',
    slotId: TEXT,
    trade: 1,
    instrument: TEXT,
    positionSide: 'net',
    quantity: AMOUNT,
    cost: AMOUNT,
    reason: TEXT,
  },
  RECONCILED: { type: 'RECONCILED', action: TEXT, subject: TEXT, evidence: TEXT },
  POSITION_DIFFERED: {
    type: 'POSITION_DIFFERED',
    instrument: TEXT,
    positionSide: 'long',
    ours: AMOUNT,
    venues: ONE,
    averagePrice: AMOUNT,
    asOfUs: 5,
  },
  POSITION_AGREED: { type: 'POSITION_AGREED', instrument: TEXT, positionSide: 'short', quantity: AMOUNT, asOfUs: 5 },
  EXPOSURE_ASSIGNED: {
    type: 'EXPOSURE_ASSIGNED',
    instrument: TEXT,
    positionSide: 'net',
    quantity: AMOUNT,
    slotId: TEXT,
    trade: 1,
    tradeValue: AMOUNT,
    slotRealizedPnl: AMOUNT,
  },
  MARKET_OBSERVED: {
    type: 'MARKET_OBSERVED',
    observation: {
      instrument: TEXT,
      bid: ONE,
      ask: ONE,
      mark: ONE,
      ourBid: ONE,
      ourAsk: ONE,
      bidDistanceBps: AMOUNT,
      askDistanceBps: AMOUNT,
    },
    position: AMOUNT,
    equity: AMOUNT,
  },
  RISK_FLAGGED: { type: 'RISK_FLAGGED', code: TEXT, severity: 'alarm', value: TEXT, limit: TEXT, detail: TEXT },
  FEED_REPORTED: {
    type: 'FEED_REPORTED',
    report: { source: TEXT, events: 1, gaps: 0, badLines: 0, skipped: 0, firstTimeUs: 1, lastTimeUs: 2, truncated: false },
  },
} satisfies { [Type in FactBody['type']]: Full<Extract<FactBody, { type: Type }>> }

/** The fact with every null that its type allows, and with everything else as it is. */
function sparse(value: unknown, key = ''): unknown {
  // biome-ignore format: a list of words is read as one
  const nullable = [
    'price', 'slotId', 'trade', 'leg', 'reason', 'venueOrderId', 'detail', 'equity', 'equityBefore', 'bid', 'ask', 'limit', 'value',
    'mid', 'asOfUs', 'feePrice', 'averagePrice',
  ]
  if (nullable.includes(key)) return null
  if (Array.isArray(value)) return value.map((item) => sparse(item))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, sparse(item, name)]))
}

describe('facts as text', () => {
  test.each(Object.entries(FACTS) as [FactBody['type'], FactBody][])(
    '%s comes back as it was: decimals as decimals, texts as texts',
    (_, fact) => {
      const text = encodeFactBody(fact)
      expect(decodeFactBody(text)).toStrictEqual(fact)
      expect(encodeFactBody(decodeFactBody(text))).toBe(text)
      const thin = sparse(fact) as FactBody
      expect(decodeFactBody(encodeFactBody(thin))).toStrictEqual(thin)
    },
  )

  test('the text is JSON on one line, with money as decimal strings', () => {
    const text = encodeFactBody(FACTS.CAPITAL_FLOWED)
    expect(JSON.parse(text)).toMatchObject({ amount: '-0.000000000000000001' })
    expect(encodeFactBody({ ...FACTS.SESSION_HALTED, detail: 'two\nlines "quoted" \u2028' })).not.toMatch(/\n/)
  })

  test('N01 a total beyond the bounds of a single input still reads back: what was written can always be replayed', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 70n), max: 10n ** 70n }), (value) => {
        const fact = { ...FACTS.FILL_BOOKED, costAfter: value as Decimal, postings: [{ ...POSTINGS[0], amount: value as Decimal }] }
        expect(decodeFactBody(encodeFactBody(fact))).toStrictEqual(fact)
      }),
      { numRuns: 300 },
    )
  })

  test('N03 a value that JSON cannot hold is refused, never written as null or nothing', () => {
    const fact = FACTS.RATE_LIMIT_NOTED
    for (const retryAfterMs of [Number.NaN, Number.POSITIVE_INFINITY, undefined as unknown as number]) {
      expect(() => encodeFactBody({ ...fact, retryAfterMs })).toThrow(TypeError)
    }
  })

  test('N03 a decimal that does not parse is refused, never read as zero', () => {
    const text = encodeFactBody(FACTS.MARK_SET)
    for (const damage of ['', 'NaN', '1e400', '0x1', '1_0']) {
      expect(() => decodeFactBody(text.replace('"price":"1"', `"price":"${damage}"`))).toThrow()
    }
    expect(formatDecimal(dec('0'))).toBe('0')
  })
})
