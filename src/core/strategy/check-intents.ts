// The border between a user's own strategy and the kernel: everything that crosses it has the shape the types promise.

import { DitaError, EXIT } from '../errors.ts'
import type { Decimal } from '../kernel/decimal.ts'
import type { CancelIntent, EnterIntent, ExitIntent, ExitResidualIntent, QuoteIntent, QuoteSide } from '../kernel/inputs.ts'
import { heardElsewhere } from '../waiting.ts'
import { elementsOf, kindOf } from './foreign.ts'
import type { StrategyControlIntent, StrategyIntent } from './port.ts'

const MOST_INTENTS = 100
const MOST_EXIT_RATIOS = 100
const LONGEST_TEXT = 128

/**
 * The intents that a strategy returned from one tick, as new objects with the known fields only. Values are the kernel's
 * to judge; here it is their shape.
 * @throws DitaError STRATEGY_INTENT_INVALID, naming the strategy, the intent's place in the list and the field
 */
export function checkIntents(value: unknown, strategy: string): StrategyIntent[] {
  if (isThenable(value)) {
    throw fault(strategy, 'onTick', 'gave a promise: it must answer at once, without async or await')
  }
  if (!Array.isArray(value)) throw fault(strategy, 'onTick', `must give a list of intents, but gave ${kindOf(value)}`)
  const intents = elementsOf(value, MOST_INTENTS)
  if (intents === null) throw fault(strategy, 'onTick', `gave ${value.length} intents; ${MOST_INTENTS} are the most for one tick`)
  return intents.map((intent, index) => intentOf(new Reader(intent, strategy, `intent ${index}`)))
}

function isThenable(value: unknown): boolean {
  const isPromise = typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
  // The strategy fails with this error; what its promise would say later must not end the process on top of it.
  if (value instanceof Promise) heardElsewhere(value)
  return isPromise
}

function intentOf(reader: Reader): StrategyIntent {
  const type = reader.oneOf('type', ['ENTER', 'EXIT', 'EXIT_RESIDUAL', 'QUOTE', 'CANCEL', 'CONTROL'])
  switch (type) {
    case 'ENTER':
      return enterOf(reader)
    case 'EXIT':
      return exitOf(reader)
    case 'EXIT_RESIDUAL':
      return exitResidualOf(reader)
    case 'QUOTE':
      return quoteOf(reader)
    case 'CANCEL':
      return cancelOf(reader)
    case 'CONTROL':
      return controlOf(reader)
  }
}

function enterOf(reader: Reader): EnterIntent {
  const reduceOnly = reader.booleanOrMissing('reduceOnly')
  return {
    type: 'ENTER',
    slotId: reader.text('slotId'),
    instrument: reader.text('instrument'),
    side: reader.oneOf('side', ['buy', 'sell']),
    orderType: reader.oneOf('orderType', ['limit', 'market']),
    price: reader.decimalOrNull('price'),
    quantity: reader.decimal('quantity'),
    timeInForce: reader.oneOf('timeInForce', ['gtc', 'ioc', 'fok']),
    postOnly: reader.boolean('postOnly'),
    leverage: reader.decimal('leverage'),
    exitRatios: reader.decimals('exitRatios'),
    ...(reduceOnly === undefined ? {} : { reduceOnly }),
  }
}

function exitOf(reader: Reader): ExitIntent {
  return {
    type: 'EXIT',
    slotId: reader.text('slotId'),
    scope: reader.oneOf('scope', ['leg', 'rest']),
    orderType: reader.oneOf('orderType', ['limit', 'market']),
    price: reader.decimalOrNull('price'),
    timeInForce: reader.oneOf('timeInForce', ['gtc', 'ioc', 'fok']),
    postOnly: reader.boolean('postOnly'),
    reason: reader.text('reason'),
  }
}

function exitResidualOf(reader: Reader): ExitResidualIntent {
  return { type: 'EXIT_RESIDUAL', slotId: reader.text('slotId'), reason: reader.text('reason') }
}

/** To stop is anybody's, to resume the operator's. */
function controlOf(reader: Reader): StrategyControlIntent {
  return { type: 'CONTROL', action: reader.oneOf('action', ['pause', 'reduce_only', 'halt']), reason: reader.text('reason') }
}

