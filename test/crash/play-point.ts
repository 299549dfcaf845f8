// Plays one point of the crash sweep from nothing to its verdict: a session dies there, the next one recovers, and store and truth
// are compared. Owns the order of things; what must hold stands in invariants.ts.

import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { Build } from './build.ts'
import { changesBetween, readBooks, violationsOf } from './invariants.ts'
import { type Point, pointName } from './points.ts'
import { type Ending, endingText } from './processes.ts'
import { type Injection, Workspace } from './workspace.ts'

export interface Verdict {
  readonly point: string
  readonly seed: number
  /** False where the session ended before it came to the call: then nothing was struck. */
  readonly reached: boolean
  /** What was struck, where a tracer can say so, and how the session ended: for people. */
  readonly story: string
  readonly violations: readonly string[]
  readonly elapsedMs: number
}

/** What a point leaves to be recovered. */
interface Struck {
  readonly reached: boolean
  readonly story: string
  /** What was wrong already. */
  readonly violations: readonly string[]
  /** The sessions that were killed, if they came so far as to be written down. */
  readonly killed: readonly string[]
}

/** The script begins to trade after about so long, and has come to its end after so long: for times of dying. */
const FIRST_ORDER_MS = 700
const LAST_ORDER_MS = 4_200

export async function playPoint(point: Point, seed: number, build: Build): Promise<Verdict> {
  const startedMs = performance.now()
  const name = pointName(point)
  using workspace = new Workspace(seed, build)
  const dice = diceOf(`${name}/${seed}`)
  const verdict = (struck: Pick<Struck, 'reached' | 'story'>, violations: readonly string[]): Verdict => {
    const { reached, story } = struck
    return { point: name, seed, reached, story, violations, elapsedMs: performance.now() - startedMs }
  }
  try {
    await workspace.openExchange()
    const struck = await strike(workspace, point, dice)
    return verdict(struck, [...struck.violations, ...(await recoveredTwice(workspace, struck.killed))])
  } catch (error) {
    return verdict({ reached: true, story: 'broken off' }, [`HARNESS: ${error instanceof Error ? error.stack : String(error)}`])
  }
}

function strike(workspace: Workspace, point: Point, dice: Dice): Promise<Struck> {
  switch (point.kind) {
    case 'call':
      return point.injection.what === 'kill' ? killAtCall(workspace, point.injection) : failAtCall(workspace, point.injection)
    case 'time':
      return killAtTime(workspace, dice)
    case 'deep':
      return killThrice(workspace, dice)
    case 'exchange':
      return killExchange(workspace, dice)
    case 'both':
      return killBoth(workspace, dice)
  }
}

async function killAtCall(workspace: Workspace, injection: Injection): Promise<Struck> {
  const ending = await workspace.play(injection).ended
  const reached = ending.signal === 'SIGKILL'
  const violations = reached ? [] : wrongExit(ending, [0], 'a session that nothing struck')
  return { reached, story: reached ? `killed at ${lastCall(workspace)}` : endingText(ending), violations, killed: reached ? ['s1'] : [] }
}

/** One call fails: of the store that stops the session, which says so; a copy, a lock file or a log it may do without. */
async function failAtCall(workspace: Workspace, injection: Injection): Promise<Struck> {
  const ending = await workspace.play(injection).ended
  const call =
    workspace
      .readTrace()
      .split('\n')
      .find((line) => line.includes('(INJECTED)')) ?? ''
  const path = /<([^>]*)>/.exec(call)?.[1] ?? 'no call'
  const story = `${endingText(ending)} after ${injection.what} on ${nameOf(workspace, path)}`
  const violationsOfEnd = (): string[] => {
    if (call === '') return wrongExit(ending, [0], 'a session that nothing struck')
    if (/dita\.db(?:-wal|-journal|\.mark)?$/.test(path)) return failedLoudly(workspace, ending, story)
    return ending.code === 1 ? wrongExit(ending, [0], story) : []
  }
  return { reached: call !== '', story, violations: violationsOfEnd(), killed: [] }
}

/** What takes nothing away from the journal where it fails: it is told, tried again, and the session goes on. */
const MAY_FAIL = ['checkpoint_failed', 'metrics_not_recorded']

/** It stops and says what failed; or it says that it was something which may. */
function failedLoudly({ store }: Workspace, ending: Ending, story: string): string[] {
  const log = existsSync(`${store}.log`) ? readFileSync(`${store}.log`, 'utf8') : ''
  if (ending.code === 0 && MAY_FAIL.some((told) => log.includes(`"msg":"${told}"`))) return []
  const says = ending.stdout + ending.stderr
  const isLoud = /"code": *"[A-Z_]+"/.test(says)
  return [...wrongExit(ending, [6], story), ...(isLoud ? [] : [`SILENT: it does not say what failed: ${says.slice(0, 300)}`])]
}

async function killAtTime(workspace: Workspace, dice: Dice): Promise<Struck> {
  const ms = dice.between(0, LAST_ORDER_MS)
  const session = workspace.play()
  await Promise.race([pause(ms), session.ended])
  session.kill()
  const ending = await session.ended
  return { reached: ending.signal === 'SIGKILL', story: `${endingText(ending)} after ${ms} ms`, violations: [], killed: ['s1'] }
}

