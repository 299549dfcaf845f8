import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { closeCrashedSessions } from '../../src/core/session/open-engine.ts'
import { enter } from '../core/report/eventful-session.ts'
import { DEMO, LINEAR, ScriptedSession, type SessionScript, temporaryFolder, writeStore } from '../core/report/recorded-store.ts'
import { queryOne } from './harness.ts'

const folder = temporaryFolder()
afterAll(() => folder.remove())

interface Left {
  readonly resting: number
  readonly unanswered: number
  /** Durable, when it died before anything could leave. */
  readonly prepared?: number
}

/** A session that died with so many orders of each kind, closed by the next start. */
async function closed(name: string, { resting, unanswered, prepared = 0 }: Left, script: SessionScript) {
  const path = join(folder.path, name, 'dita.db')
  await writeStore(path, (journal) => {
    const session = new ScriptedSession(journal, name, { capital: { USDT: '100000' }, instrument: LINEAR, maxExposure: '0', ...script })
    for (let order = 0; order < resting + unanswered + prepared; order += 1) {
      session.unanswered = order < resting ? 0 : 1
      if (order >= resting + unanswered) session.commit = () => void session.engine.commit()
      enter(session, `s${order + 1}`, { price: '28000', quantity: '0.01' })
    }
  })
  const told: string[] = []
  await writeStore(path, (journal) => expect(closeCrashedSessions(journal, (text) => told.push(text))).toEqual([name]))
  const end = queryOne<{ reason: string; detail: string }>(path, 'SELECT halt_reason AS reason, halt_detail AS detail FROM sessions')
  return { ...end, told }
}

describe('J02 the end that the next start writes for a crashed session', () => {
  const ended = 'the process ended without writing a halt'

  test.each([
    { name: 'none', resting: 0, unanswered: 0, found: 'no order was live' },
    { name: 'one', resting: 1, unanswered: 0, found: '1 order was live' },
    { name: 'doubted', resting: 0, unanswered: 1, found: '1 order was live and in doubt' },
    { name: 'prepared', resting: 0, unanswered: 0, prepared: 1, found: '1 order was live and in doubt' },
    { name: 'two', resting: 1, unanswered: 1, found: '2 orders were live, 1 of them in doubt' },
    { name: 'calm', resting: 2, unanswered: 0, found: '2 orders were live, none of them in doubt' },
  ])('J02 says what was found at a venue: $found', async ({ name, found, ...left }) => {
    expect(await closed(name, left, { account: 'bingx-demo/main', place: DEMO })).toEqual({
      reason: 'crashed',
      detail: `${ended}; ${found}`,
      told: [
        expect.stringMatching(new RegExp(`^The session ${name} before this one crashed; .* from 2025-10-09T\\S+\\. Found: ${found}\\.$`)),
      ],
    })
  })

  test('J02 doubts nothing of a paper exchange, which ended with its process', async () => {
    const end = await closed('paper', { resting: 1, unanswered: 1 }, {})
    expect(end.detail).toBe(`${ended}; 2 orders were live`)
  })
})
