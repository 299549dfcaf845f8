// Facts as lines of JSON, for programs that follow a session: what was committed, in its order, and nothing that was not.

import { encodeFactBody } from '../kernel/codec.ts'
import type { Fact } from '../kernel/facts.ts'
import type { FactLines } from './port.ts'

interface Whose {
  readonly sessionId: string
  readonly account: string
}

/** One line a fact: `{"sessionId":…,"account":…,"seq":…,"timeUs":…,"fact":{"type":…}}`; decimals are text, as in the journal. */
export function tellingFacts(lines: FactLines, { sessionId, account }: Whose): (facts: readonly Fact[]) => void {
  const head = `{"sessionId":${JSON.stringify(sessionId)},"account":${JSON.stringify(account)}`
  return (facts) => {
    for (const { seq, timeUs, body } of facts) lines.take(`${head},"seq":${seq},"timeUs":${timeUs},"fact":${encodeFactBody(body)}}`, seq)
  }
}
