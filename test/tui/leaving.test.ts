// What is on the terminal at the moment when the live screen gives it back.

import { expect, test } from 'vitest'
import { FakeTerminal } from './fake-terminal.ts'
import { closeScreens, sampleAt, start, until } from './live-rig.ts'

closeScreens()

test('L03 nothing: a tmux whose window was resized meanwhile shows no row of the picture above what is said next', async () => {
  const { terminal, screen } = start()
  screen.publish(sampleAt(1))
  await until(terminal, (text) => text.includes('session-1'))
  await screen.close()
  const left = new FakeTerminal(80, 24)
  left.write(terminal.written.join('').split('\u001b[?1049l')[0] ?? '')
  expect(left.text().trim()).toBe('')
})
