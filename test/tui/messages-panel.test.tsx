// How messages look: an alarm that is over, and one that is not.

import { expect, test } from 'vitest'
import type { MessageModel } from '../../src/core/session/view-model.ts'
import { ALARM, draw, LARGE, lineWith } from './draw.tsx'
import { sampleMessage, sampleModel } from './sample-model.ts'

test('an alarm of which it is known that it is over is news, counts as settled and says so, and an open one stands out', () => {
  const settled = sampleMessage(1, { severity: 'alarm', isSettled: true, text: 'order a in_doubt' })
  const open = sampleMessage(2, { severity: 'alarm', isSettled: false, text: 'order b in_doubt' })
  const titleOf = (...messages: MessageModel[]) => lineWith(draw({ model: sampleModel({ messages }), ...LARGE, colour: true }), 'messages')
  const plainOf = (...messages: MessageModel[]) => draw({ model: sampleModel({ messages }), ...LARGE })
  expect(plainOf(settled)).toContain('1 alarm, settled')
  expect(plainOf(settled)).toMatch(/03:44:19 · {2}settled: order a in_doubt/)
  expect(titleOf(settled)).not.toMatch(new RegExp(`${ALARM}1 alarm`))
  expect(plainOf(settled, settled)).toContain('2 alarms, settled')
  expect(lineWith(plainOf(open, settled), 'messages')).toMatch(/1 alarm · 1 settled/)
  expect(titleOf(open, settled)).toMatch(new RegExp(`${ALARM}1 alarm`))
  expect(plainOf(open, settled)).toMatch(/03:44:20 !! order b in_doubt/)
})
