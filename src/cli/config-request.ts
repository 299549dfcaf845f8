// What the commands about a config are asked for: which file, and the flags above it. Reads as `dita run` would; checks nothing more.

import { type ConfigReading, readConfig } from '../core/config/read-config.ts'

export interface ConfigRequest {
  readonly configPath: string | null
  readonly feed: string | undefined
  readonly strategy: string | undefined
  readonly seed: number | undefined
}

export function readingOf({ configPath, feed, strategy, seed }: ConfigRequest): ConfigReading {
  return readConfig({ file: configPath, overrides: { feedSource: feed, strategyName: strategy, seed } })
}
