// The log beside a store, as sessions and commands write it: early entries, and a place where none can be.

import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openSessionLog } from '../../src/cli/session-log.ts'
import { privateFolder } from '../session/control-rig.ts'

interface Line {
  readonly level: number
  readonly time: string
  readonly msg: string
  readonly text?: string
  readonly at?: string
}

function linesOf(path: string): Line[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

test('what comes before the folder of the store is made waits for it, in order and with its time', () => {
  const folder = join(privateFolder(), '.dita')
  const store = join(folder, 'dita.db')
  const complaints: string[] = []
  const log = openSessionLog(store, (text) => complaints.push(text))
  log.error('venue', { text: 'the clock is off' })
  log.info('venue', { text: 'it is right again' })
  mkdirSync(folder)
  log.info('backup', {})
  log.close()
  const lines = linesOf(`${store}.log`)
  expect(lines.map(({ level, msg, text }) => [level, msg, text])).toEqual([
    [50, 'venue', 'the clock is off'],
    [30, 'venue', 'it is right again'],
    [30, 'backup', undefined],
  ])
  const [early, , late] = lines
  expect(Date.parse(early?.at ?? '')).toBeLessThanOrEqual(Date.parse(early?.time ?? ''))
  expect(late).not.toHaveProperty('at')
  expect(statSync(`${store}.log`).mode & 0o777).toBe(0o600)
  expect(complaints).toEqual([])
})

test('a session that never gets hold of its store leaves no log, and says nothing of it', () => {
  const complaints: string[] = []
  const log = openSessionLog(join(privateFolder(), 'never', 'dita.db'), (text) => complaints.push(text))
  for (let entry = 0; entry < 1_000; entry += 1) log.info('venue', { entry })
  log.close()
  expect(complaints).toEqual([])
})

test('a place where none can be is told once, in a sentence', () => {
  const file = join(privateFolder(), 'file')
  writeFileSync(file, '')
  const store = join(file, 'dita.db')
  const complaints: string[] = []
  const log = openSessionLog(store, (text) => complaints.push(text))
  log.info('one', {})
  log.info('two', {})
  log.close()
  expect(complaints).toEqual([
    expect.stringMatching(new RegExp(`^The log ${store}\\.log cannot be written \\(ENOTDIR.*\\): .* without it\\.$`)),
  ])
})
