// The whole taxonomy of halts: each reason is reached through its real cause, and the store says so with value and limit.

import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { haltsPage } from '../../scripts/halts-page.ts'
import { EXIT } from '../../src/core/errors.ts'
import { HALT_REASONS, haltEntry } from '../../src/core/halt-reasons.ts'
import { sessionsOfStore, summarizeFromStore } from '../../src/core/report/open-report.ts'
import { HALT_CASES, type HaltCase } from './halt-cases.ts'
import { query, queryOne } from './harness.ts'

const CASES = Object.entries<HaltCase>(HALT_CASES)

test('S02 every reason of the taxonomy has a case, and no case is of another', () => {
  expect(CASES.map(([reason]) => reason).sort()).toEqual(Object.keys(HALT_REASONS).sort())
})

test('S02 a session ends with the exit code that the table says, save where a failure at the start brings one of its own', () => {
  // Who was killed ends with no code at all.
  const ownCodes = CASES.filter(([reason, { exitCode }]) => exitCode >= 0 && exitCode !== haltEntry(reason).exitCode)
  expect(ownCodes.map(([reason, { exitCode }]) => [reason, exitCode])).toEqual([['startup_failure', EXIT.unreachable]])
})

test('docs/HALTS.md is what the taxonomy says (`npx vitest run test/session/halt-taxonomy.test.ts -u -t HALTS` writes it anew)', async () => {
  const causes = Object.fromEntries(CASES.map(([reason, { cause }]) => [reason, cause]))
  await expect(haltsPage(causes)).toMatchFileSnapshot(fileURLToPath(new URL('../../docs/HALTS.md', import.meta.url)))
})

describe('S01 S02 a session ends', { timeout: 90_000 }, () => {
  test.each(CASES)('as %s by its real cause', async (listed, { exitCode, detail, limit, play, reason = listed }) => {
    const ended = await play()
    const { storePath, sessionId } = ended
    const stored = queryOne<{ reason: string; detail: string | null }>(
      storePath,
      'SELECT halt_reason AS reason, halt_detail AS detail FROM sessions WHERE session_id = ?',
      sessionId,
    )
    expect(stored.reason).toBe(reason)
    expect(stored.detail).toEqual(detail === null ? null : expect.stringMatching(detail))
    expect(ended.exitCode).toBe(exitCode)
    expectFlagged(storePath, { sessionId, reason, limit })
    const { sessions } = await sessionsOfStore(storePath, { limit: 10 })
    expect(sessions.find((line) => line.sessionId === sessionId)).toMatchObject({ haltReason: reason, trouble: null })
    const summary = await summarizeFromStore(storePath, sessionId)
    expect(summary).toMatchObject({ haltReason: reason, haltDetail: stored.detail })
    expect(haltEntry(reason).means).not.toBe('')
  })
})

/** A gate that spoke stands in `risk_events` under its reason, with the value and the limit that the detail names too. */
function expectFlagged(
  storePath: string,
  { sessionId, reason, limit }: { readonly sessionId: string; readonly reason: string; readonly limit: string | undefined },
): void {
  const alarms = query<{ value: string; limit_value: string; detail: string }>(
    storePath,
    `SELECT value, limit_value, detail FROM risk_events WHERE session_id = ? AND code = ? AND severity = 'alarm'`,
    sessionId,
    reason,
  )
  if (limit === undefined) {
    expect(alarms).toEqual([])
    return
  }
  const [alarm] = alarms
  expect(alarms).toHaveLength(1)
  expect(alarm?.limit_value).toBe(limit)
  expect(Number(alarm?.value)).toBeGreaterThanOrEqual(Number(limit))
  for (const figure of [alarm?.value, limit]) expect(alarm?.detail).toContain(` ${figure} `)
}
