// What the codes of risk events mean to somebody who trades, and what to type next. Data, and the words made of it.

import { HALT_REASONS, haltEntry } from '../halt-reasons.ts'
import { countText } from './format.ts'

interface AlarmWords {
  /** What happened, of one and of many; `#` stands for how many. */
  readonly one: string
  readonly many: string
  /** What to type or to do; null where the events in the section Risk say it. */
  readonly next: string | null
}

const RECONCILE = 'dita reconcile'
const MEND = 'dita reconcile --fix-orphans'
export const TAKE_BACK = 'dita reconcile --fix-orphans --cancel'
const AT_VENUE = 'look at the account at the venue, then dita reconcile'

/** Its words depend on what became of those orders since: see the first screen. */
export const ORDER_LEFT_OPEN = 'ORDER_LEFT_OPEN'

export const ALARM_WORDS = {
  POSITION_LEFT_DIFFERING: {
    one: 'at the end the venue held another position than we did',
    many: 'at the end the venue held # other positions than we did',
    next: MEND,
  },
  ORDER_QUARANTINED: {
    one: 'of # order nobody could say whether the venue has it',
    many: 'of # orders nobody could say whether the venue has them',
    next: AT_VENUE,
  },
  ORDER_ARRIVED_LATE: {
    one: '# order that was over came to life at the venue',
    many: '# orders that were over came to life at the venue',
    next: RECONCILE,
  },
  POSITION_DRIFT: {
    one: 'the venue said once that it holds another position than we do',
    many: 'the venue said # times that it holds another position than we do',
    next: RECONCILE,
  },
  POSITION_ADJUSTED: {
    one: "our position was set to the venue's, which no fill explains",
    many: "our position was set to the venue's # times, which no fill explains",
    next: 'look for trades by hand, or by another program, at the venue',
  },
  OVERFILL: {
    one: 'an order filled by more than was asked for',
    many: 'orders filled # times by more than was asked for',
    next: 'compare with the fills that the venue lists',
  },
  UNASSIGNED_FILL: {
    one: '# fill that no trade of the strategy explains is held as unassigned, and blocks new entries',
    many: '# fills that no trade of the strategy explains are held as unassigned, and block new entries',
    next: 'see Position; close it at the venue, then dita reconcile --fix-orphans',
  },
  ORPHAN_CANCELLED: {
    one: '# order under our name that no journal knew was cancelled',
    many: '# orders under our name that no journal knew were cancelled',
    next: 'see whether another store trades this account: one of them alone may',
  },
  VENUE_ALARM: { one: 'the line to the venue raised an alarm', many: 'the line to the venue raised # alarms', next: null },
  VENUE_UNRECOGNISED: {
    one: 'no answer of the venue came, or one that dita does not know',
    many: '# times no answer of the venue came, or one that dita does not know',
    next: null,
  },
  INVENTORY_COMPARED: {
    one: 'at the end the books and the tables of the store differed',
    many: 'at the end the books and the tables of the store differed',
    next: 'dita verify',
  },
  INFERRED_VALUE_DIFFERS: {
    one: 'a fill that was inferred had another price at the venue',
    many: '# fills that were inferred had another price at the venue',
    next: null,
  },
  FEE_UNPRICED: {
    one: 'a fee came in an asset that nobody has priced, so the net is not known',
    many: '# fees came in an asset that nobody has priced, so the net is not known',
    next: null,
  },
  RECONCILE_ORPHAN_OF_OURS: {
    one: 'the start found # order of ours that should not rest at the venue',
    many: 'the start found # orders of ours that should not rest at the venue',
    next: MEND,
  },
  RECONCILE_ORDER_DOUBLED: {
    one: 'the start found # order under an id of ours that is not ours',
    many: 'the start found # orders under ids of ours that are not ours',
    next: AT_VENUE,
  },
  RECONCILE_ORDER_MISSING: {
    one: 'the start found # live order of ours no longer at the venue',
    many: 'the start found # live orders of ours no longer at the venue',
    next: MEND,
  },
  RECONCILE_ORDER_IN_DOUBT: {
    one: 'after the start # order was still in doubt',
    many: 'after the start # orders were still in doubt',
    next: MEND,
  },
  RECONCILE_ORDER_QUARANTINED: {
    one: 'after the start # order waited for a person in quarantine',
    many: 'after the start # orders waited for a person in quarantine',
    next: AT_VENUE,
  },
  RECONCILE_CANCEL_IN_DOUBT: {
    one: 'after the start # order rested at the venue that was to be cancelled',
    many: 'after the start # orders rested at the venue that were to be cancelled',
    next: TAKE_BACK,
  },
  RECONCILE_CANCEL_UNHEARD: {
    one: 'after the start it was not known what became of # order that was to be cancelled',
    many: 'after the start it was not known what became of # orders that were to be cancelled',
    next: MEND,
  },
  RECONCILE_FILLED_DIFFERS: {
    one: 'the venue counts # order as filled otherwise than we do',
    many: 'the venue counts # orders as filled otherwise than we do',
    next: MEND,
  },
  RECONCILE_FILL_MISSED: {
    one: 'the start found # fill of ours that is not booked',
    many: 'the start found # fills of ours that are not booked',
    next: MEND,
  },
  RECONCILE_EXTERNAL_FILL: {
    one: 'the start found # fill of an order that dita never sent',
    many: 'the start found # fills of orders that dita never sent',
    next: MEND,
  },
  RECONCILE_FILL_CONFLICTS: {
    one: '# fill is booked with other numbers than the venue says',
    many: '# fills are booked with other numbers than the venue says',
    next: AT_VENUE,
  },
  RECONCILE_FILL_UNKNOWN_TO_VENUE: {
    one: '# booked fill is not in the list of the venue',
    many: '# booked fills are not in the list of the venue',
    next: AT_VENUE,
  },
  RECONCILE_POSITION_DIFFERS: {
    one: 'the venue holds another position than we do, and no fill explains it',
    many: 'the venue holds # other positions than we do, and no fill explains them',
    next: MEND,
  },
  RECONCILE_BALANCE_DIFFERS: {
    one: 'the wallet at the venue is not what the books say',
    many: 'the wallets at the venue are not what the books say',
    next: 'dita reconcile says by how much, and what books it',
  },
  RECONCILE_INCOMPLETE: {
    one: 'the start could not see all of the account',
    many: 'the start could not see # parts of the account',
    next: RECONCILE,
  },
} as const satisfies Record<string, AlarmWords>

