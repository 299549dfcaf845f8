import { describe, expect, test } from 'vitest'
import { EXIT } from '../../src/core/errors.ts'
import { exposureReason, HALT_REASONS, haltEntry } from '../../src/core/halt-reasons.ts'

describe('why sessions end', () => {
  test('S02 a session worked exactly where it ends with exit code 0 on its own', () => {
    for (const [reason, { verdict, exitCode }] of Object.entries(HALT_REASONS)) {
      if (reason === 'engine_requested_halt') continue
      expect({ reason, worked: verdict === 'yes' }).toEqual({ reason, worked: exitCode === EXIT.done })
    }
    expect(HALT_REASONS.engine_requested_halt).toMatchObject({ verdict: 'early', exitCode: EXIT.done })
  })

  test('S02 every risk gate stops a session early, with exit code 8', () => {
    const gates = Object.entries(HALT_REASONS).filter(([reason]) => reason.startsWith('risk_'))
    expect(gates).toHaveLength(7)
    for (const [reason, { verdict, exitCode }] of gates) {
      expect({ reason, verdict, exitCode }).toEqual({ reason, verdict: 'early', exitCode: EXIT.halted })
    }
  })

  test('S01 the exposure in any asset has a reason of its own and one entry', () => {
    expect(exposureReason('XRP')).toBe('risk_xrp_exposure')
    expect(haltEntry(exposureReason('BTC'))).toBe(HALT_REASONS['risk_<asset>_exposure'])
  })

  test.each(['', 'no_such_reason', 'constructor', '__proto__', 'risk__exposure'])(
    'S01 %j is of no taxonomy: a defect, exit 1',
    (reason) => {
      expect(haltEntry(reason)).toBe(HALT_REASONS.unexpected_halt)
      expect(haltEntry(reason).exitCode).toBe(EXIT.defect)
    },
  )
})
