// Loads a config from its text, and catches what it is refused with.

import type { Config } from '../../../src/core/config/config.ts'
import { loadConfig } from '../../../src/core/config/load-config.ts'
import type { ConfigOverrides } from '../../../src/core/config/overrides.ts'
import { DitaError } from '../../../src/core/errors.ts'

export function load(text: string, overrides: ConfigOverrides = {}): Config {
  return loadConfig({ file: 'dita.yaml', text, overrides, environment: {} })
}

export function errorOf(attempt: () => unknown): DitaError {
  try {
    attempt()
  } catch (error) {
    if (error instanceof DitaError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

export function faultOf(text: string): DitaError {
  return errorOf(() => load(text))
}
