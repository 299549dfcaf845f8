// What a summary says of orders that were in doubt and of what the start found at the venue. Types only; keys are only ever added.

/** Orders of which it was not known whether the venue had them, at any time of the session. */
export interface DoubtSummary {
  /** Orders; one can come into doubt more than once. */
  readonly orders: number
  /** resolved + open. */
  readonly count: number
  readonly resolved: number
  /** Not known at the session's end: in doubt, or quarantined. */
  readonly open: { readonly inDoubt: number; readonly quarantined: number }
  /** How those that were resolved were: a word of the venue, asked for or not; what reconcile found out; the proof of absence. */
  readonly by: { readonly word: number; readonly reconcile: number; readonly absence: number }
  /** The status that the resolved ones then had. */
  readonly becameByStatus: Readonly<Record<string, number>>
  /** The status that the resolved ones have by the newest facts of the account, each order counted once. */
  readonly nowByStatus: Readonly<Record<string, number>>
  /** The longest that one was in doubt; an open one counts up to the session's end. Null where there was none. */
  readonly longestUs: number | null
  /** Those not resolved first, then the newest; at most 20. */
  readonly list: readonly DoubtEntry[]
}

export interface DoubtEntry {
  readonly clientOrderId: string
  readonly fromUs: number
  /** Null for one that was not resolved within the session. */
  readonly untilUs: number | null
  /** Up to `untilUs`, or to the session's end. */
  readonly heldUs: number
  /** What brought it into doubt; may hold words of the venue. */
  readonly reason: string | null
  /** It was quarantined on the way: nobody could say within the time there was. */
  readonly wasQuarantined: boolean
  /** The status it had at last. */
  readonly became: string
  readonly by: 'word' | 'reconcile' | 'absence' | null
}

/** What was found where books and venue did not agree, at the session's start or by a reconcile after it, and what became of it. */
export interface FindingsSummary {
  /** resolved + remaining; what was found again and again counts once. */
  readonly count: number
  /** By who found it, or later: see `FindingEntry.later`. */
  readonly resolved: number
  readonly remaining: number
  readonly byKind: readonly { readonly kind: string; readonly count: number; readonly remaining: number }[]
  /** Those that remain first, then in the order in which they were found; at most 20. */
  readonly list: readonly FindingEntry[]
}

export interface FindingEntry {
  /** When it was first found, of the real world. */
  readonly wallUs: number
  /** The session's own start, or a `dita reconcile` after the session. */
  readonly foundBy: 'start' | 'reconcile'
  readonly kind: string
  readonly subject: string
  readonly ours: string
  readonly venues: string
  readonly sinceUs: number | null
  readonly action: string
  readonly resolved: boolean
  /** What says that it was resolved after those who found it had left it; null where they resolved it, or nobody has. */
  readonly later: string | null
}
