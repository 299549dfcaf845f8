// The checkpoint timer of a session: keeps the WAL short while it runs. A checkpoint that fails is told, never thrown.

import type { StoreWriter } from '../journal/writer.ts'
import type { SessionLog } from './run-session.ts'

interface CheckpointParts {
  readonly journal: StoreWriter
  readonly log: SessionLog
  /** What is to be in the store before it is checkpointed. */
  readonly before: () => void
}

/** Checkpoints PASSIVE every so many seconds of real time until it is disposed of; 0 = never. */
export function startCheckpoints(intervalSeconds: number, { journal, log, before }: CheckpointParts): Disposable {
  if (intervalSeconds === 0) return { [Symbol.dispose]: () => undefined }
  const timer = setInterval(() => {
    before()
    const { busy, logFrames, checkpointedFrames, elapsedMs, error } = journal.checkpoint('PASSIVE')
    if (error === null) log.info('checkpoint', { busy, logFrames, checkpointedFrames, elapsedMs })
    else log.error('checkpoint_failed', { message: error })
  }, intervalSeconds * 1000)
  timer.unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
