// How a session is halted from outside its process: it is told over its socket, and waited for; where it does not answer, the kill file
// tells it. Ends no process: that is for a person to do, and it says how.

import { existsSync } from 'node:fs'
import { DitaError, EXIT, type ExitCode } from '../../errors.ts'
import { heardElsewhere } from '../../waiting.ts'
import type { ControlClient } from './control-client.ts'
import { readKillFile, removeKillFile, writeKillFile } from './kill-file.ts'
import { type SessionStatus, sessionLost } from './protocol.ts'
import { holderNow, reachRunning, untilFree } from './running-session.ts'
import type { OrdersLeft } from './stored-end.ts'

/** A session that has halted sums up and closes its store within this time; its halt stands in any case. */
const RELEASE_MS = 5_000

export interface HaltOptions {
  readonly storePath: string
  readonly reason: string | null
  /** Null: it is enough that the session was told. */
  readonly waitMs: number | null
  /** Leaves the kill file in any case, so that nothing starts either. */
  readonly file: boolean
  /** Whether a flag or a workspace named the store, or nobody did and it is the one in the user's data folder. */
  readonly isNamed: boolean
  /** Takes what a person should know while it lasts. */
  readonly say: (text: string) => void
}

export interface HaltView {
  readonly store: string
  /** Whether a session may still be running. */
  readonly running: boolean
  /** The session that was told to halt; null where none ran. */
  readonly sessionId: string | null
  readonly pid: number | null
  /** How it ended; null where it did not say so, or none ran. */
  readonly haltReason: string | null
  readonly haltDetail: string | null
  /** What the session's own process ends with. */
  readonly sessionExitCode: number | null
  /** The kill file that lies beside the store; null where none does. */
  readonly killFile: string | null
  /** With --clear: whether there was one to remove. */
  readonly cleared: boolean
  /** What the books hold as live now that nothing runs, paper left out; null where it was not looked at, or cannot be. */
  readonly ordersLeft: readonly OrdersLeft[] | null
  /** Of this command. */
  readonly exitCode: ExitCode
}

/** A session, or a process that has none. */
export type Named = Pick<HaltView, 'sessionId' | 'pid'>

/**
 * Halts what runs on a store. Orders that the books hold as live once nothing runs are exit 3: nobody takes those back by itself.
 * Nothing that runs, on a store that nobody named, is exit 2.
 * @throws DitaError HALT_UNPROVED (exit 5) where it is not known to have halted, SESSION_LOST (exit 3) where it ended without a halt,
 * STORE_MISSING (exit 2) where there is no store and no kill file was asked for
 */
export async function haltSession(options: HaltOptions): Promise<HaltView> {
  const { file, reason, storePath, waitMs } = options
  if (file) writeKillFile(storePath, reason)
  const reached = await reachRunning(storePath)
  if (reached.how !== 'connected') return haltByFile(options)
  const { client } = reached
  try {
    const telling = tell(client, options)
    // Asked in the same breath: a session that halts at once may be gone before a second question.
    const ending = waitMs === null ? null : client.haltAndWait(reason, waitMs)
    // It is looked at below, and only where the first was answered.
    if (ending !== null) heardElsewhere(ending)
    const told = await telling
    if (told === 'silent') return await haltByFile(options)
    if (told === 'gone') return await gone(storePath, client.session)
    return ending === null
      ? { ...viewOf(storePath), running: true, sessionId: told.sessionId, pid: told.pid }
      : await awaitHalt(told, ending, options)
  } finally {
    client.close()
  }
}

/** Takes the kill file away, so that sessions may start again. */
export function clearKillFile(storePath: string): HaltView {
  const cleared = removeKillFile(storePath)
  const holder = holderNow(storePath)
  return { ...viewOf(storePath), running: holder !== null, sessionId: holder?.sessionId ?? null, pid: holder?.pid ?? null, cleared }
}

async function tell(client: ControlClient, { reason, storePath }: HaltOptions): Promise<SessionStatus | 'silent' | 'gone'> {
  try {
    return await client.halt(reason)
  } catch (thrown) {
    if (hasCode(thrown, 'CONTROL_TIMEOUT')) return 'silent'
    if (!hasCode(thrown, 'CONTROL_LOST')) throw thrown
    return (await untilFree(storePath, RELEASE_MS, client.session.pid)) ? 'gone' : 'silent'
  }
}

/** It ended while it was being told: either it wrote its halt, or it is lost. */
async function gone(storePath: string, { sessionId, pid }: SessionStatus): Promise<HaltView> {
  const haltReason = await writtenHalt(storePath, sessionId)
  if (haltReason === null) throw sessionLost(sessionId)
  return await ended(storePath, { sessionId, pid, haltReason })
}

/** The halt reason that stands in the store; null where none does, or where it cannot be read just now. */
async function writtenHalt(storePath: string, sessionId: string): Promise<string | null> {
  const { writtenHaltIn } = await import('./stored-end.ts')
  try {
    return await writtenHaltIn(storePath, sessionId)
  } catch (thrown) {
    // What is wrong with the store is for `dita verify` to say; here it is only not known how the session ended.
    if (thrown instanceof DitaError) return null
    throw thrown
  }
}

