// Finds a strategy by its name or its file, and stands between a user's own code and the session: whatever is wrong with
// it becomes one clear error. Built-in strategies are not wrapped.

import { statSync } from 'node:fs'
import { basename, isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DitaError, EXIT } from '../errors.ts'
import type { Decimal } from '../kernel/decimal.ts'
import * as decimal from '../kernel/decimal.ts'
import { BUILT_IN_STRATEGIES, CLOSING_STRATEGY, NAME } from '../names.ts'
import { type BreakoutOptions, createBreakout } from './breakout.ts'
import { checkIntents } from './check-intents.ts'
import { createFlatten, type FlattenOptions } from './flatten.ts'
import { elementsOf, kindOf, quoted, thrownText } from './foreign.ts'
import { loadingTrouble } from './loading-trouble.ts'
import { createMarketMaker, type MarketMakerOptions } from './market-maker.ts'
import type { Strategy, StrategyFigure, StrategySetup } from './port.ts'
import { readOnlySetup, readOnlyView } from './read-only.ts'

/** What the built-in strategies are set up with; the `strategy` section of a config is one. */
export interface StrategySettings {
  readonly clobSwitchThresholdBps: Decimal
  readonly anchorMaxDivergenceBps: Decimal
  readonly marketMaker: Omit<MarketMakerOptions, 'clobSwitchThresholdBps' | 'anchorMaxDivergenceBps'>
  readonly breakout: BreakoutOptions
}

/** What of a config a built-in strategy goes by. */
export interface StrategyConfig {
  readonly strategy: StrategySettings
  readonly risk: FlattenOptions
}

/** Makes the strategy for a session. Throws DitaError STRATEGY_FAILED or STRATEGY_INVALID (exit 4) for a user's own. */
export type StartStrategy = (setup: Omit<StrategySetup, 'decimal'>) => Strategy

const STRATEGY_NAME = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,64}$/u
const MOST_SLOTS = 64
const MOST_FIGURES = 16

/**
 * The strategy `market_maker`, `breakout` or `flatten`, or the one that a file exports by default. A user's strategy is guarded: what
 * it sees is read-only; it throws DitaError STRATEGY_FAILED where its own code throws (as it does where it writes to what
 * it sees), STRATEGY_INTENT_INVALID where it returns what is no intent.
 * @throws DitaError STRATEGY_MISSING, STRATEGY_UNREADABLE or STRATEGY_INVALID (exit 4)
 */
export async function loadStrategy(name: string, { strategy, risk }: StrategyConfig): Promise<StartStrategy> {
  if (name === 'market_maker') {
    const { clobSwitchThresholdBps, anchorMaxDivergenceBps, marketMaker } = strategy
    return ({ instrument }) => createMarketMaker(instrument, { ...marketMaker, clobSwitchThresholdBps, anchorMaxDivergenceBps })
  }
  if (name === 'breakout') return ({ instrument }) => createBreakout(instrument, strategy.breakout)
  if (name === CLOSING_STRATEGY) return ({ instrument }) => createFlatten(instrument, risk)
  const factory = await importFactory(name)
  return (setup) => start(factory, readOnlySetup({ ...setup, decimal }), name)
}

type UnknownFactory = (setup: StrategySetup) => unknown

async function importFactory(path: string): Promise<UnknownFactory> {
  if (!isAbsolute(path)) {
    throw userError(
      'STRATEGY_MISSING',
      `There is no strategy named ${path}.`,
      `Name ${BUILT_IN_STRATEGIES.map((built) => `\`${built}\``).join(', ')}, or the path of a .ts or .js file.`,
    )
  }
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
    throw userError('STRATEGY_MISSING', `There is no strategy file at ${path}.`, 'Check `strategy.name` in the config, or --strategy.')
  }
  const module = await importModule(path)
  const { default: made } = module
  if (typeof made === 'function') return made as UnknownFactory
  // A file without any export is taken for a module of the old kind, which exports an empty object.
  const isEmpty = made === undefined || (typeof made === 'object' && made !== null && Object.keys(made).length === 0)
  const found = isEmpty ? 'nothing' : kindOf(made)
  const [named] = isEmpty ? Object.keys(module).filter((name) => typeof module[name] === 'function') : []
  throw userError(
    'STRATEGY_INVALID',
    `The strategy file ${path} exports ${found} by default; it must export a function.`,
    named === undefined
      ? 'Write `export default function (setup) { return { name, slotIds, onTick } }`; examples/my-strategy.ts shows one.'
      : `If \`${named}\` makes the strategy, add the line \`export default ${named}\`.`,
  )
}

