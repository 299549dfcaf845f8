// Reads a config from all that may speak of it: the file, the variables above it, the command line above those. One result holds
// the config or all that is wrong with it, and where each value was written. Refuses only what cannot be read at all.

import { readFileSync, statSync } from 'node:fs'
import { dirname, isAbsolute, relative, resolve } from 'node:path'
import { DitaError, EXIT, messageOf } from '../errors.ts'
import { escapeText } from '../text.ts'
import { checkConfig } from './check-config.ts'
import type { Config } from './config.ts'
import { configKeys } from './config-keys.ts'
import { type ConfigFault, type ConfigMap, type ConfigPath, type Place, valueAt, withValue } from './config-values.ts'
import { type Environment, readEnvironment, variableAt, withEnvironment } from './environment.ts'
import { type ConfigOverrides, flagValues, refuseOtherFeed } from './overrides.ts'
import { readYaml } from './read-yaml.ts'
import type { ParsedConfig } from './schema.ts'
import { toConfig } from './to-config.ts'

const LARGEST_FILE_BYTES = 256 * 1024

export interface ReadConfigOptions {
  /** Null for the built-in config. */
  readonly file: string | null
  /** The file's content, where somebody has read it already. */
  readonly text?: string | undefined
  readonly overrides?: ConfigOverrides | undefined
  /** The variables above the file; left out, those of this process, so that no command can forget them. */
  readonly environment?: Environment | undefined
}

export interface ConfigReading {
  /** As it is shown; `the built-in config` where there is none. */
  readonly file: string
  /** Null for the built-in config. */
  readonly text: string | null
  /** What was written, wherever it was: file, variables and command line in one. */
  readonly tree: ConfigMap
  /** With the keys of the file. Null where there are faults. */
  readonly parsed: ParsedConfig | null
  /** The same with the names of the program. */
  readonly config: Config | null
  readonly faults: readonly ConfigFault[]
  /** Where the value at a path was written, else the nearest key above it. */
  placeOf(path: ConfigPath): Place | null
  /** Variables that begin as ours do, and that mean nothing to dita. */
  readonly strangers: readonly string[]
}

/**
 * @throws DitaError CONFIG_MISSING, CONFIG_UNREADABLE or CONFIG_EMPTY (exit 4); FLAG_INVALID (exit 2) where it is an override
 * that cannot be right
 */
export function readConfig({ file, text, overrides = {}, environment = process.env }: ReadConfigOptions): ConfigReading {
  const content = file === null ? null : (text ?? readText(file))
  const shown = file === null ? 'the built-in config' : shownPath(file)
  const yaml = content === null ? { tree: {}, faults: [], unread: [], positionOf: () => null } : readYaml(content)
  if (yaml.tree === null && yaml.faults.length === 0) throw empty(shown)
  const variables = readEnvironment(environment, configKeys)
  const flags = flagValues(overrides)
  const below = withEnvironment(yaml.tree ?? {}, variables)
  refuseOtherFeed(valueAt(below, ['mode']), overrides.feedSource)
  const tree = flags.reduce((whole, { path, value }) => withValue(whole, path, value), below)
  const placeOf = (path: ConfigPath): Place | null => {
    const flag = flags.find((given) => startsWith(path, given.path))?.flag
    const name = flag ?? variableAt(variables, path)
    return name === undefined ? yaml.positionOf(path) : { name }
  }
  const checked = checkConfig(tree, { file: shown, placeOf }, yaml.unread)
  const faults = [...yaml.faults, ...variables.faults, ...checked.faults]
  const parsed = faults.length === 0 ? checked.config : null
  const folderOf = (path: ConfigPath): string => {
    const place = placeOf(path)
    return file === null || (place !== null && 'name' in place) ? process.cwd() : dirname(resolve(file))
  }
  const folders = {
    feedSource: folderOf(['feed', 'source']),
    strategyName: folderOf(['strategy', 'name']),
    credentialsFile: folderOf(['venue', 'credentials_file']),
    notifyCredentialsFile: folderOf(['notify', 'credentials_file']),
  }
  const config = parsed === null ? null : toConfig(parsed, { path: file === null ? null : resolve(file), folders })
  return { file: shown, text: content, tree, parsed, config, faults, placeOf, strangers: variables.strangers }
}

function startsWith(path: ConfigPath, start: ConfigPath): boolean {
  return start.every((part, index) => path[index] === part)
}

function empty(shown: string): DitaError {
  return new DitaError('CONFIG_EMPTY', {
    fault: 'user',
    exitCode: EXIT.config,
    message: `The config ${shown} is empty: it holds no key.`,
    next: 'Write a key into it (docs/CONFIG.md explains them all), or delete it to run with the built-in config.',
  })
}

/** As a person would type it from where they are. */
function shownPath(file: string): string {
  const near = relative(process.cwd(), file)
  return escapeText(isAbsolute(file) && near !== '' && !near.startsWith('..') ? near : file)
}

function readText(file: string): string {
  const shown = shownPath(file)
  try {
    const size = statSync(file).size
    if (size > LARGEST_FILE_BYTES) throw unreadable(shown, `it has ${size} bytes; a config has at most ${LARGEST_FILE_BYTES}`)
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file))
  } catch (error) {
    if (error instanceof DitaError) throw error
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') {
      throw new DitaError('CONFIG_MISSING', {
        fault: 'user',
        exitCode: EXIT.config,
        message: `There is no config at ${shown}.`,
        next: 'Check the path, write one with `dita init`, or leave --config out to run with the built-in config.',
        cause: error,
      })
    }
    const reason: Record<string, string> = {
      EISDIR: 'it is a folder',
      EACCES: 'reading it is not permitted',
      ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8 text',
    }
    throw unreadable(shown, reason[code ?? ''] ?? escapeText(messageOf(error)), error)
  }
}

function unreadable(shown: string, reason: string, cause?: unknown): DitaError {
  return new DitaError('CONFIG_UNREADABLE', {
    fault: 'user',
    exitCode: EXIT.config,
    message: `The config ${shown} cannot be read: ${reason}.`,
    next: 'Name a YAML file with --config, or write one with `dita init`.',
    cause,
  })
}
