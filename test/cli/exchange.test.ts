// `dita exchange` as a process: one line when it listens, a market that moves, SIGTERM and SIGKILL, and the same truth after.

import { type ChildProcess, spawn } from 'node:child_process'
import { appendFileSync, chmodSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { auditTruth, readTruth } from '../../src/core/exchange/truth-log.ts'
import { call, type Loose, signedQuery, temporaryFolder, until, type Wish } from '../core/exchange/bingx/rehearsed.ts'
import { dita, errorOf, PROJECT } from './dita.ts'

interface Running {
  readonly child: ChildProcess
  readonly line: Loose
  readonly port: number
  stdout(): string
  stderr(): string
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<number | null>
  signed(method: string, path: string, params?: Wish): Promise<Loose>
}

async function started(args: readonly string[], cwd: string): Promise<Running> {
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, [`${PROJECT}bin/run.js`, 'exchange', ...args], { cwd, env: { PATH, HOME: cwd, NO_COLOR: '1' } })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', (code) => resolve(code))
  })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
  })
  await until(() => {
    if (child.exitCode !== null) throw new Error(`It ended before it listened: ${stderr}`)
    return stdout.includes('\n')
  })
  const line: Loose = JSON.parse(stdout.slice(0, stdout.indexOf('\n')))
  const port = Number(new URL(line.listening.rest).port)
  const { apiKey, apiSecret } = line.credentials ?? { apiKey: 'k', apiSecret: 's' }
  return {
    ...{ child, line, port, stdout: () => stdout, stderr: () => stderr },
    end: (signal) => {
      child.kill(signal)
      return ended
    },
    signed: async (method, path, params = {}) => {
      const { json } = await call({
        port,
        method,
        path,
        query: signedQuery(params, { secret: apiSecret }),
        headers: { 'X-BX-APIKEY': apiKey },
      })
      return json
    },
  }
}

const ORDER = '/openApi/swap/v2/trade/order'
const wishOf = (clientOrderId: string, price = '30000'): Wish => ({
  ...{ symbol: 'BTC-USDT', side: 'BUY', positionSide: 'BOTH', type: 'LIMIT', price, quantity: '0.001', timeInForce: 'GTC', clientOrderId },
})

