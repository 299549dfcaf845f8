// The result on the screen of a session that starts with a position: its parts, as they are shown, make the net that is shown.

import { expect, test } from 'vitest'
import { add, readDecimal, sub } from '../../src/core/kernel/decimal.ts'
import type { PnlModel } from '../../src/core/session/view-model.ts'
import { newStore, runPaper } from './harness.ts'

function sumOf({ realized, unrealizedChange, funding, fees }: PnlModel): bigint {
  const [made, moved] = [readDecimal(realized ?? ''), readDecimal(unrealizedChange ?? '')]
  return sub(add(add(made, moved), readDecimal(funding)), readDecimal(fees))
}

test('the result adds up as it is shown, whatever was open before the session', async () => {
  const storePath = newStore()
  const config = { mode: 'paper', paper: { account: 'kept' } }
  const open = await runPaper({ storePath, sessionId: 'first', seed: 7, config })
  expect(open.outcome.exitCode).toBe(0)
  const shown: PnlModel[] = []
  const observer = { wants: () => true, publish: ({ pnl }: { readonly pnl: PnlModel }) => void shown.push(pnl) }
  await runPaper({ storePath, sessionId: 'second', seed: 8, config, observer })
  const known = shown.filter(({ net, unrealizedChange }) => net !== null && unrealizedChange !== null)
  expect(known.length).toBeGreaterThan(100)
  // Something was open, so that what is open is worth another sum than what it brought.
  expect(known.some(({ unrealized, unrealizedChange }) => unrealized !== unrealizedChange)).toBe(true)
  for (const pnl of known) expect(sumOf(pnl), JSON.stringify(pnl)).toBe(readDecimal(pnl.net ?? ''))
})
