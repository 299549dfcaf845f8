// How the ids of orders are made.

import { expect, test } from 'vitest'
import { decide } from '../../../src/core/kernel/decide.ts'
import { clientOrderIdOf, orderPrefixOf } from '../../../src/core/kernel/ids.ts'
import type { SessionOpening } from '../../../src/core/kernel/inputs.ts'
import { createState } from '../../../src/core/kernel/state.ts'
import { openingOf } from './opening.ts'

test('V01 without a salt the ids are those they always were, so that old journals replay', () => {
  expect(orderPrefixOf('s1')).toBe('dita22mn7h')
  expect(clientOrderIdOf(orderPrefixOf('s1'), 's1', 1, 1)).toBe('dita22mn7hpikcswvzk5uxzf3f4f2o')
  expect([orderPrefixOf('s1', ''), orderPrefixOf('s1', undefined)]).toEqual(['dita22mn7h', 'dita22mn7h'])
})

test('V01 the salt of its account makes the ids of a session others, of the same form', () => {
  const [plain, salted] = [orderPrefixOf('s1'), orderPrefixOf('s1', 'salt')]
  expect(salted).not.toBe(plain)
  expect(salted).toMatch(/^dita[a-z2-7]{6}$/)
  const opened = decide(createState(), { timeUs: 1, input: { type: 'OPEN_SESSION', session: { ...openingOf({}), orderSalt: 'salt' } } })
  expect(opened[0]?.body).toMatchObject({ type: 'SESSION_OPENED', orderSalt: 'salt' })
})

test('N02 a salt that is no text opens no session', () => {
  const session = { ...openingOf({}), orderSalt: 5 } as unknown as SessionOpening
  const [fact] = decide(createState(), { timeUs: 1, input: { type: 'OPEN_SESSION', session } })
  expect(fact?.body).toMatchObject({ type: 'INTENT_DENIED' })
})
