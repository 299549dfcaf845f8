// The hash chains: one over the facts of each account, one over the commits of a store. SHA-256, in hex while computing.
// An account's chain depends on its name and its facts alone, so the same session has the same hash in any store.

import { hash } from 'node:crypto'

const FACTS_SEED = 'dita journal 1'
const COMMITS_SEED = 'dita commits 1'

/** The hash before an account's first fact. */
export function accountGenesis(account: string): string {
  return hash('sha256', `${FACTS_SEED}\n${account}`, 'hex')
}

/** The hash before a store's first commit. */
export function commitsGenesis(): string {
  return hash('sha256', COMMITS_SEED, 'hex')
}

interface ChainedFact {
  readonly seq: number
  readonly timeUs: number
  readonly type: string
  readonly sessionId: string
  readonly body: string
}

/** hash_n = SHA-256(hash_{n-1} ‖ the fact's text). Only the body may hold a line feed, and it comes last. */
export function factHash(previous: string, fact: ChainedFact): string {
  return hash('sha256', `${previous}\n${fact.seq}\n${fact.timeUs}\n${fact.type}\n${fact.sessionId}\n${fact.body}`, 'hex')
}

interface ChainedCommit {
  readonly commitId: number
  readonly account: string
  readonly firstSeq: number
  readonly lastSeq: number
  /** Of the account's chain at `lastSeq`. */
  readonly headHash: string
}

export function commitHash(previous: string, commit: ChainedCommit): string {
  const { commitId, firstSeq, lastSeq, headHash, account } = commit
  return hash('sha256', `${previous}\n${commitId}\n${firstSeq}\n${lastSeq}\n${headHash}\n${account}`, 'hex')
}
