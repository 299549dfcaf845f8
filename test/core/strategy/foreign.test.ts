// Whatever a user's own code makes or throws, a message can be made of it.

import { describe, expect, test } from 'vitest'
import { elementsOf, kindOf, thrownText } from '../../../src/core/strategy/foreign.ts'

describe('a list', () => {
  test('is read by its places, once each, whatever its iterator says', () => {
    const list = ['a', 'b']
    list[Symbol.iterator] = function* () {
      for (;;) yield 'endless'
    }
    expect(elementsOf(list, 2)).toEqual(['a', 'b'])
    expect(elementsOf(list, 1)).toBeNull()
  })

  test('is as long as it first said', () => {
    let said = 0
    const grows = new Proxy([], { get: (_target, key) => (key === 'length' ? { valueOf: () => 3 ** said++ } : key) })
    expect(elementsOf(grows, 5)).toEqual(['0'])
    expect(said).toBe(1)
  })

  test('with holes has nothing there', () => {
    expect(elementsOf(Array(2), 2)).toEqual([undefined, undefined])
  })
})

describe('the text of what was thrown', () => {
  test.each([
    [new Error('first line\nsecond'), 'first line'],
    [new Error('With a full stop.'), 'With a full stop'],
    ['a text', 'a text'],
    [undefined, 'undefined'],
    [Symbol('odd'), 'Symbol(odd)'],
    [Object.create(null), 'an object that has no text'],
    [
      {
        toString() {
          throw new Error('no')
        },
      },
      'an object that has no text',
    ],
    [Object.assign(new Error(), { message: 5 }), '5'],
    [new Error('\u001b[31mred\u202e'), '\\x1b[31mred\\u{202e}'],
  ])('case %#', (thrown, text) => {
    expect(thrownText(thrown)).toBe(text)
  })

  test('is made even where it cannot be asked what it is', () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    expect(thrownText(proxy)).toBe('an object that has no text')
  })

  test('is cut', () => {
    expect(thrownText('x'.repeat(10_000))).toHaveLength(300)
  })
})

test('a text in a message shows what a terminal would act on', () => {
  expect(kindOf('\u009b2J\u202e')).toBe('the text "\\x9b2J\\u{202e}"')
})
