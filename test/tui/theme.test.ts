import { describe, expect, test } from 'vitest'
import { cutSpans, span } from '../../src/tui/theme.tsx'

const SPANS = [span('position '), span('+124.60'), span(' @ 1.9996')]
const cutTo = (width: number): string =>
  cutSpans(SPANS, width)
    .map(({ text }) => text)
    .join('')

describe('cutSpans', () => {
  test('what fits stays whole, and the first that does not ends in …', () => {
    expect(cutTo(25)).toBe('position +124.60 @ 1.9996')
    expect(cutTo(19)).toBe('position +124.60 @…')
    expect(cutTo(6)).toBe('posit…')
  })

  test('no … stands right behind a number, whole or not', () => {
    for (let width = 0; width <= 25; width += 1) expect(cutTo(width)).not.toMatch(/\d…/)
    expect(cutTo(17)).toBe('position +124.60')
    expect(cutTo(13)).toBe('position …')
  })
})
