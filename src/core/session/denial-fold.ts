// Which denials are told, and in which words: each kind at once, its repeats as counts at growing intervals. A strategy that asks for the
// same every second would push all else out of sight. Counts nothing for the record: every denial is a fact.

import type { DenialFact } from '../kernel/facts.ts'

/** A quote that waits for its predecessor is no news: what the predecessor waits for is. That trading is paused was said when it was. */
const QUIET: ReadonlySet<string> = new Set(['QUOTE_SIDE_PENDING', 'QUOTE_SIDE_IN_DOUBT', 'TRADING_HALTED'])
/** Who wants out and may not must be heard, pause or not. */
const EXITS: ReadonlySet<string> = new Set(['EXIT', 'EXIT_RESIDUAL'])

const FIRST_WAIT_US = 60_000_000
const WAITS_GROW = 10
const LONGEST_WAIT_US = 3_600_000_000
/** One that was not seen for so long is new again. */
const FORGOTTEN_US = 600_000_000
/** A strategy may name things that differ each time. */
const MOST_KINDS = 200
const NUMBER = /^-?\d/

interface Told {
  saidUs: number
  seenUs: number
  waitUs: number
  /** Since it was said. */
  held: number
}

export class DenialFold {
  readonly #told = new Map<string, Told>()
  readonly #exitsRefused = new Set<string>()

  /** What is to be said of it now; null for nothing. */
  textOf(denial: DenialFact, timeUs: number): string | null {
    const { intent, code } = denial
    if (QUIET.has(code)) return code === 'TRADING_HALTED' && EXITS.has(intent) && this.#isNewExit(intent) ? denialText(denial, 1) : null
    const key = keyOf(denial)
    const told = this.#told.get(key)
    if (told === undefined || timeUs - told.seenUs > FORGOTTEN_US) {
      this.#remember(key, { saidUs: timeUs, seenUs: timeUs, waitUs: FIRST_WAIT_US, held: 0 })
      return denialText(denial, 1)
    }
    told.seenUs = timeUs
    told.held += 1
    if (timeUs - told.saidUs < told.waitUs) return null
    const { held } = told
    this.#remember(key, { saidUs: timeUs, seenUs: timeUs, waitUs: Math.min(LONGEST_WAIT_US, told.waitUs * WAITS_GROW), held: 0 })
    return denialText(denial, held)
  }

  /** What is refused from now on is refused anew. */
  onTradingMoved(): void {
    this.#exitsRefused.clear()
  }

  #isNewExit(intent: string): boolean {
    if (this.#exitsRefused.has(intent)) return false
    this.#exitsRefused.add(intent)
    return true
  }

  #remember(key: string, told: Told): void {
    this.#told.delete(key)
    const [oldest] = this.#told.keys()
    if (this.#told.size >= MOST_KINDS && oldest !== undefined) this.#told.delete(oldest)
    this.#told.set(key, told)
  }
}

/** By what was refused and why, not by its figures, which differ each time. */
function keyOf({ intent, code, field, value }: DenialFact): string {
  return `${intent} ${code} ${field} ${NUMBER.test(value) ? '' : value}`
}

function denialText({ intent, code, field, value, context, detail }: DenialFact, times: number): string {
  const more = times > 1 ? ` ${times} times more` : ''
  return `${intent} denied${more}, ${code}: ${field}=${value}${context === '' ? '' : ` ${context}`}. ${detail}`
}
