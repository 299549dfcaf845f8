import { describe, expect, test } from 'vitest'
import { dec } from '../../../src/core/kernel/decimal.ts'
import type { KernelInput, ReconcileIntent } from '../../../src/core/kernel/inputs.ts'
import type { DoubtLimits } from '../../../src/core/recovery/doubt-case.ts'
import { Doubts, type Query } from '../../../src/core/recovery/doubts.ts'
import type { Effect, TimedVenueEvent } from '../../../src/core/venue/port.ts'
import { SYMBOL } from '../kernel/opening.ts'
import { RecoveryBench, SECOND_US, SLOTS } from './recovery-bench.ts'

type News = TimedVenueEvent['event']
const RULES = { absenceMarginUs: 5 * SECOND_US, querySpacingUs: 2 * SECOND_US }

/** A session's loop in small: what the kernel orders and what doubts propose goes to a venue that answers as the test says. */
class DoubtBench extends RecoveryBench {
  readonly doubts: Doubts
  readonly asked: number[] = []
  readonly handled: KernelInput[] = []
  /** What the venue answers to a question, a tenth of a second later; null for no answer at all. */
  answer: (query: Query, askedAtUs: number) => News | null = () => null
  readonly #answers: { readonly dueUs: number; readonly news: News }[] = []

  constructor(limits: Partial<DoubtLimits> = {}) {
    super()
    this.doubts = new Doubts({ rules: RULES, startUs: this.clock.nowUs, limits })
  }

  /** The kernel decides, doubts hear of it, and what follows leaves. */
  hear(news: News): void {
    const { nowUs } = this.clock
    const facts = news.type === 'ORDER_NOT_FOUND' || news.type === 'NOTICE' ? [] : this.engine.handle(nowUs, news)
    this.doubts.onNews(news, { nowUs, view: this.engine.view, facts })
    this.leave(this.engine.commit())
  }

  leave(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.type === 'query' && this.doubts.admit(effect, this.clock.nowUs, this.engine.view)) this.ask(effect)
    }
  }

  ask(query: Query): void {
    this.asked.push(this.clock.nowUs)
    const news = this.answer(query, this.clock.nowUs)
    if (news !== null) this.#answers.push({ dueUs: this.clock.nowUs + SECOND_US / 10, news })
  }

  /** Ticks every tenth of a second for so long. */
  pass(us: number): void {
    for (const untilUs = this.clock.nowUs + us; this.clock.nowUs < untilUs; ) {
      this.clock.nowUs += SECOND_US / 10
      for (const { news } of this.#answers.splice(0)) this.hear(news)
      for (const step of this.doubts.onTick(this.clock.nowUs, this.engine.view)) {
        if ('ask' in step) {
          this.ask(step.ask)
          continue
        }
        this.handled.push(step.handle)
        this.engine.handle(this.clock.nowUs, step.handle)
      }
      this.leave(this.engine.commit())
    }
  }

  /** An order whose answer was none. */
  doubted(): string {
    const { clientOrderId } = this.prepare()
    this.hear({ type: 'UNRECOGNISED', clientOrderId, venueOrderId: null, raw: 'timeout' })
    expect(this.order(clientOrderId).status).toBe('in_doubt')
    return clientOrderId
  }

  notFound = ({ clientOrderId }: Query, askedAtUs: number): News => ({ type: 'ORDER_NOT_FOUND', clientOrderId, venueTimeUs: askedAtUs })

  get reconciled(): ReconcileIntent[] {
    return this.handled.flatMap((input) => (input.type === 'RECONCILE' ? [input] : []))
  }

  gaps(): number[] {
    return this.asked.slice(1).map((timeUs, index) => timeUs - (this.asked[index] as number))
  }
}

