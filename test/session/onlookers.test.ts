// What a session shows of itself beside its state: the course of its result, how its quotes did, what its strategy says, its store.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { dec } from '../../src/core/kernel/decimal.ts'
import { CheckpointRecord, startCheckpoints } from '../../src/core/session/checkpoints.ts'
import { SessionControl } from '../../src/core/session/control.ts'
import { Course } from '../../src/core/session/course.ts'
import { figureModels } from '../../src/core/session/page-models.ts'
import type { SessionViewModel } from '../../src/core/session/view-model.ts'
import { MINUTE_US, onlooker, query, runPaper, SECOND_US, summaryOf, temporaryFolder } from './harness.ts'

/** Runs a market maker and hands back the models that somebody who always looks is shown. */
async function watched(wish: Parameters<typeof runPaper>[0] = {}) {
  const models: SessionViewModel[] = []
  const session = await runPaper({ durationUs: 10 * MINUTE_US, seed: 7, observer: onlooker((model) => models.push(model)), ...wish })
  const last = models.at(-1)
  if (last === undefined) throw new Error('nothing was shown')
  return { models, last, session }
}

describe('the course of the result', () => {
  test('it keeps the shape of a long session in little room', () => {
    const course = new Course()
    for (let second = 0; second < 100_000; second += 1) {
      const nowUs = second * SECOND_US
      if (course.isDue(nowUs)) course.add(nowUs, dec(String(second)))
    }
    const { samples, stepUs } = course
    expect(samples.length).toBeGreaterThan(60)
    expect(samples.length).toBeLessThan(240)
    expect(stepUs).toBeGreaterThan(400 * SECOND_US)
    expect(samples).toEqual([...samples].sort((one, other) => (one < other ? -1 : 1)))
  })

  test('nobody knows a result before the first mark: that is no sample, and is not asked for at every event', () => {
    const course = new Course()
    course.add(0, null)
    expect(course.samples).toEqual([])
    expect(course.isDue(1)).toBe(false)
  })

  test('its last sample is near the net of the model', async () => {
    const { last } = await watched()
    expect(last.course?.net.length).toBeGreaterThan(100)
    expect(Math.abs(Number(last.course?.net.at(-1)) - Number(last.pnl.net))).toBeLessThan(1)
  })
})

describe('how quotes did', () => {
  test('S02 up-time and markouts are those of the summary', async () => {
    const { last, session } = await watched()
    const { quoting } = await summaryOf(session)
    const seen = last.quoting
    if (seen === null) throw new Error('no quote was seen')
    expect(seen.fills).toBeGreaterThan(10)
    expect([seen.ticks, seen.bothSides]).toEqual([quoting.ticks, quoting.upTime.twoSidedTicks])
    expect(seen.fills).toBe(quoting.markouts.fills)
    const told = quoting.markouts.horizons.filter(({ shorterThanTick }) => !shorterThanTick)
    expect(seen.markouts.map(({ horizonUs, fills }) => [horizonUs, fills])).toEqual(
      told.map(({ horizonUs, both }) => [horizonUs, both.fills]),
    )
    for (const [index, { meanBps, realizedBps }] of seen.markouts.entries()) {
      const { both } = told[index] ?? { both: null }
      if (both === null || both.meanBps === null || both.realizedSpreadBps === null) throw new Error('the summary has no figure')
      expect(Number(meanBps)).toBeCloseTo(Number(both.meanBps), 1)
      expect(Number(realizedBps)).toBeCloseTo(Number(both.realizedSpreadBps), 1)
    }
  })

  test('a strategy that quotes nothing has none', async () => {
    expect((await watched({ strategy: 'breakout', durationUs: 2 * MINUTE_US })).last.quoting).toBeNull()
  })
})

describe('what a strategy says of itself', () => {
  test('the built-in ones do', async () => {
    const maker = await watched({ durationUs: MINUTE_US })
    expect(maker.last.figures.map(({ name }) => name)).toEqual(expect.arrayContaining(['of max inventory', 'quoted half-spread', 'wants']))
    const breakout = await watched({ strategy: 'breakout', durationUs: MINUTE_US })
    expect(breakout.last.figures.map(({ name }) => name)).toEqual(expect.arrayContaining(['mid', 'stop', 'next target']))
  })

  test.each([
    ['throw new Error("no figures today")', 'no figures today'],
    ['return 7', 'not a list'],
    ['return [{ name: "a", value: 1 }]', 'both texts'],
    ['return Array(17).fill({ name: "a", value: "b" })', 'not a list of at most 16'],
  ])('L04 one of a user that cannot say it (%s) goes on trading, and the screen says why', async (body, words) => {
    const path = join(temporaryFolder(), 'mine.ts')
    writeFileSync(path, `export default () => ({ name: 'mine', slotIds: [], onTick: () => [], figures() { ${body} } })`)
    const { last, session } = await watched({ strategy: path, durationUs: MINUTE_US })
    expect(last.figures).toEqual([{ name: 'figures failed', value: expect.stringContaining(words) }])
    expect(session.outcome.halt.reason).toBe('duration_elapsed')
  })

  test('long ones are cut', () => {
    const figures = () => [{ name: 'n'.repeat(500), value: 'v'.repeat(500) }]
    expect(figureModels({ figures })).toEqual([{ name: 'n'.repeat(60), value: 'v'.repeat(60) }])
  })

  test('nobody who looks, nobody who asks', async () => {
    const path = join(temporaryFolder(), 'mine.ts')
    writeFileSync(path, `export default () => ({ name: 'mine', slotIds: [], onTick: () => [], figures() { process.exit(97) } })`)
    const { outcome } = await runPaper({ strategy: path, durationUs: MINUTE_US })
    expect(outcome.halt.reason).toBe('duration_elapsed')
  })
})

