// What an audit says of a config: each kind of finding where it belongs, each key once, and no secret.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type AuditEvidence, type AuditView, auditConfig, FINDING_CODES, type FindingCode } from '../../../src/core/config/audit-config.ts'
import { readConfig } from '../../../src/core/config/read-config.ts'
import { RETIRED_KEYS } from '../../../src/core/config/retired-keys.ts'
import { KEYS } from './traced.ts'

const PAGE = readFileSync(new URL('../../../docs/AUDIT.md', import.meta.url), 'utf8')

interface Wish {
  readonly environment?: Readonly<Record<string, string>>
  readonly evidence?: Partial<AuditEvidence>
}

/** As if somebody had read every key. */
const EVIDENCE: AuditEvidence = {
  durationUs: 1_800_000_000,
  startUs: null,
  instrument: null,
  price: null,
  seen: { readersOf: () => ['session/gates'], isWhole: true },
  rehearsal: null,
  parts: [],
  askedVenue: null,
}

function audit(text: string | null, { environment = {}, evidence = {} }: Wish = {}): AuditView {
  const reading = readConfig({ file: text === null ? null : 'dita.yaml', text: text ?? undefined, environment })
  return auditConfig(reading, { ...EVIDENCE, ...evidence })
}

const codesOf = ({ findings }: AuditView): FindingCode[] => findings.map(({ code }) => code)