const wordsOf = (code: string): AlarmWords | null =>
  Object.hasOwn(ALARM_WORDS, code) ? (ALARM_WORDS[code as keyof typeof ALARM_WORDS] as AlarmWords) : null

export interface CodeCount {
  readonly code: string
  readonly count: number
}

/** A sentence with its code, to be looked up by, and what to type; a gate says what its halt would say. */
export function alarmText({ code, count }: CodeCount, isLive: boolean): string {
  const told = `${code} ×${countText(count)}`
  const words = wordsOf(code)
  if (words === null) return `${gateText(code)}${told}`.trim()
  const text = (count === 1 ? words.one : words.many).replace('#', countText(count))
  return `${text} (${told})${words.next === null ? '; see Risk (--section operation)' : `: ${nextText(words.next, isLive)}`}`
}

/** What may cancel at a venue for real money has to be told so. */
export function nextText(next: string, isLive: boolean): string {
  return isLive ? next.replace(/dita reconcile --fix-orphans( --cancel)?/, '$& --live') : next
}

/** A gate that spoke stands under the reason of its halt; nothing for any other code. */
function gateText(code: string): string {
  const { means } = haltEntry(code)
  if (means === HALT_REASONS.unexpected_halt.means) return ''
  return `a risk gate spoke, ${means.replace(/^stopped (by a risk gate|to be safe), /, '')}: `
}
