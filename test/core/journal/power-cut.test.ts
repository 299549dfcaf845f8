import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, type TestContext, test } from 'vitest'
import { DitaError } from '../../../src/core/errors.ts'
import { listBackups } from '../../../src/core/journal/backup.ts'
import { openWriter } from '../../../src/core/journal/open.ts'
import { verifyStore } from '../../../src/core/journal/verify-store.ts'
import { Disk, type DiskEvent, type Fate, readTrace } from './power-cut.ts'
import { randomOf } from './random.ts'
import { HOLDER, temporaryFolder } from './stores.ts'

const { POWER_CUTS = '150', POWER_CUT_SEED = '1' } = process.env
const SEED = Number(POWER_CUT_SEED)
const FATES: readonly Fate[] = ['dropped', 'kept', 'torn']
/** Enough for the log to reach the size at which a commit begins to move it. */
const COMMITS = 60
const ACCOUNT = 'child'
/** Of the system, found by the path; where it is missing the test says so and is left out. */
const TRACER = 'strace'
const SHM = /-shm$/

/** What a traced child asked of the disk, under a root that is all there is of the disk. */
function traced(context: TestContext, mode: 'watched' | 'careless'): { root: string; events: DiskEvent[] } {
  try {
    execFileSync(TRACER, ['-V'], { stdio: 'pipe' })
  } catch {
    console.warn(`LEFT OUT: "${context.task.name}", since there is no strace here`)
    context.skip()
  }
  const root = join(realpathSync(temporaryFolder()), 'disk')
  mkdirSync(root)
  const trace = join(temporaryFolder(), 'trace')
  const calls =
    'openat,write,pwrite64,writev,pwritev,fsync,fdatasync,ftruncate,truncate,unlink,unlinkat,rename,renameat,renameat2,mkdir,fallocate'
  const script = fileURLToPath(new URL('./child.ts', import.meta.url))
  const child = [process.execPath, '--no-warnings', script, mode, join(root, 'store', 'dita.db'), ACCOUNT, String(COMMITS)]
  execFileSync(TRACER, ['-f', '-y', '-xx', '-s', '100000000', '-o', trace, '-e', `trace=${calls}`, ...child], { stdio: 'pipe' })
  // The index of a log is memory that processes share: a power cut leaves nothing of it.
  const events = readTrace(readFileSync(trace, 'latin1'), root).filter((event) => event.kind === 'said' || !SHM.test(event.path))
  return { root, events }
}

interface Promised {
  /** The last fact whose commit had returned, and the hash of its account there. */
  readonly seq: number
  readonly hash: string
  /** Whether a backup had been reported. */
  readonly backups: number
}

interface Cut {
  readonly after: number
  readonly fate: Fate
}

/** Every point at which something else could be left; a sample of them unless all are asked for. */
function cutsOf(events: readonly DiskEvent[], fates: readonly Fate[]): Cut[] {
  const cuts: Cut[] = []
  let isNew = true
  for (const [index, event] of events.entries()) {
    // What is dropped is the same until the next sync, and what is promised until something is said.
    isNew ||= event.kind === 'sync' || event.kind === 'syncFolder' || event.kind === 'said'
    for (const fate of fates) if (isNew || fate !== 'dropped') cuts.push({ after: index, fate })
    isNew = false
  }
  if (POWER_CUTS === 'all') return cuts
  const random = randomOf(SEED)
  const chosen = new Set<Cut>()
  for (const fate of fates) {
    const those = cuts.filter((cut) => cut.fate === fate)
    const wanted = chosen.size + Math.min(those.length, Math.ceil(Number(POWER_CUTS) / FATES.length))
    while (chosen.size < wanted) chosen.add(those[random(those.length)] as Cut)
  }
  return cuts.filter((cut) => chosen.has(cut))
}

type Result = 'whole' | 'reported' | 'LOST' | 'NO BACKUP'

