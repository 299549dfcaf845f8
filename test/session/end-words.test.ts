// Who ended a session, from the end itself to the words for it: sessions that really end so, and what is read off their detail. The end
// from the screen is in `test/tui/tmux.test.ts`.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { haltText, haltWords, REQUESTS } from '../../src/core/halt-reasons.ts'
import { queryOne, type RanSession, runPaper, SECOND_US, temporaryFolder } from './harness.ts'

function played(doing: string): Promise<RanSession> {
  const path = join(temporaryFolder(), 'mine.mjs')
  writeFileSync(path, `export default () => ({ name: 'mine', slotIds: [], onTick() { ${doing} } })`)
  return runPaper({ strategy: path, durationUs: 10 * SECOND_US })
}

/** As the store tells it to whoever lists, sums up or looks on. */
function toldOf({ storePath }: RanSession): string {
  const { reason, detail } = queryOne<{ reason: string; detail: string | null }>(
    storePath,
    'SELECT halt_reason AS reason, halt_detail AS detail FROM sessions',
  )
  return haltText(reason, detail)
}

describe('S01 a session that ends by', () => {
  test.each([
    ['a strategy that asks for it', "return [{ type: 'CONTROL', action: 'halt', reason: 'enough' }]", 'ended: strategy asked (enough)'],
    ['a strategy that throws', "throw new Error('oops')", 'failed: strategy error (The strategy mine failed in onTick: oops'],
    ['a strategy that throws no error', "throw 'asked for it'", 'failed: strategy error (The strategy mine failed in onTick: '],
    [
      'a strategy that returns no intent',
      "return [{ type: 'BUY' }]",
      'failed: strategy error (The strategy mine gave something that is no',
    ],
    ['a strategy that returns nothing', '', 'failed: strategy error (The strategy mine gave something that is no'],
    ['its time', 'return []', 'ended: ran its time'],
  ])('%s says so', async (_, doing, words) => {
    const session = await played(doing)
    expect(toldOf(session).slice(0, words.length)).toBe(words)
    // One name for every end, so that one search finds them all.
    const [ended, ...others] = session.log.filter(({ event }) => /^session_(ended|halted|failed)$/.test(event))
    expect(ended).toMatchObject({ level: 'info', event: 'session_halted', fields: { sessionId: 'whole', word: words.split(':')[0] } })
    expect(others).toEqual([])
  })
})

describe('S01 the sentences of who ended a session', () => {
  test('are recognised, whatever they are about', () => {
    const wordsOf = (detail: string) => haltWords('engine_requested_halt', detail)
    expect(wordsOf(REQUESTS.screen.say())).toMatchObject({ short: REQUESTS.screen.short, word: 'ended', rest: null })
    for (const name of ['mine', 'a: b', 'x'.repeat(64), 'it asked for it']) {
      expect(wordsOf(REQUESTS.strategy.say(name, null))).toMatchObject({ short: REQUESTS.strategy.short, rest: null })
      expect(wordsOf(REQUESTS.strategy.say(name, 'two\nlines: "so"'))).toMatchObject({ short: REQUESTS.strategy.short })
      for (const failure of [`The strategy ${name} failed in onTick: oops.`, `${name} was at fault.`, '']) {
        const broken = wordsOf(REQUESTS.brokenStrategy.say(name, failure))
        expect(broken).toMatchObject({ short: REQUESTS.brokenStrategy.short, verdict: 'no', word: 'failed' })
        expect(broken.rest).toContain(failure)
      }
    }
  })
})