describe('C02 an audit', () => {
  test('C02 of the built-in config is clean and holds every key of the schema once', () => {
    const view = audit(null)
    expect(view).toMatchObject({ config: null, valid: true, clean: true, exitCode: 0, findings: [] })
    expect(view.keys.map(({ key }) => key)).toEqual(KEYS)
  })

  test('C01 of a config with errors holds all of them with their places, no key, and exits 4', () => {
    const view = audit('feed: { sed: 1 }\nrisk:\n  max_exposure: -1\n  max_open_orders: 1\n', { environment: { DITA_RISK_NONE: '1' } })
    expect(view).toMatchObject({ valid: false, clean: false, exitCode: 4, keys: [] })
    expect(view.findings.map(({ code, place, line, column, severity }) => ({ code, place, line, column, severity }))).toEqual([
      { code: 'UNKNOWN_KEY', place: 'dita.yaml:1:9', line: 1, column: 9, severity: 'error' },
      { code: 'BAD_VALUE', place: 'dita.yaml:3:3', line: 3, column: 3, severity: 'error' },
      { code: 'UNKNOWN_VARIABLE', place: 'DITA_RISK_NONE', line: null, column: null, severity: 'error' },
    ])
    expect(view.findings[0]?.text).toContain('Did you mean `seed`?')
  })

  test('C03 names what took the place of each retired key, where it stands', () => {
    for (const { path, instead } of RETIRED_KEYS) {
      const [section, name] = path
      const view = audit(`${section}:\n  ${name}: 5\n`)
      expect(view).toMatchObject({ exitCode: 4, findings: [{ code: 'RETIRED_KEY', line: 2, column: 3, keys: [path.join('.')] }] })
      expect(view.findings[0]?.text).toContain(`\`${instead.join('.')}\``)
      expect(KEYS).toContain(instead.join('.'))
      expect(KEYS).not.toContain(path.join('.'))
    }
    expect(RETIRED_KEYS.map(({ path }) => path.join('.'))).toContain('strategy.max_inventory_usd')
  })

  test('S05 names keys that must agree and do not', () => {
    const view = audit('engine: { tick_interval_seconds: 1 }\nstrategy: { requote_interval_seconds: 2 }\n')
    expect(view).toMatchObject({ exitCode: 4, findings: [{ code: 'CONTRADICTION', line: 2, column: 13 }] })
  })

  test('C02 finds a key that nobody reads, once, and exits 3', () => {
    const readersOf = (key: string) => (key === 'risk.max_position' ? [] : ['session/gates'])
    const view = audit('risk:\n  max_position: 3000\n', { evidence: { seen: { readersOf, isWhole: true } } })
    expect(view).toMatchObject({ valid: true, clean: false, exitCode: 3 })
    expect(view.findings).toMatchObject([{ code: 'UNREAD_KEY', keys: ['risk.max_position'], line: 2, column: 3, severity: 'finding' }])
    const broken = audit('risk:\n  max_position: 3000\n', { evidence: { seen: { readersOf, isWhole: false } } })
    expect(broken.clean).toBe(true)
    expect(broken.keys.find(({ key }) => key === 'risk.max_position')).toMatchObject({ status: 'unknown' })
  })

  test('C02 notes a key that waits for another setting, and stays clean', () => {
    const view = audit(
      'strategy:\n  breakout: { leverage: 2 }\nvenue: { account: other }\nfeed: { source: a.gz, simulated: { spread_bps: 4 } }\n',
    )
    expect(view).toMatchObject({ clean: true, exitCode: 0 })
    expect(view.findings.map(({ code, keys, line, severity }) => ({ code, keys, line, severity }))).toEqual([
      { code: 'IDLE_KEY', keys: ['strategy.breakout.leverage'], line: 2, severity: 'note' },
      { code: 'IDLE_KEY', keys: ['venue.account'], line: 3, severity: 'note' },
      { code: 'IDLE_KEY', keys: ['feed.simulated.spread_bps'], line: 4, severity: 'note' },
    ])
    expect(view.findings.map(({ text }) => text).join()).toContain('only read with `strategy.name: breakout`')
  })

  test('C02 finds limits at the first of their keys that was written, wherever that was', () => {
    const inFile = audit('risk:\n  max_order_notional: 50\n')
    expect(inFile.findings).toMatchObject([{ code: 'NO_ORDER_PASSES', place: 'dita.yaml:2:3' }])
    const inVariable = audit(null, { environment: { DITA_RISK_MAX_ORDER_NOTIONAL: '50' } })
    expect(inVariable.findings).toMatchObject([{ code: 'NO_ORDER_PASSES', place: 'DITA_RISK_MAX_ORDER_NOTIONAL', line: null }])
    expect(inVariable.exitCode).toBe(3)
  })

  test('C02 finds a secret in a value, an unknown key, a variable or a comment, and never shows it', () => {
    const secret = 'vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A'
    const places: readonly (readonly [string, string | null, string, Record<string, string>?])[] = [
      [`strategy: { params: { note: ${secret} } }`, 'strategy.params.note', 'dita.yaml:1:23'],
      [`strategy:\n  params: { list: [a, ${secret}] }`, 'strategy.params.list[1]', 'dita.yaml:2:23'],
      [`venue: { credentials_file: ${secret} }`, 'venue.credentials_file', 'dita.yaml:1:10'],
      [`mode: paper\napi_key: ${secret}`, 'api_key', 'dita.yaml:2:1'],
      [`mode: paper # ${secret}`, null, 'dita.yaml:1:13'],
      ['mode: paper', 'strategy.params.password', 'DITA_STRATEGY_PARAMS', { DITA_STRATEGY_PARAMS: `password: ${secret}` }],
    ]
    for (const [text, key, place, environment = {}] of places) {
      const view = audit(text, { environment })
      const found = view.findings.filter(({ code }) => code === 'SECRET_IN_CONFIG')
      expect(found, text).toMatchObject([{ keys: key === null ? [] : [key], place }])
      expect(view.clean).toBe(false)
      expect(JSON.stringify(view)).not.toContain(secret.slice(0, 20))
    }
    const short = audit('strategy: { params: { passwords: [hunter2] } }')
    expect(codesOf(short)).toEqual(['SECRET_IN_CONFIG', 'IDLE_KEY'])
    expect(JSON.stringify(short)).not.toContain('hunter2')
  })

  test('C02 notes variables that mean nothing to dita', () => {
    const view = audit(null, { environment: { DITA_SPEED: '1' } })
    expect(view).toMatchObject({ clean: true, findings: [{ code: 'STRANGE_VARIABLE', place: 'DITA_SPEED', severity: 'note' }] })
  })

  test('L07 puts what a part was found to be at its key', () => {
    const parts = [{ code: 'FEED_UNUSABLE', keys: ['feed.source'], text: 'There is none.' }] as const
    const view = audit('feed:\n  source: a.gz\n', { evidence: { parts } })
    expect(view.findings).toMatchObject([{ code: 'FEED_UNUSABLE', place: 'dita.yaml:2:3', text: 'There is none.' }])
    expect(view.exitCode).toBe(3)
  })

  test('C02 tells errors first, then findings, then notes, each in the order of the file', () => {
    const view = audit(
      'strategy: { breakout: { leverage: 2 } }\nrisk:\n  stale_feed_seconds: 5000\n  max_order_notional: 50\n  price_collar_bps: 20000\n',
      { environment: { DITA_SPEED: '1' } },
    )
    expect(codesOf(view)).toEqual(['LIMIT_NEVER_BINDS', 'NO_ORDER_PASSES', 'LIMIT_NEVER_BINDS', 'IDLE_KEY', 'STRANGE_VARIABLE'])
    expect(view.findings.map(({ line }) => line)).toEqual([3, 4, 5, 1, null])
  })
})

test('C02 docs/AUDIT.md lists every kind of finding as it is, and every status', () => {
  const table = PAGE.split('<!-- findings -->\n')[1]?.split('<!-- /findings -->')[0] ?? ''
  const rows = [...table.matchAll(/^\| `(\w+)` \| (\w+) \| (.*) \|$/gm)].map(([, code, severity, means]) => [code, { severity, means }])
  expect(Object.fromEntries(rows)).toEqual(FINDING_CODES)
  for (const status of ['read', 'checked', 'later', 'idle', 'unread', 'unknown']) expect(PAGE).toContain(`| \`${status}\` |`)
})
