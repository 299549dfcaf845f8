// Which fault strikes when: rules, their counts and their dice. It decides; carrying out is for the door.

import { Random } from '../market/simulated/random.ts'
import { FAULTS, type FaultKind, type FaultName, type FaultPlace, type FaultValue } from './faults.ts'

/** One rule of a plan. All that it asks for must hold. */
export interface FaultRule {
  readonly fault: FaultName
  /** An endpoint or an event, by the fault's kind; `*` for all. */
  readonly on: string
  readonly where: {
    readonly clientOrderIdPrefix?: string | undefined
    /** Only the one, counted from 1 among those that fit. */
    readonly nth?: number | undefined
    readonly every?: number | undefined
    readonly probability?: number | undefined
  }
  /** How often at most; null for no end. */
  readonly times: number | null
  readonly params: Readonly<Record<string, FaultValue>>
}

/** What a fault may strike: a request or an event, with the client order id it is about. */
export interface FaultOccasion {
  readonly at: FaultPlace
  readonly name: string
  /** Empty where it is about no order. */
  readonly clientOrderId: string
}

export interface FiredFault {
  readonly fault: FaultName
  /** Counted from 1, as the rules stand in the plan. */
  readonly rule: number
  readonly params: Readonly<Record<string, FaultValue>>
}

/** A parameter of a fault as a number. */
export function numberOf(params: FiredFault['params'], name: string): number {
  return Number(params[name])
}

export function textOf(params: FiredFault['params'], name: string): string {
  return String(params[name])
}

interface RunningRule {
  readonly rule: FaultRule
  readonly number: number
  met: number
  fired: number
}

/** More rules than this were not written by anybody. */
export const MOST_RULES = 1_000

export class FaultPlan {
  readonly #random: Random
  #rules: RunningRule[] = []
  #count = 0
  /** Rules keep their counts while they are off. */
  isOn = true

  constructor(rules: readonly FaultRule[], seed: number) {
    this.#random = new Random(seed)
    for (const rule of rules) this.add(rule)
  }

  /** Returns the number by which it is known from now on. */
  add(rule: FaultRule): number {
    this.#count += 1
    this.#rules.push({ rule, number: this.#count, met: 0, fired: 0 })
    return this.#count
  }

  clear(): void {
    this.#rules = []
  }

  list(): { readonly number: number; readonly rule: FaultRule; readonly fired: number }[] {
    return this.#rules.map(({ number, rule, fired }) => ({ number, rule, fired }))
  }

  /** The faults that strike here, in the order of the plan. */
  strike(occasion: FaultOccasion): FiredFault[] {
    if (!this.isOn) return []
    const fired: FiredFault[] = []
    for (const running of this.#rules) {
      const { rule, number } = running
      if (!this.#strikes(running, occasion)) continue
      running.fired += 1
      fired.push({ fault: rule.fault, rule: number, params: rule.params })
    }
    return fired
  }

  #strikes(running: RunningRule, occasion: FaultOccasion): boolean {
    const { fault, on, where, times } = running.rule
    if (FAULTS[fault].at !== occasion.at || (on !== '*' && on !== occasion.name)) return false
    if (!occasion.clientOrderId.startsWith(where.clientOrderIdPrefix ?? '')) return false
    running.met += 1
    if (times !== null && running.fired >= times) return false
    if (where.nth !== undefined && running.met !== where.nth) return false
    if (where.every !== undefined && running.met % where.every !== 0) return false
    return where.probability === undefined || this.#random.chance(where.probability)
  }
}

/** A rule with nothing said but the fault: its default place and parameters, for ever. */
export function ruleOf(fault: FaultName, wish: Partial<FaultRule> = {}): FaultRule {
  const kind: FaultKind = FAULTS[fault]
  const defaults = Object.fromEntries(Object.entries(kind.params).map(([name, param]) => [name, param.default]))
  return { fault, on: kind.on, where: {}, times: null, ...wish, params: { ...defaults, ...wish.params } }
}

/** A plan by a seed: every fault that may come by chance, each as likely as the dice say, up to its bound. */
export function randomRules(seed: number): FaultRule[] {
  const random = new Random(seed)
  const rules: FaultRule[] = []
  for (const [name, kind] of Object.entries(FAULTS)) {
    const probability = random.next() * kind.chance
    // About half of the faults in each plan, so that seeds differ in kind and not only in number.
    const isIn = random.chance(0.5)
    if (isIn && kind.chance > 0) rules.push(ruleOf(name as FaultName, { where: { probability } }))
  }
  return rules
}
