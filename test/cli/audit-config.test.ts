// `dita audit-config` and `dita config show` as real processes: what is rehearsed and loaded, exit codes, JSON, and nothing left behind.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { AuditView } from '../../src/core/config/audit-config.ts'
import { KEYS } from '../core/config/traced.ts'
import { temporaryFolder } from '../session/harness.ts'
import { exchange, KEYS as VENUE_KEYS } from '../session/world.ts'
import { dita, errorOf, type Outcome, PROJECT } from './dita.ts'

class Desk {
  readonly cwd = temporaryFolder()
  readonly temporary = temporaryFolder()

  constructor(config: string | null = null) {
    if (config !== null) this.write('dita.yaml', config)
  }

  write(name: string, content: string | Buffer, mode = 0o644): void {
    writeFileSync(join(this.cwd, name), content, { mode })
  }

  dita(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    return dita(args, { cwd: this.cwd, env: { TMPDIR: this.temporary, ...env } })
  }

  async audit(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<AuditView> {
    const { code, stdout, stderr } = await this.dita(['audit-config', '--json', ...args], env)
    if (stdout === '') throw new Error(stderr)
    const view = JSON.parse(stdout)
    expect(code).toBe(view.exitCode)
    return view
  }
}

/** Of a command that failed. */
const codeOf = (outcome: Outcome): unknown => new Map(Object.entries(errorOf(outcome))).get('code')
const messageOf = (outcome: Outcome): unknown => new Map(Object.entries(errorOf(outcome))).get('message')

const said = (view: AuditView) => view.findings.filter(({ severity }) => severity !== 'note').map(({ code, place }) => [code, place])

const STRATEGY = 'strategy: { name: ./mine.mjs }\n'

describe('C02 dita audit-config', () => {
  test('C02 of a config without faults is clean, and says so in a few lines; of one with findings, those come first', async () => {
    const clean = await new Desk('mode: paper\n').dita(['audit-config'])
    expect([clean.code, clean.stderr]).toEqual([0, ''])
    const lines = clean.stdout.trimEnd().split('\n')
    expect(lines[0]).toBe('The audit of dita.yaml is clean.')
    expect(lines.length).toBeLessThan(6)
    expect(clean.stdout).toContain('--keys')
    expect(clean.stdout).not.toContain('session/')
    const found = await new Desk('risk: { max_order_notional: 50 }\n').dita(['audit-config'])
    expect(found.stdout).toMatch(/^The audit of dita.yaml: 2 findings\.\n\nALL_DENIED {2}dita.yaml:1:9\n/)
    expect(found.stdout).not.toMatch(/^feed$/m)
  })

  test('C02 with --keys shows every key with value, origin and readers, in 80 columns', async () => {
    const desk = new Desk('feed:\n  seed: 3\n')
    const { code, stdout, stderr } = await desk.dita(['audit-config', '--keys'], { DITA_RISK_MAX_OPEN_ORDERS: '7' })
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('The audit of dita.yaml is clean.')
    expect(stdout).toMatch(/Rehearsed on paper for 60 s with XRP\/RLUSD on simulated: \d+ ticks, [1-9]\d* orders\s+sent/)
    expect(stdout).toMatch(/^ {2}seed +3 +line 2 +session\/opening session\/paper-arena$/m)
    expect(stdout).toMatch(/^ {2}max_open_orders +7 +DITA_RISK_MAX_OPEN_ORDERS +kernel\/checks$/m)
    expect(stdout).toMatch(/^ {2}max_session_loss +500 +default +session\/gates$/m)
    const rows = stdout.split('\n').filter((line) => / (default|line \d+|DITA_\w+)\b/.test(line))
    expect(rows.length).toBeGreaterThan(40)
    // On a pipe a key is a line: its name, and who reads it, in the same one.
    for (const row of rows) expect(row).toMatch(/^ *[a-z_]+ /)
    for (const key of KEYS) expect(stdout).toMatch(new RegExp(`\\b${key.split('.').at(-1)}\\b`))
  })

  test('C02 as JSON has the keys that docs/AUDIT.md says, and each key of the schema once', async () => {
    const view = await new Desk('risk: { max_order_notional: 50 }').audit()
    expect(view.exitCode).toBe(3)
    const page = readFileSync(join(PROJECT, 'docs', 'AUDIT.md'), 'utf8').split('<!-- json audit -->')[1] ?? ''
    const rows = new Map([...page.matchAll(/^\| `(\w+)(?:\[\])?` \| (.*) \|$/gm)].map(([, key = '', text = '']) => [key, text]))
    expect([...rows.keys()].sort()).toEqual(Object.keys(view).sort())
    const [finding] = view.findings
    for (const key of Object.keys(finding ?? {})) expect(rows.get('findings')).toContain(`\`${key}\``)
    for (const key of Object.keys(view.keys[0] ?? {})) expect(rows.get('keys')).toContain(`\`${key}\``)
    for (const key of Object.keys(view.rehearsal ?? {})) expect(rows.get('rehearsal')).toContain(`\`${key}\``)
    expect(view.keys.map(({ key }) => key)).toEqual(KEYS)
    expect(view.keys.filter(({ status }) => status === 'read').length).toBeGreaterThan(25)
    expect(view.keys.filter(({ status }) => status === 'unread' || status === 'unknown')).toEqual([])
  })

  test('C02 leaves nothing behind: no store, no workspace, no temporary folder', async () => {
    const desk = new Desk(null)
    expect((await desk.audit()).clean).toBe(true)
    desk.write('dita.yaml', 'paper: { account: mine }')
    expect((await desk.audit()).clean).toBe(true)
    expect(readdirSync(desk.cwd)).toEqual(['dita.yaml'])
    expect(readdirSync(desk.temporary).filter((name) => name.startsWith('dita'))).toEqual([])
  })

  test('C01 of a config that cannot be used lists all that is wrong and exits 4; one that is not there has no audit', async () => {
    const desk = new Desk(
      'strategy:\n  max_inventory_usd: 3\n  requote_interval_seconds: 2\nengine: { tick_interval_seconds: 1 }\nfed: 1\n',
    )
    const view = await desk.audit()
    expect([view.exitCode, view.valid, view.keys, view.rehearsal]).toEqual([4, false, [], null])
    expect(said(view)).toEqual([
      ['RETIRED_KEY', 'dita.yaml:2:3'],
      ['CONTRADICTION', 'dita.yaml:3:3'],
      ['UNKNOWN_KEY', 'dita.yaml:5:1'],
    ])
    const text = await desk.dita(['audit-config'])
    expect([text.code, text.stderr]).toEqual([4, ''])
    expect(text.stdout).toMatch(/^dita.yaml cannot be used: 3 findings\.\n/)
    const missing = await desk.dita(['audit-config', 'other.yaml', '--json'])
    expect([missing.code, codeOf(missing)]).toEqual([4, 'CONFIG_MISSING'])
  })

  test('L07 finds a strategy that is not there, does not load, does not fit or fails when it trades', async () => {
    const desk = new Desk(STRATEGY)
    const texts = new Map<string, string>()
    const spoilt: Record<string, string | null> = {
      missing: null,
      syntax: 'export default (',
      shape: 'export default 7',
      setup: "export default () => { throw new Error('no setup') }",
      object: 'export default () => ({ name: 5 })',
      tick: "export default () => ({ name: 'mine', slotIds: [], onTick: () => { throw new Error('no tick') } })",
      intent: "export default () => ({ name: 'mine', slotIds: [], onTick: () => [{ type: 'NONSENSE' }] })",
    }
    for (const [name, source] of Object.entries(spoilt)) {
      if (source !== null) desk.write('mine.mjs', source)
      const view = await desk.audit()
      expect([name, ...said(view)]).toEqual([name, ['STRATEGY_UNUSABLE', 'dita.yaml:1:13']])
      expect(view.exitCode).toBe(3)
      texts.set(name, view.findings[0]?.text ?? '')
    }
    expect(texts.get('missing')).toContain('There is no strategy file at')
    expect(texts.get('tick')).toContain('no tick')
    desk.write('mine.mjs', "export default () => ({ name: 'mine', slotIds: [], onTick: () => [] })")
    expect(said(await desk.audit())).toEqual([])
  })

  test('L07 says that the rehearsal failed where the strategy did, once with what it failed', async () => {
    const desk = new Desk(STRATEGY)
    desk.write('mine.mjs', "export default () => ({ name: 'mine', slotIds: [], onTick: () => { throw new Error('no tick') } })")
    const { rehearsal } = await desk.audit()
    expect(rehearsal).toMatchObject({
      haltReason: 'engine_requested_halt',
      haltDetail: expect.stringMatching(/^The strategy mine failed in onTick/),
    })
    const { stdout } = await desk.dita(['audit-config'])
    const text = stdout.replace(/\s+/g, ' ')
    expect(text).toContain('until it failed: strategy error.')
    expect(text.split('no tick')).toHaveLength(2)
  })

  test('L07 finds a recording that is not there, is no recording or holds no market', async () => {
    const desk = new Desk('feed: { source: market.jsonl.gz }\n')
    for (const content of [null, 'plain text', gzipSync('{"not":"a market"}\n'), gzipSync('')]) {
      if (content !== null) desk.write('market.jsonl.gz', content)
      expect(said(await desk.audit())).toEqual([['FEED_UNUSABLE', 'dita.yaml:1:9']])
    }
  })

  test('L07 finds what notifications are sent with, where it is missing or others can read it, and sends none', async () => {
    const { url, calls } = await counter()
    const desk = new Desk('notify: { shape: ntfy, credentials_file: keys }\n')
    expect(said(await desk.audit())).toEqual([['NOTIFICATIONS_UNUSABLE', 'dita.yaml:1:24']])
    desk.write('keys', `url=${url}/canary-topic\n`, 0o644)
    const open = await desk.audit()
    expect(said(open)).toEqual([['NOTIFICATIONS_UNUSABLE', 'dita.yaml:1:24']])
    expect(JSON.stringify(open)).not.toContain('canary')
    const own = new Desk('notify: { shape: ntfy }\n')
    expect((await own.audit([], { DITA_NOTIFY_URL: `${url}/canary-topic` })).findings).toEqual([])
    expect(calls()).toBe(0)
  })

  test('C02 refuses a variable that is near to a key as `dita run` does, which warns of others', async () => {
    const desk = new Desk(null)
    const near = { DITA_MAX_DRAWDOWN: '1' }
    expect(said(await desk.audit([], near))).toEqual([['UNKNOWN_VARIABLE', 'DITA_MAX_DRAWDOWN']])
    const refused = await desk.dita(['run', '--duration', '2s', '--speed', 'max', '--json'], near)
    expect([refused.code, codeOf(refused)]).toEqual([4, 'CONFIG_INVALID'])
    expect(messageOf(refused)).toContain('Did you mean `DITA_RISK_MAX_DRAWDOWN`?')
    const ran = await desk.dita(['run', '--duration', '2s', '--speed', 'max', '--json'], { DITA_HELLO: '1' })
    expect([ran.code, ran.stderr]).toEqual([
      0,
      'The variable DITA_HELLO means nothing to dita; docs/CONFIG.md lists those that stand for keys.\n',
    ])
  })

  test('C02 says that every order was denied, where every order was', async () => {
    const desk = new Desk(
      `${STRATEGY}instrument: { symbol: A/B, kind: spot, base: A, quote: B, tick_size: 0.0001, lot_size: 0.1, max_quantity: 1 }\n`,
    )
    const intent =
      "{ type: 'QUOTE', instrument: 'A/B', bid: { price: decimal.dec('1.9'), quantity: decimal.dec('50') }, ask: null, postOnly: true }"
    desk.write('mine.mjs', `export default ({ decimal }) => ({ name: 'mine', slotIds: [], onTick: () => [${intent}] })`)
    const view = await desk.audit()
    expect(said(view)).toEqual([['ALL_DENIED', 'dita.yaml:1:13']])
    expect(view.rehearsal?.refusals).toMatchObject([{ code: 'QUANTITY_ABOVE_MAX', count: view.rehearsal?.denials }])
    expect(view.rehearsal?.ordersSent).toBe(0)
  })

  test('C02 finds a rehearsal that a gate ended, and says of no key that nobody reads it', async () => {
    const view = await new Desk(
      'feed: { source: simulated, simulated: { events_per_second: 0.1 } }\nrisk: { stale_feed_seconds: 1 }',
    ).audit()
    expect(view.findings.map(({ code }) => code)).toEqual(['REHEARSAL_HALTED'])
    expect([view.exitCode, view.rehearsal?.haltReason]).toEqual([3, 'risk_stale_feed'])
    expect(view.keys.filter(({ status }) => status === 'unread')).toEqual([])
  })

  test('L07 stops a rehearsal of which there is no end', async () => {
    const desk = new Desk(STRATEGY)
    desk.write(
      'mine.mjs',
      "export default () => ({ name: 'mine', slotIds: [], onTick: () => { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600); return [] } })",
    )
    const view = await desk.audit()
    expect(view.rehearsal?.haltReason).toBe('engine_requested_halt')
  }, 60_000)
})

describe('C02 dita audit-config of a config that trades at a venue', () => {
  test('L07 finds keys that are missing or that others can read, without asking the venue', async () => {
    const { url, calls } = await counter()
    const desk = new Desk(
      `mode: demo\nfeed: { source: live }\nvenue: { credentials_file: keys, rest_url: ${url}, stream_url: ${url.replace('http', 'ws')} }\n`,
    )
    expect(said(await desk.audit())).toEqual([['CREDENTIALS_UNUSABLE', 'dita.yaml:3:10']])
    desk.write('keys', 'api_key=canary-key\napi_secret=canary-secret\n', 0o644)
    const open = await desk.audit()
    expect(said(open)).toEqual([['CREDENTIALS_UNUSABLE', 'dita.yaml:3:10']])
    expect(JSON.stringify(open)).not.toContain('canary')
    const own = new Desk(readFileSync(join(desk.cwd, 'dita.yaml'), 'utf8'))
    own.write('keys', 'api_key=canary-key\napi_secret=canary-secret\n', 0o600)
    const view = await own.audit()
    expect([view.clean, view.askedVenue]).toEqual([true, false])
    expect(view.keys.find(({ key }) => key === 'venue.rest_url')).toMatchObject({ status: 'later', when: 'when it connects to the venue' })
    expect(calls()).toBe(0)
    const asked = await own.audit(['--online'])
    expect(said(asked)).toEqual([['VENUE_UNUSABLE', null]])
    expect(calls()).toBeGreaterThan(0)
  }, 60_000)

  test('L07 asks the venue with --online, which finds what it says otherwise', async () => {
    const venue = await exchange()
    const address = `venue: { rest_url: ${venue.restUrl}, stream_url: ${venue.streamUrl}`
    const desk = new Desk(`mode: demo\nfeed: { source: live }\n${address} }\n`)
    const view = await desk.audit(['--online'], VENUE_KEYS)
    expect([view.clean, view.askedVenue, view.findings]).toEqual([true, true, []])
    desk.write('dita.yaml', `mode: demo\nfeed: { source: live }\n${address}, instrument: NONE/USDT:USDT }\n`)
    expect(said(await desk.audit(['--online'], VENUE_KEYS)).map(([code]) => code)).toEqual(['VENUE_UNUSABLE'])
    expect((await desk.audit([], VENUE_KEYS)).clean).toBe(true)
  }, 60_000)

  test('C02 real money waits for a clean audit: dita run --live with a limit that never binds sends nothing and writes nothing', async () => {
    const { url, calls } = await counter()
    const live = `mode: live\nfeed: { source: live }\nvenue: { rest_url: ${url}, stream_url: ${url.replace('http', 'ws')} }\n`
    const desk = new Desk(`${live}risk: { price_collar_bps: 20000 }\n`)
    const refused = await desk.dita(['run', '--live', '--json'], VENUE_KEYS)
    expect([refused.code, codeOf(refused)]).toEqual([3, 'AUDIT_NOT_CLEAN'])
    expect(messageOf(refused)).toContain('LIMIT_NEVER_BINDS at dita.yaml:4:9')
    expect(existsSync(join(desk.cwd, '.dita', 'dita.db'))).toBe(false)
    expect(calls()).toBe(0)
    desk.write('dita.yaml', live)
    // A trial that is shorter than a limit is long is no reason to wait; what the address says is the next thing to fail.
    const passed = await desk.dita(['run', '--live', '--json', '--duration', '10s'], VENUE_KEYS)
    expect(codeOf(passed)).toBe('VENUE_UNREACHABLE')
    expect(calls()).toBeGreaterThan(0)
  }, 60_000)
})

describe('C02 dita config show', () => {
  test('C02 shows each key once with the value in force and its origin, as text and as JSON', async () => {
    const desk = new Desk('feed: { seed: 3 }\nstrategy:\n  params: { api_key: hunter2hunter2 }\n')
    const env = { DITA_RISK_MAX_EXPOSURE: '1234.5' }
    const { code, stdout } = await desk.dita(['config', 'show', '--strategy', 'breakout'], env)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ {2}seed +3 +line 1$/m)
    expect(stdout).toMatch(/^ {2}max_exposure +1234\.5 +DITA_RISK_MAX_EXPOSURE$/m)
    expect(stdout).toMatch(/^ {2}name +breakout +--strategy$/m)
    expect(stdout).not.toContain('hunter2')
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
    const json = await desk.dita(['config', 'show', '--json'], env)
    const shown: { config: string; keys: { key: string; value: unknown; origin: unknown }[] } = JSON.parse(json.stdout)
    expect(shown.config).toBe('dita.yaml')
    expect(shown.keys.map(({ key }) => key)).toEqual(KEYS)
    expect(shown.keys.find(({ key }) => key === 'risk.max_exposure')).toEqual({
      key: 'risk.max_exposure',
      value: '1234.5',
      origin: { kind: 'environment', variable: 'DITA_RISK_MAX_EXPOSURE' },
      variable: 'DITA_RISK_MAX_EXPOSURE',
    })
    expect(json.stdout).not.toContain('hunter2')
  })

  test('C01 of a config that cannot be used says what is wrong and exits 4', async () => {
    const outcome = await new Desk(null).dita(['config', 'show', '--json'], { DITA_RISK_MAX_EXPOSURE: 'x', DITA_FEED_SED: '1' })
    expect([outcome.code, codeOf(outcome)]).toEqual([4, 'CONFIG_INVALID'])
    expect(messageOf(outcome)).toMatch(/^The built-in config cannot be used, 2 things are wrong:/)
  })
})

/** Counts who calls, and answers none. */
async function counter(): Promise<{ url: string; calls: () => number }> {
  let calls = 0
  const server: Server = createServer((_request, response) => {
    response.writeHead(404).end()
  })
  server.on('connection', () => {
    calls += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { url: `http://127.0.0.1:${address.port}`, calls: () => calls }
}
