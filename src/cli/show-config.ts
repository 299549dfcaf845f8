// What `dita config show` does: every key with the value in force and where it was written. Checks what `dita run` would check.

import { effectiveKeys } from '../core/config/effective-keys.ts'
import { assertUsable } from '../core/config/load-config.ts'
import type { ShownConfig } from './audit-text.ts'
import { type ConfigRequest, readingOf } from './config-request.ts'

/** @throws DitaError where the config cannot be used (exit 4) or a flag cannot be right (exit 2) */
export function showConfig(request: ConfigRequest): ShownConfig {
  const reading = readingOf(request)
  assertUsable(reading)
  return { config: reading.text === null ? null : reading.file, keys: effectiveKeys(reading) }
}
