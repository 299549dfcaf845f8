// Plants the bugs of test/mutants.md one at a time in copies of the tree, and runs the tests named after their rows: each bug
// must make one of them fail. `npm run mutants`, or with rows (`npm run mutants -- K04 N12`) only those. Changes nothing here.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { basename, join, relative } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const LIST = join(ROOT, 'test', 'mutants.md')
/** Where the tests of a row are, unless its mutant says otherwise. */
const USUAL_TESTS = ['test/core/kernel', 'test/scenario']
const NOT_COPIED = new Set(['node_modules', 'dist', '.git', '.dita', '.coverage'])
const MOST_WORKERS = 2
/** A mutant may make a loop endless: its tests are ended then, and it does not count as caught. */
const MUTANT_TIMEOUT_MS = 120_000
/** Longer than starting vitest once more takes. */
const SLOW_FILE_MS = 500
const FIRST_RUN_TIMEOUT_MS = 900_000

export interface Mutant {
  /** The requirement that it reverses, or a word: its tests carry this in their names. */
  readonly row: string
  readonly title: string
  readonly file: string
  readonly tests: readonly string[]
  /** What stands there, once in the file, and what takes its place. */
  readonly before: string
  readonly after: string
}

/** Reads the list: `## K04 title`, a line with the file (and the tests) in backticks, and one diff. */
export function parseMutants(text: string): Mutant[] {
  return text
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [heading = '', ...lines] = section.split('\n')
      const [row = '', ...title] = heading.trim().split(' ')
      const [file, ...tests] = [...(lines.find((line) => line.startsWith('`')) ?? '').matchAll(/`([^`]+)`/g)].map(
        (match) => match[1] as string,
      )
      const diffs = [...section.matchAll(/^```diff\n([\s\S]*?)^```/gm)].map((match) => (match[1] as string).trimEnd().split('\n'))
      const [diff = []] = diffs
      const pick = (sign: string) => diff.filter((line) => line.startsWith(sign)).map((line) => line.slice(1))
      const before = pick('-').join('\n')
      const after = pick('+').join('\n')
      if (!/^[\w-]+$/.test(row) || file === undefined || title.length === 0 || diffs.length !== 1 || before === '' || before === after)
        throw new Error(`the mutant "${heading}" of test/mutants.md has no row, no file, or not one diff that changes something`)
      return { row, title: title.join(' '), file, tests: tests.length === 0 ? USUAL_TESTS : tests, before, after }
    })
}

/** The file with the bug in it. Throws where the text that it replaces is not there exactly once: the list is out of date. */
export function planted(source: string, { row, title, file, before, after }: Mutant): string {
  const parts = source.split(before)
  if (parts.length !== 2) throw new Error(`mutant ${row} "${title}": its text stands ${parts.length - 1} times in ${file}, not once`)
  return parts.join(after)
}

const wordOf = (row: string): RegExp => new RegExp(`\\b${row}\\b`)

/** The test files that speak of a mutant's row, where it looks for its tests: only those are worth loading. */
export function testFilesOf({ row, tests }: Mutant, root = ROOT): string[] {
  return tests
    .flatMap((path) =>
      path.endsWith('.test.ts')
        ? [path]
        : readdirSync(join(root, path), { recursive: true, encoding: 'utf8' }).map((name) => `${path}/${name}`),
    )
    .filter((path) => path.endsWith('.test.ts') && wordOf(row).test(readFileSync(join(root, path), 'utf8')))
}

function copyOfTheTree(): string {
  const copy = mkdtempSync(join(tmpdir(), 'dita-mutants-'))
  cpSync(ROOT, copy, { recursive: true, filter: (source) => !NOT_COPIED.has(basename(source)) })
  for (const name of ['node_modules', 'dist', 'tools/node_modules', 'test/node_modules']) symlinkSync(join(ROOT, name), join(copy, name))
  return copy
}

/** What a run of tests came to. `broken` are the files that failed without any test of theirs failing: they did not load. */
interface Outcome {
  readonly passed: readonly TestRun[]
  readonly failed: readonly TestRun[]
  readonly broken: readonly string[]
  readonly timedOut: boolean
}

interface TestRun {
  readonly file: string
  readonly name: string
  readonly ms: number
}

/** The part that is read of what vitest writes with `--reporter json`. */
interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string; readonly duration?: number | null }[]
  }[]
}

/** The processes that run now; each leads a group of its own, so that what it has started can be ended with it. */
type Running = Set<ChildProcess>

interface Run {
  readonly files: readonly string[]
  readonly pattern: RegExp
  readonly timeoutMs: number
  readonly all: boolean
}

async function runTests(copy: string, { files, pattern, timeoutMs, all }: Run, running: Running): Promise<Outcome> {
  const output = join(copy, 'mutants-report.json')
  rmSync(output, { force: true })
  const speed = ['--no-isolate', '--pool', 'threads', '--maxWorkers', '1', '--no-cache', '--fsModuleCachePath', join(copy, '.modules')]
  const reporting = ['--reporter', 'json', '--outputFile', output, ...(all ? [] : ['--bail', '1'])]
  const vitest = join(ROOT, 'test', 'node_modules', 'vitest', 'vitest.mjs')
  const args = [vitest, 'run', ...files, '--testNamePattern', pattern.source, ...speed, ...reporting]
  const child = spawn(process.execPath, args, { cwd: copy, detached: true, stdio: 'ignore' })
  running.add(child)
  let timedOut = false
  const timer = setTimeout(() => {
    timedOut = true
    end(child)
  }, timeoutMs)
  try {
    await once(child, 'close')
  } finally {
    clearTimeout(timer)
    running.delete(child)
    // A test that failed may have left processes of its own.
    end(child)
  }
  return { ...outcomeOf(copy, output), timedOut }
}

function outcomeOf(copy: string, output: string): Omit<Outcome, 'timedOut'> {
  let report: Report
  try {
    report = JSON.parse(readFileSync(output, 'utf8')) as Report
  } catch {
    // No report: the tests were ended, or never began.
    return { passed: [], failed: [], broken: ['vitest'] }
  }
  const tests = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ status, fullName, duration }) => ({
      status,
      test: { file: relative(copy, name), name: fullName, ms: duration ?? 0 },
    })),
  )
  const having = (wanted: string) => tests.filter(({ status }) => status === wanted).map(({ test }) => test)
  const broken = report.testResults
    .filter(({ status, assertionResults }) => status === 'failed' && assertionResults.every((test) => test.status !== 'failed'))
    .map(({ name }) => relative(copy, name))
  return { passed: having('passed'), failed: having('failed'), broken }
}

function end(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  } catch (error) {
    // It has ended by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

type Verdict = 'caught' | 'SURVIVED' | 'NO TEST' | 'NOT LOADED' | 'TIMED OUT'

/** A file that no longer loads fails without a test: that is the mutant's fault, and no test's merit. */
function verdictOf({ failed, broken, timedOut }: Outcome): Verdict {
  if (timedOut) return 'TIMED OUT'
  if (failed.length > 0) return 'caught'
  return broken.length > 0 ? 'NOT LOADED' : 'SURVIVED'
}

/** Runs the tests of a mutant on a copy that has its bug, the slow files only where no other caught it, and takes the bug out again. */
async function judge(copy: string, mutant: Mutant, slow: ReadonlySet<string>, running: Running): Promise<Verdict> {
  const path = join(copy, mutant.file)
  const source = readFileSync(path, 'utf8')
  writeFileSync(path, planted(source, mutant))
  const files = testFilesOf(mutant, copy)
  let verdict: Verdict = 'SURVIVED'
  for (const part of [files.filter((file) => !slow.has(file)), files.filter((file) => slow.has(file))]) {
    if (part.length === 0 || verdict !== 'SURVIVED') continue
    const run = { files: part, pattern: wordOf(mutant.row), timeoutMs: MUTANT_TIMEOUT_MS, all: false }
    verdict = verdictOf(await runTests(copy, run, running))
  }
  writeFileSync(path, source)
  return verdict
}

/** Without any bug every test concerned must pass, or nothing could be told from one that fails: null where one does not. */
async function firstRun(copies: readonly string[], mutants: readonly Mutant[], running: Running): Promise<readonly TestRun[] | null> {
  const files = [...new Set(mutants.flatMap((mutant) => testFilesOf(mutant, copies[0])))]
  const pattern = new RegExp([...new Set(mutants.map(({ row }) => wordOf(row).source))].join('|'))
  const shares = copies.map((copy, share) => ({ copy, files: files.filter((_, index) => index % copies.length === share) }))
  const outcomes = await Promise.all(
    shares
      .filter((share) => share.files.length > 0)
      .map((share) => runTests(share.copy, { files: share.files, pattern, timeoutMs: FIRST_RUN_TIMEOUT_MS, all: true }, running)),
  )
  const failed = outcomes.flatMap((outcome) => outcome.failed.map(({ file, name }) => `${file} ${name}`))
  const broken = outcomes.flatMap((outcome) => outcome.broken.map((file) => `${file} does not load`))
  const late = outcomes.filter(({ timedOut }) => timedOut).map(() => `not done after ${FIRST_RUN_TIMEOUT_MS / 1000} s`)
  const faults = [...failed, ...broken, ...late]
  if (faults.length === 0) return outcomes.flatMap(({ passed }) => passed)
  console.log(['These fail without any mutant: mend them first.', ...faults.map((fault) => `  ${fault}`)].join('\n'))
  return null
}

function hasTest(copy: string, mutant: Mutant, passed: readonly TestRun[]): boolean {
  const files = new Set(testFilesOf(mutant, copy))
  return passed.some(({ file, name }) => files.has(file) && wordOf(mutant.row).test(name))
}

function slowFilesOf(tests: readonly TestRun[]): Set<string> {
  const files = Map.groupBy(tests, ({ file }) => file)
  return new Set([...files].filter(([, own]) => own.reduce((sum, { ms }) => sum + ms, 0) > SLOW_FILE_MS).map(([file]) => file))
}

async function judgeAll(copies: readonly string[], mutants: readonly Mutant[], running: Running): Promise<number> {
  const startedMs = performance.now()
  const seconds = () => `${((performance.now() - startedMs) / 1000).toFixed(0)} s`
  const passed = await firstRun(copies, mutants, running)
  if (passed === null) return 1
  console.log(`without a mutant ${passed.length} tests pass · ${seconds()}`)
  const slow = slowFilesOf(passed)
  const waiting = [...mutants]
  let notCaught = 0
  const work = async (own: string): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const sinceMs = performance.now()
      const verdict = hasTest(own, mutant, passed) ? await judge(own, mutant, slow, running) : 'NO TEST'
      if (verdict !== 'caught') notCaught += 1
      console.log(`${verdict.padEnd(10)} ${mutant.row.padEnd(4)} ${mutant.title} · ${((performance.now() - sinceMs) / 1000).toFixed(1)} s`)
    }
  }
  await Promise.all(copies.map(work))
  console.log(`mutants ${mutants.length} · caught ${mutants.length - notCaught} · survivors ${notCaught} · ${seconds()}`)
  return notCaught > 0 ? 1 : 0
}

/** Why a mutant cannot be planted as the tree is now; nothing where it can. */
function staleness(mutant: Mutant): string[] {
  try {
    planted(readFileSync(join(ROOT, mutant.file), 'utf8'), mutant)
    return []
  } catch (error) {
    return [(error as Error).message]
  }
}

async function main(rows: readonly string[]): Promise<number> {
  const all = parseMutants(readFileSync(LIST, 'utf8'))
  const strangers = rows.filter((row) => !all.some((mutant) => mutant.row === row))
  if (strangers.length > 0) {
    console.log(`No mutant of ${strangers.join(', ')}. There are: ${[...new Set(all.map(({ row }) => row))].join(' ')}`)
    return 1
  }
  const mutants = rows.length === 0 ? all : all.filter(({ row }) => rows.includes(row))
  const stale = mutants.flatMap(staleness)
  if (stale.length > 0) {
    console.log(stale.join('\n'))
    return 1
  }
  const running: Running = new Set()
  const copies: string[] = []
  const leave = (): void => {
    for (const child of running) end(child)
    for (const copy of copies) rmSync(copy, { recursive: true, force: true, maxRetries: 5 })
  }
  for (const [signal, code] of [
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => {
      leave()
      process.exit(code)
    })
  }
  try {
    const workers = Math.min(MOST_WORKERS, availableParallelism(), mutants.length)
    for (let count = 0; count < workers; count += 1) copies.push(copyOfTheTree())
    return await judgeAll(copies, mutants, running)
  } finally {
    leave()
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
