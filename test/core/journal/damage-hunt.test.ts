import { hash } from 'node:crypto'
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { DitaError } from '../../../src/core/errors.ts'
import { openWriter } from '../../../src/core/journal/open.ts'
import { verifyStore } from '../../../src/core/journal/verify-store.ts'
import { beEventful, EVENTFUL } from '../report/eventful-session.ts'
import { ScriptedSession, writeStore } from '../report/recorded-store.ts'
import { randomOf } from './random.ts'
import { DERIVED_TABLES } from './rebuild-store.ts'
import { HOLDER, query, startChild, storePath, temporaryFolder } from './stores.ts'

const { DAMAGE_RUNS = '200', DAMAGE_SEED = '1', DAMAGE_FROM = '0' } = process.env
const [RUNS, SEED, FROM] = [Number(DAMAGE_RUNS), Number(DAMAGE_SEED), Number(DAMAGE_FROM)]
const SECTOR = 512

/** Kept beside the journal and chained to nothing: who ran when on which machine. */
const OUTSIDE_TABLES = ['accounts', 'session_runs', 'session_metrics', 'checkpoints', 'snapshots', 'reconcile_findings'] as const

/** What a random disk does to one file of a store. */
const HARMS = {
  'one bit': (bytes, random) => flip(bytes, random, 1),
  'some bits': (bytes, random) => flip(bytes, random, 2 + random(30)),
  // Where a store says what its tables are, and a log where it begins.
  'one bit near the start': (bytes, random) => {
    flip(bytes.subarray(0, 48 * 1024), random, 1)
    return bytes
  },
  'a sector of zeros': (bytes, random) => overwrite(bytes, random, () => 0),
  'a sector of noise': (bytes, random) => overwrite(bytes, random, () => random(256)),
  'a sector of another place': (bytes, random) => {
    const from = sectorOf(bytes, random)
    bytes.copy(bytes, sectorOf(bytes, random), from, from + SECTOR)
    return bytes
  },
  'cut short': (bytes, random) => bytes.subarray(0, random(bytes.length)),
  'cut short by a page': (bytes, random) =>
    bytes.subarray(0, bytes.length - (bytes.length % 4096) - 4096 * random(Math.floor(bytes.length / 4096))),
} satisfies Record<string, (bytes: Buffer, random: (below: number) => number) => Buffer>

function flip(bytes: Buffer, random: (below: number) => number, bits: number): Buffer {
  for (let bit = 0; bit < bits; bit += 1) {
    const at = random(bytes.length)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8))
  }
  return bytes
}

function sectorOf(bytes: Buffer, random: (below: number) => number): number {
  return SECTOR * random(Math.floor(bytes.length / SECTOR))
}

function overwrite(bytes: Buffer, random: (below: number) => number, byte: () => number): Buffer {
  const at = sectorOf(bytes, random)
  for (let place = at; place < Math.min(at + SECTOR, bytes.length); place += 1) bytes[place] = byte()
  return bytes
}

const FILES = ['', '-wal', '.mark'] as const

interface Pristine {
  readonly path: string
  readonly tables: Readonly<Record<string, string>>
  readonly facts: string
}

/** A store that a session closed in good order and that another one was killed in: most of it in the store, the rest in the log. */
async function pristineStore(): Promise<Pristine> {
  const path = storePath()
  await writeStore(path, (journal) => beEventful(new ScriptedSession(journal, 'eventful', { ...EVENTFUL, startedWallUs: 1 })))
  const child = startChild('die', [path, 'child', '12'])
  expect(await child.ended).toMatchObject({ signal: 'SIGKILL' })
  const copy = copyOf(path)
  return { path, tables: tablesOf(copy), facts: factsOf(copy) }
}

function copyOf(path: string): string {
  const copy = join(temporaryFolder(), 'store', 'dita.db')
  mkdirSync(dirname(copy))
  for (const suffix of FILES) copyFileSync(path + suffix, copy + suffix)
  return copy
}

