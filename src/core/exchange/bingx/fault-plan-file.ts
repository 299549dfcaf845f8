// Reads a fault plan from YAML: every mistake is a sentence with its line. Knows the shape; decides nothing.

import { LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { DitaError, EXIT } from '../../errors.ts'
import { escapeText, nearestWord } from '../../text.ts'
import { type FaultRule, MOST_RULES, ruleOf } from '../fault-plan.ts'
import {
  FAULT_ENDPOINTS,
  FAULT_EVENTS,
  FAULTS,
  type FaultKind,
  type FaultName,
  type FaultParam,
  type FaultValue,
  faultKindOf,
} from '../faults.ts'
import { DEFAULT_SETTINGS, type DoorSettings } from './settings.ts'

export interface FaultPlanFile {
  readonly settings: DoorSettings
  readonly rules: readonly FaultRule[]
}

const whole = (min: number, max: number) => z.number().int().min(min).max(max)

const SETTINGS = z.strictObject({
  placement_form: z.enum(['fields', 'order']).optional(),
  order_event: z.enum(['TRADE_UPDATE', 'ORDER_TRADE_UPDATE']).optional(),
  position_form: z.enum(['both', 'side']).optional(),
  burn_refused_ids: z.boolean().optional(),
  rate_limits: z.boolean().optional(),
  fill_fee_decimals: whole(0, 18).optional(),
  funding_interval_ms: whole(100, 86_400_000).optional(),
  funding_rate: z
    .string()
    .regex(/^-?0(\.\d{1,18})?$/, 'a share as text, such as "0.0001"')
    .optional(),
  ping_ms: whole(10, 600_000).optional(),
  listen_key_ms: whole(10, 86_400_000).optional(),
})

const WHERE = z.strictObject({
  client_order_id_prefix: z.string().max(40).optional(),
  nth: whole(1, 1_000_000_000).optional(),
  every: whole(1, 1_000_000_000).optional(),
  probability: z.number().min(0).max(1).optional(),
})

const RULE_KEYS = ['fault', 'on', 'where', 'times'] as const

const RULE = z.looseObject({
  fault: z.string(),
  on: z.strictObject({ endpoint: z.string().optional(), event: z.string().optional() }).optional(),
  where: WHERE.optional(),
  times: whole(1, 1_000_000_000).optional(),
})

const PLAN = z.strictObject({ settings: SETTINGS.optional(), faults: z.array(RULE).max(MOST_RULES).optional() })

type Path = readonly (string | number)[]
type Complain = (path: Path, text: string) => void

/**
 * Reads the text of a plan; `name` is what the messages call the file.
 * @throws DitaError FAULT_PLAN_INVALID with all its mistakes
 */
export function parseFaultPlan(text: string, name: string): FaultPlanFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' })
  const mistakes: { line: number; text: string }[] = []
  const complain: Complain = (path, sentence) => {
    mistakes.push({ line: lineOf(path), text: sentence })
  }
  const lineOf = (path: Path): number => {
    for (let length = path.length; length > 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true) as { range?: readonly number[] } | undefined
      if (node?.range?.[0] !== undefined) return lines.linePos(node.range[0]).line
    }
    return 1
  }
  for (const { pos, message } of document.errors)
    mistakes.push({ line: lines.linePos(pos[0]).line, text: `This is not valid YAML: ${message.split('\n')[0]}.` })
  if (mistakes.length > 0) throw invalid(name, mistakes)
  const plan = readPlan(document.toJS({ maxAliasCount: 100 }) ?? {}, complain)
  if (plan === null || mistakes.length > 0) throw invalid(name, mistakes)
  return plan
}

/** One rule as it stands in JSON, from the control door. @throws DitaError FAULT_PLAN_INVALID */
export function parseFaultRule(value: unknown): FaultRule {
  const mistakes: { line: number; text: string }[] = []
  const plan = readPlan({ faults: [value] }, (_path, text) => mistakes.push({ line: 1, text }))
  const rule = plan?.rules[0]
  if (rule === undefined || mistakes.length > 0) throw invalid('the request', mistakes)
  return rule
}

function readPlan(value: unknown, complain: Complain): FaultPlanFile | null {
  const parsed = PLAN.safeParse(value)
  if (!parsed.success) {
    for (const issue of parsed.error.issues) sayIssue(issue, complain)
    return null
  }
  const written = parsed.data.settings ?? {}
  const settings: DoorSettings = {
    placementForm: written.placement_form ?? DEFAULT_SETTINGS.placementForm,
    orderEvent: written.order_event ?? DEFAULT_SETTINGS.orderEvent,
    positionForm: written.position_form ?? DEFAULT_SETTINGS.positionForm,
    burnRefusedIds: written.burn_refused_ids ?? DEFAULT_SETTINGS.burnRefusedIds,
    rateLimits: written.rate_limits ?? DEFAULT_SETTINGS.rateLimits,
    fillFeeDecimals: written.fill_fee_decimals ?? DEFAULT_SETTINGS.fillFeeDecimals,
    fundingIntervalMs: written.funding_interval_ms ?? DEFAULT_SETTINGS.fundingIntervalMs,
    fundingRate: written.funding_rate ?? DEFAULT_SETTINGS.fundingRate,
    pingMs: written.ping_ms ?? DEFAULT_SETTINGS.pingMs,
    listenKeyMs: written.listen_key_ms ?? DEFAULT_SETTINGS.listenKeyMs,
  }
  const rules: FaultRule[] = []
  parsed.data.faults?.forEach((written, index) => {
    const rule = readRule(written, ['faults', index], complain)
    if (rule !== null) rules.push(rule)
  })
  return { settings, rules }
}

