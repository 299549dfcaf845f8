// Facts on a stream whose reader is quick, slow, or gone: nobody waits for it, and what is left out is said.

import { Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { openFactOutput } from '../../src/cli/fact-output.ts'

/** Takes nothing until it is let go. */
function slowReader() {
  const read: string[] = []
  let release: (() => void) | null = null
  let isOpen = false
  const stream = new Writable({
    highWaterMark: 16,
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      read.push(chunk)
      if (isOpen) done()
      else release = done
    },
  })
  const open = (): void => {
    isOpen = true
    release?.()
  }
  return { stream: stream as unknown as NodeJS.WriteStream, read, open }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5))
}

const line = (seq: number): string => JSON.stringify({ seq })

describe('facts on standard output', () => {
  test('a reader who keeps up gets every line in its order', async () => {
    const { stream, read, open } = slowReader()
    open()
    const complaints: string[] = []
    const output = openFactOutput({ stream, complain: (text) => complaints.push(text) })
    for (let seq = 1; seq <= 500; seq += 1) output.take(line(seq), seq)
    await output.close()
    expect(read.join('')).toBe(Array.from({ length: 500 }, (_, index) => `${line(index + 1)}\n`).join(''))
    expect(complaints).toEqual([])
  })

  test('a slow one misses what does not fit, is told which, and goes on from there', async () => {
    const { stream, read, open } = slowReader()
    const complaints: string[] = []
    const output = openFactOutput({ stream, complain: (text) => complaints.push(text), mostWaiting: 100 })
    for (let seq = 1; seq <= 50; seq += 1) output.take(line(seq), seq)
    expect(stream.writableLength).toBeLessThanOrEqual(110)
    open()
    for (let attempt = 0; attempt < 500 && stream.writableLength > 0; attempt += 1) await turn()
    output.take(line(51), 51)
    await output.close()
    const told = read
      .join('')
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text))
    const at = told.findIndex((item) => 'missed' in item)
    expect(at).toBeGreaterThan(1)
    expect(told.slice(0, at)).toEqual(Array.from({ length: at }, (_, index) => ({ seq: index + 1 })))
    expect(told.slice(at)).toEqual([{ missed: { fromSeq: at + 1, toSeq: 50 } }, { seq: 51 }])
    expect(complaints).toEqual([expect.stringContaining(`from ${at + 1} on they are left out`)])
  })

  test('one who never reads does not keep the process', async () => {
    const { stream } = slowReader()
    const complaints: string[] = []
    const output = openFactOutput({ stream, complain: (text) => complaints.push(text), closeMs: 50 })
    output.take(line(1), 1)
    output.take(line(2), 2)
    await output.close()
    expect(stream.destroyed).toBe(true)
    expect(complaints).toEqual([expect.stringContaining('did not take the last of them')])
  })

  test('one who goes away is told of once, and nothing more is written', async () => {
    const { stream, read, open } = slowReader()
    const complaints: string[] = []
    const output = openFactOutput({ stream, complain: (text) => complaints.push(text) })
    output.take(line(1), 1)
    open()
    stream.destroy(new Error('write EPIPE'))
    await turn()
    output.take(line(2), 2)
    output.take(line(3), 3)
    await output.close()
    expect(read).toEqual([`${line(1)}\n`])
    expect(complaints).toEqual([expect.stringContaining('the session goes on without it')])
  })

  test('V07 nothing in it acts on a terminal, and it reads back as it was', async () => {
    const { stream, read, open } = slowReader()
    open()
    const output = openFactOutput({ stream, complain: () => undefined })
    output.take(JSON.stringify({ words: '\u202e\u009b31m' }), 1)
    await output.close()
    expect(read.join('').trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    expect(JSON.parse(read.join(''))).toEqual({ words: '\u202e\u009b31m' })
  })
})
