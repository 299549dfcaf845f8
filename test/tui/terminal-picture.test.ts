// The picture of a terminal: each column in its place, each colour as the terminal was told, and nothing that it does not know.

import { expect, test } from 'vitest'
import { terminalPicture } from '../../scripts/terminal-picture.ts'

const textsOf = (picture: string) =>
  [...picture.matchAll(/<text x="([\d.]+)" y="([\d.]+)" textLength="([\d.]+)"([^>]*)>([^<]*)</g)].map(([, x, y, length, style, text]) => ({
    place: [Number(x), Number(y), Number(length)],
    style,
    text,
  }))

test('what stands under each other stays under each other, gaps and wide lines or not', () => {
  const [ask, askPrice, bid, bidPrice] = textsOf(terminalPicture(['our ask      2.0081', 'bid          2.0076'], 'a screen'))
  expect([ask?.text, askPrice?.text, bid?.text, bidPrice?.text]).toEqual(['our ask', '2.0081', 'bid', '2.0076'])
  expect(askPrice?.place[0]).toBe(bidPrice?.place[0])
  expect(ask?.place[0]).toBe(bid?.place[0])
  expect(ask?.place[1]).toBe(askPrice?.place[1])
  expect((bid?.place[1] ?? 0) > (ask?.place[1] ?? 0)).toBe(true)
})

test('colours, weight and backgrounds hold until they are taken back', () => {
  const picture = terminalPicture(['\u001b[1m\u001b[36mtitle\u001b[0m plain \u001b[30;43m ! warned \u001b[0m<&>'], 'a screen')
  const [title, plain, warned, last] = textsOf(picture)
  expect(title).toMatchObject({ text: 'title', style: ' fill="#56b6c2" font-weight="bold"' })
  expect(plain).toMatchObject({ text: 'plain', style: '' })
  expect(warned).toMatchObject({ text: '! warned', style: ' fill="#15181e"' })
  expect(picture).toContain('fill="#e0b050"/>')
  expect(last).toMatchObject({ text: '&lt;&amp;&gt;', style: '' })
})

test('what it cannot draw is refused, not left out', () => {
  expect(() => terminalPicture(['\u001b[38mpurple'], 'a screen')).toThrow('told to look like 38')
})
