// The walls of the house: which room may look into which. Checked by `npm test`.

const room = (name) => `^src/core/${name}/`

/** What a room may import of the others, beside itself and errors.ts. An import that is not listed is a broken wall. */
const MAY_IMPORT = {
  kernel: [],
  journal: ['kernel'],
  market: ['kernel'],
  exchange: ['kernel', 'market'],
  venue: ['kernel', 'market', 'exchange'],
  strategy: ['kernel', 'market'],
  config: ['kernel'],
  session: ['kernel', 'journal', 'market', 'exchange', 'venue', 'strategy', 'config'],
  report: ['kernel', 'journal'],
}

const roomWalls = Object.entries(MAY_IMPORT).map(([name, others]) => ({
  name: `${name}-wall`,
  comment: `${name} may import ${others.length === 0 ? 'nothing' : others.join(', ')} of the other rooms.`,
  severity: 'error',
  from: { path: room(name) },
  to: {
    path: '^src/',
    pathNot: [room(name), ...others.map(room), ...(name === 'kernel' ? [] : ['^src/core/errors\\.ts$'])],
  },
}))

/** Packages that belong to one room. */
const HOMES = {
  'better-sqlite3': '^src/core/journal/',
  kysely: '^src/core/(journal|report)/',
  zod: '^src/core/config/',
  yaml: '^src/core/config/',
  ink: '^src/tui/',
  react: '^src/tui/',
  '@inkjs/ui': '^src/tui/',
  chalk: '^src/(tui|cli)/',
  pino: '^src/cli/',
  '@oclif/core': '^src/(cli|commands)/',
}

const packageWalls = Object.entries(HOMES).map(([name, home]) => ({
  name: `${name.replace(/[^a-z0-9-]/g, '-')}-home`,
  severity: 'error',
  from: { path: '^src/', pathNot: home },
  to: { path: `node_modules/${name}/` },
}))

module.exports = {
  forbidden: [
    ...roomWalls,
    ...packageWalls,
    {
      name: 'kernel-imports-nothing',
      comment: 'The kernel is pure: no clock, no randomness, no input, no output.',
      severity: 'error',
      from: { path: room('kernel') },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional'] },
    },
    {
      name: 'exchange-is-pure',
      comment: 'The exchange we rehearse against is as deterministic as the kernel.',
      severity: 'error',
      from: { path: room('exchange') },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev'] },
    },
    {
      name: 'screen-draws-view-models',
      severity: 'error',
      from: { path: '^src/tui/' },
      to: { path: '^src/', pathNot: ['^src/tui/', '^src/core/session/view-model\\.ts$'] },
    },
    {
      name: 'core-knows-no-doorway',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { path: '^src/(cli|commands|tui)/' },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-unresolved', severity: 'error', from: { path: '^src/' }, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'] },
  },
}
