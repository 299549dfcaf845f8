// The walls of the house: which room may look into which. Checked by `npm test`. What is not listed is refused.

const room = (name) => `^src/core/${name}/`
const anyOf = (names) => `(${names.join('|')})`
const exactly = (path) => `^${path.replaceAll('.', '\\.')}$`

/** What a room may import of the others, beside itself and the leaves. A room that is not listed may not exist. */
const MAY_IMPORT = {
  kernel: [],
  journal: ['kernel'],
  market: ['kernel'],
  exchange: ['kernel', 'market'],
  venue: ['kernel', 'market', 'exchange'],
  strategy: ['kernel', 'market'],
  notify: [],
  config: ['kernel'],
  recovery: ['kernel', 'venue'],
  session: ['kernel', 'journal', 'market', 'exchange', 'venue', 'strategy', 'config', 'recovery', 'notify'],
  report: ['kernel', 'journal'],
}

/** Files that stand in no room and that every room but the kernel may import; they import only one another. */
const LEAVES = [
  'errors',
  'halt-reasons',
  'latencies',
  'names',
  'private-file',
  'secret',
  'text',
  'trading-words',
  'venue-codes',
  'waiting',
].map((name) => exactly(`src/core/${name}.ts`))

/** What reports may know of the journal: how to read a store, and what is in it. Never how one is written. */
const JOURNAL_TO_READ = ['read', 'schema', 'store-file', 'errors', 'holder'].map((name) => exactly(`src/core/journal/${name}.ts`))

/** Where a report begins: all that a command may call of core. */
const REPORT_DOORS = [
  'open-report',
  'summary-text',
  'summary-view',
  'section-names',
  'compare',
  'csv',
  'markdown',
  'sessions',
  'sessions-text',
].map((name) => exactly(`src/core/report/${name}.ts`))

/** Where the kill switch is: the one thing of a session that a command calls itself. */
const HALT_DOOR = exactly('src/core/session/socket/halt-running.ts')

/** What of the exchange speaks to the world: a venue's protocol on loopback, and the log of what it saw. */
const EXCHANGE_DOORS = ['^src/core/exchange/bingx/', exactly('src/core/exchange/truth-log.ts')]

/** What the command line starts beside sessions and reports. */
const CARE_DOORS = ['exchange/bingx/open-rehearsal', 'journal/verify-store', 'journal/checkpoint-store', 'journal/look-at-store'].map(
  (name) => exactly(`src/core/${name}.ts`),
)

/** What somebody who writes a strategy is given. */
const PACKAGE_TYPES = [room('kernel'), ...['market/events', 'market/view', 'strategy/port'].map((name) => exactly(`src/core/${name}.ts`))]

/** Packages, each with the rooms that may import it. A package that is not listed is refused everywhere. */
const HOMES = {
  'better-sqlite3': '^src/core/journal/',
  kysely: '^src/core/(journal|report)/',
  undici: '^src/core/(venue/bingx|notify)/',
  ws: '^src/core/(venue|exchange)/bingx/',
  zod: '^src/core/(config/|exchange/bingx/|venue/bingx/)',
  yaml: '^src/core/(config|exchange/bingx)/',
  ink: '^src/tui/',
  react: '^src/tui/',
  pino: '^src/cli/',
  '@oclif/core': '^src/(cli|commands)/',
}

const wall = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

const roomWalls = Object.entries(MAY_IMPORT).map(([name, others]) =>
  wall(
    `${name}-wall`,
    `${name} may import ${others.length === 0 ? 'nothing' : others.join(', ')} of the other rooms.`,
    { path: room(name) },
    { path: '^src/', pathNot: [room(name), ...others.map(room), ...(name === 'kernel' ? [] : LEAVES)] },
  ),
)

const KNOWN_PLACES = [
  ...Object.keys(MAY_IMPORT).map(room),
  ...LEAVES,
  '^src/(cli|commands|tui)/[^/]+$',
  '^src/commands/(capital|config)/[^/]+$',
  exactly('src/index.ts'),
]
const unknownPlace = { path: '^src/', pathNot: KNOWN_PLACES }
const UNKNOWN = 'A file outside the known rooms: give it a room, or add the room to MAY_IMPORT.'
const unknownPlaces = [
  wall('unknown-room', UNKNOWN, unknownPlace, {}),
  wall('unknown-room-used', UNKNOWN, {}, unknownPlace),
  wall('unknown-room-alone', UNKNOWN, { ...unknownPlace, orphan: true }, {}),
]

