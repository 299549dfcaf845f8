import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dec } from '../../../src/core/kernel/decimal.ts'
import { sessionsOfStore, summarizeFromStore } from '../../../src/core/report/open-report.ts'
import { renderSessions } from '../../../src/core/report/sessions-text.ts'
import { makeMarket, ScriptedSession, temporaryFolder, writeStore } from './recorded-store.ts'

const folder = temporaryFolder()
const path = join(folder.path, 'dita.db')
const empty = join(folder.path, 'empty.db')

beforeAll(async () => {
  await writeStore(empty, () => undefined)
  await writeStore(path, (journal) => {
    // Started in another order than their names and their session time say.
    const started = { 'may-1': 30, 'may-10': 10, june: 20, zoo: 5 }
    for (const [sessionId, startedWallUs] of Object.entries(started)) {
      const session = new ScriptedSession(journal, sessionId, { startedWallUs, capital: { XRP: '100', RLUSD: '100' } })
      if (sessionId === 'june') makeMarket(session, { seed: 4, ticks: 30 })
      session.tick(dec('2'))
      if (sessionId !== 'zoo') session.halt('duration_elapsed')
    }
  })
})
afterAll(() => folder.remove())

async function found(reference: string, store = path): Promise<string> {
  return summarizeFromStore(store, reference).then(
    ({ sessionId }) => sessionId,
    (error: Error & { code?: string; exitCode?: number }) => `${error.exitCode} ${error.code}: ${error.message}`,
  )
}

describe('which session is meant', () => {
  test('`latest` is the one that was really started last', async () => {
    expect(await found('latest')).toBe('may-1')
  })

  test('a whole id wins over the longer ones that begin with it', async () => {
    expect(await found('may-1')).toBe('may-1')
  })

  test('a beginning that only one id has names it', async () => {
    expect(await found('ju')).toBe('june')
    expect(await found('may-10')).toBe('may-10')
  })

  test('a beginning that several ids have is refused, naming them', async () => {
    expect(await found('may')).toBe('2 AMBIGUOUS_SESSION: 2 sessions begin with "may": may-1, may-10.')
  })

  test('an id that no session has is refused, naming the newest', async () => {
    expect(await found('nope')).toBe(
      '2 UNKNOWN_SESSION: No session of this store begins with "nope". The newest are may-1, june, may-10, zoo.',
    )
    expect(await found('')).toContain('UNKNOWN_SESSION')
    expect(await found('MAY-1%')).toContain('UNKNOWN_SESSION')
  })

  test('a store without sessions and a store that is not there say what to do', async () => {
    expect(await found('latest', empty)).toBe('2 NO_SESSIONS: This store holds no session yet.')
    expect(await found('latest', join(folder.path, 'none.db'))).toContain('2 STORE_MISSING')
  })
})

describe('the list of sessions', () => {
  test('is newest first, with the figures of each summary', async () => {
    const { count, sessions } = await sessionsOfStore(path, { limit: 10 })
    expect(count).toBe(4)
    expect(sessions.map(({ sessionId }) => sessionId)).toEqual(['may-1', 'june', 'may-10', 'zoo'])
    for (const line of sessions) {
      const view = await summarizeFromStore(path, line.sessionId)
      expect(line).toMatchObject({
        fills: view.fills.count,
        pnl: { realized: view.pnl.realized, net: view.pnl.net },
        haltReason: view.haltReason,
        ranUs: view.time.ranUs,
        strategy: 'market_maker',
      })
    }
    expect(sessions[1]?.fills).toBeGreaterThan(0)
  })

  test('holds no more than asked for, and says that there are more', async () => {
    const view = await sessionsOfStore(path, { limit: 1 })
    expect(view.sessions).toHaveLength(1)
    expect(renderSessions(view)).toContain('and 3 earlier sessions; see --limit')
  })

  test('S01 names the end of each session, and says where none was written', async () => {
    const text = renderSessions(await sessionsOfStore(path, { limit: 10 }))
    const lines = text.split('\n')
    expect(lines).toHaveLength(5)
    expect(lines[1]).toMatch(/^may-1 .*duration_elapsed$/)
    expect(lines[4]).toMatch(/^zoo .*no end written: it crashed$/)
  })

  test('takes two lines a session where one is too long, and leaves nothing out', async () => {
    const view = await sessionsOfStore(path, { limit: 10 })
    const wide = renderSessions(view)
    const lines = renderSessions(view, { width: 80 }).split('\n')
    expect(Math.max(...wide.split('\n').map((line) => line.length))).toBeGreaterThan(80)
    expect(lines).toHaveLength(2 * 5)
    expect(lines.filter((line) => line.length > 80)).toEqual([])
    const words = (text: string): string[] => text.split(/\s+/).filter(Boolean).sort()
    expect(words(lines.join(' '))).toEqual(words(wide))
    expect(renderSessions(view, { width: 200 })).toBe(wide)
  })

  test('of a store without sessions says how to get one', async () => {
    expect(renderSessions(await sessionsOfStore(empty, { limit: 10 }))).toContain('`dita run`')
  })
})
