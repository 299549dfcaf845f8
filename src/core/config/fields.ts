// The kinds of field a config can have, each with its bounds, its default and its JSON Schema in one place. Knows no key.

import { z } from 'zod'
import { type Decimal, DecimalError, isMultipleOf, parseDecimal } from '../kernel/decimal.ts'
import { NAME as NAME_PATTERN } from '../names.ts'
import { nearestWord } from '../text.ts'
import { describeValue } from './config-values.ts'

/** No amount, price or size is larger. */
export const LARGE = '1000000000000'
/** A path or a word on one line: no control characters. Written without classes that editors' JSON Schema does not know. */
export const LINE = /^[ -~¡-\uffff]{1,1024}$/
/** What may become part of the name of a file, a table or an account. */
export const NAME = {
  pattern: NAME_PATTERN,
  expected: 'a name of lower-case letters, digits, _ and -, at most 32 characters, starting with a letter or digit',
} as const

interface Bounds {
  /** Smallest and largest value that is allowed; decimal strings. */
  readonly min?: string
  readonly max: string
  /** The value must be larger than this; instead of `min`. */
  readonly above?: string
  /** The value must be a multiple of this. */
  readonly step?: string
}

interface Described {
  readonly description: string
}

interface Exemplified {
  /** What the key could be, for the scaffold: it has no default to show. */
  readonly example: string
}

interface NumberField extends Described, Bounds {
  /** As a person would write it; absent where the key must be given. */
  readonly default?: string
}

/** What is wrong with a value: the end of a sentence that starts with the key. */
class FieldFault extends Error {}

/** A leaf: `read` turns a value of the file into what the program works with, or throws FieldFault. */
function leaf<T>(jsonSchema: Record<string, unknown>, read: (value: unknown) => T) {
  return z
    .unknown()
    .transform((value, context): T => {
      try {
        return read(value)
      } catch (error) {
        if (!(error instanceof FieldFault)) throw error
        context.addIssue({ code: 'custom', message: error.message })
        return z.NEVER
      }
    })
    .meta(jsonSchema)
}

/** A leaf that must be written: a missing key is a fault of its own. */
function required<T>(jsonSchema: Record<string, unknown>, read: (value: unknown) => T) {
  return leaf(jsonSchema, (value) => {
    if (value === undefined) throw new FieldFault('is missing')
    return read(value)
  })
}

function readNumber(value: unknown, bounds: Bounds): { text: string; value: Decimal } {
  if (typeof value !== 'string') throw new FieldFault(`must be a number, but is ${describeValue(value)}`)
  let number: Decimal
  try {
    number = parseDecimal(value)
  } catch (error) {
    if (error instanceof DecimalError) throw new FieldFault(`must be a number: ${explainDecimalError(error, value)}`)
    throw error
  }
  const shown = describeValue(value)
  if (bounds.above !== undefined && number <= parseDecimal(bounds.above)) {
    throw new FieldFault(`must be above ${bounds.above}, but is ${shown}`)
  }
  if (bounds.min !== undefined && number < parseDecimal(bounds.min)) throw new FieldFault(`must be at least ${bounds.min}, but is ${shown}`)
  if (number > parseDecimal(bounds.max)) throw new FieldFault(`must be at most ${bounds.max}, but is ${shown}`)
  if (bounds.step !== undefined && !isMultipleOf(number, parseDecimal(bounds.step))) {
    throw new FieldFault(
      bounds.step === '1' ? `must be a whole number, but is ${shown}` : `must be a multiple of ${bounds.step}, but is ${shown}`,
    )
  }
  return { text: value, value: number }
}

/** As people part thousands, and no decimal of dita. */
const THOUSANDS = /^[+-]?\d{1,3}([,_]\d{3})+(\.\d+)?$/

function explainDecimalError(error: DecimalError, value: string): string {
  const shown = describeValue(value)
  switch (error.code) {
    case 'NOT_FINITE':
      return `${shown} is not finite`
    case 'TOO_LARGE':
      return `${shown} is beyond 10^15`
    case 'TOO_PRECISE':
      return `${shown} has more than 18 decimals`
    case 'NOT_A_NUMBER':
      if (THOUSANDS.test(value)) return `${shown} is none; write ${value.replace(/[,_]/g, '')}`
      if (/^[\d.]+ ?%$/.test(value)) return `${shown} is none; leave the % out, and see docs/CONFIG.md for what the key counts in`
      return /e[+-]?\d/i.test(value) && /^[\d.e+-]+$/i.test(value) ? `${shown} is beyond what dita can hold` : `${shown} is none`
  }
}

