// What may be booked as capital by hand, while a session runs and while none does.

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openReader } from '../../src/core/journal/read.ts'
import { type Decimal, dec } from '../../src/core/kernel/decimal.ts'
import { bookCapital, moveCapital } from '../../src/core/session/capital.ts'
import { fill, quote } from '../core/report/eventful-session.ts'
import { DEMO, LINEAR, ScriptedSession, type SessionScript, SPOT, START_US, writeStore } from '../core/report/recorded-store.ts'
import { failureOf, newStore, query } from './harness.ts'
import { exchange, REST, session, strategyFile } from './world.ts'

const HOUR_US = 3_600_000_000

/** A store with one session that has ended, and what a flow books there at `wallUs`. */
async function storeWith(script: SessionScript, play: (session: ScriptedSession) => void = () => undefined) {
  const storePath = newStore()
  await writeStore(storePath, (journal) => {
    const session = new ScriptedSession(journal, 'one', script)
    session.tick(dec('2'))
    play(session)
    session.halt('duration_elapsed')
  })
  const move = (amount: string, wallUs = START_US + HOUR_US, asset = 'RLUSD') =>
    moveCapital({
      storePath,
      account: 'paper/one',
      move: { asset, amount, note: 'by hand' },
      holder: 'dita capital deposit',
      pid: process.pid,
      wallUs: () => wallUs,
    })
  return { storePath, move }
}

async function timesOf(storePath: string): Promise<number[]> {
  const reader = openReader(storePath)
  try {
    return await reader.snapshot(async (db) => {
      const rows = await db.selectFrom('capital_events').select('time_us').where('note', '=', 'by hand').orderBy('seq').execute()
      return rows.map(({ time_us }) => time_us)
    })
  } finally {
    await reader.close()
  }
}