async function importModule(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await import(pathToFileURL(path).href)
  } catch (error) {
    const { text, next } = await loadingTrouble(path, error)
    throw userError('STRATEGY_UNREADABLE', `The strategy file ${path} cannot be loaded: ${text}.`, next, error)
  }
}

function start(factory: UnknownFactory, setup: StrategySetup, path: string): Strategy {
  try {
    return guarded(factory(setup), path)
  } catch (error) {
    if (error instanceof DitaError) throw error
    throw failed(`The strategy file ${path} failed when it was set up`, path, error)
  }
}

/** Checks what a factory made, and lets only checked intents out of it. */
function guarded(made: unknown, path: string): Strategy {
  const wrong = (text: string) =>
    userError(
      'STRATEGY_INVALID',
      `The strategy of ${path} ${text}.`,
      'Return an object with `name`, `slotIds` and `onTick`; examples/my-strategy.ts shows one.',
    )
  if (typeof made !== 'object' || made === null) throw wrong(`is ${made === undefined ? 'nothing' : kindOf(made)}, not an object`)
  const strategy = made as { readonly name?: unknown; readonly slotIds?: unknown; onTick?: unknown; figures?: unknown }
  const { name, slotIds, onTick, figures } = strategy
  if (typeof name !== 'string' || !STRATEGY_NAME.test(name)) throw wrong('has no `name` of 1 to 64 printable characters')
  if (!Array.isArray(slotIds)) throw wrong('has no list `slotIds` (an empty one for a strategy that only quotes)')
  const given = elementsOf(slotIds, MOST_SLOTS)
  if (given === null) throw wrong(`has more than ${MOST_SLOTS} slots`)
  const checkedSlotIds: string[] = []
  for (const slotId of given) {
    if (typeof slotId !== 'string' || !NAME.test(slotId)) {
      const shown = typeof slotId === 'string' ? quoted(slotId) : kindOf(slotId)
      throw wrong(`has the slot id ${shown}; one is lower-case letters, digits, _ and -, at most 32`)
    }
    if (checkedSlotIds.includes(slotId)) throw wrong(`has the slot id ${slotId} twice`)
    checkedSlotIds.push(slotId)
  }
  if (typeof onTick !== 'function') throw wrong('has no function `onTick`')
  if (figures !== undefined && typeof figures !== 'function') throw wrong('has `figures` that is no function')
  const viewOf = readOnlyView()
  return {
    name,
    slotIds: checkedSlotIds,
    ...(figures !== undefined && { figures: () => checkFigures(figures.call(strategy)) }),
    onTick(context) {
      try {
        return checkIntents(onTick.call(strategy, viewOf(context)), name)
      } catch (error) {
        if (error instanceof DitaError) throw error
        throw failed(`The strategy ${name} failed in onTick`, path, error)
      }
    },
  }
}

/** Names and texts, as many as a screen has room for. Whatever else it may be, the screen says that it is not. */
function checkFigures(made: unknown): StrategyFigure[] {
  const list = Array.isArray(made) ? elementsOf(made, MOST_FIGURES) : null
  if (list === null) throw new TypeError(`it gives ${kindOf(made)}, not a list of at most ${MOST_FIGURES}`)
  return list.map((figure) => {
    const { name, value } = (figure ?? {}) as { readonly name?: unknown; readonly value?: unknown }
    if (typeof name !== 'string' || typeof value !== 'string') throw new TypeError('a figure has a `name` and a `value`, both texts')
    return { name, value }
  })
}

function failed(what: string, path: string, error: unknown): DitaError {
  return userError(
    'STRATEGY_FAILED',
    `${what}: ${thrownText(error)}${placeIn(path, error)}.`,
    `${thrownText(error).startsWith('Cannot mix BigInt') ? MIXED : ''}Correct the strategy; it was not asked again.`,
    error,
  )
}

const MIXED =
  "Prices and quantities are decimals: `sub(price, dec('0.0003'))`, with the sums of `setup.decimal` (docs/STRATEGIES.md); a name that is mistyped gives none. "

/** Where in the user's own file it happened, if the stack tells. */
function placeIn(path: string, error: unknown): string {
  const line = stackOf(error)
    .split('\n')
    .find((text) => text.includes(`${basename(path)}:`))
  const place = line === undefined ? null : /:(\d+):(\d+)\)?$/.exec(line)
  return place === null ? '' : ` (${basename(path)}:${place[1]}:${place[2]})`
}

/** Empty where there is none, or where to ask for it throws. */
function stackOf(error: unknown): string {
  try {
    return error instanceof Error && typeof error.stack === 'string' ? error.stack : ''
  } catch {
    return ''
  }
}

function userError(code: string, message: string, next: string, cause?: unknown): DitaError {
  return new DitaError(code, { fault: 'user', exitCode: EXIT.config, message, next, cause })
}
