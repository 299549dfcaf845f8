// Reads one key of a config, from a file of its own.

import type { Config } from '../../../src/core/config/config.ts'

export function readExposure(config: Config): unknown {
  return config.risk.maxExposure
}
