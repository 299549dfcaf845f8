import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { editDistance, escapeText, nearestWord } from '../../src/core/text.ts'

describe('text from outside', () => {
  test('V07 control characters are written out', () => {
    expect(escapeText('a\u001b[31mb\u0000\u007f\u009b')).toBe('a\\x1b[31mb\\x00\\x7f\\x9b')
    expect(escapeText('one\ntwo\r\tthree')).toBe('one\\ntwo\\r\\tthree')
  })

  test('V07 characters that reorder or hide text, or stand for nothing, are written out', () => {
    expect(escapeText('XRP\u202eDSU')).toBe('XRP\\u{202e}DSU')
    expect(escapeText('a\u200b\ufeff\u2028\ufe0f\u{e0041}')).toBe('a\\u{200b}\\u{feff}\\u{2028}\\u{fe0f}\\u{e0041}')
    expect(escapeText('\ud800 \ue000 \u{10ffff}')).toBe('\\u{d800} \\u{e000} \\u{10ffff}')
  })

  test('what can be read stays as it is', () => {
    const text = 'Größe ≤ 5 bps → ok — 日本 é 🚀 €'
    expect(escapeText(text)).toBe(text)
  })

  test('V07 of all characters there are, none is left that a terminal acts on, and none is touched that can be read', () => {
    const unsafe = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u
    const wrong: number[] = []
    for (let code = 0; code <= 0x10ffff; code += 1) {
      const character = String.fromCodePoint(code)
      if (unsafe.test(character) !== (escapeText(character) !== character) || unsafe.test(escapeText(character))) wrong.push(code)
    }
    expect(wrong).toEqual([])
  })

  test('a second pass changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeText(escapeText(text))).toBe(escapeText(text))
      }),
    )
  })
})

describe('how far two words are apart', () => {
  test('each slip counts one, a swap of neighbours too', () => {
    expect(editDistance('source', 'source')).toBe(0)
    expect(editDistance('sorce', 'source')).toBe(1)
    expect(editDistance('suorce', 'source')).toBe(1)
    expect(editDistance('', 'abc')).toBe(3)
    expect(editDistance('kitten', 'sitting')).toBe(3)
  })

  test('it is the same both ways and never above the longer word', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        const distance = editDistance(a, b)
        expect(distance).toBe(editDistance(b, a))
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length))
        expect(distance === 0).toBe(a === b)
      }),
    )
  })
})

describe('the word that was meant', () => {
  const commands = ['run', 'summarize', 'sessions', 'init', 'config show', 'audit-config']
  const strategies = ['market_maker', 'breakout', 'flatten']
  const limits = ['max_exposure', 'max_position', 'price_collar_bps']

  test.each([
    ['sumarize', commands, 'summarize'],
    ['sesions', commands, 'sessions'],
    ['smumarize', commands, 'summarize'],
    ['rnu', commands, 'run'],
    ['SESSIONS', commands, 'sessions'],
    ['summ', commands, 'summarize'],
    ['config', commands, 'config show'],
    ['marketmaker', strategies, 'market_maker'],
    ['Market-Maker', strategies, 'market_maker'],
    ['market', strategies, 'market_maker'],
    ['mm', strategies, 'market_maker'],
    ['brekout', strategies, 'breakout'],
    ['price', limits, 'price_collar_bps'],
    ['sm', ['ms'], 'ms'],
    ['--sotre', ['--json', '--store'], '--store'],
  ])('%s is %2$s', (typed, words, meant) => {
    expect(nearestWord(typed, words)).toBe(meant)
  })

  test.each([...['hovercraft', 'x', '', 'r'.repeat(5000), 'b', 'arbitrage', 'é', 'so', 'max'].map((typed): [string] => [typed])])(
    '%.12s is none of them',
    (typed) => {
      expect(nearestWord(typed, [...commands, ...strategies, ...limits])).toBeNull()
    },
  )

  test('is the nearest of those that are near, and the first of those that are as near', () => {
    expect(nearestWord('stop_bsp', ['stop_ppp', 'step_bps', 'stop_bps'])).toBe('stop_bps')
    expect(nearestWord('runs', ['run', 'runt', 'rung'])).toBe('run')
    expect(nearestWord('order', ['orders', 'order'])).toBe('order')
  })

  test('with one slip is found, whatever the word', () => {
    const word = fc.string({ unit: fc.constantFrom(...'abcdefghij'), minLength: 3, maxLength: 20 })
    fc.assert(
      fc.property(word, fc.nat(), (name, place) => {
        const at = place % name.length
        expect(nearestWord(`${name.slice(0, at)}z${name.slice(at + 1)}`, [name])).toBe(name)
      }),
    )
  })
})
