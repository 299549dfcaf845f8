import { describe, expect, test } from 'vitest'
import { dec, formatDecimal } from '../../src/core/kernel/decimal.ts'
import type { FactBody } from '../../src/core/kernel/facts.ts'
import { Chronicle } from '../../src/core/session/chronicle.ts'
import { doubtModels, healthModel, messageModels } from '../../src/core/session/venue-models.ts'
import type { VenueHealth } from '../../src/core/venue/port.ts'
import { enter } from '../core/report/eventful-session.ts'
import { DEMO, LINEAR, ScriptedSession, temporaryFolder, writeStore } from '../core/report/recorded-store.ts'

const show = { price: formatDecimal, quantity: formatDecimal }

/** Two orders that rest, of which one has a cancel that nobody answers; one quarantined; one in doubt since later. */
async function doubted(look: (session: ScriptedSession, ids: readonly string[]) => void): Promise<void> {
  const folder = temporaryFolder()
  try {
    await writeStore(`${folder.path}/dita.db`, (journal) => {
      const session = new ScriptedSession(journal, 'doubted', {
        instrument: LINEAR,
        maxExposure: '0',
        capital: { USDT: '100000' },
        place: DEMO,
      })
      session.tick(dec('28000'))
      const ids = [enter(session, 's1', { price: '28000', quantity: '0.01' })]
      session.input({ type: 'CANCEL', target: { kind: 'order', clientOrderId: ids[0] as string } })
      // Nobody answers: what leaves here reaches no venue.
      session.engine.commit()
      session.input({ type: 'NOTE_CANCEL', clientOrderId: ids[0] as string, outcome: 'unknown', detail: 'no answer' })
      session.unanswered = 1
      ids.push(enter(session, 's2', { price: '27990', quantity: '0.02' }))
      session.timeUs += 5
      const { symbol: instrument } = LINEAR
      session.unanswered = 1
      session.input({ type: 'QUOTE', instrument, bid: { price: dec('27000'), quantity: dec('0.03') }, ask: null, postOnly: true })
      session.commit()
      ids.push(session.live().at(-1) as string)
      session.input({ type: 'RECONCILE', action: 'quarantine', clientOrderId: ids[2] as string, evidence: 'nobody could say' })
      session.commit()
      look(session, ids)
    })
  } finally {
    folder.remove()
  }
}

describe('orders in doubt, for the screen', () => {
  test('K23 come from the state, worst first, with what is known of the asking', async () => {
    await doubted(({ engine, timeUs }, [resting, lost, quarantined]) => {
      const report = { instrument: LINEAR.symbol, reason: 'in_doubt', lastAskedUs: 9, lastWords: 'asked', evidence: 'asked once.' } as const
      const reports = [{ ...report, clientOrderId: lost as string, sinceUs: 77, asks: 4 }]
      expect(doubtModels({ state: engine.view, reports, show })).toEqual([
        {
          clientOrderId: quarantined,
          side: 'buy',
          quantity: '0.03',
          price: '27000',
          status: 'quarantined',
          sinceUs: timeUs,
          asks: 0,
          lastWords: null,
          evidence: null,
        },
        {
          clientOrderId: lost,
          side: 'buy',
          quantity: '0.02',
          price: '27990',
          status: 'in_doubt',
          sinceUs: 77,
          asks: 4,
          lastWords: 'asked',
          evidence: 'asked once.',
        },
        {
          clientOrderId: resting,
          side: 'buy',
          quantity: '0.01',
          price: '28000',
          status: 'cancel',
          sinceUs: timeUs - 5,
          asks: 0,
          lastWords: null,
          evidence: null,
        },
      ])
    })
  })

  test('K23 one that the venue has spoken of is none any more', async () => {
    await doubted((session, [, lost]) => {
      session.input({ type: 'ORDER_ACK', clientOrderId: lost as string, venueOrderId: 'v1' })
      const left = doubtModels({ state: session.engine.view, reports: [], show }).map(({ clientOrderId }) => clientOrderId)
      expect(left).toHaveLength(2)
      expect(left).not.toContain(lost)
    })
  })
})

