// The last thing a session does before its halt: it has its own inventory and value compared with what the tables say, and keeps
// the outcome as a fact. Who compares is handed in; this reads no table.

import { messageOf } from '../errors.ts'
import { type Decimal, formatDecimal, ZERO } from '../kernel/decimal.ts'
import { INVENTORY_COMPARED } from '../kernel/flag-codes.ts'
import type { RiskFlag } from '../kernel/inputs.ts'
import type { StateView } from '../kernel/views.ts'

/** The largest difference, zero where all agree, and a sentence for each there is. */
export type CompareBooks = (
  storePath: string,
  sessionId: string,
  engine: StateView,
) => Promise<{ readonly drift: Decimal; readonly differences: readonly string[] }>

/**
 * What came of the comparison, as it is to be flagged; everything that was decided must be committed. Null where it could not be
 * made: then `failed` is told why, and the session ends all the same.
 */
export async function comparisonFlag(
  compared: ReturnType<CompareBooks>,
  failed: (message: string, cause: unknown) => void,
): Promise<RiskFlag | null> {
  try {
    const { drift, differences } = await compared
    const agrees = drift === ZERO && differences.length === 0
    return {
      code: INVENTORY_COMPARED,
      severity: agrees ? 'info' : 'alarm',
      value: formatDecimal(drift),
      limit: '0',
      detail: agrees ? 'inventory and value are what the tables say' : `${differences.join('; ')}.`,
    }
  } catch (thrown) {
    failed(`inventory and value were not compared with the tables: ${messageOf(thrown)}`, thrown)
    return null
  }
}
