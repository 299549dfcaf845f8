// Many random accounts, each played and judged, and of the first that fails the smallest script that does. Where they are wanted
// by hand, `npm run accounts` asks for them.

import fc from 'fast-check'
import { messageOf } from '../../../src/core/errors.ts'
import { type Judged, judgeAccount } from './judge-account.ts'
import { accountScripts } from './random-account.ts'

export interface AccountsPlan {
  readonly accounts: number
  readonly seed: number
  readonly path: string | null
}

const COUNTS = [
  'sessions',
  'facts',
  'fills',
  'trades',
  'flows',
  'flowsInProportion',
  'returnsEqual',
  'returnsRounded',
] as const satisfies (keyof Judged)[]

export type AccountTotals = Record<(typeof COUNTS)[number] | 'accounts', number>

/** Says what it judged, and of what failed the smallest script that does. */
export async function playAccounts({
  accounts,
  seed,
  path,
}: AccountsPlan): Promise<{ readonly totals: AccountTotals; readonly failure: string | null }> {
  const totals = Object.fromEntries([...COUNTS, 'accounts'].map((count) => [count, 0])) as AccountTotals
  const property = fc.asyncProperty(accountScripts, async (script) => {
    const judged = await judgeAccount(script)
    totals.accounts += 1
    for (const count of COUNTS) totals[count] += judged[count]
  })
  const result = await fc.check(property, { numRuns: accounts, seed, ...(path !== null && { path, endOnFailure: true }) })
  if (!result.failed) return { totals, failure: null }
  const again = `npx node scripts/account.ts --seed ${seed} --path ${result.counterexamplePath ?? ''}`
  return { totals, failure: `${fc.defaultReportMessage(result)}\n${messageOf(result.errorInstance)}\nagain: ${again}` }
}