describe('an order in doubt', () => {
  test('V01 is absent with exactly the proof that the kernel demands, and as soon as there is one', () => {
    const bench = new DoubtBench()
    bench.answer = bench.notFound
    const clientOrderId = bench.doubted()
    const { validUntilUs } = bench.order(clientOrderId).request
    bench.pass(14 * SECOND_US)
    expect([bench.order(clientOrderId).status, bench.handled]).toEqual(['in_doubt', []])
    bench.pass(2 * SECOND_US)
    expect(bench.order(clientOrderId).status).toBe('absent')
    const [proof] = bench.reconciled
    expect(bench.factsOf('INTENT_DENIED')).toEqual([])
    if (proof?.action !== 'mark_absent') throw new Error('it was not marked absent')
    expect(proof.venueTimeUs).toBeGreaterThan(validUntilUs + RULES.absenceMarginUs)
    expect(Math.min(...proof.askedAtUs)).toBeGreaterThan(validUntilUs)
    expect(Math.max(...proof.askedAtUs) - Math.min(...proof.askedAtUs)).toBeGreaterThanOrEqual(RULES.querySpacingUs)
    expect(proof.evidence).toMatch(/In doubt since .*asked \d+ times.*no such order/)
    expect(bench.doubts.list()).toEqual([])
  })

  test('V01 is quarantined within 30 seconds where nobody answers, once, with what was asked when', () => {
    const bench = new DoubtBench()
    const clientOrderId = bench.doubted()
    bench.pass(29 * SECOND_US)
    expect(bench.order(clientOrderId).status).toBe('in_doubt')
    bench.pass(SECOND_US)
    expect(bench.order(clientOrderId).status).toBe('quarantined')
    bench.pass(60 * SECOND_US)
    expect(bench.reconciled).toMatchObject([
      { action: 'quarantine', clientOrderId, evidence: expect.stringMatching(/asked \d+ times.*asked/) },
    ])
  })

  test('V01 is quarantined within 30 seconds even where its absence could be proved only later, and absent then', () => {
    const bench = new DoubtBench({ quarantineAfterUs: 5 * SECOND_US })
    bench.answer = bench.notFound
    const clientOrderId = bench.doubted()
    bench.pass(6 * SECOND_US)
    expect(bench.order(clientOrderId).status).toBe('quarantined')
    bench.pass(120 * SECOND_US)
    expect(bench.reconciled.map(({ action }) => action)).toEqual(['quarantine', 'mark_absent'])
    expect(bench.order(clientOrderId).status).toBe('absent')
  })

  test('V01 cancels of an order in doubt that the venue refuses, again and again, put off neither the proof nor the quarantine', () => {
    const bench = new DoubtBench()
    bench.answer = bench.notFound
    const clientOrderId = bench.doubted()
    for (let second = 0; second < 30 && bench.order(clientOrderId).status === 'in_doubt'; second += 1) {
      bench.when({ type: 'CANCEL', target: { kind: 'order', clientOrderId } })
      bench.leave(bench.engine.commit())
      bench.hear({ type: 'CANCEL_REJECT', clientOrderId, venueOrderId: null, code: '109421', reason: 'order not exist' })
      bench.pass(SECOND_US)
    }
    expect(bench.order(clientOrderId).status).toBe('absent')
  })

  test('V01 a quarantine that is refused is not proposed again and again', () => {
    const bench = new DoubtBench()
    bench.doubted()
    const proposed: unknown[] = []
    for (let tick = 0; tick < 60; tick += 1) {
      bench.clock.nowUs += SECOND_US
      for (const step of bench.doubts.onTick(bench.clock.nowUs, bench.engine.view)) if ('handle' in step) proposed.push(step.handle)
    }
    expect(proposed).toMatchObject([{ action: 'quarantine' }])
  })

  test('V01 a quarantined order is asked about every 30 seconds, and any word ends it', () => {
    const bench = new DoubtBench()
    const clientOrderId = bench.doubted()
    bench.pass(31 * SECOND_US)
    bench.asked.length = 0
    bench.pass(125 * SECOND_US)
    expect(bench.asked.length).toBe(4)
    expect(Math.min(...bench.gaps())).toBeGreaterThanOrEqual(30 * SECOND_US)
    bench.answer = () => ({ type: 'ORDER_ACK', clientOrderId, venueOrderId: 'v9' })
    bench.pass(31 * SECOND_US)
    expect([bench.order(clientOrderId).status, bench.doubts.list()]).toEqual(['acked', []])
  })

  test('V01 found late, after answers that found nothing, it is believed', () => {
    const bench = new DoubtBench()
    const clientOrderId = bench.doubted()
    const { validUntilUs } = bench.order(clientOrderId).request
    bench.answer = (query, askedAtUs) =>
      askedAtUs <= validUntilUs + SECOND_US ? bench.notFound(query, askedAtUs) : { type: 'ORDER_ACK', clientOrderId, venueOrderId: 'v9' }
    bench.pass(40 * SECOND_US)
    expect([bench.order(clientOrderId).status, bench.reconciled]).toEqual(['acked', []])
  })

  test('V01 answers on both sides of a contrary word prove nothing together', () => {
    const bench = new DoubtBench()
    bench.answer = bench.notFound
    const clientOrderId = bench.doubted()
    bench.pass(11 * SECOND_US)
    // Acknowledged by a stray word, and in doubt again at once.
    bench.hear({ type: 'ORDER_ACK', clientOrderId, venueOrderId: null })
    bench.hear({ type: 'UNRECOGNISED', clientOrderId, venueOrderId: null, raw: 'reset' })
    expect(bench.order(clientOrderId).status).toBe('in_doubt')
    const fromUs = bench.clock.nowUs
    bench.pass(20 * SECOND_US)
    const [proof] = bench.reconciled
    if (proof?.action !== 'mark_absent') throw new Error('it was not marked absent')
    expect(Math.min(...proof.askedAtUs)).toBeGreaterThanOrEqual(fromUs)
  })

  test('V01 it is not absent while the venue’s position is another than ours', () => {
    const bench = new DoubtBench()
    bench.answer = bench.notFound
    const clientOrderId = bench.doubted()
    const position = { instrument: SYMBOL, positionSide: 'net', quantity: dec('5'), averagePrice: dec('2') } as const
    bench.hear({ type: 'SNAPSHOT', asOfUs: bench.clock.nowUs, openOrders: [], positions: [position] })
    bench.pass(40 * SECOND_US)
    expect(bench.reconciled.map(({ action }) => action)).toEqual(['quarantine'])
    bench.hear({ type: 'SNAPSHOT', asOfUs: bench.clock.nowUs, openOrders: [], positions: [] })
    bench.pass(70 * SECOND_US)
    expect(bench.order(clientOrderId).status).toBe('absent')
  })

  test('an answer by a venue clock that stands still proves nothing', () => {
    const bench = new DoubtBench()
    const clientOrderId = bench.doubted()
    const venueTimeUs = bench.order(clientOrderId).request.validUntilUs + 60 * SECOND_US
    bench.answer = () => ({ type: 'ORDER_NOT_FOUND', clientOrderId, venueTimeUs })
    bench.pass(40 * SECOND_US)
    expect(bench.reconciled.map(({ action }) => action)).toEqual(['quarantine'])
  })

  test('after a restart nothing is remembered: the answers and the 30 seconds start anew', async () => {
    const bench = new DoubtBench()
    bench.answer = bench.notFound
    const clientOrderId = bench.doubted()
    bench.pass(13 * SECOND_US)
    await bench.restart(60 * SECOND_US)
    const fromUs = bench.clock.nowUs
    const after = new Doubts({ rules: RULES, startUs: fromUs })
    const steps = after.onTick(fromUs, bench.engine.view)
    expect(steps).toEqual([{ ask: { type: 'query', clientOrderId, instrument: SYMBOL } }])
    expect(after.list()).toMatchObject([{ clientOrderId, reason: 'in_doubt', sinceUs: fromUs, asks: 1 }])
    expect(after.nextDueUs()).toBe(fromUs + 5 * SECOND_US)
  })
})

