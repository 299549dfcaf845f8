// What a check of `dita doctor` finds. Types only.

/** `skip`: not looked at, because there is nothing to look at or it was not wanted. */
export type Verdict = 'ok' | 'warn' | 'fail' | 'skip'

export interface Finding {
  readonly verdict: Verdict
  /** A whole sentence, or several. */
  readonly detail: string
  /** What to type or to do; null where nothing is to be done. */
  readonly remedy: string | null
}
