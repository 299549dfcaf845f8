// The checkpoint timer of a session: keeps the WAL short while it runs. A checkpoint that fails is told, never thrown.

import type { StoreWriter } from '../journal/writer.ts'
import type { SessionLog } from './run-session.ts'

/** Checkpoints PASSIVE every so many seconds of real time until it is disposed of; 0 = never. */
export function startCheckpoints(journal: StoreWriter, intervalSeconds: number, log: SessionLog): Disposable {
  if (intervalSeconds === 0) return { [Symbol.dispose]: () => undefined }
  const timer = setInterval(() => {
    const { busy, logFrames, checkpointedFrames, elapsedMs, error } = journal.checkpoint('PASSIVE')
    if (error === null) log.info('checkpoint', { busy, logFrames, checkpointedFrames, elapsedMs })
    else log.error('checkpoint_failed', { message: error })
  }, intervalSeconds * 1000)
  timer.unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
