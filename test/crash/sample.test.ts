// A sample of the crash sweep, one point of each kind; `npm run crash` plays all of them.

import { describe, expect, test } from 'vitest'
import { plainBuild } from './build.ts'
import { pointOf } from './points.ts'
import { canTrace, sweep, violationLines } from './sweep.ts'

/** Far enough from the ends of each count that a session which makes a few calls more or fewer still comes to it. */
const AT_CALLS = ['pwrite64:40', 'pwrite64:230', 'write:25', 'writev:1', 'fsync:12', 'ftruncate:4', 'unlink:2']
const AT_ERRORS = ['EIO@pwrite64:120', 'ENOSPC@fsync:9']
const AT_TIMES = ['time:3', 'deep:2', 'exchange:2', 'both:2']

describe('the crash sweep', () => {
  test('J01 J02 V01 J10 whatever dies, and wherever, the next start knows every order, doubles none, and says what it did', {
    timeout: 240_000,
  }, async (context) => {
    const names = canTrace() ? [...AT_CALLS, ...AT_ERRORS, ...AT_TIMES] : AT_TIMES
    if (!canTrace()) console.warn(`LEFT OUT: the system calls of "${context.task.name}", since there is no strace here that may trace`)
    const points = names.map((name) => ({ point: pointOf(name), seed: 1 }))
    const verdicts = await sweep({ points, jobs: 2, build: plainBuild(), onVerdict: () => undefined })
    expect(verdicts.flatMap(violationLines)).toEqual([])
    const missed = verdicts.filter(({ reached }) => !reached).map(({ point }) => point)
    expect(missed).toEqual([])
    expect(verdicts).toHaveLength(names.length)
  })
})
