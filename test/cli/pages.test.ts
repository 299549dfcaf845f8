// docs/COMMANDS.md and the data part of docs/RECONCILE.md, held against what the real command line prints.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { EXITS_OF, exitsOf } from '../../src/cli/exit-codes.ts'
import type { Loose } from '../core/exchange/bingx/rehearsed.ts'
import { dita, PROJECT } from './dita.ts'
import { RehearsalDesk } from './rehearsal-desk.ts'

const COMMANDS = readFileSync(join(PROJECT, 'docs', 'COMMANDS.md'), 'utf8')
const RECONCILE = readFileSync(join(PROJECT, 'docs', 'RECONCILE.md'), 'utf8')

/** What stands between two marks of a page. */
function part(page: string, name: string): string {
  const text = page.split(`<!-- ${name} -->\n`)[1]?.split(`<!-- /${name} -->`)[0]
  if (text === undefined) throw new Error(`the page has no part ${name}`)
  return text
}

/** The part of the page about one command, up to the next. */
function about(command: string): string {
  const text = COMMANDS.split(`\n## \`dita ${command}\`\n`)[1]?.split('\n## ')[0]
  if (text === undefined) throw new Error(`the page has no part about ${command}`)
  return text
}

/** The keys in the first column of a table: of the object itself, not of what is in it. */
function keysIn(text: string): string[] {
  const rows = text.split('\n').filter((line) => /^\| `/.test(line))
  return rows.flatMap((row) => [...(row.split(' | ')[0] ?? '').matchAll(/`(\w+)(\[\])?`/g)].map(([, key = '']) => key)).sort()
}

/** Every word that the table has in backticks: the keys of what is inside as well. */
const namesIn = (text: string): Set<string> => new Set([...text.matchAll(/`(\w+)(\[\])?`/g)].map(([, name = '']) => name))

const keysOf = (value: Loose): string[] => Object.keys(value).sort()

test('every command is on the page', () => {
  const sections = [...COMMANDS.matchAll(/^## `dita ([a-z- ]+)`$/gm)].map(([, command = '']) => command)
  expect([...sections].sort()).toEqual(Object.keys(EXITS_OF).sort())
})

test('docs/RECONCILE.md has the exit codes of both ways to compare, side by side', () => {
  const others = new Map(exitsOf('orphan-cleanup'))
  const rows = exitsOf('reconcile').map(
    ([code, words]) => `| ${code} | ${words} | ${others.get(code) === words ? 'the same' : others.get(code)} |`,
  )
  const table = RECONCILE.split('<!-- exits: made from src/cli/exit-codes.ts -->\n')[1]?.split('\n<!-- /exits -->')[0]
  expect(table?.split('\n').slice(2)).toEqual(rows)
  expect(exitsOf('orphan-cleanup').map(([code]) => code)).toEqual(exitsOf('reconcile').map(([code]) => code))
})

test('every key that is printed is on the page, and every key on the page is printed', async () => {
  const desk = await RehearsalDesk.open()
  await desk.faults({ fault: 'answer_lost', where: { nth: 1 } }, { fault: 'request_lost', where: { nth: 2 } })
  await desk.crash('night-shift', () => desk.struck('answer_lost') > 0 && desk.struck('request_lost') > 0)
  const printed = async (...args: readonly string[]): Promise<Loose> => (await desk.json(...args)).view
  for (const command of ['halt', 'verify', 'sessions', 'wal-checkpoint'] as const) {
    expect(keysOf(await printed(command)), command).toEqual(keysIn(about(command)))
  }
  const [session] = (await printed('sessions')).sessions
  for (const key of keysOf(session)) expect(namesIn(about('sessions'))).toContain(key)
  const summary = await printed('summarize')
  for (const key of keysIn(about('summarize'))) expect(keysOf(summary)).toContain(key)
  expect(keysOf(await printed('init', 'desk'))).toEqual(keysIn(about('init')))
  expect(keysOf(await printed('completion', 'bash'))).toEqual(keysIn(about('completion')))
  const doctor = await printed('doctor', '--offline')
  expect(keysOf(doctor)).toEqual(keysIn(about('doctor')))
  for (const key of [...keysOf(doctor.checks[0]), ...doctor.checks.map(({ name }: Loose) => name)]) {
    expect(namesIn(about('doctor'))).toContain(key)
  }

  const listed = await printed('capital', 'list')
  expect(keysOf(listed)).toEqual(keysIn(about('capital list')))
  expect(listed.flows.length).toBeGreaterThan(0)
  for (const key of [...keysOf(listed.accounts[0]), ...keysOf(listed.accounts[0].assets[0]), ...keysOf(listed.flows[0])]) {
    expect(namesIn(about('capital list'))).toContain(key)
  }
  const { account } = listed.accounts[0]
  expect(keysOf(await printed('capital', 'deposit', '1', 'USDT', '--account', account))).toEqual(keysIn(about('capital deposit')))
  const shown = await printed('config', 'show')
  for (const key of keysOf(shown.keys[0])) expect(namesIn(about('config show'))).toContain(key)
  for (const command of [['audit-config'], ['config', 'show']]) {
    expect(keysOf(await printed(...command)), command.join(' ')).toEqual(keysIn(about(command.join(' '))))
  }

  const place = keysIn(part(RECONCILE, 'json place'))
  const look = await printed('reconcile')
  expect(keysOf(look)).toEqual([...place, ...keysIn(part(RECONCILE, 'json reconcile'))].sort())
  expect(look.findings.length).toBeGreaterThan(0)
  for (const found of look.findings) expect(keysOf(found)).toEqual(keysIn(part(RECONCILE, 'json finding')))
  for (const key of keysOf(look.window)) expect(namesIn(part(RECONCILE, 'json place'))).toContain(key)

  const cleanup = await printed('orphan-cleanup', '--older-than', '1s', '--dry-run')
  expect(keysOf(cleanup)).toEqual([...place, ...keysIn(part(RECONCILE, 'json cleanup'))].sort())
  expect(cleanup.orphans.length).toBeGreaterThan(0)
  for (const key of [...keysOf(cleanup.orphans[0]), ...keysOf(cleanup.younger)]) {
    expect(namesIn(part(RECONCILE, 'json cleanup'))).toContain(key)
  }
  desk.configure('paper')
  for (const command of ['reconcile', 'orphan-cleanup'] as const) {
    expect(keysOf(await printed(command)), command).toEqual(keysOf(command === 'reconcile' ? look : cleanup))
  }
})

test('a failure has the keys that the page says', async () => {
  const { stdout } = await dita(['summarize', '--store', '/nowhere/dita.db', '--json'], { cwd: PROJECT })
  const { error }: { error: Loose } = JSON.parse(stdout)
  expect(keysOf(error)).toEqual(keysIn(COMMANDS.split('\n## ')[0] ?? ''))
})