describe('N10 capital that is booked by hand', () => {
  test('has the time of a rehearsed account, which is its feed’s, and never runs back', async () => {
    const { storePath, move } = await storeWith({ capital: { RLUSD: '10' } })
    await move('5')
    await move('-15')
    const [first, second] = await timesOf(storePath)
    expect(first).toBe(second)
    expect(first).toBeLessThan(START_US + HOUR_US)
  })

  test('has the world’s time at a venue, and no earlier one than the account’s last fact where the clock was set back', async () => {
    const { storePath, move } = await storeWith({ instrument: LINEAR, capital: { USDT: '10' }, place: DEMO })
    await move('5', START_US + HOUR_US, 'USDT')
    await move('5', START_US - HOUR_US, 'USDT')
    expect(await timesOf(storePath)).toEqual([START_US + HOUR_US, START_US + HOUR_US])
  })

  test('takes no more than there is, to the last digit, and leaves the store as it was', async () => {
    const { storePath, move } = await storeWith({ capital: { RLUSD: '10' } })
    const refused = await failureOf(move('-10.000000000000000001'))
    expect(refused).toMatchObject({ code: 'CAPITAL_TOO_LARGE', exitCode: 2 })
    expect(refused.message).toBe('The account paper/one holds 10 RLUSD: 10.000000000000000001 RLUSD cannot be withdrawn.')
    expect(await timesOf(storePath)).toEqual([])
    expect((await move('-10')).balanceAfter).toBe('0')
  })

  test('is refused while no session has seen the wallet of a venue: the first one takes on all that it finds', async () => {
    const { storePath, move } = await storeWith({ instrument: LINEAR, place: DEMO })
    expect(await failureOf(move('5', START_US, 'USDT'))).toMatchObject({ code: 'CAPITAL_UNSEEN', exitCode: 2 })
    expect(await timesOf(storePath)).toEqual([])
  })

  test('makes neither an account nor a store', async () => {
    const { storePath } = await storeWith({ capital: { RLUSD: '10' } })
    const elsewhere = { account: 'paper/other', move: { asset: 'RLUSD', amount: '1', note: '' } }
    const more = { holder: 'dita capital deposit' as const, pid: process.pid, wallUs: () => START_US }
    expect(await failureOf(moveCapital({ storePath, ...elsewhere, ...more }))).toMatchObject({ code: 'ACCOUNT_UNKNOWN', exitCode: 2 })
    const missing = join(storePath, '..', 'none.db')
    expect(await failureOf(moveCapital({ storePath: missing, ...elsewhere, ...more }))).toMatchObject({ code: 'STORE_MISSING' })
  })

  test('leaves what resting spot orders of a rehearsal would pay with, and comes back as a denial where the kernel takes it not', async () => {
    await writeStore(newStore(), (journal) => {
      const session = new ScriptedSession(journal, 'one', { instrument: SPOT, capital: { RLUSD: '100', XRP: '50' }, maxExposure: '0' })
      session.tick(dec('2'))
      quote(session, 'bid', { price: '1.5', quantity: '20' })
      const flow = (amount: string, asset: string): Decimal =>
        bookCapital(session.engine, session.timeUs, { asset, amount: dec(amount), note: 'by hand' }).balanceAfter
      expect(() => flow('-70.1', 'RLUSD')).toThrow(
        'holds 100 RLUSD, and positions and orders bind 30 of it: 70.1 RLUSD cannot be withdrawn',
      )
      expect([flow('-70', 'RLUSD'), flow('-50', 'XRP')]).toEqual([dec('30'), 0n])
      const endless = { asset: 'RLUSD', amount: (10n ** 34n) as Decimal, note: 'by hand' }
      expect(() => bookCapital(session.engine, session.timeUs, endless)).toThrow('The flow was not booked')
      session.commit()
    })
  })

  test('leaves what open positions of a rehearsal have lost, and their margin at the leverage that holds', async () => {
    await writeStore(newStore(), (journal) => {
      const session = new ScriptedSession(journal, 'one', { instrument: LINEAR, capital: { USDT: '1000' }, maxExposure: '0' })
      session.tick(dec('100'))
      fill(session, quote(session, 'bid', { price: '100', quantity: '20' }), { price: '100', quantity: '20', fee: '0' })
      session.tick(dec('95'))
      const flow = (amount: string): Decimal =>
        bookCapital(session.engine, session.timeUs, { asset: 'USDT', amount: dec(amount), note: 'by hand' }).balanceAfter
      // 20 at 95 with a leverage of 10 is 190, and 100 are lost so far.
      expect(() => flow('-710.1')).toThrow('holds 1000 USDT, and positions and orders bind 290 of it')
      expect(flow('-710')).toBe(dec('290'))
      session.commit()
    })
  })

  test('at a venue counts once: its first session takes on what it finds, and what differs later is flagged until a hand books it', {
    timeout: 120_000,
  }, async () => {
    const at = await exchange()
    const storePath = newStore()
    const words: string[] = []
    const onWords = (text: string): void => void words.push(text)
    const trade = async (sessionId: string): Promise<void> => {
      const { ended } = session(at, { sessionId, seconds: 1, storePath, onWords, config: { strategy: { name: strategyFile(REST) } } })
      expect((await ended).halt.reason).toBe('duration_elapsed')
    }
    const book = (amount: string) =>
      moveCapital({
        storePath,
        account: 'bingx-demo/main',
        move: { asset: 'USDT', amount, note: 'by hand' },
        holder: 'dita capital deposit',
        pid: process.pid,
        wallUs: () => Date.now() * 1_000,
      })
    const flagged = (): readonly string[] =>
      query<{ id: string }>(storePath, "SELECT session_id AS id FROM risk_events WHERE code = 'RECONCILE_BALANCE_DIFFERS'").map(
        ({ id }) => id,
      )

    await trade('first')
    await book('5')
    words.length = 0
    await trade('differs')
    // The message and the count on the screen are of one and the same.
    expect(words.some((text) => text.includes('reconciled: 1 found (in the wallet), 0 steps taken, 1 remains'))).toBe(true)
    const counts = words.flatMap((text) => /recovery: (\{[^}]*\})/.exec(text)?.[1] ?? [])
    expect([...new Set(counts)]).toEqual(['{ found: 1, done: 0, remaining: 1 }'])
    expect(flagged()).toEqual(['differs'])
    await book('-5')
    await trade('agrees')
    expect(flagged()).toEqual(['differs'])
    const flows = query<{ amount: string }>(storePath, 'SELECT amount FROM capital_events ORDER BY seq').map(({ amount }) => amount)
    expect(flows).toEqual(['10000', '5', '-5'])
  })
})
