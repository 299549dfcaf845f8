// What the command line says instead of the file: flags that stand for keys, each held against the schema by itself. A flag that
// cannot be right is a mistake of usage, not of the config.

import { DitaError, EXIT } from '../errors.ts'
import { escapeText } from '../text.ts'
import { checkConfig } from './check-config.ts'
import { type ConfigValue, withValue } from './config-values.ts'

/** What the command line says instead of the file. */
export interface ConfigOverrides {
  /** `simulated`, `live` or a path; a relative one starts at the working folder. */
  readonly feedSource?: string | undefined
  readonly seed?: number | undefined
  /** A built-in strategy or a path; a relative one starts at the working folder. */
  readonly strategyName?: string | undefined
}

interface FlagValue {
  readonly flag: string
  readonly path: readonly [string, string]
  readonly value: string
}

/**
 * What the flags say, each where its key stands.
 * @throws DitaError FLAG_INVALID (exit 2)
 */
export function flagValues({ feedSource, seed, strategyName }: ConfigOverrides): FlagValue[] {
  const given: readonly (readonly [string, readonly [string, string], string | undefined])[] = [
    ['--feed', ['feed', 'source'], feedSource],
    ['--seed', ['feed', 'seed'], seed === undefined ? undefined : String(seed)],
    ['--strategy', ['strategy', 'name'], strategyName],
  ]
  const flags = given.flatMap(([flag, path, value]) => (value === undefined ? [] : [{ flag, path, value }]))
  for (const { flag, path, value } of flags) {
    const [fault] = checkConfig(withValue({}, path, value), { file: flag, placeOf: () => null }).faults
    // Which market a mode may have is for the whole of the config to say.
    if (fault === undefined || fault.code === 'CONTRADICTION') continue
    throw new DitaError('FLAG_INVALID', {
      fault: 'user',
      exitCode: EXIT.usage,
      message: fault.text.replace(/^`[^`]*`/, flag),
      next: `Give another value after ${flag}, or leave it out; \`dita run --help\` shows what it takes.`,
    })
  }
  return flags
}

/** Orders go to the venue that the market comes from: no flag may part the two. */
export function refuseOtherFeed(mode: ConfigValue | undefined, source: string | undefined): void {
  const isPaper = mode === undefined || mode === null || mode === 'paper'
  // What is no mode at all the schema complains of.
  if (source === undefined || (!isPaper && mode !== 'demo' && mode !== 'live') || (source === 'live') !== isPaper) return
  throw new DitaError('FLAG_INVALID', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: isPaper
      ? '--feed live is for the modes `demo` and `live`, and this config trades on paper.'
      : `--feed ${escapeText(source)} plays a market, and this config trades at a venue (\`mode: ${mode}\`).`,
    next: 'Leave --feed out, or name a config of the other mode with --config.',
  })
}
