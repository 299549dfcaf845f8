// Fault plans: when a rule strikes, what chance makes of a seed, and what a mistake in a file is told.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parseFaultPlan } from '../../../../src/core/exchange/bingx/fault-plan-file.ts'
import { FaultPlan, type FaultRule, randomRules, ruleOf } from '../../../../src/core/exchange/fault-plan.ts'
import { FAULT_ENDPOINTS, FAULT_EVENTS, FAULTS, type FaultKind } from '../../../../src/core/exchange/faults.ts'

/** Which of ten placements a rule strikes, counted from 1. */
function strikesOf(rule: Partial<FaultRule>, ids: readonly string[] = Array.from({ length: 10 }, () => 'a'), seed = 1): number[] {
  const plan = new FaultPlan([ruleOf('answer_lost', rule)], seed)
  return ids.flatMap((clientOrderId, index) =>
    plan.strike({ at: 'endpoint', name: 'place', clientOrderId }).length > 0 ? [index + 1] : [],
  )
}

describe('a rule', () => {
  test('strikes every time, the nth, every so many, so often at most, and by prefix', () => {
    expect(strikesOf({})).toHaveLength(10)
    expect(strikesOf({ where: { nth: 3 } })).toEqual([3])
    expect(strikesOf({ where: { every: 4 } })).toEqual([4, 8])
    expect(strikesOf({ times: 2 })).toEqual([1, 2])
    expect(strikesOf({ where: { clientOrderIdPrefix: 'ab', nth: 2 } }, ['ab1', 'x', 'ab2', 'ab3'])).toEqual([3])
    expect(strikesOf({ on: 'cancel' })).toEqual([])
    expect(strikesOf({ on: '*' })).toHaveLength(10)
  })

  test('by chance strikes the same with the same seed, and otherwise with another', () => {
    const half = { where: { probability: 0.5 } }
    const ids = Array.from({ length: 64 }, () => 'a')
    expect(strikesOf(half, ids, 7)).toEqual(strikesOf(half, ids, 7))
    expect(strikesOf(half, ids, 7)).not.toEqual(strikesOf(half, ids, 8))
    expect(strikesOf({ where: { probability: 0 } })).toEqual([])
  })
})

describe('a plan by a seed', () => {
  test('is the same for the same seed, differs for others, and never beyond the bounds of the table', () => {
    expect(randomRules(42)).toEqual(randomRules(42))
    expect(randomRules(42)).not.toEqual(randomRules(43))
    const seen = new Set<string>()
    for (let seed = 0; seed < 50; seed += 1) {
      for (const { fault, where } of randomRules(seed)) {
        seen.add(fault)
        expect(where.probability).toBeLessThanOrEqual(FAULTS[fault].chance)
      }
    }
    expect(seen).toEqual(new Set(Object.entries(FAULTS).flatMap(([name, { chance }]) => (chance > 0 ? [name] : []))))
  })
})

describe('a plan in a file', () => {
  test('sets what the door is like, and rules with their places, conditions and parameters', () => {
    const { settings, rules } = parseFaultPlan(
      `settings: { order_event: ORDER_TRADE_UPDATE, ping_ms: 1000 }
faults:
  - fault: answer_lost
  - fault: delay
    on: { endpoint: cancel }
    where: { client_order_id_prefix: AB, every: 2, probability: 0.5 }
    times: 3
    ms: 250
  - fault: drop_event
    on: { event: account }
`,
      'plan.yaml',
    )
    expect(settings).toMatchObject({ orderEvent: 'ORDER_TRADE_UPDATE', pingMs: 1000, placementForm: 'fields' })
    expect(rules).toMatchObject([
      { fault: 'answer_lost', on: 'place', times: null, params: { cut: 'before' } },
      {
        fault: 'delay',
        on: 'cancel',
        where: { clientOrderIdPrefix: 'ab', every: 2, probability: 0.5 },
        times: 3,
        params: { ms: 250, side: 'answer' },
      },
      { fault: 'drop_event', on: 'account' },
    ])
    expect(parseFaultPlan('', 'empty.yaml').rules).toEqual([])
  })

  test.each([
    ['faults:\n  - fault: anser_lost', 'line 2: There is no fault `anser_lost`. Did you mean `answer_lost`?'],
    ['faults:\n  - fault: delay\n    sm: 3', 'line 3: `delay` has no `sm`. Did you mean `ms`?'],
    ['faults:\n  - fault: delay\n    ms: -1', 'line 3: `ms` of `delay` must be a number from 0 to 600000.'],
    ['faults:\n  - fault: answer_lost\n    cut: aside', 'line 3: `cut` of `answer_lost` must be `before` or `inside`.'],
    ['faults:\n  - fault: delay\n    on: { endpoint: plase }', 'line 3: There is no endpoint `plase`. Did you mean `place`?'],
    ['faults:\n  - fault: delay\n    on: { event: order }', 'line 3: `delay` strikes an endpoint: write `on: { endpoint: … }`.'],
    ['faults:\n  - fault: delay\n    where: { evry: 2 }', 'line 3: There is no key `evry` here. Did you mean `every`?'],
    ['faults:\n  - fault: delay\n    where: { probability: 2 }', 'line 3: `faults.0.where.probability` is wrong'],
    ['settings:\n  ping: 3', 'line 2: There is no key `ping` here. Did you mean `ping_ms`?'],
    ['fault: []', 'line 1: There is no key `fault` here. Did you mean `faults`?'],
    ['faults: [', 'This is not valid YAML'],
    ['- a', 'The plan is wrong'],
  ])('with a mistake is refused with its line: %j', (text, sentence) => {
    expect(() => parseFaultPlan(text, 'plan.yaml')).toThrow(sentence)
  })

  test('lists all its mistakes at once', () => {
    const text = 'faults:\n  - fault: nothing\n  - fault: delay\n    wait: 1\n'
    expect(() => parseFaultPlan(text, 'plan.yaml')).toThrow(/line 2: .*\nline 4: /)
  })
})

describe('docs/EXCHANGE.md', () => {
  const page = readFileSync(fileURLToPath(new URL('../../../../docs/EXCHANGE.md', import.meta.url)), 'utf8')

  test.each(Object.entries(FAULTS) as [string, FaultKind][])('tells of %s all that the table says', (name, kind) => {
    const params = Object.entries(kind.params).map(([param, { default: value }]) => `\`${param}: ${value}\``)
    expect(page).toContain(`| \`${name}\` | ${kind.means} | ${kind.at} \`${kind.on}\` | ${params.join(', ') || '–'} |`)
  })

  test('names every endpoint and event that a rule may name, and its example is a plan', () => {
    for (const name of [...FAULT_ENDPOINTS, ...FAULT_EVENTS]) expect(page).toContain(`\`${name}\``)
    const example = /```yaml\n(.*?)```/s.exec(page)?.[1] ?? ''
    expect(parseFaultPlan(example, 'example').rules.length).toBeGreaterThan(2)
  })
})
