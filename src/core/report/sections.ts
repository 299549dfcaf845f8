// The sections of an explanation, by the names that --section takes: what each is about, and its parts. One table, for the code, the
// help and the docs.

import { isEmpty, type Part } from './document.ts'
import { moneyParts } from './money-parts.ts'
import { operationParts } from './operation-parts.ts'
import { quotingParts } from './quoting-parts.ts'
import { resultParts } from './result-parts.ts'
import { SECTION_NAMES, type SectionName } from './section-names.ts'
import { journalParts, limitParts, sessionParts } from './session-parts.ts'
import type { SummaryView } from './summary-view.ts'
import { TRADES_ON_SCREEN, tradeParts } from './trade-parts.ts'

export interface Section {
  readonly name: SectionName
  readonly parts: readonly Part[]
}

const PARTS = {
  session: sessionParts,
  result: resultParts,
  money: moneyParts,
  trades: tradeParts,
  quoting: quotingParts,
  operation: operationParts,
  limits: limitParts,
  journal: journalParts,
} as const satisfies Record<SectionName, (view: SummaryView, mostTrades: number) => Part[]>

/** Those that are asked for, without one all; parts and sections with nothing to say are left out. */
export function sectionsOf(view: SummaryView, wanted?: readonly SectionName[], mostTrades = TRADES_ON_SCREEN): Section[] {
  const isAll = wanted === undefined || wanted.length === 0
  return SECTION_NAMES.filter((name) => isAll || wanted.includes(name))
    .map((name) => ({
      name,
      parts: PARTS[name](view, mostTrades).filter((part) => !isEmpty(part) && (!isAll || saysSomething(part, view))),
    }))
    .filter(({ parts }) => parts.length > 0)
}

/** What is all zeros for a session that was stopped before its first tick, and would only hide why. */
const NEEDS_TRADING: ReadonlySet<string> = new Set([
  'Attribution',
  'Return and drawdown',
  'Exposure',
  'Ratios',
  'Money',
  'Traded',
  'Inventory',
  'Orders',
  'Limits in force',
])
const STOPPED_AT_START: readonly (string | null)[] = ['reconciler_halt', 'startup_failure']

function saysSomething({ title }: Part, { haltReason, orders, fills }: SummaryView): boolean {
  const neverBegan = STOPPED_AT_START.includes(haltReason) && orders.sent === 0 && fills.count === 0
  return !(neverBegan && NEEDS_TRADING.has(title))
}
