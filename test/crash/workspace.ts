// One workspace of the crash sweep: a folder of its own with an exchange on a port of its own, and the sessions in it. Owns
// the files and what runs on them; it judges nothing.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Build } from './build.ts'
import { type Ending, Processes, type Running } from './processes.ts'

/** Set to anything, it leaves the folders where they are, to be looked into. */
const { DITA_CRASH_KEEP: KEEP } = process.env
const STRATEGY = fileURLToPath(new URL('./strategy.ts', import.meta.url))

/** The calls that write, sync, shorten, name, unname or send. */
export const CALLS = [
  'write',
  'pwrite64',
  'writev',
  'pwritev',
  'pwritev2',
  'sendto',
  'sendmsg',
  'fsync',
  'fdatasync',
  'ftruncate',
  'truncate',
  'fallocate',
  'unlink',
  'unlinkat',
  'rename',
  'renameat',
  'renameat2',
  'mkdir',
  'chmod',
  'fchmod',
] as const
export type Call = (typeof CALLS)[number]

/** What is done to the nth call of a kind. strace counts for each thread by itself: the first that comes so far is struck. */
export interface Injection {
  readonly call: Call
  readonly nth: number
  readonly what: 'kill' | 'EIO' | 'ENOSPC'
}

export class Workspace implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'dita-crash-'))
  readonly store = join(this.folder, 'dita.db')
  readonly truth = join(this.folder, 'truth.jsonl')
  readonly #processes: Processes
  readonly #tracePath = join(this.folder, 'trace.txt')
  readonly #seed: number
  #exchange: Running | null = null
  #port = 0
  #runs = 0

  constructor(seed: number, build: Build) {
    this.#seed = seed
    this.#processes = new Processes(this.folder, build)
    // Fees to the last digit: with those that the venue's lists round, no sum could be exact.
    writeFileSync(join(this.folder, 'plan.yaml'), 'settings:\n  fill_fee_decimals: 18\n')
  }

  /** Starts the exchange, or starts it again from its truth log at the same port. */
  async openExchange(): Promise<void> {
    const flags = ['--seed', String(this.#seed), '--truth', this.truth, '--fault-plan', 'plan.yaml', '--port', String(this.#port)]
    this.#exchange = this.#processes.dita(['exchange', '--json', ...flags])
    const line: { listening: { rest: string; stream: string } } = JSON.parse(await this.#exchange.firstLine)
    this.#port = Number(new URL(line.listening.rest).port)
    writeFileSync(join(this.folder, 'script.yaml'), configOf(line.listening, { hold: this.#seed % 2 === 0 }))
    writeFileSync(join(this.folder, 'idle.yaml'), configOf(line.listening, { idle: true }))
  }

  async killExchange(): Promise<void> {
    this.#exchange?.kill()
    await this.#exchange?.ended
  }

  /** A session that plays the script; with an injection, under the tracer. Its id is `play` and a number. */
  play(injection: Injection | null = null): Running {
    return this.#run('script.yaml', '3s', injection === null ? [] : tracerOf(injection, this.#tracePath))
  }

  /** A session that only recovers what is there. */
  recover(injection: Injection | null = null): Running {
    return this.#run('idle.yaml', '200ms', injection === null ? [] : tracerOf(injection, this.#tracePath))
  }

  /** A session that plays the script, its calls written down with what they are about. */
  async trace(): Promise<{ readonly ending: Ending; readonly trace: string }> {
    const before = ['strace', ...TRACER, '--seccomp-bpf', '-o', this.#tracePath, '-e', `trace=${CALLS.join(',')}`]
    const ending = await this.#run('script.yaml', '3s', before).ended
    return { ending, trace: this.readTrace() }
  }

  verify(): Promise<Ending> {
    return this.#processes.dita(['verify', '--json', '--store', this.store]).ended
  }

  readTrace(): string {
    return existsSync(this.#tracePath) ? readFileSync(this.#tracePath, 'utf8') : ''
  }

  #run(config: string, duration: string, before: readonly string[]): Running {
    this.#runs += 1
    const flags = ['--config', config, '--duration', duration, '--store', this.store, '--session', `s${this.#runs}`]
    return this.#processes.dita(['run', '--json', ...flags], before)
  }

  [Symbol.dispose](): void {
    this.#processes.dispose()
    if (KEEP === undefined) rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 })
    else console.error(`kept: ${this.folder}`)
  }
}

const TRACER = ['-f', '-qq', '-y', '-s', '0']

function tracerOf({ call, nth, what }: Injection, tracePath: string): string[] {
  // The filter spares all other calls a stop each; but with it strace 6.1 loses the signal that it should send.
  const deed =
    what === 'kill'
      ? ['-e', `inject=${call}:signal=SIGKILL:when=${nth}`]
      : ['--seccomp-bpf', '-e', `inject=${call}:error=${what}:when=${nth}`]
  return ['strace', ...TRACER, '-o', tracePath, '-e', `trace=${call}`, ...deed]
}

/** Short times: an order is known to be absent two seconds after it was prepared, and in quarantine after ten. */
function configOf({ rest, stream }: { rest: string; stream: string }, params: Readonly<Record<string, boolean>>): string {
  const engine = {
    tick_interval_seconds: '0.2',
    order_validity_seconds: '1',
    absence_margin_seconds: '0.3',
    query_spacing_seconds: '0.3',
    checkpoint_interval_seconds: '0.5',
    quarantine_after_seconds: '10',
    backups_kept: '2',
  }
  const config = {
    mode: 'demo',
    feed: { source: 'live' },
    venue: { instrument: 'BTC/USDT:USDT', rest_url: rest, stream_url: stream, call_timeout_seconds: '2' },
    strategy: { name: STRATEGY, requote_interval_seconds: '0.2', params },
    engine,
    risk: { max_leverage: '20' },
  }
  // Every JSON is YAML.
  return JSON.stringify(config)
}
