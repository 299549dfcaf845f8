// Every error that a person can meet, brought about in earnest, and the page that lists them.

import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { errorsPage, type ToldError } from '../../scripts/errors-page.ts'
import { GROUPS } from './groups.ts'
import { Scene } from './scene.ts'
import { codesInSources, unseenCodes } from './sources.ts'
import { UNPROVOKED } from './unprovoked.ts'

const told = new Map<string, ToldError>()
const CODES = new Set(GROUPS.flatMap(({ cases }) => cases.map(({ code }) => code)))

describe.each(GROUPS)('$title', ({ title, cases }) => {
  test.each(cases)('$code: $by', async ({ code, by, play }) => {
    const failure = await play(new Scene())
    expect(failure.code, failure.message).toBe(code)
    // Whole sentences, and something to do: not the words of a system or of a library.
    expect(failure.message).not.toMatch(
      /\b(ENO[A-Z]+|EACCES|EISDIR|EEXIST|ELOOP|EADDR[A-Z]+|ENAME[A-Z]+)\b|SQLITE_|undefined|\[object|^Error/,
    )
    expect(failure.next).toMatch(/^.{10,}[.?!)`}\w]$/s)
    told.set(`${title} ${by}`, { ...failure, by })
  })
})

test('docs/ERRORS.md is what was just said (`npx vitest run test/errors -u` writes it anew)', async () => {
  const groups = GROUPS.map(({ title, cases }) => ({ title, errors: cases.flatMap(({ by }) => told.get(`${title} ${by}`) ?? []) }))
  expect(CODES.size).toBeGreaterThanOrEqual(60)
  await expect(errorsPage(groups)).toMatchFileSnapshot(fileURLToPath(new URL('../../docs/ERRORS.md', import.meta.url)))
})

describe('L08 every error of the sources', () => {
  test('is provoked, or it is said why it cannot be', () => {
    const codes = codesInSources()
    expect(codes.length).toBeGreaterThan(80)
    expect(codes.filter((code) => !CODES.has(code) && UNPROVOKED[code] === undefined)).toEqual([])
    expect([...CODES, ...Object.keys(UNPROVOKED)].filter((code) => !codes.includes(code))).toEqual([])
    expect(Object.keys(UNPROVOKED).filter((code) => CODES.has(code))).toEqual([])
    expect(unseenCodes()).toEqual([])
  })

  test('is seen, however it is made', () => {
    const files = [
      { path: 'a.ts', text: "throw new DitaError('FIRST_ONE', {})\nthrow new DitaError(\n  'SECOND_ONE',\n  {})" },
      {
        path: 'b.ts',
        text: "import { credentialsFailure as failure } from '../../private-file.ts'\nthrow failure('THIRD_ONE', '')\nrefusal('NOT_ONE')",
      },
      { path: 'c.ts', text: 'throw new DitaError(code, {})' },
    ]
    expect(codesInSources(files)).toEqual(['DEFECT', 'FIRST_ONE', 'OUTPUT_FAILED', 'SECOND_ONE', 'THIRD_ONE'])
    expect(unseenCodes(files)).toEqual(['c.ts'])
  })
})