/** The session dies, and so do the next two starts, each while it recovers. */
async function killThrice(workspace: Workspace, dice: Dice): Promise<Struck> {
  const first = await killedAfter(workspace.play(), dice.between(FIRST_ORDER_MS, LAST_ORDER_MS))
  const stories = [first]
  for (let start = 2; start <= 3; start += 1) {
    if (dice.between(0, 1) === 0) {
      stories.push(await killedAfter(workspace.recover(), dice.between(300, 1_500)))
    } else {
      const call = (['pwrite64', 'fsync', 'write'] as const)[dice.between(0, 2)] as 'pwrite64' | 'fsync' | 'write'
      const nth = dice.between(1, call === 'pwrite64' ? 150 : 20)
      const ending = await workspace.recover({ call, nth, what: 'kill' }).ended
      stories.push(`${endingText(ending)} at ${call}:${nth}`)
    }
  }
  return { reached: true, story: stories.join(', '), violations: [], killed: [] }
}

async function killedAfter(session: ReturnType<Workspace['play']>, ms: number): Promise<string> {
  await Promise.race([pause(ms), session.ended])
  session.kill()
  return `${endingText(await session.ended)} after ${ms} ms`
}

/** The session lives on: it may end well, or say that the venue was unreachable, or that findings remain. */
async function killExchange(workspace: Workspace, dice: Dice): Promise<Struck> {
  const ms = dice.between(FIRST_ORDER_MS, LAST_ORDER_MS - 500)
  const gapMs = dice.between(0, 1_000)
  const session = workspace.play()
  await Promise.race([pause(ms), session.ended])
  await workspace.killExchange()
  await pause(gapMs)
  await workspace.openExchange()
  const ending = await session.ended
  const story = `${endingText(ending)}; the exchange was killed after ${ms} ms, for ${gapMs} ms`
  return { reached: true, story, violations: wrongExit(ending, [0, 3, 7], story), killed: [] }
}

async function killBoth(workspace: Workspace, dice: Dice): Promise<Struck> {
  const ms = dice.between(FIRST_ORDER_MS, LAST_ORDER_MS)
  const apartMs = dice.between(0, 200)
  const session = workspace.play()
  await Promise.race([pause(ms), session.ended])
  await workspace.killExchange()
  await Promise.race([pause(apartMs), session.ended])
  session.kill()
  const ending = await session.ended
  await workspace.openExchange()
  return { reached: true, story: `${endingText(ending)}; both after ${ms} ms, ${apartMs} ms apart`, violations: [], killed: [] }
}

/** Recovers, compares, recovers again, and compares what that changed. */
async function recoveredTwice(workspace: Workspace, killed: readonly string[]): Promise<string[]> {
  const first = await workspace.recover().ended
  const violations = wrongExit(first, [0], 'the recovery')
  // What remains to be seen to is a violation already, and is judged all the same: a quarantine has to be loud.
  if (first.code !== 0 && first.code !== 3) return violations
  const once = readBooks(workspace.store)
  violations.push(...violationsOf(once, workspace.truth))
  for (const { id, halt } of once.sessions) {
    // One that was killed when its halt was written already has ended well.
    const isRight = halt === 'crashed' || halt === 'duration_elapsed'
    if (killed.includes(id) && !isRight) violations.push(`NOT CRASHED: session ${id} was killed and is closed as ${String(halt)}`)
  }
  violations.push(...wrongExit(await workspace.recover().ended, [0], 'the second recovery'))
  const twice = readBooks(workspace.store)
  violations.push(...changesBetween(once, twice), ...violationsOf(twice, workspace.truth))
  violations.push(...wrongExit(await workspace.verify(), [0], '`dita verify`'))
  return [...new Set(violations)]
}

function wrongExit(ending: Ending, right: readonly number[], what: string): string[] {
  if (ending.code !== null && right.includes(ending.code)) return []
  const says = `${ending.stderr.slice(-600)} ${ending.stdout.slice(0, 600)}`.replaceAll(/\s+/g, ' ').trim()
  return [`EXIT: ${what} ended with ${endingText(ending)}, not ${right.join(' or ')}: ${says}`]
}

/** What the tracer wrote last of a call: its path is what was struck. */
function lastCall(workspace: Workspace): string {
  const line =
    workspace
      .readTrace()
      .trimEnd()
      .split('\n')
      .findLast((text) => /^\d+ +[a-z0-9]+\(/.test(text)) ?? ''
  return nameOf(workspace, /<([^>]*)>/.exec(line)?.[1] ?? line)
}

const nameOf = ({ folder }: Workspace, path: string): string =>
  path
    .replace(`${folder}/`, '')
    .replace(/^TCP.*/, 'TCP')
    .replace(/:\[\d+\].*/, '')

interface Dice {
  /** A whole number, both ends included. */
  between(least: number, most: number): number
}

/** The same name, the same numbers. */
function diceOf(name: string): Dice {
  let state = 2_166_136_261
  for (const character of name) state = Math.imul(state ^ (character.codePointAt(0) as number), 16_777_619)
  const next = (): number => {
    state = Math.imul(state ^ (state >>> 15), 2_246_822_507) + 0x9e3779b9
    state = Math.imul(state ^ (state >>> 13), 3_266_489_909)
    return ((state ^ (state >>> 16)) >>> 0) / 2 ** 32
  }
  return { between: (least, most) => least + Math.floor(next() * (most - least + 1)) }
}
