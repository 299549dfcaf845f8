// What a venue does not take: every effect of a commit has left, or is noted as not sent, or is in doubt.

import { describe, expect, test } from 'vitest'
import { DitaError, EXIT } from '../../src/core/errors.ts'
import type { Effect } from '../../src/core/venue/port.ts'
import { MINUTE_US, query } from './harness.ts'
import { buildRig, type Rig } from './rig.ts'

const MARKET = { strategyName: 'market_maker', durationUs: 3 * MINUTE_US, seed: 11 } as const

const queueFull = (): DitaError =>
  new DitaError('VENUE_QUEUE_FULL', { fault: 'dita', exitCode: EXIT.defect, message: '20000 events wait.', next: 'Take them.' })

const idOf = (effect: Effect): string => (effect.type === 'submit' ? effect.request.clientOrderId : effect.clientOrderId)

interface Failing {
  readonly rig: Rig
  /** What the venue threw at. */
  readonly refused: Effect[]
}

/** A venue that throws at the first effects of a kind, once it was sent some, so that others of the same commit follow. */
async function failingAt(type: Effect['type'], times: number, failure: () => Error): Promise<Failing> {
  const refused: Effect[] = []
  const rig = await buildRig({
    ...MARKET,
    onSend(effect) {
      if (effect.type !== type || refused.length >= times || rig.venue.sent.length < 20) return
      refused.push(effect)
      throw failure()
    },
  })
  return { rig, refused }
}

async function ended({ rig }: Failing): Promise<unknown> {
  const thrown = await rig.loop.run().then(
    () => null,
    (error: unknown) => error,
  )
  await rig.loop.stop()
  rig.engine.commit()
  await rig.close()
  return thrown
}

const preparedOf = ({ rig }: Failing): string[] =>
  query<{ id: string }>(rig.storePath, 'SELECT client_order_id AS id FROM orders ORDER BY intent_seq').map(({ id }) => id)

const movesOf = ({ rig }: Failing, entity: 'order' | 'cancel', id: string): string[] =>
  query<{ to: string }>(
    rig.storePath,
    'SELECT to_state AS "to" FROM transitions WHERE entity = ? AND entity_id = ? ORDER BY seq',
    entity,
    id,
  ).map(({ to }) => to)

describe('a venue whose queue is full', () => {
  test('L05 an order that it does not take is noted as never sent, the others of the commit leave, and the session goes on', async () => {
    const failing = await failingAt('submit', 3, queueFull)
    expect(await ended(failing)).toBe(null)
    const { rig, refused } = failing
    const left = rig.venue.sent.flatMap(({ effect }) => (effect.type === 'submit' ? [idOf(effect)] : []))
    const kept = refused.map(idOf)
    expect(kept.length).toBe(3)
    expect([...left, ...kept].sort()).toEqual(preparedOf(failing).sort())
    for (const id of kept) expect(movesOf(failing, 'order', id)).toEqual(['rejected'])
    const [moved] = query<{ reason: string }>(
      rig.storePath,
      "SELECT json_extract(body, '$.reason') AS reason FROM journal WHERE type = 'ORDER_MOVED' AND body LIKE '%' || ? || '%'",
      kept[0] ?? '',
    )
    expect(moved?.reason).toMatch(/^NOT_SENT_QUEUE_FULL: it was never sent/)
    // It trades on afterwards.
    expect(left.length).toBeGreaterThan(40)
  })

  test('L05 a cancel that it does not take is asked for again, until nothing rests any more', async () => {
    const failing = await failingAt('cancel', 2, queueFull)
    expect(await ended(failing)).toBe(null)
    const { rig, refused } = failing
    expect(refused.length).toBe(2)
    for (const id of refused.map(idOf)) {
      expect(movesOf(failing, 'cancel', id).slice(0, 2)).toEqual(['requested', 'refused'])
      expect(rig.venue.sent.some(({ effect }) => effect.type === 'query' && idOf(effect) === id)).toBe(true)
    }
    expect(rig.venue.paper.exchange.openOrders()).toEqual([])
    expect([...rig.engine.view.liveOrders.keys()]).toEqual([])
  })

  test('L05 a question that it does not take is asked again', async () => {
    const refused: Effect[] = []
    let limited: string | null = null
    const rig = await buildRig({
      ...MARKET,
      onSend(effect) {
        if (effect.type !== 'query' || idOf(effect) !== limited || refused.length >= 2) return
        refused.push(effect)
        throw queueFull()
      },
      refuse(effect) {
        if (limited !== null || effect.type !== 'submit' || rig.venue.sent.length < 20) return null
        limited = idOf(effect)
        return { type: 'UNRECOGNISED', raw: 'a word of nobody', clientOrderId: limited, venueOrderId: null }
      },
    })
    const failing = { rig, refused }
    expect(await ended(failing)).toBe(null)
    expect(refused.length).toBe(2)
    expect(rig.venue.sent.some(({ effect }) => effect.type === 'query' && idOf(effect) === limited)).toBe(true)
    expect(movesOf(failing, 'order', limited ?? '').at(-1)).toBe('absent')
  })
})

describe('a venue that breaks while it is sent to', () => {
  test('V01 leaves the order in doubt, lets out the others of the commit, and the failure is not swallowed', async () => {
    const failing = await failingAt('submit', 1, () => new Error('a bolt has sheared'))
    const thrown = await ended(failing)
    expect(String(thrown)).toContain('a bolt has sheared')
    const { rig, refused } = failing
    const [id = ''] = refused.map(idOf)
    expect(movesOf(failing, 'order', id)[0]).toBe('in_doubt')
    const left = rig.venue.sent.flatMap(({ effect }) => (effect.type === 'submit' ? [idOf(effect)] : []))
    expect([...left, id].sort()).toEqual(preparedOf(failing).sort())
    // A bid and an ask are committed together: what came after the failing one left.
    expect(preparedOf(failing).at(-1)).not.toBe(id)
  })
})
