// What `dita audit-config` hands to the audit: the config as `dita run` would read it, and what this process has. Judges nothing.

import { randomInt } from 'node:crypto'
import { hostname } from 'node:os'
import type { AuditView } from '../core/config/audit-config.ts'
import { auditReading } from '../core/session/audit-session.ts'
import { type ConfigRequest, readingOf } from './config-request.ts'
import { parseDuration } from './duration.ts'

export interface AuditRequest extends ConfigRequest {
  /** How long the sessions last that are meant. */
  readonly duration: string
  /** Whether the venue may be asked. */
  readonly online: boolean
}

/** @throws DitaError where there is no config to read (exit 4) or a flag cannot be right (exit 2) */
export function runAuditCommand(request: AuditRequest): Promise<AuditView> {
  const durationUs = parseDuration(request.duration)
  const random = (): number => randomInt(2 ** 32) / 2 ** 32
  return auditReading(readingOf(request), { durationUs, online: request.online, environment: process.env, random, host: hostname() })
}
