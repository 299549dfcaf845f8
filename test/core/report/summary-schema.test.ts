import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { summarizeFromStore } from '../../../src/core/report/open-report.ts'
import type { SummaryView } from '../../../src/core/report/summary-view.ts'
import { beEventful, beHedged, EVENTFUL, HEDGED } from './eventful-session.ts'
import { makeMarket, ScriptedSession, temporaryFolder, writeStore } from './recorded-store.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const PUBLISHED = `${ROOT}docs/schema/summary.json`

const folder = temporaryFolder()
const summaries: SummaryView[] = []

beforeAll(async () => {
  const path = join(folder.path, 'dita.db')
  await writeStore(path, (journal) => {
    const busy = new ScriptedSession(journal, 'busy', { capital: { XRP: '500', RLUSD: '20000' } })
    makeMarket(busy, { seed: 4, ticks: 40 })
    busy.halt('duration_elapsed')
    const eventful = new ScriptedSession(journal, 'eventful', EVENTFUL)
    beEventful(eventful)
    const hedged = new ScriptedSession(journal, 'hedged', HEDGED)
    beHedged(hedged)
    const empty = new ScriptedSession(journal, 'empty')
    empty.halt('startup_failure', 'nothing began')
  })
  for (const session of ['busy', 'eventful', 'hedged', 'empty']) summaries.push(await summarizeFromStore(path, session))
})
afterAll(() => folder.remove())

/** The published schema, so strict that a key that it does not know is refused as well. */
function strictSchema() {
  const text = readFileSync(PUBLISHED, 'utf8')
  return z.fromJSONSchema(
    JSON.parse(text, (_key, value) =>
      value?.type === 'object' && value.properties !== undefined ? { ...value, additionalProperties: false } : value,
    ),
  )
}

describe('docs/schema/summary.json', () => {
  test('is what the types of the summary say', async () => {
    const made = execFileSync(process.execPath, ['tools/summary-schema.js'], { cwd: ROOT, encoding: 'utf8' })
    await expect(made).toMatchFileSnapshot(PUBLISHED)
  })

  test('is kept by summaries of all kinds, and none of them has a key that is not in it', () => {
    for (const view of summaries) {
      const { error } = strictSchema().safeParse(JSON.parse(JSON.stringify(view)))
      expect({ session: view.sessionId, issues: error?.issues ?? [] }).toEqual({ session: view.sessionId, issues: [] })
    }
  })

  test('refuses money that is a number, a key that is missing and one that nobody knows', () => {
    const schema = strictSchema()
    const [view] = summaries
    const takes = (change: object) => schema.safeParse({ ...JSON.parse(JSON.stringify(view)), ...change }).success
    expect(takes({})).toBe(true)
    expect(takes({ pnl: { ...view?.pnl, net: 5 } })).toBe(false)
    expect(takes({ time: {} })).toBe(false)
    expect(takes({ extra: 1 })).toBe(false)
  })
})
