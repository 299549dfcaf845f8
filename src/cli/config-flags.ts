// The flags that stand for keys of the config, the same of every command that takes them.

import { integer, string } from '@oclif/core/flags'

export function configFlags() {
  return {
    feed: string({ summary: '`simulated`, `live`, or a recording (gzip), instead of `feed.source`.', helpValue: 'simulated|live|PATH' }),
    strategy: string({ summary: 'A strategy by name, or a .ts or .js file of yours, instead of `strategy.name`.', helpValue: 'NAME|FILE' }),
    seed: integer({ summary: 'Of the simulated feed, instead of `feed.seed`.', min: 0 }),
  }
}
