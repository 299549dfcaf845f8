// What a session makes of a look at its account that fails, while an order is not found: it says so, and believes no absence.

import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { DitaError, EXIT } from '../../src/core/errors.ts'
import { Doubts } from '../../src/core/recovery/doubts.ts'
import { Chronicle } from '../../src/core/session/chronicle.ts'
import { VenueLine } from '../../src/core/session/venue-line.ts'
import type { Venue } from '../../src/core/venue/port.ts'
import { RecoveryBench, SECOND_US } from '../core/recovery/recovery-bench.ts'

const RULES = { absenceMarginUs: 5 * SECOND_US, querySpacingUs: 2 * SECOND_US }

interface Followed {
  readonly status: string
  readonly looks: number
  readonly said: readonly string[]
}

/** An order in doubt that the venue does not find, followed for two minutes or until its absence is believed. */
async function follow(look: (count: number) => void): Promise<Followed> {
  const bench = new RecoveryBench()
  bench.venue.beforeLook = look
  // A venue in the world that holds nothing, and that answers each question at once.
  const venue = Object.assign(bench.venue, { clock: 'world', nextEventUs: () => (bench.venue.events.length > 0 ? 0 : undefined) })
  const chronicle = new Chronicle({ pricePlaces: 2, quantityPlaces: 2 })
  const doubts = new Doubts({ rules: RULES, startUs: bench.clock.nowUs })
  const line = new VenueLine({ engine: bench.engine, venue: venue as unknown as Venue, chronicle, doubts, nowMs: () => 0 })
  const { clientOrderId } = bench.prepare()
  bench.when({ type: 'NOTE_SUBMIT', clientOrderId, outcome: 'unknown', detail: 'no answer' })
  for (let seconds = 0; seconds < 120 && bench.order(clientOrderId).status !== 'absent'; seconds += 1) {
    bench.clock.nowUs += SECOND_US
    line.hear(bench.clock.nowUs, bench.clock.nowUs)
    line.followDoubts(bench.clock.nowUs)
    // The look is answered in a turn of its own.
    await turn()
  }
  const said = chronicle.messages().map(({ text }) => text)
  return { status: bench.order(clientOrderId).status, looks: bench.venue.looks, said }
}

const unreachable = (): never => {
  throw new DitaError('VENUE_UNREACHABLE', {
    fault: 'venue',
    exitCode: EXIT.unreachable,
    message: 'The venue did not answer.',
    next: 'Try again.',
  })
}

test('V01 an absence is believed after one look that shows no trace of the order', async () => {
  expect(await follow(() => undefined)).toMatchObject({ status: 'absent', looks: 1 })
})

test('L04 a look that fails is told of, and the next proof looks again', async () => {
  const { status, looks, said } = await follow((count) => {
    if (count === 1) unreachable()
  })
  expect({ status, looks }).toEqual({ status: 'absent', looks: 2 })
  expect(said.filter((text) => text.includes('not absent: the look at the account failed: The venue did not answer.'))).toHaveLength(1)
})

test('V01 L04 while every look fails no absence is believed', async () => {
  const { status, looks } = await follow(unreachable)
  expect(status).toBe('quarantined')
  expect(looks).toBeGreaterThan(1)
})

test('L04 a look that fails by a defect of ours is no word of the venue: it is thrown, with its own cause', async () => {
  const defect = new TypeError('a defect')
  const look = (): never => {
    throw defect
  }
  await expect(follow(look)).rejects.toBe(defect)
})

test('L04 an alarm of the venue is a fact, and is said once; what is less is only said', () => {
  const bench = new RecoveryBench()
  const notices = (['alarm', 'warning', 'info'] as const).map(
    (severity) => ({ type: 'NOTICE', severity, text: `${severity} of the venue` }) as const,
  )
  const waiting = notices.map((event) => ({ timeUs: bench.clock.nowUs, event }))
  const venue = { clock: 'world', nextEventUs: () => waiting[0]?.timeUs, take: () => waiting.splice(0) }
  const chronicle = new Chronicle({ pricePlaces: 2, quantityPlaces: 2 })
  const doubts = new Doubts({ rules: RULES, startUs: bench.clock.nowUs })
  const line = new VenueLine({ engine: bench.engine, venue: venue as unknown as Venue, chronicle, doubts, nowMs: () => 0 })
  const before = bench.facts.length
  line.hear(bench.clock.nowUs, bench.clock.nowUs)
  for (const fact of bench.facts.slice(before)) chronicle.onFact(fact)
  const said = chronicle.messages().map(({ severity, text }) => `${severity}: ${text}`)
  expect(said.sort()).toEqual(['alarm: alarm of the venue', 'info: info of the venue', 'warning: warning of the venue'])
  expect(bench.factsOf('RISK_FLAGGED').map(({ code }) => code)).toEqual(['VENUE_ALARM'])
})