function tablesOf(path: string): Record<string, string> {
  const tables = [...DERIVED_TABLES, ...OUTSIDE_TABLES]
  return Object.fromEntries(tables.map((table) => [table, hash('sha256', JSON.stringify(query(path, `SELECT * FROM ${table}`)))]))
}

/** What a session that starts now would go on from. */
function factsOf(path: string): string {
  const writer = openWriter({ path, holder: HOLDER, wallUs: () => 1 })
  try {
    const accounts = query<{ name: string }>(path, 'SELECT name FROM accounts ORDER BY account_id').map(({ name }) => name)
    const lines = accounts.flatMap((account) => [...writer.replay(account)].map((fact) => JSON.stringify(fact, asText)))
    return hash('sha256', [...lines, ...accounts.map((account) => JSON.stringify(writer.head(account)))].join('\n'))
  } finally {
    void writer.close().catch(() => undefined)
  }
}

function asText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}

/** What the call gives, or the code of the error that a person would see; anything else that is thrown is a find. */
function outcomeOf<T>(work: () => T): { value: T } | { code: string } {
  try {
    return { value: work() }
  } catch (error) {
    if (error instanceof DitaError) return { code: error.code }
    throw error
  }
}

test(`J07 J10 ${RUNS} times a file of a store is damaged: it is harmless or it is reported, and nothing crashes`, {
  timeout: 30 * 60_000,
}, async () => {
  const pristine = await pristineStore()
  const counts: Record<string, number> = {}
  const finds: string[] = []
  for (let run = FROM; run < FROM + RUNS; run += 1) {
    const random = randomOf(SEED * 1_000_003 + run)
    const names = Object.keys(HARMS) as (keyof typeof HARMS)[]
    const harm = names[random(names.length)] ?? 'one bit'
    const suffix = FILES[[0, 0, 0, 0, 1, 1, 1, 1, 2][random(9)] ?? 0] ?? ''
    const path = copyOf(pristine.path)
    writeFileSync(path + suffix, HARMS[harm](readFileSync(path + suffix), random))
    const name = `DAMAGE_SEED=${SEED} DAMAGE_FROM=${run} DAMAGE_RUNS=1: ${harm} in dita.db${suffix}`
    try {
      const result = judge(path, pristine)
      if (result.startsWith('SILENT')) finds.push(`${name}: ${result}`)
      counts[result] = (counts[result] ?? 0) + 1
    } catch (error) {
      finds.push(`${name}: ${error instanceof Error ? error.stack : String(error)}`)
    }
    rmSync(dirname(dirname(path)), { recursive: true })
  }
  console.info(`${RUNS} damages: ${JSON.stringify(counts)}`)
  expect(finds).toEqual([])
  // The hunt is one: it did harm, and that was seen.
  if (RUNS < 100) return
  expect((counts['reported by verify'] ?? 0) + (counts['reported by both'] ?? 0)).toBeGreaterThan(RUNS / 4)
})

function judge(path: string, pristine: Pristine): string {
  const verified = outcomeOf(() => verifyStore({ path, wallUs: () => 1 }))
  const isSound = 'value' in verified && verified.value.verdict === 'sound'
  const tables = isSound ? tablesOf(path) : {}
  const altered = Object.keys(tables).filter((table) => tables[table] !== pristine.tables[table])
  const inside = altered.filter((table) => (DERIVED_TABLES as readonly string[]).includes(table))
  if (inside.length > 0) return `SILENT: verify says sound, but ${inside.join(', ')} differ`
  const opened = outcomeOf(() => factsOf(path))
  if ('value' in opened && opened.value !== pristine.facts) return 'SILENT: a session would go on from other facts'
  if (altered.length > 0) return 'changed what is chained to nothing (who ran when)'
  if (isSound) return 'code' in opened ? `SILENT: verify says sound, but it does not open (${opened.code})` : 'harmless'
  return 'code' in opened ? 'reported by both' : 'reported by verify'
}
