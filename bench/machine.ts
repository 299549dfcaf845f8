// What the benches share: the machine they ran on, medians, and the command line as a child process.

import { spawnSync } from 'node:child_process'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

export const BIN = fileURLToPath(new URL('../bin/run.js', import.meta.url))
/** Tells on the way out how much memory the process ever had. */
const PEAK_TELLER = `data:text/javascript,process.on('exit',()=>process.stderr.write('\\npeak '+process.resourceUsage().maxRSS+'\\n'))`

export function machineText(): string {
  const all = cpus()
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`
  return `${all.length} × ${all[0]?.model.trim() ?? 'unknown processor'}, ${memory}, ${process.platform} ${process.arch}, Node ${process.versions.node}`
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? Number.NaN
}

/** `median (least to most)`, whole numbers. */
export function spreadText(values: readonly number[]): string {
  const text = (value: number): string => Math.round(value).toLocaleString('en')
  return `${text(medianOf(values))} (${text(Math.min(...values))} to ${text(Math.max(...values))})`
}

export interface Timed {
  readonly elapsedMs: number
  /** The most memory the process ever had; null where it was not asked to tell. */
  readonly peakMb: number | null
  readonly stdout: string
}

/** Runs the built command line once, from start to end. Telling its memory costs it a little of its start-up time. */
export function timeDita(args: readonly string[], options: { readonly folder: string; readonly tellsMemory: boolean }): Timed {
  const { folder, tellsMemory } = options
  const { PATH = '' } = process.env
  const started = performance.now()
  const { status, stdout, stderr } = spawnSync(process.execPath, [...(tellsMemory ? ['--import', PEAK_TELLER] : []), BIN, ...args], {
    cwd: folder,
    env: { PATH, HOME: folder, NO_COLOR: '1' },
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  const elapsedMs = performance.now() - started
  if (status !== 0) throw new Error(`dita ${args.join(' ')} ended with ${status}: ${stderr}${stdout}`)
  const peakKib = /\npeak (\d+)\n/.exec(stderr)?.[1]
  return { elapsedMs, peakMb: peakKib === undefined ? null : (Number(peakKib) * 1024) / 1e6, stdout }
}
