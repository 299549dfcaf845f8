// The log beside a store: one line of JSON an entry, with causes, readable by its owner only.

import { destination, type Logger, pino, stdSerializers, stdTimeFunctions } from 'pino'
import { messageOf } from '../core/errors.ts'
import type { SessionLog } from '../core/session/run-session.ts'

/**
 * Logs to `<store>.log`, opened with the first entry: a session that never got hold of its store leaves nothing behind.
 * Entries are written at once, so that a crash loses none. A log that cannot be written is told once and given up: a
 * session does not end for it.
 */
export function openSessionLog(storePath: string, complain: (text: string) => void): SessionLog & { close(): void } {
  let open: { readonly logger: Logger; end(): void } | null = null
  let failed = false
  const write = (level: 'info' | 'error', event: string, fields: Readonly<Record<string, unknown>>): void => {
    if (failed) return
    try {
      open ??= openFile(`${storePath}.log`)
      open.logger[level](fields, event)
    } catch (thrown) {
      failed = true
      complain(`The log ${storePath}.log cannot be written and is given up: ${messageOf(thrown)}`)
    }
  }
  return {
    info: (event, fields) => write('info', event, fields),
    error: (event, fields) => write('error', event, fields),
    close: () => open?.end(),
  }
}

function openFile(path: string): { readonly logger: Logger; end(): void } {
  const file = destination({ dest: path, append: true, mode: 0o600, sync: true })
  const logger = pino({ base: null, timestamp: stdTimeFunctions.isoTime, serializers: { cause: stdSerializers.err } }, file)
  return { logger, end: () => file.end() }
}
