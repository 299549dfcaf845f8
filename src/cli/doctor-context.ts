// What the questions of `dita doctor` share: the config as it is read once, and the venue as it is asked once.

import { randomInt } from 'node:crypto'
import type { Config } from '../core/config/config.ts'
import type { ConfigReading } from '../core/config/read-config.ts'
import { DitaError } from '../core/errors.ts'
import { machineClock } from '../core/session/pacer.ts'
import { readingOf } from './config-request.ts'
import type { Workspace } from './workspace.ts'

export interface DoctorRequest {
  readonly workspace: Workspace
  readonly configPath: string | null
  /** Asks nobody outside of this machine. */
  readonly offline: boolean
  /** Sends a notification for trial. */
  readonly notify: boolean
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The folder of the package, and the version in its package.json. */
  readonly packageFolder: string
  readonly version: string
}

export interface VenueAnswer {
  readonly instrument: string
  readonly host: string
  /** How far the venue's clock is ahead of ours; null where it was not measured. */
  readonly clockOffsetMs: number | null
}

export interface DoctorContext extends DoctorRequest {
  readonly reading: ConfigReading | DitaError
  /** Null where the config cannot be used. */
  readonly config: Config | null
  /** Asked at the first call, and once. @throws DitaError as connecting does */
  venue(): Promise<VenueAnswer>
  /** Opens the market of a rehearsal. The symbol of its instrument. @throws DitaError FEED_… */
  rehearsal(): Promise<string>
  /** Reads the keys, and asks nobody. @throws DitaError CREDENTIALS_… */
  keys(): Promise<void>
}

/** The whole conversation, not one call. */
const LONGEST_MS = 30_000

export function openDoctorContext(request: DoctorRequest): DoctorContext {
  const reading = read(request)
  const config = reading instanceof DitaError ? null : reading.config
  let asked: Promise<VenueAnswer> | null = null
  const usable = (): Config => {
    if (config === null) throw new RangeError('a venue is asked with a config that can be used')
    return config
  }
  return {
    ...request,
    reading,
    config,
    venue() {
      asked ??= connect(usable(), request.environment, AbortSignal.timeout(LONGEST_MS))
      return asked
    },
    rehearsal: () => rehearsalOf(usable(), request.environment),
    async keys() {
      try {
        // Nobody is called under a signal that is aborted already.
        await connect(usable(), request.environment, AbortSignal.abort())
      } catch (thrown) {
        if (thrown instanceof DitaError && thrown.code.startsWith('CREDENTIALS_')) throw thrown
      }
    },
  }
}

function read({ configPath }: DoctorRequest): ConfigReading | DitaError {
  try {
    return readingOf({ configPath, feed: undefined, strategy: undefined, seed: undefined })
  } catch (thrown) {
    if (thrown instanceof DitaError) return thrown
    throw thrown
  }
}

async function rehearsalOf(config: Config, environment: DoctorContext['environment']): Promise<string> {
  const { openArena } = await import('../core/session/arena.ts')
  const wall = { ...machineClock(), wallUs: () => Date.now() * 1000 }
  const log = { info: () => undefined, error: () => undefined }
  const arena = await openArena({ config, sessionId: 'doctor', environment, random: () => 0, wall, log }, new AbortController().signal)
  await arena.close()
  return arena.feed.instrument.symbol
}

async function connect(config: Config, environment: DoctorContext['environment'], signal: AbortSignal): Promise<VenueAnswer> {
  const { connectBingx } = await import('../core/session/bingx-arena.ts')
  const wall = { ...machineClock(), wallUs: () => Date.now() * 1000 }
  const random = (): number => randomInt(2 ** 32) / 2 ** 32
  const log = { info: () => undefined, error: () => undefined }
  const { venue, instrument, hosts } = await connectBingx({ config, environment, random, wall, log }, signal)
  const offsetUs = venue.health().clockOffsetUs
  await venue.close()
  return { instrument: instrument.symbol, host: new URL(hosts.restUrl).host, clockOffsetMs: offsetUs === null ? null : offsetUs / 1_000 }
}