function readRule(written: z.infer<typeof RULE>, path: Path, complain: Complain): FaultRule | null {
  const kind = faultKindOf(written.fault)
  if (kind === undefined) {
    complain([...path, 'fault'], `There is no fault \`${escapeText(written.fault)}\`. ${suggest(written.fault, Object.keys(FAULTS))}`)
    return null
  }
  const on = readPlace(written.fault, kind, written.on, path, complain)
  const params: Record<string, FaultValue> = {}
  const known = [...RULE_KEYS, ...Object.keys(kind.params)]
  for (const [key, value] of Object.entries(written)) {
    if ((RULE_KEYS as readonly string[]).includes(key)) continue
    const param = Object.hasOwn(kind.params, key) ? kind.params[key] : undefined
    if (param === undefined) complain([...path, key], `\`${written.fault}\` has no \`${escapeText(key)}\`. ${suggest(key, known)}`)
    else if (isValue(value, param)) params[key] = value
    else complain([...path, key], `\`${key}\` of \`${written.fault}\` must be ${wantedOf(param)}.`)
  }
  const { client_order_id_prefix: prefix, nth, every, probability } = written.where ?? {}
  const where = { clientOrderIdPrefix: prefix?.toLowerCase(), nth, every, probability }
  return ruleOf(written.fault as FaultName, { on, where, times: written.times ?? null, params })
}

function readPlace(fault: string, kind: FaultKind, on: z.infer<typeof RULE>['on'], path: Path, complain: Complain): string {
  if (on === undefined) return kind.on
  const other = kind.at === 'endpoint' ? 'event' : 'endpoint'
  if (on[other] !== undefined) complain([...path, 'on', other], `\`${fault}\` strikes an ${kind.at}: write \`on: { ${kind.at}: … }\`.`)
  const name = on[kind.at] ?? kind.on
  const names: readonly string[] = kind.at === 'endpoint' ? FAULT_ENDPOINTS : FAULT_EVENTS
  if (name !== '*' && !names.includes(name)) {
    complain([...path, 'on', kind.at], `There is no ${kind.at} \`${escapeText(name)}\`. ${suggest(name, names)}`)
  }
  return name
}

function isValue(value: unknown, param: FaultParam): value is FaultValue {
  if (param.choices !== undefined) return typeof value !== 'object' && param.choices.includes(String(value))
  if (typeof param.default === 'number')
    return typeof value === 'number' && value >= (param.min ?? 0) && value <= (param.max ?? Number.MAX_SAFE_INTEGER)
  return typeof value === typeof param.default
}

function wantedOf({ choices, default: value, min, max }: FaultParam): string {
  if (choices !== undefined) return choices.map((choice) => `\`${choice}\``).join(' or ')
  if (typeof value === 'number') return `a number from ${min} to ${max}`
  return typeof value === 'boolean' ? '`true` or `false`' : 'a text'
}

function sayIssue(issue: z.core.$ZodIssue, complain: Complain): void {
  const path = issue.path.filter((part) => typeof part !== 'symbol')
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) complain([...path, key], `There is no key \`${escapeText(key)}\` here. ${suggest(key, keysAt(path))}`)
    return
  }
  complain(path, `${path.length === 0 ? 'The plan' : `\`${path.join('.')}\``} is wrong: ${escapeText(issue.message)}.`)
}

function keysAt(path: Path): readonly string[] {
  const last = path.at(-1)
  if (last === 'settings') return Object.keys(SETTINGS.shape)
  if (last === 'where') return Object.keys(WHERE.shape)
  if (last === 'on') return ['endpoint', 'event']
  return Object.keys(PLAN.shape)
}

function suggest(word: string, known: readonly string[]): string {
  const nearest = nearestWord(word, known)
  return nearest === null ? `There are ${known.map((name) => `\`${name}\``).join(', ')}.` : `Did you mean \`${nearest}\`?`
}

function invalid(name: string, mistakes: readonly { readonly line: number; readonly text: string }[]): DitaError {
  const listed = [...mistakes].sort((a, b) => a.line - b.line).map(({ line, text }) => `line ${line}: ${text}`)
  return new DitaError('FAULT_PLAN_INVALID', {
    fault: 'user',
    exitCode: EXIT.config,
    message: `The fault plan in ${name} cannot be used.\n${listed.join('\n')}`,
    next: 'Correct it; docs/EXCHANGE.md lists every fault with its parameters.',
  })
}
