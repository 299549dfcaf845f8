import { describe, expect, test } from 'vitest'
import type { Fact, FactBody } from '../../../src/core/kernel/facts.ts'
import { failureOf, openTestWriter, query, storePath } from './stores.ts'
import { openingOf, START_US, Traffic } from './traffic.ts'

describe('N03 what cannot be stored as it is, is refused and never zeroed', () => {
  const opening = openingOf('one', 'main')
  const report = { source: 'x', events: 1, gaps: 0, badLines: 0, skipped: 0, firstTimeUs: null, lastTimeUs: null, truncated: false }
  const cases: [string, Partial<Fact> & { body: FactBody }][] = [
    ['a time that is no number', { timeUs: Number.NaN, body: { type: 'SESSION_OPENED', ...opening } }],
    ['a time beyond all measure', { timeUs: Number.POSITIVE_INFINITY, body: { type: 'SESSION_OPENED', ...opening } }],
    ['a seed that is no number', { body: { type: 'SESSION_OPENED', ...opening, seed: Number.NaN } }],
    [
      'a decimal that is a float',
      { body: { type: 'SESSION_OPENED', ...opening, limits: { ...opening.limits, maxExposure: 0.5 as never } } },
    ],
    [
      'a decimal that is missing',
      { body: { type: 'SESSION_OPENED', ...opening, instrument: { ...opening.instrument, tickSize: undefined as never } } },
    ],
    ['a second fact with the first number', { seq: 2, body: { type: 'SESSION_OPENED', ...opening } }],
    ['a session of another account', { body: { type: 'SESSION_OPENED', ...opening, account: 'other' } }],
    [
      'a session id with a line feed, which the chain could not tell from the next field',
      { body: { type: 'SESSION_OPENED', ...opening, sessionId: 'a\nb' } },
    ],
    ['a fact before any session', { body: { type: 'FEED_REPORTED', report } }],
  ]
  for (const [name, fact] of cases) {
    test(`N03 ${name}`, async () => {
      const path = storePath()
      const writer = openTestWriter(path)
      const traffic = new Traffic('main').open('one')
      const failure = failureOf(() => writer.append('main', [{ seq: 1, timeUs: START_US, ...fact }], traffic.view))
      expect(failure).toMatchObject({ code: 'JOURNAL_REFUSED', exitCode: 1, fault: 'dita' })
      expect(query(path, 'SELECT * FROM journal')).toEqual([])
      expect(query(path, 'SELECT * FROM sessions')).toEqual([])
      // The state in memory is ahead of the journal now: nothing may follow.
      expect(failureOf(() => writer.append('main', traffic.take(), traffic.view)).code).toBe('JOURNAL_FAILED')
    })
  }

  for (const events of [Number.NaN, Number.POSITIVE_INFINITY, 1.5]) {
    test(`N03 a feed that counted ${events} events`, () => {
      const writer = openTestWriter(storePath())
      const traffic = new Traffic('main').open('one')
      traffic.fact({ type: 'FEED_REPORTED', report: { ...report, lastTimeUs: events } })
      expect(failureOf(() => writer.append('main', traffic.take(), traffic.view)).code).toBe('JOURNAL_REFUSED')
      expect(writer.head('main').seq).toBe(0)
    })
  }

  test('a fact of an order that the state does not know', () => {
    const writer = openTestWriter(storePath())
    const traffic = new Traffic('main').open('one')
    const moved: FactBody = {
      type: 'ORDER_MOVED',
      clientOrderId: 'nobody',
      from: 'acked',
      to: 'filled',
      trigger: 'fillAll',
      venueOrderId: null,
      reason: null,
    }
    const facts = [...traffic.take(), { seq: 2, timeUs: START_US, body: moved }]
    expect(failureOf(() => writer.append('main', facts, traffic.view)).message).toContain('order nobody')
  })

  test('a session id that the store has already', () => {
    const writer = openTestWriter(storePath())
    const first = new Traffic('main').open('one')
    writer.append('main', first.take(), first.view)
    const second = new Traffic('other').open('one')
    expect(failureOf(() => writer.append('other', second.take(), second.view)).code).toBe('JOURNAL_REFUSED')
  })
})
