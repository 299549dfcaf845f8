// The title of the screen: which session, and in which time it lives.

import { expect, test } from 'vitest'
import { draw } from './draw.tsx'
import { sampleModel, sampleWorld } from './sample-model.ts'

test('the clock of a rehearsed session says whose time it is, in as much room as there is; that of the world says nothing', () => {
  const top = (changes: object, columns: number, watching = false) =>
    draw({ model: sampleModel(changes), columns, rows: 20, watching }).split('\n')[0]
  expect(top({}, 80)).toContain(' 2026-11-20 03:57:12 UTC, simulated ─')
  expect(top({}, 60)).toContain(' 03:57:12 UTC, simulated ─')
  expect(top({}, 60, true)).toContain('─ watching ─ 20261120-034418-k3f9 ── 03:57:12 sim ─')
  expect(top({ feedSource: 'btc.jsonl.gz' }, 80)).toContain(' 2026-11-20 03:57:12 UTC, recorded ─')
  expect(top(sampleWorld(), 80)).toContain(' 2026-11-20 03:57:12 UTC ─')
})
