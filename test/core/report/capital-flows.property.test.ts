// Random accounts, each played without capital flows and with them. What was earned must be the same to the last digit, and the
// return must be the definition's. `scripts/account.ts` plays many more.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeAccount } from './judge-account.ts'
import { accountScripts } from './random-account.ts'

const { DITA_FUZZ_RUNS = '40' } = process.env

describe('capital flows among fills, prices, fees and funding', () => {
  test('N10 N11 change no figure of what was earned, and every total is exact', { timeout: 600_000 }, async () => {
    const kinds = new Set<string>()
    let [flows, fills] = [0, 0]
    await fc.assert(
      fc.asyncProperty(accountScripts, async (script) => {
        const judged = await judgeAccount(script)
        for (const kind of judged.kinds) kinds.add(kind)
        flows += judged.flows
        fills += judged.fills
      }),
      { numRuns: Number(DITA_FUZZ_RUNS) },
    )
    expect([...kinds].sort()).toEqual(['inverse', 'linear', 'spot'])
    expect(Math.min(flows, fills)).toBeGreaterThan(0)
  })
})
