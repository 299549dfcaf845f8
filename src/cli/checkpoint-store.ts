// What `dita wal-checkpoint` does and how it says so. The checkpoint itself is the journal's.

import { type CheckpointReport, checkpointStore } from '../core/journal/checkpoint-store.ts'
import { paragraph } from './account-text.ts'

export interface CheckpointRequest {
  readonly storePath: string
  readonly mode: 'passive' | 'truncate'
}

/** @throws DitaError where the store cannot be found, read or written */
export function runCheckpointCommand(request: CheckpointRequest): Promise<CheckpointReport> {
  return checkpointStore({
    path: request.storePath,
    mode: request.mode === 'truncate' ? 'TRUNCATE' : 'PASSIVE',
    owner: { command: 'dita wal-checkpoint', pid: process.pid, since: new Date().toISOString() },
    wallUs: () => Date.now() * 1_000,
  })
}

export function renderCheckpoint(report: CheckpointReport): string {
  const { mode, logFrames, checkpointedFrames, elapsedMs, walBytesBefore, walBytesAfter, busy } = report
  const lines = [
    `${report.complete ? 'Complete' : 'NOT COMPLETE'}: ${mode} checkpoint of ${report.store}`,
    `  frames in the log   ${logFrames < 0 ? 'not known' : logFrames}`,
    `  now in the store    ${checkpointedFrames < 0 ? 'not known' : checkpointedFrames}`,
    `  log before, after   ${walBytesBefore} bytes, ${walBytesAfter} bytes`,
    `  busy                ${busy ? 'yes' : 'no'}`,
    `  took                ${elapsedMs} ms`,
  ]
  if (report.because !== null) lines.push(...paragraph(report.because))
  if (walBytesBefore === 0) lines.push('The log was empty: there was nothing to move, and no row of it was written.')
  else if (!report.recorded) lines.push(...paragraph(`No row of it was written: ${holderText(report)} is the writer of this store.`))
  return lines.join('\n')
}

function holderText({ holder }: CheckpointReport): string {
  const { sessionId = null, command = null, pid = null } = holder ?? {}
  const name = sessionId === null ? (command ?? 'another process') : `session ${sessionId}`
  return pid === null ? name : `${name} (pid ${pid})`
}
