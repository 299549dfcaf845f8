import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { codeMeaning } from '../../src/core/venue-codes.ts'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

/** Every code in quotes in what a pattern finds in a file. */
function codesIn(path: string, pattern: RegExp): string[] {
  return [...read(path).matchAll(pattern)].flatMap(([, text = '']) => [...text.matchAll(/'(\w+)'/g)].map(([, code = '']) => code))
}

const VENUES = [...new Set(codesIn('src/core/venue/bingx/codes.ts', /codes: \[(.*?)\]/g))]
const OURS = [
  ...codesIn('src/core/venue/bingx/rest.ts', /^(?:export )?type (?:FailureCode|NotSentCode) = (.*)$/gm),
  ...codesIn('src/core/venue/bingx/limiter.ts', /^export type Refusal = (.*)$/gm),
]

/** The table of the page: each code with its meaning. */
const PAGE = (read('docs/METRICS.md').split('<!-- venue codes -->\n')[1] ?? '')
  .split('\n<!-- /venue codes -->')[0]
  ?.split('\n')
  .slice(2)
  .flatMap((row) => {
    const [, codes = '', meaning = ''] = /^\| (.*) \| (.*) \|$/.exec(row) ?? []
    return [...codes.matchAll(/`(\w+)`/g)].map(([, code = '']) => ({ code, meaning }))
  })

describe('the codes of venues in words', () => {
  test('every code that the client knows what to do about, and every one of its own, has a meaning', () => {
    expect(VENUES.length).toBeGreaterThan(60)
    expect(OURS.length).toBeGreaterThan(9)
    expect([...VENUES, ...OURS].filter((code) => codeMeaning('bingx', code) === null)).toEqual([])
  })

  test('no venue’s codes are read as those of another; what dita says itself is known everywhere', () => {
    expect(codeMeaning('bingx', '109422')).toBe('the order was filled or ended already')
    expect(codeMeaning('paper', '109422')).toBeNull()
    expect(OURS.filter((code) => codeMeaning('paper', code) === null)).toEqual([])
    expect(codeMeaning('bingx', 'NO_SUCH_CODE')).toBeNull()
  })

  test('docs/METRICS.md has each of them once, with the same words, and no other', () => {
    expect(PAGE?.map(({ code }) => code).sort()).toEqual([...VENUES, ...OURS].sort())
    expect(PAGE?.filter(({ code, meaning }) => codeMeaning('bingx', code) !== meaning)).toEqual([])
  })
})
