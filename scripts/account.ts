// Plays many random accounts with and without capital flows and judges their summaries: `--accounts N`, `--seed N` to begin
// elsewhere, and `--path P` beside a seed to play again what failed.

import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { type AccountsPlan, type AccountTotals, playAccounts } from '../test/core/report/play-accounts.ts'

function reportOf(totals: AccountTotals, elapsedMs: number): string {
  const { accounts, sessions, facts, fills, trades, flows, flowsInProportion, returnsEqual, returnsRounded } = totals
  return [
    `accounts ${accounts}, each played without flows, with any, and with flows in proportion`,
    `sessions ${sessions} · facts ${facts} · fills ${fills} · trades of slots ${trades}`,
    `flows, by session and asset: ${flows}, in proportion ${flowsInProportion}`,
    'of each session: residual of the attribution 0, summary = engine (inventory, position, cost, value), time-weighted return as defined',
    'of each session with flows: profit, attribution, drawdown, exposure, trades and quotes as without them',
    `of each session with flows in proportion: return as without them, ${returnsEqual} to the last digit, ${returnsRounded} but for roundings`,
    `in ${(elapsedMs / 1000).toFixed(1)} s`,
  ].join('\n')
}

function parseArguments(args: readonly string[]): AccountsPlan {
  const { values } = parseArgs({
    args: [...args],
    options: { accounts: { type: 'string' }, seed: { type: 'string' }, path: { type: 'string' } },
  })
  const path = values.path ?? null
  const accounts = path === null ? wholeNumber('accounts', values.accounts ?? '200') : 1
  return { accounts, seed: wholeNumber('seed', values.seed ?? '1'), path }
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new RangeError(`--${name} must be a whole number, not "${text}"; for example --${name} 100`)
  return Number(text)
}

if (import.meta.main) {
  const startedMs = performance.now()
  const { totals, failure } = await playAccounts(parseArguments(process.argv.slice(2)))
  console.log(
    failure === null ? reportOf(totals, performance.now() - startedMs) : `${totals.accounts} accounts judged well, then\n${failure}`,
  )
  if (failure !== null) process.exitCode = 1
}
