// Finds the session that runs on a store, and tells when it is gone. Asks; changes nothing.

import { setTimeout as sleep } from 'node:timers/promises'
import { type Reached, reachSession } from './control-client.ts'
import { type StoreHolder, storeHolder } from './store-holder.ts'

/** How often it is looked again. */
const LOOK_EVERY_MS = 100
/** A session that starts listens soon after it has taken its store. */
const STARTING_MS = 1_000

/** Absent: nobody listens, though somebody may hold the store. One that has just started is given a moment. */
export async function reachRunning(storePath: string): Promise<Reached> {
  for (let looks = STARTING_MS / LOOK_EVERY_MS; ; looks -= 1) {
    const reached = await reachSession(storePath)
    if (reached.how !== 'absent' || looks <= 0 || holderNow(storePath) === null) return reached
    await sleep(LOOK_EVERY_MS)
  }
}

/** Waits until nobody holds the store, or somebody else than `pid` does; false where the time was not enough. */
export async function untilFree(storePath: string, withinMs: number, pid: number | null): Promise<boolean> {
  for (let looks = Math.ceil(withinMs / LOOK_EVERY_MS); ; looks -= 1) {
    const holder = holderNow(storePath)
    if (holder === null || (pid !== null && holder.pid !== null && holder.pid !== pid)) return true
    if (looks <= 0) return false
    await sleep(LOOK_EVERY_MS)
  }
}

export function holderNow(storePath: string): StoreHolder | null {
  return storeHolder(storePath, Date.now())
}
