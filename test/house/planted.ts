// Source lines, each with the fault that a checker must report for it: a fault for any other line is one too many.

import { expect } from 'vitest'
import type { SmallTree } from './small-tree.ts'

/** A line of source, and what its fault says; null where there is none to report. */
export type PlantedLine = readonly [code: string, fault: string | null]

export function sourceOf(lines: readonly PlantedLine[]): string {
  return `${lines.map(([code]) => code).join('\n')}\n`
}

/** Makes a check and compares: every planted fault is reported on its line, and none besides. */
export function expectFaults(tree: SmallTree, stepName: string, planted: Readonly<Record<string, readonly PlantedLine[]>>): void {
  for (const [path, lines] of Object.entries(planted)) tree.write({ [path]: sourceOf(lines) })
  const { passed, output } = tree.check(stepName)
  const reported = output
    .split('\n')
    .map((text) => /^(\S+):(\d+):\d+ (.*)$/.exec(text))
    .filter((match) => match !== null)
    .map(([, path, line, fault]) => ({ path, line: Number(line), fault: fault ?? '' }))
  const wanted = Object.entries(planted).flatMap(([path, lines]) =>
    lines.flatMap(([code, fault], index) => (fault === null ? [] : [{ path, line: index + 1, code, fault }])),
  )
  const isFor = (one: { path?: string | undefined; line: number }, other: { path?: string | undefined; line: number }): boolean =>
    one.path === other.path && one.line === other.line
  expect(
    wanted.filter((want) => !reported.some((found) => isFor(found, want) && found.fault.includes(want.fault))),
    `not reported, in:\n${output}`,
  ).toEqual([])
  expect(
    reported.filter((found) => !wanted.some((want) => isFor(found, want))),
    'reported for nothing',
  ).toEqual([])
  expect(passed).toBe(wanted.length === 0)
}
