// The README, played from top to bottom in one folder: each of its commands and blocks does what it is said to do.

import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
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
  'run --duration 10m': { as: 'run --duration 3s', ends: 0 },
  halt: { ends: 0 },
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

/** It runs until somebody ends it: an exchange that runs in this process stands for it. */
const ELSEWHERE = 'exchange --port 8080 --seed 7 --truth truth.jsonl'

async function playAll(scene: Scene, lines: Readonly<Record<string, Played>>): Promise<void> {
  for (const [line, { as = line, ends }] of Object.entries(lines)) {
    const ended = typeof ends === 'string' ? (await scene.fails(`dita ${as}`)).code : await scene.run(`dita ${as}`)
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

test('the config of the page trades on the wire, and the care that follows finds nothing wrong', { timeout: 120_000 }, async () => {
  const scene = new Scene()
  const { restUrl, streamUrl } = await exchange()
  const [yaml = ''] = blocksOf('yaml')
  expect(yaml).toContain('http://127.0.0.1:8080')
  scene.file('dita.yaml', yaml.replace('http://127.0.0.1:8080', restUrl).replace('ws://127.0.0.1:8080/swap-market', streamUrl))
  scene.variables(KEYS)
  await playAll(scene, ON_THE_WIRE)
})

test('what the README says of keys is what the exchange prints', () => {
  const [keys = ''] = blocksOf('sh').filter((block) => block.includes('export'))
  expect(keys).toContain('DITA_BINGX_API_KEY=dita-rehearsal-key DITA_BINGX_API_SECRET=dita-rehearsal-secret')
  expect(readFileSync(join(fileURLToPath(new URL('../../src/cli/start-exchange.ts', import.meta.url))), 'utf8')).toContain(
    'dita-rehearsal-key',
  )
})