const packageWalls = [
  ...Object.entries(HOMES).map(([name, home]) =>
    wall(
      `${name.replace('@', '').replace('/', '-')}-home`,
      `${name} belongs to ${home}`,
      { path: '^src/', pathNot: home },
      { path: `node_modules/${name}/` },
    ),
  ),
  wall(
    'no-homeless-package',
    'A package that has no home in HOMES.',
    { path: '^src/' },
    { path: 'node_modules/', pathNot: Object.keys(HOMES).map((name) => `node_modules/${name}/`) },
  ),
  wall(
    'only-dependencies',
    'What users install is `dependencies`: src imports of nothing else.',
    { path: '^src/' },
    { dependencyTypes: ['npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled', 'npm-no-pkg', 'npm-unknown'] },
  ),
]

const doorWalls = [
  wall(
    'commands-are-doorways',
    'A command parses, makes one call and shows what came back.',
    { path: '^src/commands/' },
    { path: '^src/', pathNot: ['^src/cli/', exactly('src/core/errors.ts'), HALT_DOOR, ...REPORT_DOORS] },
  ),
  wall('commands-are-not-called', 'Commands are found by oclif alone.', { path: '^src/' }, { path: '^src/commands/' }),
  wall(
    'command-line-wall',
    'The command line starts sessions and reports; it looks into no store, no exchange and no kernel.',
    { path: '^src/cli/' },
    { path: '^src/core/', pathNot: [...LEAVES, room('config'), room('session'), ...REPORT_DOORS, ...CARE_DOORS] },
  ),
  wall(
    'screen-draws-view-models',
    'The screen sees view models only; it writes out unsafe text, and tells an end and a pause, as everybody does.',
    { path: '^src/tui/' },
    {
      path: '^src/',
      pathNot: [
        '^src/tui/',
        ...['session/view-model', 'text', 'halt-reasons', 'trading-words'].map((name) => exactly(`src/core/${name}.ts`)),
      ],
    },
  ),
  wall('screen-reads-nothing', 'The screen needs nothing of Node.', { path: '^src/tui/' }, { dependencyTypes: ['core'] }),
  wall(
    'core-knows-no-doorway',
    'Core runs without a command line.',
    { path: '^src/core/' },
    { path: '^src/(cli|commands|tui)/|^src/index' },
  ),
  wall(
    'package-exports-types',
    'The package shows what strategies are written with, and nothing that runs a session.',
    { path: exactly('src/index.ts') },
    { path: '^src/', pathNot: PACKAGE_TYPES },
  ),
]

const coreWalls = [
  wall(
    'leaves-stand-alone',
    'What every room imports imports no room, save the states of trading: the words for them are one each.',
    { path: anyOf(LEAVES) },
    { path: '^src/', pathNot: [...LEAVES, exactly('src/core/kernel/trading-table.ts')] },
  ),
  wall(
    'kernel-imports-nothing',
    'The kernel is pure: no clock, no randomness, no input, no output.',
    { path: room('kernel') },
    { pathNot: room('kernel') },
  ),
  wall(
    'exchange-is-pure',
    'The exchange we rehearse against is as deterministic as the kernel.',
    { path: room('exchange'), pathNot: EXCHANGE_DOORS },
    { pathNot: '^src/' },
  ),
  wall(
    'one-writer-of-state',
    'State is written by apply, and apply is called by the session, and by who proves a store.',
    { path: '^src/', pathNot: [room('kernel'), room('session'), exactly('src/core/journal/rebuild.ts')] },
    { path: exactly('src/core/kernel/apply.ts') },
  ),
  wall(
    'reports-only-read',
    'Reports read a store; they do not write one.',
    { path: room('report') },
    { path: room('journal'), pathNot: JOURNAL_TO_READ },
  ),
]

module.exports = {
  forbidden: [
    ...roomWalls,
    ...unknownPlaces,
    ...packageWalls,
    ...doorWalls,
    ...coreWalls,
    wall('no-circles', 'Files do not lean on one another in circles, not even for types alone.', { path: '^src/' }, { circular: true }),
    wall('no-unresolved', 'Every import leads somewhere.', { path: '^src/' }, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'] },
  },
}