describe('the health of a venue, for the screen', () => {
  const HEALTH: VenueHealth = {
    state: 'limited',
    clockOffsetUs: -1_600,
    queued: 3,
    queueLimit: 64,
    budget: 7,
    latencyMs: { median: 12.4, slowest: 99.6 },
    errors: new Map(Array.from({ length: 12 }, (_, index) => [`E${index}`, index + 1])),
    calls: 30,
    silentSinceUs: null,
    lately: { calls: 30, unanswered: 0 },
    streamLostUs: null,
    accountLostUs: null,
  }

  test('has whole milliseconds, and the ten most frequent errors first', () => {
    const { errors, ...rest } = healthModel(HEALTH, 'bingx')
    expect(rest).toEqual({
      state: 'limited',
      clockOffsetMs: -2,
      queued: 3,
      queueLimit: 64,
      budget: 7,
      latencyMedianMs: 12,
      latencySlowestMs: 100,
      calls: 30,
    })
    expect(errors).toHaveLength(10)
    expect(errors.slice(0, 2)).toEqual([
      { code: 'E11', count: 12, means: null },
      { code: 'E10', count: 11, means: null },
    ])
  })

  test('has what a code means, where the table of that venue knows it', () => {
    const errors = new Map([
      ['109422', 2],
      ['TIMEOUT', 1],
    ])
    const meanings = (venue: string) => healthModel({ ...HEALTH, errors }, venue).errors.map(({ means }) => means)
    expect(meanings('bingx')).toEqual(['the order was filled or ended already', 'no answer in time'])
    expect(meanings('elsewhere')).toEqual([null, 'no answer in time'])
  })

  test('what was not measured is null and not zero', () => {
    const model = healthModel({ ...HEALTH, clockOffsetUs: null, latencyMs: null, budget: null }, 'bingx')
    expect(model).toMatchObject({ clockOffsetMs: null, latencyMedianMs: null, latencySlowestMs: null, budget: null })
  })
})

