// The log beside a store: one line of JSON an entry, with causes, readable by its owner only.

import { destination, type Logger, pino, stdSerializers, stdTimeFunctions } from 'pino'
import { messageOf } from '../core/errors.ts'
import type { SessionLog } from '../core/session/port.ts'

interface Entry {
  readonly level: 'info' | 'error'
  readonly event: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** What a venue has to say while it is connected to, before the first session of a workspace has made its folder. */
const MOST_EARLY = 200

/**
 * Logs to `<store>.log`, opened with the first entry: a session that never got hold of its store leaves nothing behind.
 * Entries are written at once, so that a crash loses none; only those from before there is a folder wait for it, with the time
 * they are from as `at`. A log that cannot be written is told once and given up: a session does not end for it.
 */
export function openSessionLog(storePath: string, complain: (text: string) => void): SessionLog & { close(): void } {
  let open: { readonly logger: Logger; end(): void } | null = null
  let early: Entry[] = []
  let failed = false
  const write = (entry: Entry): void => {
    if (failed) return
    try {
      open ??= openFile(`${storePath}.log`)
      for (const { level, event, fields } of [...early, entry]) open.logger[level](fields, event)
      early = []
    } catch (thrown) {
      if (open === null && isMissing(thrown)) {
        const at = new Date().toISOString()
        if (early.length < MOST_EARLY) early.push({ ...entry, fields: { ...entry.fields, at } })
        return
      }
      failed = true
      complain(`The log ${storePath}.log cannot be written (${messageOf(thrown)}): what happens goes on without it.`)
    }
  }
  return {
    info: (event, fields) => write({ level: 'info', event, fields }),
    error: (event, fields) => write({ level: 'error', event, fields }),
    close: () => open?.end(),
  }
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'
}

function openFile(path: string): { readonly logger: Logger; end(): void } {
  const file = destination({ dest: path, append: true, mode: 0o600, sync: true })
  const logger = pino({ base: null, timestamp: stdTimeFunctions.isoTime, serializers: { cause: stdSerializers.err } }, file)
  return { logger, end: () => file.end() }
}
