// A list that was scrolled down, while newer items come above what is read.

import { expect, test } from 'vitest'
import { heldPlaces } from '../../src/tui/held-places.ts'
import { FIRST_STATE } from '../../src/tui/screen-state.ts'
import { closeScreens, start, until } from './live-rig.ts'
import { newestFirst, sampleFill, sampleMessage, sampleModel } from './sample-model.ts'

closeScreens()

test('what is read stays in its place while newer messages and fills come; the top stays the top', async () => {
  const { terminal, keyboard, screen } = start()
  const publish = (count: number, changes = {}) =>
    screen.publish(sampleModel({ messages: newestFirst(count, sampleMessage), fills: newestFirst(count, sampleFill), ...changes }))
  publish(100)
  keyboard.press('5')
  await until(terminal, (text) => text.includes('messages: 1–19 of 100'))
  publish(103)
  await until(terminal, (text) => text.includes('messages: 1–19 of 103') && text.includes('message 102 '))
  keyboard.press('\u001b[6~')
  await until(terminal, (text) => text.includes('messages: 19–37 of 103') && text.includes('message 84 '))
  publish(120)
  await until(terminal, (text) => text.includes('messages: 36–54 of 120') && text.includes('message 84 '))
  // What was read is no longer kept: the end of the list is nearest to it.
  publish(120, { messages: newestFirst(400, sampleMessage).slice(0, 200) })
  await until(terminal, (text) => text.includes('messages: 182–200 of 200'))
  keyboard.press('2')
  await until(terminal, (text) => text.includes('▸ fills'))
  for (const key of ['/', 's', 'e', 'l', 'l']) keyboard.press(key)
  keyboard.press('\r')
  const firstOf = (text: string) => /fills: (\d+)–/.exec(text)?.[1]
  await until(terminal, (text) => text.includes('/sell') && firstOf(text) === '1')
  keyboard.press('\u001b[B')
  keyboard.press('\u001b[B')
  await until(terminal, (text) => firstOf(text) === '3')
  // Five of ten are sells, and only they are in the list.
  publish(130)
  await until(terminal, (text) => firstOf(text) === '8')
})

test('messages that say the same at one time are told apart by what stands below them', () => {
  const at = (text: string) => sampleMessage(1, { text })
  const placeOf = (scroll: number, before: readonly string[], after: readonly string[]) => {
    const models = [before, after].map((texts) => sampleModel({ messages: texts.map(at) }))
    return heldPlaces({ ...FIRST_STATE, scroll: { messages: scroll } }, models[0] ?? null, models[1] ?? null).scroll.messages
  }
  expect(placeOf(1, ['a', 'a', 'b'], ['a', 'c', 'a', 'a', 'b'])).toBe(3)
  expect(placeOf(2, ['x', 'a', 'a', 'b', 'a'], ['a', 'x', 'a', 'a', 'b', 'a'])).toBe(3)
  // The oldest are no longer kept.
  expect(placeOf(1, ['a', 'b', 'c', 'd'], ['n', 'm', 'a', 'b'])).toBe(3)
  expect(placeOf(1, ['a', 'b', 'c'], ['n', 'm', 'o'])).toBe(2)
})

test('a long message that is read in its middle stays there', () => {
  const long = Array.from({ length: 400 }, (_, index) => `word${index}`).join(' ')
  const messages = [sampleMessage(2), sampleMessage(1, { text: long })]
  const before = sampleModel({ messages })
  const after = sampleModel({ messages: [sampleMessage(4), sampleMessage(3), ...messages] })
  expect(heldPlaces({ ...FIRST_STATE, scroll: { messages: 3 } }, before, after).scroll.messages).toBe(5)
})
