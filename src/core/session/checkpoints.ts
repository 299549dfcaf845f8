// The checkpoint timer of a session: keeps the WAL short while it runs, and knows how its checkpoints went. One that fails is told,
// never thrown.

import type { CheckpointOutcome } from '../journal/checkpoint.ts'
import type { StoreWriter } from '../journal/writer.ts'
import type { SessionLog } from './port.ts'

/** How the checkpoints of a session went so far. */
export class CheckpointRecord {
  done = 0
  failed = 0
  last: CheckpointOutcome | null = null

  add(outcome: CheckpointOutcome): void {
    this.last = outcome
    if (outcome.error === null) this.done += 1
    else this.failed += 1
  }
}

interface CheckpointParts {
  readonly journal: Pick<StoreWriter, 'checkpoint'>
  readonly log: SessionLog
  readonly record: CheckpointRecord
  /** What is to be in the store before it is checkpointed. */
  readonly before: () => void
  /** Hears of each that failed, in a whole sentence. */
  readonly failed: (text: string) => void
}

/** Checkpoints PASSIVE every so many seconds of real time until it is disposed of; 0 = never. */
export function startCheckpoints(intervalSeconds: number, { journal, log, record, before, failed }: CheckpointParts): Disposable {
  if (intervalSeconds === 0) return { [Symbol.dispose]: () => undefined }
  const timer = setInterval(() => {
    before()
    const outcome = journal.checkpoint('PASSIVE')
    record.add(outcome)
    const { busy, logFrames, checkpointedFrames, elapsedMs, error } = outcome
    if (error === null) {
      log.info('checkpoint', { busy, logFrames, checkpointedFrames, elapsedMs })
      return
    }
    log.error('checkpoint_failed', { message: error })
    failed(`A checkpoint of the store failed: ${error}.`)
  }, intervalSeconds * 1000)
  timer.unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
