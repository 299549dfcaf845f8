// The README, played from top to bottom in one folder: each of its commands and blocks does what it is said to do.

import { copyFileSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { REHEARSAL_KEYS } from '../../src/cli/rehearsal-keys.ts'
import { Scene } from '../errors/scene.ts'
import { Recording } from '../session/recordings.ts'
import { exchange, KEYS } from '../session/world.ts'
import { commandsOfPage } from './command-lines.ts'

const README = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8')

/** The blocks of a language, in their order. */
const blocksOf = (language: string): string[] =>
  [...README.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, block = '']) => block)

interface Played {
  /** Shorter than the page's, where that takes its time. */
  readonly as?: string
  /** How it ends here: an exit code, or the code of an error. */
  readonly ends: number | string
}

/** Every command of the page. Which order they stand in is the page's own. */
const BEFORE_THE_WIRE: Readonly<Record<string, Played>> = {
  'run --duration 30m --speed max --seed 7': { ends: 0 },
  'run --duration 10m --speed 30': { as: 'run --duration 2m --speed max', ends: 0 },
  summarize: { ends: 0 },
  sessions: { ends: 0 },
  'summarize 20260131-1425': { ends: 'UNKNOWN_SESSION' },
  'run --feed recording.jsonl.gz --strategy breakout --speed max': { ends: 0 },
  init: { as: 'init --yes', ends: 0 },
  doctor: { as: 'doctor --offline', ends: 0 },
  'config show': { ends: 0 },
  'audit-config': { ends: 0 },
  'run --strategy ./patient-bidder.ts --duration 10m --speed max': {
    as: 'run --strategy ./patient-bidder.ts --duration 2m --speed max',
    ends: 0,
  },
}

const ON_THE_WIRE: Readonly<Record<string, Played>> = {
  'init --yes --mode demo --exchange http://127.0.0.1:8080': { ends: 0 },
  'run --duration 10m': { as: 'run --duration 3s', ends: 0 },
  halt: { ends: 0 },
  'run --strategy flatten': { ends: 0 },
  // Nobody listens to messages here.
  'doctor --notify': { ends: 3 },
  watch: { ends: 'NOTHING_RUNS' },
  reconcile: { ends: 0 },
  // As the page says, in the asset of that venue.
  'capital deposit 250 RLUSD': { as: 'capital deposit 250 USDT', ends: 0 },
  'orphan-cleanup --dry-run': { ends: 0 },
  verify: { ends: 0 },
  'wal-checkpoint': { ends: 0 },
}

const PAGE_URL = 'http://127.0.0.1:8080'

/** It runs until somebody ends it: an exchange that runs in this process stands for it. */
const ELSEWHERE = 'exchange --port 8080 --seed 7 --truth truth.jsonl'

/** What stands on the page for where an exchange listens is where that of the test does. */
async function playAll(scene: Scene, lines: Readonly<Record<string, Played>>, restUrl = PAGE_URL): Promise<void> {
  for (const [line, { as = line, ends }] of Object.entries(lines)) {
    const typed = `dita ${as.replace(PAGE_URL, restUrl)}`
    const ended = typeof ends === 'string' ? (await scene.fails(typed)).code : await scene.run(typed)
    expect(ended, line).toBe(ends)
  }
}

test('every command of the README is played here', () => {
  const played = [...Object.keys(BEFORE_THE_WIRE), ...Object.keys(ON_THE_WIRE), ELSEWHERE]
  expect(commandsOfPage(README).sort()).toEqual(played.sort())
})

test('what comes before the wire does what it says, the strategy of the page too', { timeout: 120_000 }, async () => {
  const scene = new Scene()
  copyFileSync(new Recording().calm(0, 90, '2.0000', '2.0001').write(), scene.path('recording.jsonl.gz'))
  const [strategy = ''] = blocksOf('ts')
  scene.file('patient-bidder.ts', strategy)
  await playAll(scene, BEFORE_THE_WIRE)
})

test('the workspace of the page trades on the wire, and the care that follows finds nothing wrong', { timeout: 120_000 }, async () => {
  const scene = new Scene()
  const { restUrl } = await exchange()
  scene.variables(KEYS)
  await playAll(scene, ON_THE_WIRE, restUrl)
})

test('what the README says of keys is what the exchange takes', () => {
  const [keys = ''] = blocksOf('sh').filter((block) => block.includes('export'))
  expect(keys).toContain(`DITA_BINGX_API_KEY=${REHEARSAL_KEYS.apiKey} DITA_BINGX_API_SECRET=${REHEARSAL_KEYS.secret}`)
})
