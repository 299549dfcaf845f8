import { describe, expect, test } from 'vitest'
import { EXIT } from '../../src/core/errors.ts'
import { exposureReason, HALT_REASONS, haltEntry, haltText } from '../../src/core/halt-reasons.ts'

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

  test('S01 every reason has words for a list and a line: what was meant ended, what failed says so', () => {
    for (const [reason, { verdict, word, short }] of Object.entries(HALT_REASONS)) {
      expect({ reason, isShort: short.length > 0 && short.length <= 15 }).toEqual({ reason, isShort: true })
      expect({ reason, failed: verdict === 'no' }).toEqual({ reason, failed: word === 'failed' })
    }
    expect(haltText('duration_elapsed', null)).toBe('ended: ran its time')
    expect(haltText('risk_loss_limit', '101.20 is beyond 100')).toBe('halted: loss limit (101.20 is beyond 100)')
    expect(haltText('kill_switch', 'dita halt: lunch')).toBe('halted: kill switch (dita halt: lunch)')
    expect(haltText(null, null)).toBe('has ended')
  })

  test.each([
    [null, 'ended: stopped early'],
    ['stopped with q', 'ended: stopped with q'],
    ['the strategy mine: two asked for it', 'ended: strategy asked'],
    ['the strategy mine asked for it: enough: really', 'ended: strategy asked (enough: really)'],
    ['The strategy mine failed in onTick: oops.', 'failed: strategy error (The strategy mine failed in onTick: oops.)'],
    ['seen enough', 'ended: stopped early (seen enough)'],
  ])('S01 one reason for several ends is told by who asked: %j', (detail, words) => {
    expect(haltText('engine_requested_halt', detail)).toBe(words)
  })

  test.each(['', 'no_such_reason', 'constructor', '__proto__', 'risk__exposure'])(
    'S01 %j is of no taxonomy: a defect, exit 1',
    (reason) => {
      expect(haltEntry(reason)).toBe(HALT_REASONS.unexpected_halt)
      expect(haltEntry(reason).exitCode).toBe(EXIT.defect)
    },
  )
})
