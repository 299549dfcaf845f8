// A workspace beside an exchange of its own, both in real processes: sessions that get killed, faults, orders by hand. Needs dist/.

import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { auditTruth, readTruth, type TruthAudit } from '../../src/core/exchange/truth-log.ts'
import type { TruthRecord } from '../../src/core/exchange/truth-records.ts'
import { call, type Loose, temporaryFolder, until } from '../core/exchange/bingx/rehearsed.ts'
import { type Running, startDita } from '../session/processes.ts'
import { dita, type Outcome, PROJECT } from './dita.ts'

/** So far from the market that nothing fills by itself, and with margins that a test can wait for. */
const SESSION = `
strategy:
  name: market_maker
  market_maker: { half_spread_bps: 200, order_notional: 200, max_inventory_notional: 5000 }
engine: { order_validity_seconds: 1, absence_margin_seconds: 0.5, query_spacing_seconds: 0.5, quarantine_after_seconds: 8 }
`

export class RehearsalDesk {
  readonly cwd = temporaryFolder()
  readonly truthPath = join(this.cwd, 'truth.jsonl')
  #exchange!: ChildProcess
  #addresses = { rest: '', stream: '' }
  #port = 0
  #token = ''

  static async open(): Promise<RehearsalDesk> {
    const desk = new RehearsalDesk()
    writeFileSync(join(desk.cwd, 'keys'), 'api_key=dita-rehearsal-key\napi_secret=dita-rehearsal-secret\n', { mode: 0o600 })
    // Exact fees, so that nothing differs by a rounding.
    writeFileSync(join(desk.cwd, 'plan.yaml'), 'settings: { fill_fee_decimals: 18, rate_limits: false }\nfaults: []\n')
    await desk.#listen()
    desk.configure('demo')
    return desk
  }

  async #listen(): Promise<void> {
    const args = ['exchange', '--seed', '7', '--truth', this.truthPath, '--fault-plan', 'plan.yaml']
    const { PATH = '' } = process.env
    const env = { PATH, HOME: this.cwd }
    const child = spawn(process.execPath, [`${PROJECT}bin/run.js`, ...args], { cwd: this.cwd, env, stdio: ['ignore', 'pipe', 'inherit'] })
    this.#exchange = child
    onTestFinished(() => {
      child.kill('SIGKILL')
    })
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    await until(() => said.includes('\n'))
    const { listening, control } = JSON.parse(said.slice(0, said.indexOf('\n'))) as Loose
    this.#addresses = listening
    this.#port = Number(new URL(listening.rest).port)
    this.#token = control.token
  }

  configure(mode: 'demo' | 'live' | 'paper'): void {
    const { rest, stream } = this.#addresses
    const venue = `venue: { credentials_file: keys, rest_url: ${rest}, stream_url: ${stream} }`
    const feed = mode === 'paper' ? 'simulated' : 'live'
    writeFileSync(join(this.cwd, 'dita.yaml'), `mode: ${mode}\nfeed: { source: ${feed} }\n${venue}${SESSION}`)
  }

  dita(...args: readonly string[]): Promise<Outcome> {
    return dita(args, { cwd: this.cwd })
  }

  /** What the command says with --json, and its exit code. */
  async json(...args: readonly string[]): Promise<{ readonly code: number | null; readonly view: Loose }> {
    const { code, stdout, stderr } = await this.dita(...args, '--json')
    if (stdout === '') throw new Error(`it said nothing: ${stderr}`)
    return { code, view: JSON.parse(stdout) }
  }

  run(sessionId: string, duration = '5m'): Running {
    return startDita(['run', '--session', sessionId, '--duration', duration, '--json'], { cwd: this.cwd })
  }

  /** A session that is killed as soon as something has come to be. */
  async crash(sessionId: string, reached: () => boolean | Promise<boolean>): Promise<void> {
    const session = this.run(sessionId)
    const early = session.ended.then(({ stderr, stdout }) => Promise.reject(new Error(`it ended by itself: ${stdout}${stderr}`)))
    early.catch(() => undefined)
    await Promise.race([until(reached), early])
    session.process.kill('SIGKILL')
    await session.ended
  }

  /** Faults that strike from now on, each by a rule as in a plan. */
  async faults(...rules: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
    for (const rule of rules) await this.control('faults', { add: rule })
  }

  async control(action: string, body: unknown = {}): Promise<Loose> {
    const headers = { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' }
    const { json } = await call({ port: this.#port, method: 'POST', path: `/control/${action}`, body: JSON.stringify(body), headers })
    if (json?.ok === false) throw new Error(`the control door refused ${action}: ${json.error}`)
    return json
  }

  async endExchange(): Promise<void> {
    const closed = new Promise((resolve) => this.#exchange.once('close', resolve))
    this.#exchange.kill('SIGTERM')
    await closed
  }

  truth(): TruthRecord[] {
    return readTruth(this.truthPath)
  }

  accepted(): TruthRecord[] {
    return this.truth().filter(({ kind }) => kind === 'order_accepted')
  }

  struck(fault: string): number {
    return this.truth().filter((record) => record.kind === 'fault' && record.fault === fault).length
  }

  audit(): TruthAudit {
    return auditTruth(this.truth())
  }

  /** How many facts the store holds; that it is sound is part of the question. */
  async facts(): Promise<number> {
    const { code, view } = await this.json('verify')
    if (code !== 0) throw new Error(`the store is ${view.verdict}`)
    return view.facts
  }
}
