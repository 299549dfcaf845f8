// Runs whole sessions in this process, in temporary folders, against a wall that the test is: real parts everywhere else.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll } from 'vitest'
import { loadConfig } from '../../src/core/config/load-config.ts'
import { DitaError } from '../../src/core/errors.ts'
import { summarizeFromStore } from '../../src/core/report/open-report.ts'
import type { SummaryView } from '../../src/core/report/summary-view.ts'
import { SessionControl } from '../../src/core/session/control.ts'
import type { RunSessionOptions, SessionObserver, SessionOutcome } from '../../src/core/session/port.ts'
import { runSession } from '../../src/core/session/run-session.ts'

export const SECOND_US = 1_000_000
export const MINUTE_US = 60 * SECOND_US

const folders: string[] = []

/** A new folder that goes away after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dita-session-'))
  folders.push(folder)
  return folder
}

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

export function newStore(): string {
  return join(temporaryFolder(), 'dita.db')
}

/** Keys as in dita.yaml; JSON is YAML. */
export type ConfigText = Readonly<Record<string, unknown>>

export interface SessionWish {
  readonly storePath?: string
  readonly sessionId?: string
  readonly durationUs?: number
  readonly speed?: number | 'max'
  readonly feed?: string
  readonly seed?: number
  readonly strategy?: string
  readonly config?: ConfigText
  readonly control?: SessionControl
  readonly observer?: SessionObserver | null
  readonly factLines?: RunSessionOptions['factLines']
  readonly wall?: RunSessionOptions['wall']
  /** Sees each entry of the session's log as it is made. */
  readonly onLog?: (entry: LogEntry) => void
  readonly compareBooks?: RunSessionOptions['compareBooks']
}

export interface LogEntry {
  readonly level: 'info' | 'error'
  readonly event: string
  readonly fields: Readonly<Record<string, unknown>>
}

export interface RanSession {
  readonly storePath: string
  readonly outcome: SessionOutcome
  readonly log: readonly LogEntry[]
}

/** A wall on which a sleep takes no time at all, and everybody has his turn after each. */
export function virtualWall(): { nowMs(): number; sleep(ms: number): Promise<void>; breathe(): Promise<void>; wallUs(): number } {
  let nowMs = 0
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
  return {
    nowMs: () => nowMs,
    sleep(ms) {
      nowMs += ms
      return turn()
    },
    breathe: turn,
    wallUs: () => 1_770_000_000_000_000 + Math.round(nowMs * 1000),
  }
}

export async function runPaper(wish: SessionWish = {}): Promise<RanSession> {
  const storePath = wish.storePath ?? newStore()
  const log: LogEntry[] = []
  const note = (entry: LogEntry): void => {
    log.push(entry)
    wish.onLog?.(entry)
  }
  const outcome = await runSession({
    config: loadConfig({
      file: join(tmpdir(), 'dita.yaml'),
      text: JSON.stringify(wish.config ?? { mode: 'paper' }),
      overrides: { feedSource: wish.feed, seed: wish.seed, strategyName: wish.strategy },
    }),
    sessionId: wish.sessionId ?? 'whole',
    durationUs: wish.durationUs ?? 2 * MINUTE_US,
    speed: wish.speed ?? 'max',
    storePath,
    onStart: 'adopt',
    environment: {},
    random: () => 0.5,
    process: { pid: process.pid, host: 'test', version: '0.0.0' },
    wall: wish.wall ?? virtualWall(),
    control: wish.control ?? new SessionControl(),
    observer: wish.observer ?? null,
    log: {
      info: (event, fields) => note({ level: 'info', event, fields }),
      error: (event, fields) => note({ level: 'error', event, fields }),
    },
    ...(wish.factLines !== undefined && { factLines: wish.factLines }),
    ...(wish.compareBooks !== undefined && { compareBooks: wish.compareBooks }),
  })
  return { storePath, outcome, log }
}

export function summaryOf(session: RanSession): Promise<SummaryView> {
  return summarizeFromStore(session.storePath, session.outcome.sessionId)
}

/** Looks into a store from outside, as any other program could. */
export function query<T>(storePath: string, sql: string, ...values: readonly (string | number)[]): T[] {
  const database = new Database(storePath, { readonly: true })
  try {
    return database.prepare<(string | number)[], T>(sql).all(...values)
  } finally {
    database.close()
  }
}

export function queryOne<T>(storePath: string, sql: string, ...values: readonly (string | number)[]): T {
  const [row] = query<T>(storePath, sql, ...values)
  if (row === undefined) throw new Error(`no row: ${sql}`)
  return row
}

/** The DitaError that a session ends with. */
export async function failureOf(running: Promise<unknown>): Promise<DitaError> {
  try {
    await running
  } catch (thrown) {
    if (thrown instanceof DitaError) return thrown
    throw thrown
  }
  throw new Error('the session did not fail')
}

/** Who looks on at every chance, and may do something with what it sees. */
export function onlooker(look: (model: Parameters<SessionObserver['publish']>[0]) => void): SessionObserver {
  return { wants: () => true, publish: look }
}
