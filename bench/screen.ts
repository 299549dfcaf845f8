// What the live screen costs: the same session with the screen, in a real terminal at ten pictures a second, and without it. Prints
// how much of a core each takes at about 1,000 feed events a second, and what they hold over eight simulated hours. Needs dist/ and tmux.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Tmux } from '../test/tui/tmux.ts'
import { BIN, medianOf, spreadText } from './machine.ts'

const ROUNDS = 3
/** The simulated market says some 26 things a second. */
const THOUSAND_EVENTS = { duration: '25m', speed: 38 }
const EIGHT_HOURS = { duration: '8h', speed: 480, collects: true }
const SAMPLE_MS = 5_000

/** Tells on the way out, into a file, how much processor time the process had, and what it held every few seconds, once garbage is gone. */
const TELLER = `
import { writeFileSync } from 'node:fs'
const heap = []
if (globalThis.gc !== undefined) setInterval(() => {
  globalThis.gc()
  heap.push(process.memoryUsage().heapUsed)
}, ${SAMPLE_MS}).unref()
process.on('exit', () => {
  const { user, system } = process.cpuUsage()
  writeFileSync(process.env.BENCH_TOLD, JSON.stringify({ cpuMs: (user + system) / 1000, elapsedMs: process.uptime() * 1000, heap }))
})
`

interface Told {
  readonly cpuMs: number
  readonly elapsedMs: number
  /** Bytes in use after a collection, one every few seconds; empty where garbage was left to itself. */
  readonly heap: readonly number[]
}

interface Run {
  readonly duration: string
  readonly speed: number
  /** Whether garbage is collected before each sample: that takes time of its own. */
  readonly collects?: boolean
}

const folder = mkdtempSync(join(tmpdir(), 'dita-bench-'))
const teller = join(folder, 'teller.mjs')

function argumentsOf({ duration, speed, collects }: Run): string[] {
  const store = join(mkdtempSync(join(folder, 'store-')), 'dita.db')
  return [
    ...(collects ? ['--expose-gc'] : []),
    '--import',
    teller,
    BIN,
    'run',
    '--duration',
    duration,
    '--speed',
    String(speed),
    '--seed',
    '7',
    '--store',
    store,
  ]
}

function toldIn(path: string): Told {
  const told: Told = JSON.parse(readFileSync(path, 'utf8'))
  rmSync(path)
  return told
}

async function withScreen(run: Run): Promise<Told> {
  const told = join(folder, 'told.json')
  const quoted = [process.execPath, ...argumentsOf(run)].map((word) => `'${word}'`).join(' ')
  const environment = { CI: '', LC_ALL: 'C.UTF-8', TERM: 'screen-256color', BENCH_TOLD: told }
  const terminal = new Tmux({ name: `dita-bench-${process.pid}`, columns: 120, rows: 40, environment, command: quoted })
  try {
    for (let waitedMs = 0; !existsSync(told); waitedMs += 1_000) {
      if (waitedMs > 600_000) throw new Error(`The session never ended:\n${terminal.lines().join('\n')}`)
      await new Promise((resolve) => setTimeout(resolve, 1_000))
    }
  } finally {
    terminal.close()
  }
  return toldIn(told)
}

function withoutScreen(run: Run): Told {
  const told = join(folder, 'told.json')
  const { status, stderr } = spawnSync(process.execPath, [...argumentsOf(run), '--json'], {
    env: { ...process.env, BENCH_TOLD: told },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`dita ended with ${status}: ${stderr}`)
  return toldIn(told)
}

const shareOf = ({ cpuMs, elapsedMs }: Told): number => (100 * cpuMs) / elapsedMs

/** Bytes at a quarter, a half, three quarters and the end of the session. */
function quartersOf({ heap }: Told): number[] {
  return [0.25, 0.5, 0.75, 1].map((share) => heap[Math.min(heap.length - 1, Math.round(heap.length * share))] ?? Number.NaN)
}

const memoryText = (quarters: readonly number[]): string =>
  `${quarters.map((bytes) => Math.round(bytes / 1e6)).join(', ')} MB after 2, 4, 6 and 8 hours`

try {
  if (!Tmux.isInstalled()) throw new Error('This bench draws in a real terminal and needs tmux: install it.')
  writeFileSync(teller, TELLER)
  const [drawn, bare]: [number[], number[]] = [[], []]
  for (let round = 0; round < ROUNDS; round += 1) {
    drawn.push(shareOf(await withScreen(THOUSAND_EVENTS)))
    bare.push(shareOf(withoutScreen(THOUSAND_EVENTS)))
  }
  console.log(`with the screen at 120×40, of a core: ${spreadText(drawn)} %`)
  console.log(`with --json, of a core: ${spreadText(bare)} %`)
  console.log(`the screen costs: ${Math.round(medianOf(drawn) - medianOf(bare))} % of a core`)
  const held = { screen: quartersOf(await withScreen(EIGHT_HOURS)), json: quartersOf(withoutScreen(EIGHT_HOURS)) }
  console.log(`heap with the screen: ${memoryText(held.screen)}`)
  console.log(`heap with --json, which is the account's books: ${memoryText(held.json)}`)
  console.log(`the screen holds: ${memoryText(held.screen.map((bytes, quarter) => bytes - (held.json[quarter] ?? Number.NaN)))}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
