// Loads a config: one checked Config, or one error that lists all that is wrong.

import { DitaError, EXIT } from '../errors.ts'
import type { Config } from './config.ts'
import { type ConfigFault, type Place, placeText } from './config-values.ts'
import { type ConfigReading, type ReadConfigOptions, readConfig } from './read-config.ts'

const MOST_SHOWN_FAULTS = 50

/**
 * The config of a file, or the built-in one, with what variables and command line say above it.
 * @throws DitaError CONFIG_MISSING, CONFIG_UNREADABLE, CONFIG_EMPTY or CONFIG_INVALID (exit 4); FLAG_INVALID (exit 2) where
 * it is an override that cannot be right
 */
export function loadConfig(options: ReadConfigOptions): Config {
  return assertUsable(readConfig(options))
}

/** @throws DitaError CONFIG_INVALID (exit 4) with all that is wrong */
export function assertUsable(reading: ConfigReading): Config {
  if (reading.config === null) throw invalid(reading)
  return reading.config
}

/** In the order of the file; what stands elsewhere comes after it. */
export function inOrder(faults: readonly ConfigFault[]): ConfigFault[] {
  const lineOf = (place: Place | null): readonly [number, number] =>
    place === null ? [0, 0] : 'name' in place ? [Number.POSITIVE_INFINITY, 0] : [place.line, place.column]
  return [...faults].sort((a, b) => {
    const [[line, column], [otherLine, otherColumn]] = [lineOf(a.place), lineOf(b.place)]
    return line === otherLine ? column - otherColumn : line - otherLine
  })
}

function invalid({ file, text: written, faults }: ConfigReading): DitaError {
  const sorted = inOrder(faults)
  const lines = sorted.slice(0, MOST_SHOWN_FAULTS).map(({ place, text }) => `  ${placeText(place, file)}: ${text}`)
  if (sorted.length > MOST_SHOWN_FAULTS) lines.push(`  … and ${sorted.length - MOST_SHOWN_FAULTS} more.`)
  const count = sorted.length === 1 ? 'one thing is wrong' : `${sorted.length} things are wrong`
  return new DitaError('CONFIG_INVALID', {
    fault: 'user',
    exitCode: EXIT.config,
    message: `${written === null ? 'The built-in config' : `The config ${file}`} cannot be used, ${count}:\n${lines.join('\n')}`,
    next: 'Correct what is listed; docs/CONFIG.md explains every key. `dita audit-config` then looks for what does not fit together.',
  })
}
