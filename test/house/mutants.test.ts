// The list of planted bugs is complete and up to date: each could be planted now, and there are tests to catch it. Whether they
// do is for `npm run mutants` to say.

import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Mutant, parseMutants, planted, testFilesOf } from '../../scripts/mutants.ts'
import { ROOT } from './small-tree.ts'

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
/** Every row of the requirements, as the page lists them. */
const ROWS = [...read('docs/REQUIREMENTS.md').matchAll(/^\| ([A-Z]\d{2}) \|/gm)].map(([, row]) => row as string)

const NO_SIGNALS = 'there are no signals yet, so that nothing can be broken'
/** The rows that no mutant reverses, and why. */
const WITHOUT_MUTANT: Readonly<Record<string, string>> = {
  C04: 'its tests plant dead code in a tree of their own',
  T02: 'it is about what the tests drive, and no source can break it',
  T03: 'it is the list itself',
  ...Object.fromEntries(['W01', 'W02', 'W03', 'W04', 'W05', 'W06', 'W07'].map((row) => [row, NO_SIGNALS])),
}

const mutants = parseMutants(read('test/mutants.md'))
const nameOf = ({ row, title }: Mutant): string => `${row} ${title}`

test('T03 every row of the requirements is reversed at least once, or it is said why it cannot be', () => {
  expect(ROWS.length).toBeGreaterThanOrEqual(83)
  const reversed = new Set(mutants.map(({ row }) => row))
  expect(ROWS.filter((row) => !reversed.has(row)).sort()).toEqual(Object.keys(WITHOUT_MUTANT).sort())
  expect(new Set(mutants.map(nameOf)).size).toBe(mutants.length)
})

test('T03 every mutant can be planted: its text stands once in its file, which is source still', () => {
  for (const mutant of mutants) {
    const source = read(mutant.file)
    const bugged = planted(source, mutant)
    expect(bugged, nameOf(mutant)).not.toBe(source)
    if (mutant.file.endsWith('.ts')) expect(() => stripTypeScriptTypes(bugged), nameOf(mutant)).not.toThrow()
  }
})

test('every mutant has a test that is named after its row', () => {
  for (const mutant of mutants) {
    const files = testFilesOf(mutant)
    expect(files, nameOf(mutant)).not.toEqual([])
    // A row stands at the start of a name; a word may come into it from a table.
    const named = new RegExp(`\\(\\s*['"\`](?:[A-Z]\\d{2}\\s+)*${mutant.row}\\s`)
    if (/^[A-Z]\d{2}$/.test(mutant.row))
      expect(
        files.filter((path) => named.test(read(path))),
        nameOf(mutant),
      ).not.toEqual([])
  }
})

const SECTION = [
  '## K04 a title',
  '',
  '`src/a.ts` `test/b.test.ts`',
  '',
  'What goes wrong.',
  '',
  '```diff',
  '-  one',
  '-  two',
  '+  three',
  '```',
]

test('a mutant is read as it is written', () => {
  const [mutant] = parseMutants(`# Mutants\n\nWords.\n\n${SECTION.join('\n')}\n`)
  expect(mutant).toEqual({
    row: 'K04',
    title: 'a title',
    file: 'src/a.ts',
    tests: ['test/b.test.ts'],
    before: '  one\n  two',
    after: '  three',
  })
  expect(planted('  zero\n  one\n  two\n  four\n', mutant as Mutant)).toBe('  zero\n  three\n  four\n')
})

test.each([
  ['no title', 0, '## K04'],
  ['a row that is no word', 0, '## (K04) a title'],
  ['no file', 2, 'src/a.ts'],
  ['nothing taken away', 7, '   one'],
  ['nothing changed', 9, '+  one\n+  two'],
  ['two diffs', 10, '```\n\n```diff\n-a\n+b\n```'],
])('a mutant with %s is refused', (_, line, words) => {
  const lines = SECTION.with(line, words)
  if (line === 7) lines.splice(8, 1)
  expect(() => parseMutants(lines.join('\n'))).toThrow(/^the mutant "/)
})

test('a text that has gone, or stands twice, is never planted', () => {
  const [mutant] = parseMutants(SECTION.join('\n')) as [Mutant]
  expect(() => planted('  one\n  two\n  one\n  two\n', mutant)).toThrow('its text stands 2 times in src/a.ts')
  expect(() => planted('  one\n\n  two\n', mutant)).toThrow('its text stands 0 times in src/a.ts')
})
