// What a screen is told of a session in the world: real sockets on loopback, an exchange that loses things.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '../../src/core/config/load-config.ts'
import { openRehearsal } from '../../src/core/exchange/bingx/open-rehearsal.ts'
import { SessionControl } from '../../src/core/session/control.ts'
import { machineClock } from '../../src/core/session/pacer.ts'
import { runSession } from '../../src/core/session/run-session.ts'
import type { SessionViewModel } from '../../src/core/session/view-model.ts'
import { newStore, query, SECOND_US, temporaryFolder } from './harness.ts'

/** The second order never arrives, and no question about an order is answered until the faults are taken away. */
const PLAN = `
faults:
  - fault: request_lost
    where: { every: 2 }
    times: 1
  - fault: http_504_refused
    on: { endpoint: query }
`

test('K23 V07 an order that nobody can say anything about is on the screen until the end, and the venue with its errors', {
  timeout: 60_000,
}, async () => {
  const folder = temporaryFolder()
  const faultPlanPath = join(folder, 'plan.yaml')
  writeFileSync(faultPlanPath, PLAN)
  const credentials = { apiKey: 'test-key', secret: 'test-secret' }
  const at = await openRehearsal({
    ...{ port: 0, feed: 'simulated', seed: 7, speed: 1, faultPlanPath, faultSeed: null, truthPath: join(folder, 'truth.jsonl') },
    ...{ credentials, controlToken: 'token', balance: '10000' },
    onFailure: (error) => {
      throw error
    },
  })
  onTestFinished(() => at.close())
  const models: SessionViewModel[] = []
  const control = new SessionControl()
  const mending: Promise<Response>[] = []
  const publish = (model: SessionViewModel): void => {
    models.push(model)
    if (mending.length > 0 || !model.doubts.some(({ status }) => status === 'quarantined')) return
    const headers = { authorization: 'Bearer token', 'content-type': 'application/json' }
    mending.push(fetch(`${at.restUrl}/control/faults`, { method: 'POST', headers, body: '{"clear": true}' }))
  }
  const config = {
    mode: 'demo',
    feed: { source: 'live' },
    venue: { instrument: 'BTC/USDT:USDT', rest_url: at.restUrl, stream_url: at.streamUrl },
    engine: {
      tick_interval_seconds: 0.2,
      order_validity_seconds: 2,
      absence_margin_seconds: 0.5,
      query_spacing_seconds: 0.3,
      quarantine_after_seconds: 2,
    },
    strategy: { market_maker: { order_notional: 300, max_inventory_notional: 2000 } },
  }
  const storePath = newStore()
  await runSession({
    config: loadConfig({ file: '/dita.yaml', text: JSON.stringify(config) }),
    ...{ sessionId: 'seen', durationUs: 6 * SECOND_US, speed: 1, storePath, onStart: 'adopt', random: () => 0.5, control },
    environment: { DITA_BINGX_API_KEY: credentials.apiKey, DITA_BINGX_API_SECRET: credentials.secret },
    process: { pid: process.pid, host: 'test', version: '0.0.0' },
    wall: { ...machineClock(), wallUs: () => Date.now() * 1000 },
    observer: { wants: () => true, publish },
    log: { info: () => undefined, error: () => undefined },
  })
  expect((await Promise.all(mending)).map(({ ok }) => ok)).toEqual([true])
  const [lost] = query<{ id: string }>(storePath, "SELECT entity_id AS id FROM transitions WHERE to_state = 'quarantined'")
  const seen = models.flatMap(({ doubts }) => doubts.filter(({ clientOrderId }) => clientOrderId === lost?.id))
  expect(seen.map(({ status }) => status)).toEqual(expect.arrayContaining(['in_doubt', 'quarantined']))
  expect(Math.max(...seen.map(({ asks }) => asks))).toBeGreaterThan(0)
  expect(models[0]).toMatchObject({ phase: 'starting', sessionId: 'seen', recovery: null })
  const last = models.at(-1)
  expect(last).toMatchObject({ phase: 'halted', venue: 'bingx', mode: 'demo' })
  // It is asked about again only after half a minute.
  expect(last?.doubts).toContainEqual(expect.objectContaining({ clientOrderId: lost?.id, status: 'quarantined' }))
  expect(last?.venueHealth?.errors.map(({ code }) => code)).toEqual(expect.arrayContaining(['HTTP_504', 'RESET']))
  expect(last?.venueHealth?.calls).toBeGreaterThan(0)
})
