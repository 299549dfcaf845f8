import { expect, test } from 'vitest'
import { draw, lineWith } from './draw.tsx'
import { sampleModel } from './sample-model.ts'

test('why the last order was denied stands beside the count where there is room, and is left out where there is not', () => {
  const counts = { ...sampleModel().counts, denials: 878, lastDenial: 'QUOTE_SIDE_IN_DOUBT' }
  const drawn = (columns: number, page?: 'orders') =>
    draw({ model: sampleModel({ counts }), columns, rows: columns === 80 ? 24 : 60, ...(page !== undefined && { state: { page } }) })
  expect(lineWith(drawn(200), 'sent ·')).toContain('56 sent · 878 denied · last QUOTE_SIDE_IN_DOUBT')
  expect(lineWith(drawn(80, 'orders'), 'sent ·')).toContain('56 sent · 878 denied · last QUOTE_SIDE_IN_DOUBT')
  expect(lineWith(drawn(80), 'sent ·')).toContain('56 sent · 878 denied')
  expect(drawn(80)).not.toContain('QUOTE_SIDE')
})
