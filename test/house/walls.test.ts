// Every wall stands: for each rule an import that breaks it is planted, and found.

import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { SmallTree } from './small-tree.ts'

const { forbidden }: { forbidden: { name: string }[] } = createRequire(import.meta.url)('../../.dependency-cruiser.cjs')

/** Files to import from; none of them breaks a wall by itself. */
const TARGETS = {
  'src/cli/usage.ts': 'export const usage = 1\n',
  'src/core/errors.ts': 'export const fault = 1\n',
  'src/core/config/config.ts': 'export const config = 1\n',
  'src/core/exchange/exchange.ts': 'export const exchange = 1\n',
  'src/core/journal/read.ts': 'export const read = 1\n',
  'src/core/journal/writer.ts': 'export const write = 1\n',
  'src/core/kernel/apply.ts': 'export const apply = 1\n',
  'src/core/market/events.ts': 'export const events = 1\n',
  'src/core/report/open-report.ts': "import { read } from '../journal/read.ts'\n\nexport const report = read\n",
  'src/core/report/money.ts': 'export const money = 1\n',
  'src/core/session/view-model.ts': 'export const view = 1\n',
  'src/core/strategy/port.ts': 'export const strategy = 1\n',
  'src/core/venue/port.ts': 'export const venue = 1\n',
  'src/tui/screen.tsx': "import { view } from '../core/session/view-model.ts'\n\nexport const screen = view\n",
}

/** Rule, the file that breaks it, and what that file imports. */
const BREACHES: readonly (readonly [rule: string, from: string, imports: string])[] = [
  ['kernel-wall', 'src/core/kernel/breach.ts', '../errors.ts'],
  ['kernel-wall', 'src/core/kernel/breach-market.ts', '../market/events.ts'],
  ['journal-wall', 'src/core/journal/breach.ts', '../market/events.ts'],
  ['market-wall', 'src/core/market/breach.ts', '../exchange/exchange.ts'],
  ['exchange-wall', 'src/core/exchange/breach.ts', '../journal/read.ts'],
  ['venue-wall', 'src/core/venue/breach.ts', '../strategy/port.ts'],
  ['strategy-wall', 'src/core/strategy/breach.ts', '../venue/port.ts'],
  ['notify-wall', 'src/core/notify/breach.ts', '../session/view-model.ts'],
  ['config-wall', 'src/core/config/breach.ts', '../journal/read.ts'],
  ['recovery-wall', 'src/core/recovery/breach.ts', '../journal/read.ts'],
  ['session-wall', 'src/core/session/breach.ts', '../report/open-report.ts'],
  ['report-wall', 'src/core/report/breach.ts', '../session/view-model.ts'],
  ['unknown-room', 'src/core/signals/breach.ts', '../errors.ts'],
  ['unknown-room-used', 'src/core/session/breach-unknown.ts', '../folder/used.ts'],
  ['unknown-room-alone', 'src/core/alone/breach.ts', ''],
  ['unknown-room-alone', 'src/helpers.ts', ''],
  ['better-sqlite3-home', 'src/core/session/breach-sqlite.ts', 'better-sqlite3'],
  ['kysely-home', 'src/core/session/breach-kysely.ts', 'kysely'],
  ['zod-home', 'src/core/market/breach-zod.ts', 'zod'],
  ['undici-home', 'src/core/exchange/bingx/breach-undici.ts', 'undici'],
  ['ws-home', 'src/core/session/breach-ws.ts', 'ws'],
  ['yaml-home', 'src/cli/breach-yaml.ts', 'yaml'],
  ['ink-home', 'src/cli/breach-ink.ts', 'ink'],
  ['react-home', 'src/cli/breach-react.ts', 'react'],
  ['pino-home', 'src/core/session/breach-pino.ts', 'pino'],
  ['oclif-core-home', 'src/core/session/breach-oclif.ts', '@oclif/core/flags'],
  ['no-homeless-package', 'src/cli/breach-homeless.ts', 'lightweight-charts'],
  ['only-dependencies', 'src/cli/breach-dependencies.ts', 'chalk'],
  ['commands-are-doorways', 'src/commands/breach.ts', '../core/session/greeting.ts'],
  ['commands-are-doorways', 'src/commands/breach-report.ts', '../core/report/money.ts'],
  ['commands-are-not-called', 'src/cli/breach-command.ts', '../commands/run.ts'],
  ['command-line-wall', 'src/cli/breach-store.ts', '../core/journal/read.ts'],
  ['screen-draws-view-models', 'src/tui/breach.ts', '../core/kernel/sum.ts'],
  ['screen-draws-view-models', 'src/tui/breach-errors.ts', '../core/errors.ts'],
  ['screen-reads-nothing', 'src/tui/breach-node.ts', 'node:fs'],
  ['core-knows-no-doorway', 'src/core/session/breach-cli.ts', '../../cli/usage.ts'],
  ['package-exports-types', 'src/index.ts', './core/session/greeting.ts'],
  ['leaves-stand-alone', 'src/core/text.ts', './kernel/sum.ts'],
  ['kernel-imports-nothing', 'src/core/kernel/breach-node.ts', 'node:crypto'],
  ['exchange-is-pure', 'src/core/exchange/breach-node.ts', 'node:fs'],
  ['one-writer-of-state', 'src/core/venue/breach-apply.ts', '../kernel/apply.ts'],
  ['reports-only-read', 'src/core/report/breach-writer.ts', '../journal/writer.ts'],
  ['no-circles', 'src/core/session/breach-circle.ts', './breach-circle.ts'],
  ['no-unresolved', 'src/cli/breach-nowhere.ts', './nowhere.ts'],
]

function violations(tree: SmallTree): string[] {
  const { output } = tree.check('walls', '--output-type', 'json')
  const { summary }: { summary: { violations: { rule: { name: string }; from: string }[] } } = JSON.parse(output)
  return summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`)
}

test('every wall has a breach here', () => {
  expect([...new Set(BREACHES.map(([rule]) => rule))].toSorted()).toEqual(forbidden.map(({ name }) => name).toSorted())
})

test('a tree that keeps to its rooms passes', () => {
  const tree = new SmallTree(TARGETS)
  expect(violations(tree)).toEqual([])
})

test('a breach fails the check, and is named', () => {
  const tree = new SmallTree({ ...TARGETS, 'src/core/kernel/breach.ts': "import '../errors.ts'\n" })
  const { passed, output } = tree.check('walls')
  expect(output).toContain('kernel-wall: src/core/kernel/breach.ts → src/core/errors.ts')
  expect(passed).toBe(false)
})

test('a circle of types alone fails', () => {
  const tree = new SmallTree({
    ...TARGETS,
    'src/core/session/one.ts': "import type { Two } from './two.ts'\n\nexport type One = { readonly two: Two | null }\n",
    'src/core/session/two.ts': "import type { One } from './one.ts'\n\nexport type Two = { readonly one: One | null }\n",
  })
  expect(violations(tree)).toEqual([expect.stringMatching(/^no-circles: src\/core\/session\/(one|two)\.ts$/)])
})

test('an import through any wall fails', () => {
  const tree = new SmallTree({ ...TARGETS, 'src/core/folder/used.ts': 'export const used = 1\n' })
  for (const [, from, imports] of BREACHES)
    tree.write({ [from]: imports === '' ? 'export const alone = 1\n' : `export * from '${imports}'\n` })
  const found = violations(tree)
  const missed = BREACHES.map(([rule, from]) => `${rule}: ${from}`).filter((breach) => !found.includes(breach))
  expect(missed).toEqual([])
})