/** Opens what a cut has left as the next session would. */
function judge(path: string, promised: Promised): { result: Result; detail: string } {
  const verified = outcomeOf(() => (existsSync(path) ? verifyStore({ path, wallUs: () => 1 }).verdict : 'none'))
  const opened = outcomeOf(() => {
    const writer = openWriter({ path, holder: HOLDER, wallUs: () => 1 })
    try {
      const facts = [...writer.replay(ACCOUNT)].length
      return { facts, isSame: facts !== promised.seq || facts === 0 || writer.head(ACCOUNT).hash === promised.hash }
    } finally {
      void writer.close()
    }
  })
  if (!('value' in opened)) return { result: 'reported', detail: opened.message }
  if ('value' in verified && verified.value === 'damaged') return { result: 'reported', detail: 'verify says damaged' }
  const { facts, isSame } = opened.value
  if (facts < promised.seq || !isSame) return { result: 'LOST', detail: `${facts} facts of ${promised.seq}` }
  const [backup] = promised.backups === 0 ? [] : listBackups(path)
  const isGood = backup !== undefined && verifyStore({ path: backup.path, wallUs: () => 1 }).verdict === 'sound'
  return { result: promised.backups > 0 && !isGood ? 'NO BACKUP' : 'whole', detail: backup?.path ?? '' }
}

/** What the call gives, or what a person would be told; anything else that is thrown is a find. */
function outcomeOf<T>(work: () => T): { readonly value: T } | { readonly message: string } {
  try {
    return { value: work() }
  } catch (error) {
    if (error instanceof DitaError) return { message: error.message }
    throw error
  }
}

/** Cuts the power at each point; what came of it, and the first few that were not whole. */
function cutAll(
  { root, events }: { root: string; events: readonly DiskEvent[] },
  fates = FATES,
): { counts: Record<string, number>; odd: string[] } {
  const counts: Record<string, number> = {}
  const odd: string[] = []
  const disk = new Disk()
  let promised: Promised = { seq: 0, hash: '', backups: 0 }
  const cuts = cutsOf(events, fates)
  let next = 0
  for (const [index, event] of events.entries()) {
    if (event.kind === 'said') promised = promisedAfter(promised, event.text)
    else disk.play(event)
    for (; cuts[next]?.after === index; next += 1) {
      const { fate } = cuts[next] as Cut
      const folder = join(temporaryFolder(), 'after')
      disk.layOut(root, folder, fate, randomOf(SEED * 1_000_003 + index))
      const { result, detail } = judge(join(folder, 'store', 'dita.db'), promised)
      counts[`${fate}: ${result}`] = (counts[`${fate}: ${result}`] ?? 0) + 1
      if (result !== 'whole') odd.push(`after event ${index} (${event.kind}), ${fate}: ${result}, ${detail}`)
      rmSync(folder, { recursive: true })
    }
  }
  return { counts, odd }
}

function promisedAfter(promised: Promised, text: string): Promised {
  const [what, seq, hash] = text.split(' ')
  if (what === 'backed') return { ...promised, backups: promised.backups + 1 }
  return what === 'acknowledged' ? { ...promised, seq: Number(seq), hash: hash ?? '' } : promised
}

test('J01 a power cut at any point of a run loses nothing that was acknowledged', { timeout: 60 * 60_000 }, (context) => {
  const run = traced(context, 'watched')
  const said = run.events.filter((event) => event.kind === 'said')
  expect(said).toHaveLength(2 * (COMMITS + 2))
  const { counts, odd } = cutAll(run)
  console.info(`power cut in ${run.events.length} events: ${JSON.stringify(counts)}`)
  expect(odd).toEqual([])
})

test('J01 the same with synchronous=NORMAL loses what was acknowledged: the test above can fail', { timeout: 60 * 60_000 }, (context) => {
  const { counts } = cutAll(traced(context, 'careless'), ['dropped'])
  console.info(`with synchronous=NORMAL: ${JSON.stringify(counts)}`)
  expect(counts['dropped: LOST']).toBeGreaterThan(0)
})
