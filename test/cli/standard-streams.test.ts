// What long output does where nobody takes it: lines are left out and counted, and of what is only worth its newest the newest goes.

import { expect, test } from 'vitest'
import { isGone, lineWriter, newestWriter } from '../../src/cli/standard-streams.ts'

function stream() {
  const written: string[] = []
  const write = (text: string): boolean => {
    written.push(text)
    return true
  }
  return { written, write: write as NodeJS.WriteStream['write'], writableLength: 0 }
}

test('lines go to whoever takes them; those that nobody takes are left out, and counted once there is room', () => {
  const reader = stream()
  const write = lineWriter(reader, 100)
  write('one')
  reader.writableLength = 101
  for (const line of ['two', 'three']) write(line)
  expect(reader.written).toEqual(['one\n'])
  reader.writableLength = 100
  write('four')
  reader.writableLength = 101
  write('five')
  reader.writableLength = 0
  write('six')
  expect(reader.written.slice(1)).toEqual([
    '… 2 lines left out: nobody took them. The journal has all that happened.\n',
    'four\n',
    '… 1 line left out: nobody took them. The journal has all that happened.\n',
    'six\n',
  ])
})

test('of models only those are written for which there is room, and the last one always', () => {
  const reader = stream()
  const { write, close } = newestWriter(reader)
  write('first')
  reader.writableLength = 1
  for (const model of ['second', 'third']) write(model)
  expect(reader.written).toEqual(['first\n'])
  close()
  close()
  expect(reader.written).toEqual(['first\n', 'third\n'])
  const other = stream()
  const done = newestWriter(other)
  done.write('only')
  done.close()
  expect(other.written).toEqual(['only\n'])
})

test.each([
  ['EPIPE', false, true],
  ['EPIPE', true, true],
  ['EIO', true, true],
  ['EIO', false, false],
  ['ENOSPC', true, false],
])('%s, on a terminal %s: nobody is there any more: %s', (code, isTTY, expected) => {
  expect(isGone(Object.assign(new Error(code), { code }), { isTTY })).toBe(expected)
})
