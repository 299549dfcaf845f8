// Runs sessions under a reading trace, and knows the keys of the schema.

import { configKeys } from '../../../src/core/config/config-keys.ts'
import { loadConfig } from '../../../src/core/config/load-config.ts'
import { type ReadingTrace, traceReads } from '../../../src/core/config/reading-trace.ts'
import { SessionControl } from '../../../src/core/session/control.ts'
import { machineClock } from '../../../src/core/session/pacer.ts'
import { runSession } from '../../../src/core/session/run-session.ts'
import { newStore } from '../../session/harness.ts'

/** Every key that holds a value, as in dita.yaml. */
export const KEYS: readonly string[] = configKeys().flatMap(({ isSection, path }) => (isSection ? [] : [path.join('.')]))

export interface TracedWish {
  /** Keys as in dita.yaml. */
  readonly config?: Readonly<Record<string, unknown>>
  readonly seconds?: number
  readonly environment?: Readonly<Record<string, string>>
}

/** A whole session with this config, and who read what in it. */
export async function traced({ config = { mode: 'paper' }, seconds = 60, environment = {} }: TracedWish = {}): Promise<ReadingTrace> {
  const trace = traceReads(loadConfig({ file: '/tmp/dita.yaml', text: JSON.stringify(config), environment: {} }))
  await runSession({
    config: trace.config,
    sessionId: 'traced',
    durationUs: seconds * 1_000_000,
    speed: trace.config.mode === 'paper' ? 'max' : 1,
    storePath: newStore(),
    onStart: 'adopt',
    environment,
    random: () => 0.5,
    process: { pid: process.pid, host: 'test', version: '0.0.0' },
    wall: { ...machineClock(), wallUs: () => Date.now() * 1000 },
    control: new SessionControl(),
    observer: null,
    log: { info: () => undefined, error: () => undefined },
  })
  return trace
}

/** The keys that somebody read. */
export function readIn(trace: ReadingTrace): string[] {
  return KEYS.filter((key) => trace.readersOf(key).length > 0)
}
