import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { element, place, scriptJson, text } from '../../../../src/core/report/html/markup.ts'

describe('V07 words of HTML', () => {
  test('text from anywhere is text in an element and in an attribute', () => {
    expect(text(`<a href="x" title='y'>&amp;</a>`)).toBe('&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;')
    expect(element('p', { title: '"><script>' }, text('<b>'))).toBe('<p title="&quot;&gt;&lt;script&gt;">&lt;b&gt;</p>')
  })

  test('what would hide or reorder text is written out', () => {
    expect(text('a\u202eb\u200bc\u0000d')).toBe('a\\u{202e}b\\u{200b}c\\u{0}d')
  })

  test('data in a script stays what it was, and no character of it ends the script or a line', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, words) => {
        const data = { value, words: `</script><!--${words}\u2028\u2029` }
        const written = scriptJson(data)
        expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(data)))
        expect(/[<>&\u2028\u2029]/.test(written)).toBe(false)
      }),
    )
  })

  test('attributes that are null are left out, numbers are short, and what has no end tag gets none', () => {
    expect(element('circle', { cx: 1.23456, class: null })).toBe('<circle cx="1.23"></circle>')
    expect(element('meta', { charset: 'utf-8' })).toBe('<meta charset="utf-8">')
    expect(place(-0.004)).toBe('0')
  })
})