describe('dita exchange', () => {
  test('says where it listens, trades, and leaves with 0 at SIGTERM', async () => {
    const cwd = temporaryFolder()
    const running = await started(['--truth', 'truth.jsonl'], cwd)
    expect(running.line).toMatchObject({
      listening: { rest: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/), stream: `ws://127.0.0.1:${running.port}/swap-market` },
      truth: join(cwd, 'truth.jsonl'),
      instrument: { symbol: 'BTC/USDT:USDT', venueSymbol: 'BTC-USDT' },
      control: { token: expect.stringMatching(/^[0-9a-f]{48}$/) },
    })
    await until(
      async () =>
        (await call({ port: running.port, method: 'GET', path: '/openApi/swap/v2/quote/depth', query: 'symbol=BTC-USDT' })).json.data.bids
          .length > 0,
    )
    const taken = await running.signed('POST', ORDER, {
      symbol: 'BTC-USDT',
      side: 'BUY',
      type: 'MARKET',
      quantity: '0.001',
      clientOrderId: 'take1',
    })
    expect(taken).toMatchObject({ code: 0, data: { status: 'FILLED' } })
    expect(await running.end('SIGTERM')).toBe(0)
    expect(running.stdout()).toContain('Stopped by SIGTERM. Orders 1, none of them twice; fills 1; position 0.001; balance 9999.9')
    const truth = join(cwd, 'truth.jsonl')
    const end = [`The truth log is ${truth}.`, `To go on with its orders and money: the same command with --truth ${truth}`]
    expect(running.stdout().trim().split('\n').slice(-2)).toEqual(end)
    const records = readTruth(join(cwd, 'truth.jsonl'))
    expect(records.at(-1)).toMatchObject({ kind: 'stopped' })
    expect(auditTruth(records).fills).toHaveLength(1)
    expect(statSync(join(cwd, 'truth.jsonl')).mode & 0o777).toBe(0o600)
  })

  test('V01 killed at any time knows every order it had answered, and takes none of them twice', async () => {
    const cwd = temporaryFolder()
    const acknowledged = new Set<string>()
    for (let round = 0; round < 4; round += 1) {
      const running = await started(['--truth', 'truth.jsonl'], cwd)
      const sending = (async () => {
        for (let count = 0; count < 200; count += 1) {
          const clientOrderId = `kill${round}n${count}`
          const answer = await running.signed('POST', ORDER, wishOf(clientOrderId)).catch(() => null)
          if (answer === null) return
          if (answer.code === 0) acknowledged.add(clientOrderId)
          else if (answer.code === 100410) await new Promise((resolve) => setTimeout(resolve, 200))
        }
      })()
      await until(() => acknowledged.size >= 4 * (round + 1))
      await running.end('SIGKILL')
      await sending
      appendFileSync(join(cwd, 'truth.jsonl'), '{"torn')
    }
    const again = await started(['--truth', 'truth.jsonl'], cwd)
    expect(again.line.restored).toMatchObject({ tornBytes: 6 })
    for (const clientOrderId of [...acknowledged].slice(0, 3)) {
      expect((await again.signed('GET', ORDER, { symbol: 'BTC-USDT', clientOrderId })).data.order.clientOrderId).toBe(clientOrderId)
    }
    // All four lives may have been so short that its first second is not over.
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect((await again.signed('POST', ORDER, wishOf([...acknowledged][0] ?? ''))).code).toBe(101481)
    await again.end('SIGTERM')
    const { ordersByClientId, doubled } = auditTruth(readTruth(join(cwd, 'truth.jsonl')))
    expect(doubled).toEqual([])
    for (const clientOrderId of acknowledged) expect(ordersByClientId.get(clientOrderId)).toBe(1)
  })

  test('takes faults from a plan and from a seed, and keys from a private file', async () => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'plan.yaml'), 'faults:\n  - fault: refuse_all\n    code: 101204\n')
    writeFileSync(join(cwd, 'keys'), 'api_key=k\napi_secret=s\n', { mode: 0o600 })
    const running = await started(['--fault-plan', 'plan.yaml', '--fault-seed', '3', '--api-key-file', 'keys', '--json'], cwd)
    expect(running.line).not.toHaveProperty('credentials')
    const { json } = await call({
      port: running.port,
      method: 'POST',
      path: '/control/status',
      headers: { authorization: `Bearer ${running.line.control.token}` },
    })
    expect(json.faults.length).toBeGreaterThan(2)
    expect(json.faults[0]).toMatchObject({ fault: 'refuse_all', on: 'place' })
    expect(await running.end('SIGINT')).toBe(0)
    expect(JSON.parse(running.stdout().slice(running.stdout().indexOf('\n')))).toEqual({
      ...{ stopped: 'SIGINT', truth: running.line.truth, orders: 0, fills: 0, doubled: [], position: '0', balance: '10000' },
    })
    expect(running.stdout() + running.stderr()).not.toContain('api_secret')
  })

  test.each([
    [['--speed', 'fast'], 2, 'BAD_SPEED'],
    [['--balance', '-1'], 2, 'BAD_BALANCE'],
    [['--fault-plan', 'missing.yaml'], 4, 'FAULT_PLAN_UNREADABLE'],
    [['--fault-plan', 'bad.yaml'], 4, 'FAULT_PLAN_INVALID'],
    [['--api-key-file', 'open-keys'], 4, 'BAD_KEY_FILE'],
    [['--feed', 'missing.gz'], 7, 'FEED_MISSING'],
    [['--truth', 'damaged.jsonl'], 6, 'TRUTH_DAMAGED'],
    [['--truth', 'no-such-folder/truth.jsonl'], 2, 'TRUTH_UNUSABLE'],
    [['--truth', '.'], 2, 'TRUTH_UNUSABLE'],
  ])('refuses %j', async (args, exitCode, code) => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'bad.yaml'), 'faults:\n  - fault: delai\n')
    writeFileSync(join(cwd, 'damaged.jsonl'), 'nonsense\nnonsense\n')
    writeFileSync(join(cwd, 'open-keys'), 'api_key=k\napi_secret=s\n')
    chmodSync(join(cwd, 'open-keys'), 0o644)
    const outcome = await dita(['exchange', '--json', ...args], { cwd })
    expect({ ...errorOf(outcome), exitCode: outcome.code }).toMatchObject({ exitCode, code })
  })
})
