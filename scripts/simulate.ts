// Runs the simulation of the kernel over many seeds, or one again, and says what happened. `--seeds N [--from N]` or `--seed N`, and `--steps N`.

import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { type FaultCounts, type FaultKind, noFaults } from '../test/simulation/faults.ts'
import { FEATURES } from '../test/simulation/features.ts'
import { simulate } from '../test/simulation/simulation.ts'

export interface Plan {
  readonly firstSeed: number
  readonly seeds: number
  readonly steps: number
}

export interface Totals {
  readonly runs: number
  readonly steps: number
  readonly facts: number
  readonly orders: number
  readonly fills: number
  readonly simulatedUs: number
  readonly faults: FaultCounts
  readonly features: Readonly<Record<string, number>>
  readonly violations: readonly { readonly seed: number; readonly steps: number; readonly violation: string }[]
}

const HOUR_US = 3_600_000_000

export function simulateSeeds({ firstSeed, seeds, steps }: Plan): Totals {
  const totals = { runs: 0, steps: 0, facts: 0, orders: 0, fills: 0, simulatedUs: 0 }
  const faults = noFaults()
  const features = Object.fromEntries(FEATURES.map((name) => [name, 0]))
  const violations: { seed: number; steps: number; violation: string }[] = []
  for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
    const result = simulate(seed, steps)
    totals.runs += 1
    for (const key of ['steps', 'facts', 'orders', 'fills', 'simulatedUs'] as const) totals[key] += result[key]
    for (const kind of Object.keys(faults) as FaultKind[]) faults[kind] += result.faults[kind]
    for (const [name, count] of result.features) features[name] = (features[name] ?? 0) + count
    if (result.violation !== null) violations.push({ seed, steps, violation: result.violation })
  }
  return { ...totals, faults, features, violations }
}

export function reportOf(totals: Totals, elapsedMs: number): string {
  const hours = totals.simulatedUs / HOUR_US
  const { runs, steps, facts, orders, fills, violations } = totals
  const lines = [
    `runs ${runs} · steps ${steps} · facts ${facts} · orders ${orders} · fills ${fills}`,
    'faults',
    ...table(totals.faults),
    'features',
    ...table(totals.features),
    `violations ${violations.length}`,
    ...violations.map(
      ({ seed, steps: asked, violation }) => `  ${violation}: npx node scripts/simulate.ts --seed ${seed} --steps ${asked}`,
    ),
    `simulated ${hours.toFixed(1)} h in ${(elapsedMs / 1000).toFixed(1)} s: ${(hours / (elapsedMs / 1000)).toFixed(2)} simulated hours per second`,
  ]
  return lines.join('\n')
}

function table(counts: Readonly<Record<string, number>>): string[] {
  return Object.entries(counts).map(([name, count]) => `  ${name.padEnd(46)} ${String(count).padStart(9)}`)
}

export function parseArguments(args: readonly string[]): Plan {
  const { values } = parseArgs({
    args: [...args],
    options: { seed: { type: 'string' }, seeds: { type: 'string' }, from: { type: 'string' }, steps: { type: 'string' } },
  })
  const steps = wholeNumber('steps', values.steps ?? '500')
  if (values.seed !== undefined) return { firstSeed: wholeNumber('seed', values.seed), seeds: 1, steps }
  return { firstSeed: wholeNumber('from', values.from ?? '1'), seeds: wholeNumber('seeds', values.seeds ?? '100'), steps }
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new RangeError(`--${name} must be a whole number, not "${text}"; for example --${name} 100`)
  return Number(text)
}

if (import.meta.main) {
  const startedMs = performance.now()
  const totals = simulateSeeds(parseArguments(process.argv.slice(2)))
  console.log(reportOf(totals, performance.now() - startedMs))
  if (totals.violations.length > 0) process.exitCode = 1
}
