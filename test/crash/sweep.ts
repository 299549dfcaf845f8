// The crash sweep as a whole: which points there are, several at once, and what is said of them. It plays nothing itself.

import { execFileSync } from 'node:child_process'
import type { Build } from './build.ts'
import { playPoint, type Verdict } from './play-point.ts'
import { allPoints, type CallCounts, countCalls, type Point } from './points.ts'
import { endingText } from './processes.ts'
import { Workspace } from './workspace.ts'

/** Of the system, found by the path. */
const TRACER = 'strace'

/** Whether there is a tracer, and it is allowed to trace. */
export function canTrace(): boolean {
  try {
    execFileSync(TRACER, ['-qq', '-o', '/dev/null', 'true'], { stdio: 'pipe' })
    return true
  } catch {
    return false
  }
}

/** Runs the session once, undisturbed but for the tracer, and counts its calls. Without a tracer there are none. */
export async function countedPoints(
  seed: number,
  build: Build,
): Promise<{ readonly counts: CallCounts; readonly points: readonly Point[] }> {
  if (!canTrace()) return { counts: {}, points: allPoints({}) }
  using workspace = new Workspace(seed, build)
  await workspace.openExchange()
  const { ending, trace } = await workspace.trace()
  if (ending.code !== 0) throw new Error(`The session that is swept does not run by itself: ${endingText(ending)} ${ending.stderr}`)
  const counts = countCalls(trace)
  return { counts, points: allPoints(counts) }
}

/** Calls are all struck in one and the same session; what a time decides has a market of its own each time. */
export const seedOf = (point: Point, seed: number): number => (point.kind === 'call' ? seed : seed + point.nth)

export interface SweepOptions {
  readonly points: readonly { readonly point: Point; readonly seed: number }[]
  readonly jobs: number
  readonly build: Build
  readonly onVerdict: (verdict: Verdict) => void
}

/** The verdicts stand in the order of the points, whichever came first. */
export async function sweep({ points, jobs, build, onVerdict }: SweepOptions): Promise<Verdict[]> {
  const waiting = points.entries()
  const verdicts: Verdict[] = []
  const work = async (): Promise<void> => {
    for (const [index, { point, seed }] of waiting) {
      const verdict = await playPoint(point, seed, build)
      verdicts[index] = verdict
      onVerdict(verdict)
    }
  }
  await Promise.all(Array.from({ length: jobs }, work))
  return verdicts
}

/** One line for each violation, that replays it. */
export const violationLines = ({ point, seed, story, violations }: Verdict): string[] =>
  violations.map((violation) => `${violation} (${story}): npm run crash -- --only ${point} --seed ${seed}`)

const KINDS: Readonly<Record<string, string>> = {
  time: 'SIGKILL at a random time',
  deep: 'SIGKILL, and again in the next two recoveries',
  exchange: 'SIGKILL of the exchange',
  both: 'SIGKILL of both',
}

function kindOf(point: string): string {
  const [kind = ''] = point.split(':')
  const [error, call] = kind.split('@')
  return KINDS[kind] ?? (call === undefined ? `SIGKILL at \`${kind}\`` : `${error} at \`${call}\``)
}

export interface SweepReport {
  readonly verdicts: readonly Verdict[]
  /** How many points there are; fewer may have been played. */
  readonly all: number
  readonly seed: number
  readonly elapsedMs: number
}

/** What stands in docs/RELIABILITY.md. */
export function sweepPage({ verdicts, all, seed, elapsedMs }: SweepReport): string {
  const groups = Map.groupBy(verdicts, ({ point }) => kindOf(point))
  const rows = [...groups].map(([kind, list]) => {
    const reached = list.filter((verdict) => verdict.reached).length
    const violated = list.filter(({ violations }) => violations.length > 0).length
    return `| ${kind} | ${list.length} | ${reached} | ${violated} |`
  })
  const violations = verdicts.flatMap(violationLines)
  const share = verdicts.length < all ? `, a sample of ${all}` : ''
  return [
    '| what happens | points | struck | with violations |',
    '|---|---:|---:|---:|',
    ...rows,
    '',
    `points ${verdicts.length}${share} · violations ${violations.length} · seconds ${Math.round(elapsedMs / 1_000)} · seed ${seed}`,
    ...(violations.length === 0 ? [] : ['', '```', ...violations, '```']),
  ].join('\n')
}
