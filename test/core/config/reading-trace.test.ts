// A config under a reading trace reads as it is, and tells who read what in it.

import { expect, test } from 'vitest'
import { loadConfig } from '../../../src/core/config/load-config.ts'
import { readingOf } from '../../../src/core/config/readers.ts'
import { traceReads } from '../../../src/core/config/reading-trace.ts'
import { readExposure } from './reading.ts'
import { KEYS } from './traced.ts'

const BUILT_IN = loadConfig({ file: null, environment: {} })

test('C02 a traced config reads as the one it was made of, and the other is left as it was', () => {
  const before = Object.getOwnPropertyDescriptor(BUILT_IN.risk, 'maxExposure')
  const { config } = traceReads(BUILT_IN)
  expect(config).toEqual(BUILT_IN)
  expect(Object.getOwnPropertyDescriptor(BUILT_IN.risk, 'maxExposure')).toEqual(before)
  expect(before).toHaveProperty('value')
})

test('C02 a key is read by who asked for it, and by nobody for a section that was only taken out', () => {
  const trace = traceReads(BUILT_IN)
  const { risk } = trace.config
  expect(['risk', ...KEYS].filter((key) => trace.readersOf(key).length > 0)).toEqual([])
  expect(risk.maxExposure).toBe(BUILT_IN.risk.maxExposure)
  expect(trace.readersOf('risk.max_exposure')).toEqual(['reading-trace.test.ts'])
  readExposure(trace.config)
  expect(trace.readersOf('risk.max_exposure')).toEqual(['reading-trace.test.ts', 'reading.ts'])
  expect(trace.readersOf('risk.max_position')).toEqual([])
})

test('C02 a key that nobody read is unread after a whole rehearsal, and unknown after one that broke off', () => {
  const none = () => []
  expect(readingOf('risk.max_exposure', BUILT_IN, { readersOf: none, isWhole: true })).toMatchObject({ status: 'unread', readers: [] })
  expect(readingOf('risk.max_exposure', BUILT_IN, { readersOf: none, isWhole: false })).toMatchObject({ status: 'unknown', readers: [] })
  const readersOf = () => ['session/gates']
  expect(readingOf('risk.max_exposure', BUILT_IN, { readersOf, isWhole: false })).toMatchObject({
    status: 'read',
    readers: ['session/gates'],
  })
})

test('C02 what the exchange of a rehearsal reads is no reader of a session at a venue', () => {
  const demo = { ...BUILT_IN, mode: 'demo' } as const
  const readersOf = () => ['session/opening', 'session/paper-arena']
  expect(readingOf('feed.seed', demo, { readersOf, isWhole: true }).readers).toEqual(['session/opening'])
  expect(readingOf('feed.seed', BUILT_IN, { readersOf, isWhole: true }).readers).toEqual(['session/opening', 'session/paper-arena'])
})
