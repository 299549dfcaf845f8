import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dec } from '../../../src/core/kernel/decimal.ts'
import { sessionsOfStore, summarizeFromStore } from '../../../src/core/report/open-report.ts'
import type { SessionLine, SessionsView } from '../../../src/core/report/sessions.ts'
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
    const only = join(folder.path, 'only.db')
    await writeStore(only, (journal) => new ScriptedSession(journal, 'alone').halt('duration_elapsed'))
    expect(await found('nope', only)).toContain('begins with "nope". The only one is alone.')
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
    expect(lines[1]).toMatch(/^may-1 .* ran its time$/)
    expect(lines[4]).toMatch(/^zoo .* {2}crashed$/)
  })

  test('S01 tells who ended a session where its reason stands for several, and a gate from an end that was meant', async () => {
    const view = await sessionsOfStore(path, { limit: 1 })
    const [line] = view.sessions
    const endOf = (haltReason: string | null, haltDetail: string | null = null, running = false): string | undefined =>
      renderSessions({ ...view, sessions: view.sessions.map((each) => ({ ...each, haltReason, haltDetail, running })) })
        .split('\n')[1]
        ?.split(/ {2,}/)
        .at(-1)
    expect(line).toMatchObject({ haltReason: 'duration_elapsed', haltDetail: null })
    expect(endOf('engine_requested_halt', 'stopped with q')).toBe('stopped with q')
    expect(endOf('engine_requested_halt', 'the strategy mine asked for it: enough')).toBe('strategy asked')
    expect(endOf('engine_requested_halt', 'The strategy mine failed in onTick: oops.')).toBe('failed: strategy error')
    expect(endOf('risk_loss_limit', '101 is beyond 100')).toBe('halted: loss limit')
    expect(endOf(null, null, true)).toBe('still running')
  })

  /** As ids, amounts and names usually are. */
  const usual = (changes: Partial<SessionLine> = {}): SessionsView => {
    const line: SessionLine = {
      ...{ sessionId: '20261120-185522-rjq', mode: 'paper', venue: 'paper', account: 'main', strategy: 'market_maker' },
      ...{ instrument: 'XRP/RLUSD', feedSource: 'simulated', startedWallUs: 1, startedAtUs: 1, ranUs: 1_800_000_000, fills: 1_412 },
      ...{ fillsAfter: 0, pnl: { asset: 'RLUSD', realized: '5', net: '-20.682698' }, running: false, haltReason: 'duration_elapsed' },
      ...{ haltDetail: null, trouble: null },
    }
    return {
      count: 2,
      sessions: [
        { ...line, ...changes },
        { ...line, ranUs: 754_000_000, haltReason: 'risk_loss_limit' },
      ],
    }
  }

  test('is a line a session within 80 columns, the same on a pipe as on a terminal of that width', () => {
    const text = renderSessions(usual())
    expect(text.split('\n')).toEqual([
      'session              mode   market         ran  fills  net RLUSD  ended',
      '20261120-185522-rjq  paper  XRP/RLUSD      30m  1,412   -20.6827  ran its time',
      '20261120-185522-rjq  paper  XRP/RLUSD  12m 34s  1,412   -20.6827  halted: loss limit',
    ])
    const crashed = renderSessions(usual({ mode: 'demo', instrument: 'BTC/USDT:USDT', haltReason: 'crashed' })).split('\n')[1]
    expect(crashed).toMatch(/ {2}crashed$/)
    expect(crashed?.length).toBeLessThanOrEqual(80)
    expect(renderSessions(usual(), { width: 86 })).toBe(text)
    expect(renderSessions(usual(), { width: 80 }).split('\n')[2]).toMatch(/ {2}halted: loss…$/)
    expect(renderSessions(usual(), { width: 120 }).split('\n')[0]).toMatch(/^session +started \(UTC\) +mode +strategy +market/)
  })

  test('fits every terminal: what is wanted least goes first, the id and the end stay', () => {
    for (const changes of [{}, { instrument: 'BTC/USDT:USDT', pnl: { asset: 'USDT', realized: '0', net: '12345.6789' } }]) {
      for (let width = 40; width <= 140; width += 1) {
        const lines = renderSessions(usual(changes), { width }).split('\n')
        expect(lines).toHaveLength(3)
        expect(lines.filter((line) => line.length > width)).toEqual([])
        expect(lines[2]).toMatch(/^20261120-185522-rjq .*halted: l/)
      }
    }
  })

  test('assets that differ stand behind their amounts', () => {
    const lines = renderSessions(usual({ pnl: { asset: 'BTC', realized: '0', net: '0.00012' } })).split('\n')
    expect(lines[0]).toContain(' net  ')
    expect(lines[1]).toContain('+0.0001 BTC')
    expect(lines[2]).toContain('-20.6827 RLUSD')
  })

  test('of a store without sessions says how to get one', async () => {
    expect(renderSessions(await sessionsOfStore(empty, { limit: 10 }))).toContain('`dita run`')
  })
})
