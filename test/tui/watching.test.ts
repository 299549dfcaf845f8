// The live screen of a session that runs in another process: the keys leave the screen, and say so.

import { expect, test } from 'vitest'
import { closeScreens, start as startScreen, until } from './live-rig.ts'
import { sampleModel } from './sample-model.ts'

closeScreens()

function start({ columns = 100, rows = 30, keys = true } = {}) {
  return startScreen({ columns, rows, isTTY: keys, colour: false, watching: true })
}

test('before the first model it waits for the session, which started long ago', async () => {
  const { terminal } = start()
  await until(terminal, (text) => text.includes('waiting for the session…'))
})

test('q leaves once, and nothing on the screen says that the session stops', async () => {
  const { terminal, keyboard, screen, stops } = start()
  screen.publish(sampleModel())
  await until(terminal, (text) => text.includes('q leave') && text.includes('● running'))
  // The kill switch is for the session's own screen.
  keyboard.press('K')
  keyboard.press('q')
  keyboard.press('q')
  screen.publish(sampleModel({ sessionId: 'later' }))
  expect(await until(terminal, (text) => text.includes('later'))).not.toContain('stopping')
  expect(stops).toEqual(['quit'])
})

test('the help says that the session goes on', async () => {
  const { terminal, keyboard, screen } = start()
  screen.publish(sampleModel())
  await until(terminal, (text) => text.includes('? help'))
  keyboard.press('?')
  const help = await until(terminal, (text) => /Esc +back/.test(text))
  expect(help).toMatch(/q or d +leave, the session goes on/)
  expect(help).not.toMatch(/stop|kill|pause/)
})

test('d leaves as well, and the keys of the session itself ask for nothing', async () => {
  const { terminal, keyboard, screen, stops } = start()
  screen.publish(sampleModel())
  await until(terminal, (text) => text.includes('● running'))
  for (const key of ['p', 'h', 'y', 'K', 'd']) keyboard.press(key)
  await until(terminal, () => stops.length > 0)
  expect(stops).toEqual(['quit'])
  expect(terminal.text()).not.toContain('Halt this session')
})

test.each(['K', 'h', 'p', 'r'])('who presses %s there is told that no key stops the session, and what does', async (key) => {
  const { terminal, keyboard, screen, stops } = start({ columns: 60, rows: 20 })
  screen.publish(sampleModel())
  await until(terminal, (text) => text.includes('● running'))
  keyboard.press(key)
  await until(terminal, (text) => /p r +on the session's own screen/.test(text) && /h K +not here: `dita halt`/.test(text))
  expect(stops).toEqual([])
})

test('without a keyboard, and on a small terminal, the way out is said as well', async () => {
  const mute = start({ keys: false })
  mute.screen.publish(sampleModel())
  await until(mute.terminal, (text) => text.includes('Ctrl-C leave'))
  const small = start({ columns: 50, rows: 5 })
  small.screen.publish(sampleModel())
  await until(small.terminal, (text) => text.includes('q leaves'))
})
