// Real money is asked for twice: in the config and on the command line. One of them alone moves nothing.

import { describe, expect, test } from 'vitest'
import { DitaError } from '../../src/core/errors.ts'
import { assertAskedFor, type MoneyUse } from '../../src/core/session/real-money.ts'

type Mode = 'paper' | 'demo' | 'live'

function refusalOf(mode: Mode, live: boolean, use: MoneyUse): DitaError | null {
  try {
    assertAskedFor({ mode }, live, use)
    return null
  } catch (thrown) {
    if (thrown instanceof DitaError) return thrown
    throw thrown
  }
}

describe('real money', () => {
  test.each<[Mode, boolean, MoneyUse]>([
    ['live', true, 'trade'],
    ['live', true, 'cancel'],
    ['live', true, 'look'],
    ['live', false, 'look'],
    ['demo', false, 'trade'],
    ['demo', false, 'cancel'],
    ['paper', false, 'trade'],
    ['paper', false, 'look'],
  ])('with mode %s and --live %s it may %s', (mode, live, use) => {
    expect(refusalOf(mode, live, use)).toBeNull()
  })

  test.each<[Mode, boolean, MoneyUse, string]>([
    ['live', false, 'trade', 'else set `mode: demo`'],
    ['live', false, 'cancel', '--dry-run to only look'],
    ['demo', true, 'trade', 'Leave --live out'],
    ['demo', true, 'look', 'Leave --live out'],
    ['paper', true, 'cancel', 'Leave --live out'],
  ])('with mode %s and --live %s it may not %s, and says what to type', (mode, live, use, next) => {
    expect(refusalOf(mode, live, use)).toMatchObject({ code: 'LIVE_NOT_CONFIRMED', fault: 'user', exitCode: 2 })
    expect(refusalOf(mode, live, use)?.next).toContain(next)
  })
})