describe('the store', () => {
  test('the WAL has a size, commits and ticks a pace', async () => {
    const { models } = await watched({ durationUs: MINUTE_US })
    const store = models.at(-1)?.store
    expect(store?.walBytes).toBeGreaterThan(0)
    expect(store).toMatchObject({ checkpoints: 0, checkpointsFailed: 0, lastCheckpoint: null })
    expect(store?.commitMedianMs).not.toBeNull()
  })

  test('L04 a checkpoint that fails is kept, logged, and told in a sentence; one that goes well after it is the last', async () => {
    const record = new CheckpointRecord()
    const outcomes = ['disk I/O error', null].map((error) => ({
      ...{ mode: 'PASSIVE', wallUs: 1, busy: false, logFrames: 3, checkpointedFrames: 3, elapsedMs: 1, complete: error === null, error },
    }))
    const said: string[] = []
    const logged: string[] = []
    const log = { info: (event: string) => logged.push(event), error: (event: string) => logged.push(event) }
    const checkpoint = () => outcomes.shift() as ReturnType<Parameters<typeof startCheckpoints>[1]['journal']['checkpoint']>
    {
      using _timer = startCheckpoints(0.01, {
        ...{ journal: { checkpoint }, log, record, before: () => undefined },
        failed: (text) => said.push(text),
      })
      for (let attempt = 0; attempt < 500 && outcomes.length > 1; attempt += 1) await new Promise((resolve) => setTimeout(resolve, 1))
      expect(record).toMatchObject({ done: 0, failed: 1, last: { error: 'disk I/O error' } })
      for (let attempt = 0; attempt < 500 && outcomes.length > 0; attempt += 1) await new Promise((resolve) => setTimeout(resolve, 1))
    }
    expect(record).toMatchObject({ done: 1, failed: 1, last: { error: null } })
    expect(said).toEqual(['A checkpoint of the store failed: disk I/O error.'])
    expect(logged).toEqual(['checkpoint_failed', 'checkpoint'])
  })
})

describe('an operator pauses and resumes', () => {
  test('what rests is taken back, nothing is sent, no denial is made; then it quotes again', async () => {
    const control = new SessionControl()
    const seen: SessionViewModel[] = []
    const observer = onlooker((model) => {
      seen.push(model)
      const minutes = model.elapsedUs / MINUTE_US
      if (minutes >= 2 && minutes < 3 && model.trading === 'active') control.askTrading('pause')
      if (minutes >= 4 && model.trading === 'halted') control.askTrading('resume')
    })
    const { storePath } = await runPaper({ durationUs: 6 * MINUTE_US, seed: 7, control, observer })
    const paused = seen.filter(({ elapsedUs }) => elapsedUs > 2.5 * MINUTE_US && elapsedUs < 3.5 * MINUTE_US)
    expect(new Set(paused.map(({ trading, orders }) => `${trading} ${orders.length}`))).toEqual(new Set(['halted 0']))
    const resumed = seen.filter(({ elapsedUs, phase }) => elapsedUs > 5 * MINUTE_US && phase === 'running')
    expect(new Set(resumed.map(({ trading }) => trading))).toEqual(new Set(['active']))
    expect(resumed.some(({ quotes }) => quotes.length === 2)).toBe(true)
    const moved = query<{ body: string }>(storePath, "SELECT body FROM journal WHERE type = 'TRADING_MOVED' ORDER BY seq").map(({ body }) =>
      JSON.parse(body),
    )
    expect(moved).toMatchObject([
      { from: 'active', to: 'halted', action: 'pause', reason: 'an operator asked for it' },
      { from: 'halted', to: 'active', action: 'resume' },
    ])
    expect(query(storePath, "SELECT seq FROM journal WHERE type = 'INTENT_DENIED' AND body LIKE '%TRADING_HALTED%'")).toEqual([])
  })

  test('the last word counts, and it is taken once', () => {
    const control = new SessionControl()
    control.askTrading('pause')
    control.askTrading('resume')
    expect([control.takeTradingWish(), control.takeTradingWish()]).toEqual(['resume', null])
  })
})

describe('facts as lines', () => {
  test('they are those of the journal, each once, in its order', async () => {
    const lines: string[] = []
    const seqs: number[] = []
    const factLines = {
      take(line: string, seq: number) {
        lines.push(line)
        seqs.push(seq)
      },
    }
    const { storePath } = await runPaper({ durationUs: 2 * MINUTE_US, seed: 7, sessionId: 'told', factLines })
    const rows = query<{ seq: number; time_us: number; body: string; account: string }>(
      storePath,
      'SELECT seq, time_us, body, name AS account FROM journal JOIN accounts USING (account_id) ORDER BY seq',
    )
    expect(rows.length).toBeGreaterThan(100)
    expect(seqs).toEqual(rows.map(({ seq }) => seq))
    for (const [index, { seq, time_us, body, account }] of rows.entries()) {
      expect(lines[index]).toBe(`{"sessionId":"told","account":${JSON.stringify(account)},"seq":${seq},"timeUs":${time_us},"fact":${body}}`)
    }
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ fact: { type: 'SESSION_HALTED', reason: 'duration_elapsed' } })
  })
})