async function awaitHalt(told: SessionStatus, ending: Promise<SessionStatus>, { storePath, waitMs, say }: HaltOptions): Promise<HaltView> {
  const { sessionId, pid } = told
  say(`Session ${sessionId} (pid ${pid}) was told to halt: it takes back its orders. Waiting for up to ${(waitMs ?? 0) / 1000} s.`)
  try {
    const { haltReason, haltDetail, exitCode } = await ending
    // Who starts the next session after this command finds the store free.
    await untilFree(storePath, RELEASE_MS, pid)
    return await ended(storePath, { sessionId, pid, haltReason, haltDetail, sessionExitCode: exitCode })
  } catch (thrown) {
    if (hasCode(thrown, 'CONTROL_TIMEOUT')) throw unproved(storePath, told)
    if (!hasCode(thrown, 'CONTROL_LOST') && !hasCode(thrown, 'SESSION_LOST')) throw thrown
    if (await untilFree(storePath, RELEASE_MS, pid)) return await gone(storePath, told)
    throw unproved(storePath, told)
  }
}

/** Nobody can be asked: either no session runs, or the kill file is the way. */
async function haltByFile(options: HaltOptions): Promise<HaltView> {
  const { storePath, reason, waitMs, say } = options
  const holder = holderNow(storePath)
  if (holder === null || holder.command !== null) return await nothingRuns(options)
  const file = writeKillFile(storePath, reason)
  if (waitMs === null) throw unproved(storePath, holder)
  say(`${nameOf(holder)} does not answer: ${file.path} tells it to halt. Waiting for up to ${waitMs / 1000} s.`)
  if (!(await untilFree(storePath, waitMs, holder.pid))) throw unproved(storePath, holder)
  const { sessionId, pid } = holder
  const haltReason = sessionId === null ? null : await writtenHalt(storePath, sessionId)
  return await ended(storePath, { sessionId, pid, haltReason })
}

/**
 * A store that is not there, or that nobody named, is more likely the wrong one than a quiet one: the kill switch does not pass over
 * it in silence.
 */
async function nothingRuns({ storePath, file, isNamed }: HaltOptions): Promise<HaltView> {
  if (existsSync(storePath)) {
    const view = withOrdersLeft(viewOf(storePath), await ordersLeft(storePath))
    return isNamed || file || view.exitCode !== EXIT.done ? view : { ...view, exitCode: EXIT.usage }
  }
  if (file) return viewOf(storePath)
  throw new DitaError('STORE_MISSING', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `There is no store at ${storePath}, so no session runs on it, and nothing was halted.`,
    next: "Name the session's store with --store, or go into its folder. To let none start there either: `dita halt --file`.",
  })
}

type Ending = Partial<Pick<HaltView, 'sessionId' | 'pid' | 'haltReason' | 'haltDetail' | 'sessionExitCode'>>

async function ended(storePath: string, ending: Ending): Promise<HaltView> {
  const view = { ...viewOf(storePath), ...ending }
  // The orders of a session that has started meanwhile are that one's own matter.
  if (holderNow(storePath) !== null) return view
  return withOrdersLeft(view, await ordersLeft(storePath).catch(notKnown))
}

/** What is wrong with the store is for `dita verify` to say: the session itself has halted. */
function notKnown(thrown: unknown): null {
  if (thrown instanceof DitaError) return null
  throw thrown
}

async function ordersLeft(storePath: string): Promise<readonly OrdersLeft[]> {
  const { ordersLeftIn } = await import('./stored-end.ts')
  try {
    return await ordersLeftIn(storePath)
  } catch (thrown) {
    if (hasCode(thrown, 'STORE_EMPTY')) return []
    throw thrown
  }
}

function withOrdersLeft(view: HaltView, left: readonly OrdersLeft[] | null): HaltView {
  return { ...view, ordersLeft: left, exitCode: left === null || left.length === 0 ? EXIT.done : EXIT.findings }
}

function viewOf(store: string): HaltView {
  const killFile = readKillFile(store)?.path ?? null
  const none = { sessionId: null, pid: null, haltReason: null, haltDetail: null, sessionExitCode: null, ordersLeft: null }
  return { store, running: false, ...none, killFile, cleared: false, exitCode: EXIT.done }
}

/** Whom it is about, as a sentence begins. */
export function nameOf({ sessionId, pid }: Named): string {
  const who = sessionId === null ? 'A process without a name' : `Session ${sessionId}`
  return pid === null ? who : `${who} (pid ${pid})`
}

function unproved(storePath: string, holder: Named): DitaError {
  const file = readKillFile(storePath)
  const left = file === null ? '' : ` ${file.path} stays there and tells it to halt.`
  return new DitaError('HALT_UNPROVED', {
    fault: 'machine',
    exitCode: EXIT.storeBusy,
    message: `${nameOf(holder)} holds the store ${storePath} and is not known to have halted.${left}`,
    next: `A session that stops gives its venue half a minute: wait a minute and type \`dita halt\` again. Where it still runs then, ${holder.pid === null ? 'find its process and end it with `kill -TERM`' : `\`kill -TERM ${holder.pid}\``}, and after one more minute \`kill -KILL\` in its place, which loses nothing that was written. Then compare with the venue by \`dita reconcile\`: orders may still rest there.`,
  })
}

function hasCode(thrown: unknown, code: string): boolean {
  return thrown instanceof DitaError && thrown.code === code
}
