// Capital booked from the command line: on a store that nobody uses, between sessions, and while one runs. Needs dist/.

import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { renderCapitalMove } from '../../src/cli/capital.ts'
import { openWriter } from '../../src/core/journal/open.ts'
import type { Loose } from '../core/exchange/bingx/rehearsed.ts'
import { temporaryFolder, until } from '../core/exchange/bingx/rehearsed.ts'
import { plain, scaled } from '../core/report/fills-recount.ts'
import { type Running, startDita } from '../session/processes.ts'
import { dita, errorOf, type Outcome } from './dita.ts'

class Desk {
  readonly cwd = temporaryFolder()
  readonly store = join(this.cwd, '.dita', 'dita.db')

  constructor(config = 'mode: paper\npaper: { account: desk }\n') {
    writeFileSync(join(this.cwd, 'dita.yaml'), config)
  }

  dita(...args: readonly string[]): Promise<Outcome> {
    return dita(args, { cwd: this.cwd })
  }

  async json(...args: readonly string[]): Promise<Loose> {
    const { code, stdout, stderr } = await this.dita(...args, '--json')
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stdout}${stderr}`)
    return JSON.parse(stdout)
  }

  /** What a command that is refused says, with its exit code. */
  async refused(...args: readonly string[]): Promise<Loose> {
    return errorOf(await this.dita(...args, '--json'))
  }

  session(id: string): Promise<Loose> {
    return this.json('run', '--session', id, '--duration', '1m', '--speed', 'max')
  }

  start(id: string): Running {
    return startDita(['run', '--session', id, '--duration', '10m', '--speed', '1', '--json'], { cwd: this.cwd })
  }

  async holds(asset: string): Promise<string> {
    const { accounts } = await this.json('capital', 'list')
    return accounts[0].assets.find((line: Loose) => line.asset === asset).balance
  }

  /** Once the session has ticked: its money is in. */
  async ticking(id: string, running: Running): Promise<void> {
    const early = running.ended.then(({ stdout, stderr }) => Promise.reject(new Error(`it ended by itself: ${stdout}${stderr}`)))
    early.catch(() => undefined)
    const looked = until(async () => {
      const { code, stdout } = await this.dita('summarize', id, '--json')
      return code === 0 && JSON.parse(stdout).equity.start !== null
    })
    await Promise.race([looked, early])
  }
}

const less = (a: string, b: string): string => plain(scaled(a) - scaled(b))

describe('on a store that nobody uses', () => {
  test('N10 N11 what is moved between two sessions is in neither, and the next one starts with it', async () => {
    const desk = new Desk()
    await desk.session('one')
    const before = await desk.json('summarize', 'one')
    const balance = await desk.holds('RLUSD')

    const deposited = await desk.json('capital', 'deposit', '250.5', 'RLUSD', '--at', '2026-01-31T10:00+01:00', '--note', 'from savings')
    expect(deposited).toEqual({
      store: desk.store,
      account: 'paper/desk',
      sessionId: null,
      asset: 'RLUSD',
      amount: '250.5',
      balanceBefore: balance,
      balanceAfter: plain(scaled(balance) + scaled('250.5')),
      note: 'from savings',
      happenedAtUs: Date.parse('2026-01-31T09:00:00Z') * 1_000,
      seq: before.journal.lastSeq + 1,
      closedAsCrashed: [],
    })
    const withdrawn = await desk.json('capital', 'withdraw', '0.000000000000000001', 'RLUSD')
    expect(withdrawn).toMatchObject({ amount: '-0.000000000000000001', happenedAtUs: null, note: 'withdrawal', seq: deposited.seq + 1 })

    const { pnl, equity, inventory, attribution, returns, journal } = await desk.json('summarize', 'one')
    expect({ pnl, equity, inventory, attribution, returns, journal }).toEqual({
      pnl: before.pnl,
      equity: before.equity,
      inventory: before.inventory,
      attribution: before.attribution,
      returns: before.returns,
      journal: before.journal,
    })
    const next = await desk.session('two')
    const [coins, money] = ['XRP', 'RLUSD'].map((asset) => next.inventory.find((line: Loose) => line.asset === asset))
    expect([money.before, money.fromCapital, coins.fromCapital]).toEqual([withdrawn.balanceAfter, '0', '0'])
    expect(next.attribution).toMatchObject({ netCapitalFlow: '0', residual: '0' })
    expect(next.returns).toMatchObject({ periods: 1, simplePercent: next.returns.timeWeightedPercent })
    expect(next).toMatchObject({ checks: { drift: false }, shutdown: { inventoryDrift: '0' } })
    expect((await desk.json('verify')).verdict).toBe('sound')
  })

  test('the list has every flow, the newest first, and what each account holds', async () => {
    const desk = new Desk()
    await desk.session('one')
    await desk.json('capital', 'deposit', '7', 'BNB', '--new-asset', '--at', '2h')
    const { deposited: paidIn } = (await desk.json('capital', 'list')).accounts[0].assets.find((line: Loose) => line.asset === 'RLUSD')
    await desk.json('capital', 'withdraw', '100', 'RLUSD')
    const { accounts, flows, count } = await desk.json('capital', 'list', '--limit', '3')
    expect(count).toBe(4)
    expect(flows.map(({ asset, amount, sessionId }: Loose) => [asset, amount, sessionId]).slice(0, 2)).toEqual([
      ['RLUSD', '-100', null],
      ['BNB', '7', null],
    ])
    expect([flows.length, flows[2].sessionId]).toEqual([3, 'one'])
    const [bnb, rlusd] = accounts[0].assets
    expect(bnb).toEqual({ asset: 'BNB', deposited: '7', withdrawn: '0', balance: '7' })
    expect(rlusd).toMatchObject({ asset: 'RLUSD', deposited: paidIn, withdrawn: '100' })
    expect((await desk.json('capital', 'list', '--account', 'desk')).count).toBe(4)
  })

  test('in words it says what was booked, and where it stands', async () => {
    const desk = new Desk()
    await desk.session('one')
    const { stdout } = await desk.dita(
      'capital',
      'deposit',
      '7',
      'BNB',
      '--new-asset',
      '--at',
      '2026-01-31',
      '--note',
      'a \u001b[31mred note',
    )
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      '7 BNB deposited into paper/desk, as of 2026-01-31 00:00:00.000 UTC: it holds 7 BNB now, 0 before. No session was running: it belongs to none, and the next one of this account starts with it. A session is of this account where dita.yaml says `paper.account: desk`.',
    )
    const listed = await desk.dita('capital', 'list', '--limit', '1')
    expect(listed.stdout).toContain('  BNB: 7 in, 0 out; the wallet holds 7')
    expect(listed.stdout.replace(/\s+/g, ' ')).toContain(
      'between sessions, moved on 2026-01-31 00:00:00.000 UTC by the calendar: a \\x1b[31mred note',
    )
    // Whose time is whose: the account's own, and the calendar's.
    expect(listed.stdout).toMatch(/^2026-01-01 \d\d:\d\d:\d\d\.\d{3} session time {2}\+7 BNB/m)
    expect(listed.stdout).toContain('and 2 earlier; see --limit')
    expect(listed.stdout).not.toContain('\u001b')
  })

  test('at a venue it says that the money itself moves there, and what compares it with the books; on paper nothing of that', () => {
    const moved = { store: '/s', sessionId: null, asset: 'USDT', amount: '5', balanceBefore: '0', balanceAfter: '5', note: 'deposit' }
    const shown = (account: string): string =>
      renderCapitalMove({ ...moved, account, happenedAtUs: null, seq: 1, closedAsCrashed: [] }).replace(/\s+/g, ' ')
    expect(shown('bingx-demo/main')).toMatch(/moves at the venue\. `dita reconcile` compares the wallet there with the books\.$/)
    expect(shown('paper/desk')).not.toContain('venue')
  })

  test('N03 what cannot be meant is refused with what to type, and nothing is booked', async () => {
    const desk = new Desk()
    await desk.session('one')
    const facts = (await desk.json('verify')).facts
    const year = new Date().getUTCFullYear() + 2
    const refusals: readonly (readonly [code: string, next: string, ...args: string[]])[] = [
      ['BAD_AMOUNT', '0.05', 'deposit', '0', 'RLUSD'],
      ['BAD_AMOUNT', 'Write 12.5.', 'withdraw', '12,5', 'RLUSD'],
      ['BAD_AMOUNT', 'Write 1000.', 'withdraw', '1,000', 'RLUSD'],
      ['BAD_AMOUNT', 'an amount, not a share', 'withdraw', '10%', 'RLUSD'],
      ['BAD_AMOUNT', '0.05', 'deposit', '0.0000000000000000001', 'RLUSD'],
      ['BAD_AMOUNT', '0.05', 'deposit', '1000000000000001', 'RLUSD'],
      ['BAD_ASSET', 'Did you mean RLUSD?', 'deposit', '5', 'rlusd'],
      ['BAD_ASSET', 'amount first', 'deposit', '5', '-'],
      ['MISSING_ARGUMENT', '--help', 'deposit', '5'],
      ['BAD_TIME', '2h', 'deposit', '5', 'RLUSD', '--at', `${year}-01-01`],
      ['BAD_TIME', '2h', 'deposit', '5', 'RLUSD', '--at', '2025-02-29'],
      ['BAD_TIME', '2h', 'deposit', '5', 'RLUSD', '--at', 'yesterday'],
      ['BAD_TIME', '2h', 'deposit', '5', 'RLUSD', '--at', '2026-02-30T00:00:00+00:00'],
      ['BAD_TIME', '2h', 'deposit', '5', 'RLUSD', '--at', '1969-01-01'],
      ['ASSET_UNKNOWN', '--new-asset', 'deposit', '5', 'USTD'],
      ['BAD_NOTE', 'shorter', 'deposit', '5', 'RLUSD', '--note', 'x'.repeat(501)],
      ['ACCOUNT_UNKNOWN', 'dita capital list', 'deposit', '5', 'RLUSD', '--account', 'nobody'],
      ['ACCOUNT_UNKNOWN', 'dita capital list', 'list', '--account', 'nobody'],
      ['CAPITAL_TOO_LARGE', 'dita capital list', 'withdraw', '9999999', 'RLUSD'],
      ['CAPITAL_TOO_LARGE', 'dita capital list', 'withdraw', '1', 'BNB'],
    ]
    for (const [code, next, ...args] of refusals) {
      const error = await desk.refused('capital', ...args)
      expect([error.code, error.exitCode], args.join(' ')).toEqual([code, 2])
      expect(error.next, args.join(' ')).toContain(next)
    }
    expect((await desk.json('verify')).facts).toBe(facts)
  })

  test('a store that is not there is not made', async () => {
    const desk = new Desk()
    for (const args of [['deposit', '5', 'RLUSD'], ['list']]) {
      expect(await desk.refused('capital', ...args)).toMatchObject({ code: 'STORE_MISSING', exitCode: 2 })
    }
    expect(existsSync(desk.store)).toBe(false)
  })

  test('of several accounts one has to be named, in full or by what tells it from the others', async () => {
    const desk = new Desk('mode: paper\n')
    await desk.session('one')
    // The only one there is, and none that a later session would have.
    const lost = await desk.refused('capital', 'deposit', '5', 'RLUSD')
    expect(lost).toMatchObject({ code: 'ACCOUNT_UNNAMED', exitCode: 2 })
    expect(lost.message).toContain('the next session begins a fresh one')
    expect(lost.next).toContain('Write `paper: { account: one }` into dita.yaml')
    await desk.session('two')
    expect(await desk.refused('capital', 'deposit', '5', 'RLUSD')).toMatchObject({
      ...{ code: 'ACCOUNT_UNNAMED', exitCode: 2, next: expect.stringContaining('`paper: { account: NAME }`') },
    })
    expect((await desk.json('capital', 'deposit', '5', 'RLUSD', '--account', 'one')).account).toBe('paper/one')
    expect((await desk.json('capital', 'withdraw', '5', 'RLUSD', '--account', 'paper/two')).account).toBe('paper/two')
    const { accounts } = await desk.json('capital', 'list')
    expect(accounts.map(({ account }: Loose) => account)).toEqual(['paper/one', 'paper/two'])
  })

  test('a session that was killed gets its end first, so that the flow is none of its doing', async () => {
    const desk = new Desk()
    const running = desk.start('killed')
    await desk.ticking('killed', running)
    running.process.kill('SIGKILL')
    await running.ended
    const booked = await desk.json('capital', 'deposit', '5', 'RLUSD')
    expect(booked).toMatchObject({ sessionId: null, closedAsCrashed: ['killed'] })
    const { haltReason, journal, inventory } = await desk.json('summarize', 'killed')
    expect([haltReason, journal.lastSeq]).toEqual(['crashed', booked.seq - 1])
    const { total } = inventory.find((line: Loose) => line.asset === 'RLUSD')
    expect(total).toBe(booked.balanceBefore)
  })

  test('another command that uses the store is not disturbed', async () => {
    const desk = new Desk()
    await desk.session('one')
    const since = new Date().toISOString()
    const holder = { command: 'dita reconcile' as const, pid: process.pid, since }
    const writer = openWriter({ path: desk.store, holder, wallUs: () => Date.now() * 1_000 })
    try {
      expect(await desk.refused('capital', 'deposit', '5', 'RLUSD')).toMatchObject({ code: 'STORE_BUSY', exitCode: 5 })
      expect((await desk.json('capital', 'list')).count).toBe(2)
    } finally {
      await writer.close()
    }
  })
})

describe('while a session runs', () => {
  test('N10 N11 the session books it at once as its own, and it is no profit', async () => {
    const desk = new Desk()
    const running = desk.start('lively')
    await desk.ticking('lively', running)

    const deposited = await desk.json('capital', 'deposit', '1000.000000000000000001', 'RLUSD', '--at', '1h', '--note', 'more')
    expect(deposited).toMatchObject({ account: 'paper/desk', sessionId: 'lively', amount: '1000.000000000000000001', note: 'more' })
    expect(less(deposited.balanceAfter, deposited.balanceBefore)).toBe('1000.000000000000000001')
    const { flows } = await desk.json('capital', 'list')
    expect(flows[0]).toMatchObject({ ...pick(deposited), sessionId: 'lively' })
    expect(await desk.refused('capital', 'withdraw', '9999999', 'RLUSD')).toMatchObject({ code: 'CAPITAL_TOO_LARGE', exitCode: 2 })
    expect(await desk.refused('capital', 'deposit', '5', 'RLUSD', '--account', 'other')).toMatchObject({ exitCode: 2 })
    const said = await desk.dita('capital', 'withdraw', '0.5', 'RLUSD')
    expect(said.stdout.replace(/\s+/g, ' ')).toContain('Session lively has booked it as capital: it is no profit and no loss of it.')

    running.process.kill('SIGINT')
    const { code, stdout } = await running.ended
    expect(code).toBe(130)
    const { inventory, checks, shutdown, attribution, returns, pnl } = JSON.parse(stdout)
    const { fromCapital } = inventory.find((line: Loose) => line.asset === 'RLUSD')
    const paidIn = flows.filter(({ asset, note }: Loose) => asset === 'RLUSD' && note !== 'more').map(({ amount }: Loose) => amount)
    expect(fromCapital).toBe(plain(scaled(paidIn[0]) + scaled('999.500000000000000001')))
    expect([checks.drift, shutdown.inventoryDrift, attribution.residual]).toEqual([false, '0', '0'])
    expect(attribution.netCapitalFlow).toBe('999.500000000000000001')
    expect(less(attribution.equityChange, attribution.netCapitalFlow)).toBe(attribution.result)
    expect(less(attribution.result, attribution.holdings)).toBe(pnl.net)
    expect(returns).toMatchObject({ periods: 3, simplePercent: null })
  })
})

function pick({ account, seq, asset, amount, note, happenedAtUs }: Loose): Loose {
  return { account, seq, asset, amount, note, happenedAtUs }
}