function quoteOf(reader: Reader): QuoteIntent {
  const sideOf = (field: 'bid' | 'ask'): QuoteSide | null => {
    const side = reader.objectOrNull(field)
    return side === null ? null : { price: side.decimal('price'), quantity: side.decimal('quantity') }
  }
  return {
    type: 'QUOTE',
    instrument: reader.text('instrument'),
    bid: sideOf('bid'),
    ask: sideOf('ask'),
    postOnly: reader.boolean('postOnly'),
  }
}

function cancelOf(reader: Reader): CancelIntent {
  const target = reader.object('target')
  const kind = target.oneOf('kind', ['order', 'entry', 'exit', 'instrument'])
  if (kind === 'order') return { type: 'CANCEL', target: { kind, clientOrderId: target.text('clientOrderId') } }
  if (kind === 'instrument') return { type: 'CANCEL', target: { kind, instrument: target.text('instrument') } }
  return { type: 'CANCEL', target: { kind, slotId: target.text('slotId') } }
}

/** Reads the fields of one object, each once, or says which of them is wrong, and how. */
class Reader {
  readonly #fields: Readonly<Record<string, unknown>>
  readonly #strategy: string
  readonly #place: string

  constructor(value: unknown, strategy: string, place: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw fault(strategy, place, `must be an object, but is ${kindOf(value)}`)
    this.#fields = value as Record<string, unknown>
    this.#strategy = strategy
    this.#place = place
  }

  oneOf<const T extends string>(field: string, choices: readonly T[]): T {
    const value = this.#fields[field]
    const found = choices.find((choice) => choice === value)
    if (found === undefined)
      throw this.#fault(field, `must be ${choices.map((choice) => `'${choice}'`).join(' or ')}, but is ${kindOf(value)}`)
    return found
  }

  text(field: string): string {
    const value = this.#fields[field]
    if (typeof value !== 'string' || value === '') throw this.#fault(field, `must be a text, but is ${kindOf(value)}`)
    if (value.length > LONGEST_TEXT) throw this.#fault(field, `must have at most ${LONGEST_TEXT} characters, but has ${value.length}`)
    return value
  }

  boolean(field: string): boolean {
    const value = this.#fields[field]
    if (typeof value !== 'boolean') throw this.#fault(field, `must be true or false, but is ${kindOf(value)}`)
    return value
  }

  /** Left out, it is what the kernel takes it for. */
  booleanOrMissing(field: string): boolean | undefined {
    return this.#fields[field] === undefined ? undefined : this.boolean(field)
  }

  decimal(field: string): Decimal {
    return this.#decimal(this.#fields[field], field)
  }

  decimalOrNull(field: string): Decimal | null {
    const value = this.#fields[field]
    return value === null ? null : this.#decimal(value, field)
  }

  decimals(field: string): Decimal[] {
    const value = this.#fields[field]
    if (!Array.isArray(value)) throw this.#fault(field, `must be a list, but is ${kindOf(value)}`)
    const elements = elementsOf(value, MOST_EXIT_RATIOS)
    if (elements === null) throw this.#fault(field, `must have at most ${MOST_EXIT_RATIOS} values, but has ${value.length}`)
    return elements.map((element, index) => this.#decimal(element, `${field}[${index}]`))
  }

  object(field: string): Reader {
    return this.#nested(this.#fields[field], field)
  }

  objectOrNull(field: string): Reader | null {
    const value = this.#fields[field]
    return value === null ? null : this.#nested(value, field)
  }

  #nested(value: unknown, field: string): Reader {
    return new Reader(value, this.#strategy, `${this.#place}, ${field}`)
  }

  #decimal(value: unknown, field: string): Decimal {
    if (typeof value === 'bigint') return value as Decimal
    throw this.#fault(field, `must be a decimal made with setup.decimal, such as dec('0.5'), but is ${kindOf(value)}`)
  }

  #fault(field: string, text: string): DitaError {
    return fault(this.#strategy, `${this.#place}, ${field}`, text)
  }
}

function fault(strategy: string, place: string, text: string): DitaError {
  return new DitaError('STRATEGY_INTENT_INVALID', {
    fault: 'user',
    exitCode: EXIT.config,
    message: `The strategy ${strategy} gave something that is no intent: ${place} ${text}.`,
    next: 'Correct the strategy; the types that `dita` exports say what each intent holds.',
  })
}
