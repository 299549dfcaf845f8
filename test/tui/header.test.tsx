// The title of the screen: which session, and in which time it lives.

import { expect, test } from 'vitest'
import { draw, lineWith } from './draw.tsx'
import { sampleModel, sampleWorld } from './sample-model.ts'

test('a session that starts in the world says that it reconciles, and a rehearsed one has nothing to', () => {
  for (const columns of [60, 80, 120]) {
    const starting = (changes: object) =>
      lineWith(draw({ model: sampleModel({ ...changes, phase: 'starting' }), columns, rows: 24 }), '○ starting')
    expect(starting(sampleWorld())).toContain('○ starting   reconciling ')
    expect(starting({})).not.toContain('reconciling')
  }
})

test('the clock of a rehearsed session says whose time it is, in as much room as there is; that of the world says nothing', () => {
  const top = (changes: object, columns: number, watching = false) =>
    draw({ model: sampleModel(changes), columns, rows: 20, watching }).split('\n')[0]
  expect(top({}, 80)).toContain(' 2026-11-20 03:57:12 UTC, simulated ─')
  expect(top({}, 60)).toContain(' 03:57:12 UTC, simulated ─')
  expect(top({}, 60, true)).toContain('─ watching ─ 20261120-034418-k3f9 ── 03:57:12 sim ─')
  expect(top({ feedSource: 'btc.jsonl.gz' }, 80)).toContain(' 2026-11-20 03:57:12 UTC, recorded ─')
  expect(top(sampleWorld(), 80)).toContain(' 2026-11-20 03:57:12 UTC ─')
})