/** Bounds go to the editor as JSON numbers; they check nothing here. */
function numberSchema(field: Bounds & Described): Record<string, unknown> {
  return {
    description: field.description,
    type: ['number', 'string'],
    ...(field.min === undefined ? {} : { minimum: Number(field.min) }),
    ...(field.above === undefined ? {} : { exclusiveMinimum: Number(field.above) }),
    maximum: Number(field.max),
    // Editors divide in floats, so that a step below one would refuse good values: 0.3 is no multiple of 0.1 to them.
    ...(field.step === '1' ? { multipleOf: 1 } : {}),
  }
}

/** Money, a price, a size, a rate, a time that decisions hang on: exact, whatever the file writes. */
export function decimal(field: NumberField & { readonly default: string }) {
  return leaf(numberSchema(field), (value) => readNumber(value, field).value).prefault(field.default)
}

export function requiredDecimal(field: NumberField & Exemplified) {
  return required({ ...numberSchema(field), example: field.example }, (value) => readNumber(value, field).value)
}

/** A count or a setting of the machinery: a JavaScript number. Never money. */
export function plainNumber(field: NumberField & { readonly default: string }) {
  return leaf(numberSchema(field), (value) => Number(readNumber(value, field).text)).prefault(field.default)
}

interface DecimalListField extends Described {
  readonly default: readonly string[]
  readonly each: Bounds
  readonly maxItems: number
}

/** One or more decimals. Each fault names the place in the list. */
export function decimalList(field: DecimalListField) {
  const item = leaf(numberSchema({ ...field.each, description: 'One of the list.' }), (value) => readNumber(value, field.each).value)
  return z
    .array(item)
    .min(1)
    .max(field.maxItems)
    .meta({ description: field.description })
    .prefault([...field.default])
}

interface TextField extends Described {
  readonly pattern: RegExp
  /** What the pattern asks for, in words: `a name of …`. */
  readonly expected: string
  /** Words that have a meaning of their own, and that a slip may have been meant for. */
  readonly words?: readonly string[]
}

function textSchema(field: TextField): Record<string, unknown> {
  return { description: field.description, type: 'string', pattern: field.pattern.source }
}

function readText(value: unknown, field: TextField): string {
  if (typeof value !== 'string' || !field.pattern.test(value)) {
    const meant = typeof value === 'string' ? nearestWord(value, field.words ?? []) : null
    throw new FieldFault(`must be ${field.expected}, but is ${describeValue(value)}${meant === null ? '' : `; you may mean \`${meant}\``}`)
  }
  return value
}

export function text(field: TextField & { readonly default: string }) {
  return leaf(textSchema(field), (value) => readText(value, field)).prefault(field.default)
}

export function requiredText(field: TextField & Exemplified) {
  return required({ ...textSchema(field), example: field.example }, (value) => readText(value, field))
}

/** A text that may be left out, or written as null. */
export function optionalText(field: TextField) {
  const schema = { ...textSchema(field), type: ['string', 'null'] }
  return leaf(schema, (value) => (value === null || value === undefined ? null : readText(value, field))).prefault(null)
}

interface ChoiceField<T extends string> extends Described {
  readonly choices: readonly T[]
}

function readChoice<T extends string>(value: unknown, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value)
  if (found !== undefined) return found
  throw new FieldFault(`must be ${choices.map((choice) => `\`${choice}\``).join(' or ')}, but is ${describeValue(value)}`)
}

export function choice<const T extends string>(field: ChoiceField<T> & { readonly default: NoInfer<T> }) {
  const schema = { description: field.description, enum: field.choices }
  return leaf<T>(schema, (value) => readChoice(value, field.choices)).prefault(field.default)
}

export function requiredChoice<const T extends string>(field: ChoiceField<T> & Exemplified) {
  return required<T>({ description: field.description, enum: field.choices, example: field.example }, (value) =>
    readChoice(value, field.choices),
  )
}

/** Amounts by asset, or null. */
export function amountsByAsset(field: Described & { readonly assetPattern: RegExp; readonly each: Bounds }) {
  const amount = leaf(numberSchema({ ...field.each, description: 'An amount.' }), (value) => readNumber(value, field.each).value)
  return z.record(z.string().regex(field.assetPattern), amount).nullable().meta({ description: field.description }).prefault(null)
}

/** Anything at all, kept as it was written. */
export function freeForm(field: Described) {
  return z.record(z.string(), z.unknown()).meta({ description: field.description }).prefault({})
}

/** A group of keys; unknown ones are refused. */
export function section<T extends z.ZodRawShape>(description: string, shape: T) {
  return z.strictObject(shape).meta({ description })
}
