// Lines out of gzip files, whole, joined, cut and damaged.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { type Breakage, GzipLines } from '../../../../src/core/market/recorded/gzip-lines.ts'
import { temporaryFolder } from '../fixtures.ts'

async function linesOf(bytes: Buffer, longestLineBytes?: number): Promise<{ lines: (string | null)[]; breakage: Breakage | null }> {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'lines.gz')
  await writeFile(path, bytes)
  const reader = new GzipLines(path, longestLineBytes)
  const lines: (string | null)[] = []
  for await (const batch of reader.batches()) {
    expect(batch.firstLine).toBe(lines.length + 1)
    lines.push(...batch.lines)
  }
  return { lines, breakage: reader.breakage }
}

/** Random enough not to shrink to nothing, so that the file is larger than what is read of it at once. */
const manyLines = Array.from(
  { length: 30_000 },
  (_, index) => `${index} ${(Math.imul(index, 2_654_435_761) >>> 0).toString(36)} é${'x'.repeat(index % 50)}`,
)

test('every line is given once, in order, over all borders of what is read at once', async () => {
  const { lines, breakage } = await linesOf(gzipSync(`${manyLines.join('\n')}\n`))
  expect(lines).toEqual(manyLines)
  expect(breakage).toBeNull()
})

test('a final newline may be missing, and empty lines are lines', async () => {
  expect(await linesOf(gzipSync('a\n\nb'))).toEqual({ lines: ['a', '', 'b'], breakage: null })
})

test('an empty member holds no line', async () => {
  expect(await linesOf(gzipSync(''))).toEqual({ lines: [], breakage: null })
})

test('several members are one text, wherever the border lies', async () => {
  const members = [manyLines.slice(0, 10_000).join('\n'), `\n${manyLines.slice(10_000).join('\n')}`, '\nla', 'st\n', '']
  const { lines, breakage } = await linesOf(Buffer.concat(members.map((text) => gzipSync(text))))
  expect(lines).toEqual([...manyLines, 'last'])
  expect(breakage).toBeNull()
})

test('a cut file gives its whole lines and says that it is cut', async () => {
  const bytes = gzipSync(`${manyLines.join('\n')}\n`)
  for (const share of [0.3, 0.75, 0.999]) {
    const { lines, breakage } = await linesOf(bytes.subarray(0, Math.floor(bytes.length * share)))
    expect(breakage?.kind).toBe('cut')
    expect(lines).toEqual(manyLines.slice(0, lines.length))
    expect(lines.length).toBeGreaterThan((share - 0.1) * manyLines.length)
    expect(lines.length).toBeLessThan(manyLines.length)
  }
})

test('a file cut within the first or the last bytes of a later member keeps the members before', async () => {
  const [first, second] = [gzipSync('a\nb\n'), gzipSync('c\n')]
  for (const kept of [1, 5, 10, second.length - 1]) {
    const { lines, breakage } = await linesOf(Buffer.concat([first, second.subarray(0, kept)]))
    expect([lines.slice(0, 2), breakage?.kind]).toEqual([['a', 'b'], 'cut'])
  }
})

test('a damaged file gives the lines before the damage, and ends there', async () => {
  const bytes = gzipSync(`${manyLines.join('\n')}\n`)
  const at = Math.floor(bytes.length * 0.8)
  bytes.fill(0xff, at, at + 64)
  const { lines, breakage } = await linesOf(bytes)
  expect(breakage?.kind).toBe('damaged')
  expect(lines.length).toBeGreaterThan(manyLines.length / 2)
  const sound = Math.floor(manyLines.length / 2)
  expect(lines.slice(0, sound)).toEqual(manyLines.slice(0, sound))
})

test('bytes after the last member that are no gzip end the file as damaged, zeros do not', async () => {
  const bytes = gzipSync('a\nb\n')
  expect((await linesOf(Buffer.concat([bytes, Buffer.from('hello')]))).breakage?.kind).toBe('damaged')
  expect(await linesOf(Buffer.concat([bytes, Buffer.alloc(8)]))).toEqual({ lines: ['a', 'b'], breakage: null })
})

test('a line over the limit is left out, the lines round it are not', async () => {
  const long = 'y'.repeat(300_000)
  const { lines } = await linesOf(gzipSync(`a\n${long}\nb\n${long}`), 200_000)
  expect(lines).toEqual(['a', null, 'b', null])
  expect((await linesOf(gzipSync(`a\n${long}\nb\n`), 300_000)).lines).toEqual(['a', long, 'b'])
})

test('a reader that breaks off lets the file go', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'lines.gz')
  await writeFile(path, gzipSync(`${manyLines.join('\n')}\n`))
  const reader = new GzipLines(path)
  for await (const batch of reader.batches()) {
    expect(batch.lines[0]).toBe(manyLines[0])
    break
  }
  expect(reader.breakage).toBeNull()
})
