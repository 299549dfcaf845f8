// Under which name an account's facts are kept: the venue, and a name there. Knows no store.

import type { Config } from '../config/config.ts'

/** Null for paper money without a name: every session then has a fresh account, named after it. */
export function accountNameOf({ mode, paper, venue }: Pick<Config, 'mode' | 'paper' | 'venue'>): string | null {
  if (mode === 'paper') return paper.account === null ? null : paperAccountName(paper.account)
  return bingxAccountName(mode, venue.account)
}

export function paperAccountName(name: string): string {
  return `paper/${name}`
}

export function bingxAccountName(mode: 'demo' | 'live', name: string): string {
  return `bingx-${mode}/${name}`
}