describe('asking', () => {
  test('V04 grows slower, is bounded, and never faster than the spacing', () => {
    const bench = new DoubtBench({ quarantineAfterUs: 600 * SECOND_US })
    bench.answer = ({ clientOrderId }) => ({ type: 'UNRECOGNISED', clientOrderId, venueOrderId: null, raw: '502' })
    bench.doubted()
    bench.pass(120 * SECOND_US)
    expect(Math.min(...bench.gaps())).toBeGreaterThanOrEqual(RULES.querySpacingUs)
    expect(bench.gaps().at(-1)).toBeGreaterThanOrEqual(8 * SECOND_US)
    expect(bench.asked.length).toBeGreaterThan(12)
    expect(bench.asked.length).toBeLessThan(25)
  })

  test('a question that nobody answers is asked again, also about an order that is over', () => {
    const bench = new DoubtBench()
    const { clientOrderId } = bench.rest()
    bench.hear({ type: 'CANCEL_ACK', clientOrderId, venueOrderId: 'v1' })
    // Said again, with more filled than is booked: the kernel asks, and the answer is lost.
    bench.hear({ type: 'CANCEL_ACK', clientOrderId, venueOrderId: 'v1', totalFilled: dec('1') })
    expect(bench.asked).toHaveLength(1)
    bench.pass(12 * SECOND_US)
    expect(bench.asked.length).toBeGreaterThanOrEqual(3)
    bench.answer = () => ({ type: 'CANCEL_ACK', clientOrderId, venueOrderId: 'v1' })
    bench.pass(9 * SECOND_US)
    const { length } = bench.asked
    bench.pass(60 * SECOND_US)
    expect([bench.asked.length, bench.doubts.list()]).toEqual([length, []])
  })

  test('K13 a cancel that was refused is asked about until the venue has spoken', () => {
    const bench = new DoubtBench()
    const { clientOrderId } = bench.rest()
    bench.when({ type: 'CANCEL', target: { kind: 'order', clientOrderId } })
    bench.leave(bench.engine.commit())
    bench.hear({ type: 'CANCEL_REJECT', clientOrderId, venueOrderId: 'v1', code: '80018', reason: 'order is filled' })
    expect(bench.asked).toHaveLength(1)
    bench.pass(6 * SECOND_US)
    expect(bench.asked.length).toBeGreaterThan(1)
    bench.answer = () => ({ type: 'CANCEL_ACK', clientOrderId, venueOrderId: 'v1', totalFilled: null })
    bench.pass(9 * SECOND_US)
    expect([bench.order(clientOrderId).status, bench.doubts.list()]).toEqual(['canceled', []])
  })

  test('K13 a cancel that nobody answers comes into doubt, is asked about, and may be asked for again', () => {
    const bench = new DoubtBench({ cancelWithinUs: 10 * SECOND_US })
    const { clientOrderId } = bench.rest()
    bench.when({ type: 'CANCEL', target: { kind: 'order', clientOrderId } })
    bench.leave(bench.engine.commit())
    bench.pass(11 * SECOND_US)
    expect([bench.order(clientOrderId).cancel, bench.asked.length]).toEqual(['in_doubt', 1])
    bench.answer = () => ({ type: 'ORDER_ACK', clientOrderId, venueOrderId: 'v1' })
    bench.pass(9 * SECOND_US)
    expect(bench.order(clientOrderId)).toMatchObject({ status: 'acked', cancel: 'refused' })
    expect(bench.doubts.list()).toEqual([])
  })

  test('a submit that nobody ever answered comes into doubt once it can no longer arrive', () => {
    const bench = new DoubtBench()
    const { clientOrderId } = bench.prepare()
    bench.when({ type: 'NOTE_SUBMIT', clientOrderId, outcome: 'sent', detail: null })
    bench.pass(14 * SECOND_US)
    expect(bench.order(clientOrderId).status).toBe('submitting')
    bench.pass(2 * SECOND_US)
    expect([bench.order(clientOrderId).status, bench.asked.length]).toEqual(['in_doubt', 1])
  })

  test('a confirmed order that the venue says it does not have comes into doubt, and into quarantine, never to absent', () => {
    const bench = new DoubtBench()
    const { clientOrderId } = bench.rest()
    bench.answer = bench.notFound
    bench.pass(SECOND_US)
    bench.hear({ type: 'SNAPSHOT', asOfUs: bench.clock.nowUs, openOrders: [], complete: true })
    bench.pass(SECOND_US)
    expect(bench.order(clientOrderId).status).toBe('in_doubt')
    bench.pass(200 * SECOND_US)
    expect([bench.order(clientOrderId).status, bench.reconciled.map(({ action }) => action)]).toEqual(['quarantined', ['quarantine']])
  })

  test('V04 many doubts at once ask in turn: so many a second and no more, and none is forgotten', () => {
    const bench = new DoubtBench({ asksPerSecond: 2 })
    const ids = SLOTS.map((slotId) => bench.prepare({ slotId }).clientOrderId)
    const seen = new Set<string>()
    bench.answer = ({ clientOrderId }) => {
      seen.add(clientOrderId)
      return null
    }
    for (const clientOrderId of ids) bench.hear({ type: 'UNRECOGNISED', clientOrderId, venueOrderId: null, raw: 'x' })
    bench.pass(5 * SECOND_US)
    expect(seen.size).toBe(ids.length)
    for (const fromUs of bench.asked)
      expect(bench.asked.filter((timeUs) => timeUs >= fromUs && timeUs < fromUs + SECOND_US).length).toBeLessThanOrEqual(2)
  })

  test('an order that is well has no case, and nothing is due', () => {
    const bench = new DoubtBench()
    bench.rest()
    bench.pass(60 * SECOND_US)
    expect([bench.asked, bench.handled, bench.doubts.list(), bench.doubts.nextDueUs()]).toEqual([[], [], [], undefined])
  })
})