describe('alarms, for the screen', () => {
  const flag = { type: 'RISK_FLAGGED', severity: 'alarm', limit: null, detail: 'something' } as const
  const settledOf = (
    body: FactBody,
    { liveOrders = [], health = null }: { liveOrders?: unknown[]; health?: { state: 'ok' | 'unreachable' } | null } = {},
  ): boolean | null | undefined => {
    const chronicle = new Chronicle({ pricePlaces: 1, quantityPlaces: 1 })
    chronicle.onFact({ seq: 1, timeUs: 1, body })
    const state = { liveOrders: new Map(liveOrders.map((order) => ['one', order])), positions: new Map() }
    return messageModels({ chronicle, state: state as never, health })[0]?.isSettled
  }

  test('of an order are settled once nobody doubts it any more', () => {
    const moved = { type: 'ORDER_MOVED', clientOrderId: 'one', from: 'submitting', to: 'in_doubt', trigger: 'unknown', reason: 'no answer' }
    const inDoubt = moved as unknown as FactBody
    const quarantined = { ...flag, code: 'ORDER_QUARANTINED', value: 'one' }
    for (const alarm of [inDoubt, quarantined]) {
      expect(settledOf(alarm, { liveOrders: [{ status: 'in_doubt', cancel: 'none' }] })).toBe(false)
      expect(settledOf(alarm, { liveOrders: [{ status: 'quarantined', cancel: 'none' }] })).toBe(false)
      expect(settledOf(alarm, { liveOrders: [{ status: 'acked', cancel: 'in_doubt' }] })).toBe(true)
      expect(settledOf(alarm, { liveOrders: [{ status: 'acked', cancel: 'none' }] })).toBe(true)
      expect(settledOf(alarm)).toBe(true)
    }
  })

  test('of a venue that does not answer are settled once it does', () => {
    const silent = { ...flag, code: 'VENUE_ALARM', value: 'unreachable' }
    expect(settledOf(silent, { health: { state: 'unreachable' } })).toBe(false)
    expect(settledOf(silent, { health: { state: 'ok' } })).toBe(true)
  })

  /** What the alarms of some positions come to, the newest first; `venues` by the position's key, null where both agree. */
  const settledPositions = (
    differed: readonly (readonly [instrument: string, positionSide?: 'long' | 'short'])[],
    venues: Readonly<Record<string, bigint | null>>,
  ): (boolean | null)[] => {
    const chronicle = new Chronicle({ pricePlaces: 1, quantityPlaces: 1 })
    for (const [index, [instrument, positionSide = 'net']] of differed.entries()) {
      const found = { type: 'POSITION_DIFFERED', instrument, positionSide, ours: dec('1'), venues: dec('3'), averagePrice: null, asOfUs: 1 }
      chronicle.onFact({ seq: 2 * index, timeUs: index, body: found as FactBody })
      const detail = `${instrument} ${positionSide} is another`
      chronicle.onFact({ seq: 2 * index + 1, timeUs: index, body: { ...flag, code: 'POSITION_DRIFT', value: '3', detail } })
    }
    const positions = new Map(Object.entries(venues).map(([key, theirs]) => [key, { venues: theirs }]))
    const state = { liveOrders: new Map(), positions }
    return messageModels({ chronicle, state: state as never, health: null }).map(({ isSettled }) => isSettled)
  }

  test('of a position are settled once it is the same on both sides, each for itself', () => {
    expect(settledPositions([['BTC'], ['ETH']], { BTC: dec('3'), ETH: dec('2') })).toEqual([false, false])
    expect(settledPositions([['BTC'], ['ETH']], { BTC: dec('3'), ETH: null })).toEqual([true, false])
    const hedged = [
      ['BTC', 'long'],
      ['BTC', 'short'],
    ] as const
    expect(settledPositions(hedged, { 'BTC#long': dec('3'), 'BTC#short': dec('-2') })).toEqual([false, false])
    expect(settledPositions(hedged, { 'BTC#long': null, 'BTC#short': dec('-2') })).toEqual([false, true])
  })

  test('of a position that differed once more are one that is open, the newest', () => {
    expect(settledPositions([['BTC'], ['ETH'], ['BTC']], { BTC: dec('3'), ETH: dec('2') })).toEqual([false, false, true])
  })

  test('of an order in doubt that went into quarantine all stay open: it is both', () => {
    const chronicle = new Chronicle({ pricePlaces: 1, quantityPlaces: 1 })
    const moved = { type: 'ORDER_MOVED', clientOrderId: 'one', trigger: 'unknown', reason: 'no answer' }
    chronicle.onFact({ seq: 1, timeUs: 1, body: { ...moved, from: 'submitting', to: 'in_doubt' } as unknown as FactBody })
    chronicle.onFact({ seq: 2, timeUs: 2, body: { ...moved, from: 'in_doubt', to: 'quarantined' } as unknown as FactBody })
    chronicle.onFact({ seq: 3, timeUs: 2, body: { ...flag, code: 'ORDER_QUARANTINED', value: 'one' } })
    const state = { liveOrders: new Map([['one', { status: 'quarantined' }]]), positions: new Map() }
    const models = messageModels({ chronicle, state: state as never, health: null })
    expect(models.map(({ isSettled }) => isSettled)).toEqual([false, false, false])
  })

  test('of a venue that fell silent once more are one that is open, the newest', () => {
    const chronicle = new Chronicle({ pricePlaces: 1, quantityPlaces: 1 })
    const silent = { ...flag, code: 'VENUE_ALARM', value: 'unreachable' }
    chronicle.onFact({ seq: 1, timeUs: 1, body: silent })
    chronicle.say(2, 'info', 'it answers again')
    chronicle.onFact({ seq: 2, timeUs: 3, body: silent })
    const state = { liveOrders: new Map(), positions: new Map() }
    const models = messageModels({ chronicle, state, health: { state: 'unreachable' } })
    expect(models.map(({ isSettled }) => isSettled)).toEqual([false, null, true])
  })

  test('of which nothing tells that they are over stay open, and what is no alarm is neither', () => {
    expect(settledOf({ ...flag, code: 'VENUE_ALARM', value: null }, { health: { state: 'ok' } })).toBeNull()
    expect(settledOf({ ...flag, code: 'OVERFILL', value: 'one' })).toBeNull()
    expect(settledOf({ ...flag, code: 'ORDER_QUARANTINED', value: 'one', severity: 'warning' })).toBeNull()
    expect(settledPositions([['DOGE']], { BTC: dec('3') })).toEqual([null])
  })
})
