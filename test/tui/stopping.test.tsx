// What the screen says of its own keys where they do not do what they usually do: while the session stops, and while somebody else's is watched.

import { expect, test } from 'vitest'
import { draw, expectInside, lineWith, SIZES, SMALL } from './draw.tsx'
import { sampleModel, sampleWorld } from './sample-model.ts'

test('a session that stops says what it waits for, and what leaving it now would mean', () => {
  const stopping = { phase: 'stopping', haltReason: 'interrupted_sigint' } as const
  for (const size of SIZES.filter(({ columns, rows }) => columns >= 60 && rows >= 16)) {
    for (const [model, waits, keys] of [
      [sampleModel(stopping), 'taking back 2 orders ', 'Ctrl-C leave now '],
      [sampleModel({ ...sampleWorld(), ...stopping }), 'taking back 2 orders ', 'Ctrl-C leave now'],
      [sampleModel({ ...sampleWorld({ state: 'unreachable' }), ...stopping }), 'taking back 2 orders, no answer ', 'Ctrl-C leave now'],
      [sampleModel({ ...sampleWorld({ state: 'unreachable' }), ...stopping, orders: [] }), 'waits for the venue ', 'Ctrl-C leave now '],
    ] as const) {
      const picture = draw({ model, ...size })
      expectInside(picture, size)
      expect(lineWith(picture, '◐ stopping…')).toContain(waits)
      expect(lineWith(picture, '╰')).toContain(keys)
      expect(lineWith(picture, '╰')).toContain('[1 overview]')
      expect(picture).not.toContain('q stop')
    }
  }
  const world = sampleModel({ ...sampleWorld(), ...stopping })
  expect(lineWith(draw({ model: world, ...SMALL }), '╰')).toContain('Ctrl-C leave now, orders stay  ? help ')
  expect(lineWith(draw({ model: sampleModel(stopping), ...SMALL }), '╰')).not.toContain('orders stay')
  expect(lineWith(draw({ model: world, ...SMALL, watching: true }), '╰')).toMatch(/ q leave {2}\? help ─/)
  const over = draw({ model: sampleModel({ phase: 'halted', haltReason: 'interrupted_sigint', orders: [] }), ...SMALL })
  expect(lineWith(over, '╰')).toMatch(/^╰─ \? help ─/)
  expect(over).not.toContain('taking back')
})

test('in the world it says for how long it waits at most, and counts down', () => {
  const { nowUs } = sampleModel()
  const stopping = { ...sampleWorld({ state: 'unreachable' }), phase: 'stopping', haltReason: 'interrupted_sigint' } as const
  for (const [leftUs, words] of [
    [29_100_000, '2 orders, no answer, at most 30 s more '],
    [1, 'at most 1 s more '],
    [-1, 'at most 0 s more '],
  ] as const) {
    expect(lineWith(draw({ model: sampleModel({ ...stopping, stopsByUs: nowUs + leftUs }), ...SMALL }), '◐ stopping…')).toContain(words)
  }
  const narrow = draw({ model: sampleModel({ ...stopping, stopsByUs: nowUs + 30_000_000 }), columns: 60, rows: 20 })
  expect(lineWith(narrow, '◐ stopping…')).toContain('taking back 2 orders, no answer, 30 s')
})

test.each(SIZES)('who only watches is told so at $columns×$rows, in the title of the frame', (size) => {
  const picture = draw({ model: sampleModel(), ...size, watching: true })
  expectInside(picture, size)
  if (size.columns < 60) return expect(picture).toContain('q leaves')
  expect(picture.split('\n')[0]).toContain('╭─ dita ─ watching ─ 20261120-034418-k3f9 ─')
  expect(draw({ model: sampleModel(), ...size })).not.toContain('watching')
})

test('an end that was meant has ended, and says who asked for it; what failed says so', () => {
  const over = (haltReason: string, haltDetail: string | null) =>
    draw({ model: sampleModel({ phase: 'halted', haltReason, haltDetail }), columns: 60, rows: 16 })
  expect(over('duration_elapsed', null)).toContain('■ ended   ran its time ')
  expect(over('engine_requested_halt', 'stopped with q')).toContain('■ ended   stopped with q ')
  expect(over('engine_requested_halt', 'The strategy mine failed in onTick: oops.')).toContain('■ failed   strategy error: The')
})
