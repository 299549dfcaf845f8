// The checks of the house, in the order in which `npm test` makes them: the cheap ones first. Runs nothing itself.

import { join } from 'node:path'

const tool = (name) => join('tools', 'node_modules', '.bin', name)
const vitest = join('test', 'node_modules', '.bin', 'vitest')

export const STEPS = [
  { name: 'format and lint', command: [tool('biome'), 'check', '--error-on-warnings', '.'] },
  { name: 'build', command: ['node', 'scripts/build.js'] },
  { name: 'types', command: ['tsc', '--noEmit', '-p', 'tsconfig.json'] },
  { name: 'walls', command: ['node', tool('depcruise'), 'src', '--config', '.dependency-cruiser.cjs'] },
  { name: 'pure rooms and quiet imports', command: ['node', 'tools/check-purity.js'] },
  { name: 'no money in floats', command: ['node', 'tools/check-numbers.js'] },
  { name: 'no error dropped', command: ['node', 'tools/check-errors.js'] },
  { name: 'dead code', command: ['node', tool('knip')] },
  { name: 'code that only tests use', command: ['node', tool('knip'), '--production'] },
  { name: 'requirement rows', command: ['node', 'scripts/requirements.js', '--check'] },
  { name: 'tests', command: [vitest, 'run'] },
]
