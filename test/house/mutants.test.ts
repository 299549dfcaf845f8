// The list of planted bugs is complete and up to date: each could be planted now, and there are tests to catch it. Whether they
// do is for `npm run mutants` to say.

import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Mutant, parseMutants, planted, testFilesOf } from '../../scripts/mutants.ts'
import { ROOT } from './small-tree.ts'

const ROWS = [...rowsOf('K', 23), ...rowsOf('N', 9), 'N12']

function rowsOf(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${letter}${String(index + 1).padStart(2, '0')}`)
}

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const mutants = parseMutants(read('test/mutants.md'))
const nameOf = ({ row, title }: Mutant): string => `${row} ${title}`

test('every row of the kernel and of its numbers is reversed at least once', () => {
  expect(mutants.length).toBeGreaterThanOrEqual(30)
  const reversed = new Set(mutants.map(({ row }) => row))
  expect(ROWS.filter((row) => !reversed.has(row))).toEqual([])
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
