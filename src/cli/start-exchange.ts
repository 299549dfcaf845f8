// Runs a rehearsed exchange with what a process has to give it: keys, a token, signals, one line that says where it is.

import { randomBytes } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { DitaError, EXIT, troubleOf } from '../core/errors.ts'
import { openRehearsal, type Rehearsal, type RehearsalSummary, summarizeTruth } from '../core/exchange/bingx/open-rehearsal.ts'
import { heardElsewhere } from '../core/waiting.ts'
import { escapeLines, safeJson } from './escape.ts'
import { type Listening, renderListening } from './exchange-text.ts'
import { quoted } from './quoted.ts'
import { type Keys, REHEARSAL_KEYS } from './rehearsal-keys.ts'

export interface StartExchangeOptions {
  readonly port: number
  readonly feed: string
  readonly seed: number
  readonly speed: string
  readonly balance: string
  readonly faultPlanPath: string | null
  readonly faultSeed: number | null
  readonly truthPath: string | null
  readonly apiKeyPath: string | null
  /** Somebody sits there and reads: words instead of a line for scripts. */
  readonly forPeople: boolean
}

export interface ExchangeEnd extends RehearsalSummary {
  readonly stopped: string
  readonly truth: string
}

const OTHERS = 0o077
const FASTEST = 1_000

/** Runs until SIGINT, SIGTERM or SIGHUP. */
export async function startExchange(options: StartExchangeOptions): Promise<ExchangeEnd> {
  const keys = options.apiKeyPath === null ? REHEARSAL_KEYS : readKeys(options.apiKeyPath)
  const controlToken = randomBytes(24).toString('hex')
  const speed = parseSpeed(options.speed)
  const ending = Promise.withResolvers<string>()
  // It may break while nobody awaits this yet; then it is told below.
  heardElsewhere(ending.promise)
  const stopListening = listenToSignals((signal) => ending.resolve(signal))
  try {
    const { port, feed, seed, balance, faultPlanPath, faultSeed, truthPath } = options
    const rehearsal = await openRehearsal({
      ...{ port, feed, seed, speed, faultPlanPath, faultSeed, truthPath, balance, controlToken },
      credentials: keys,
      onFailure: (error) => ending.reject(error),
    })
    const listening = listeningOf(rehearsal, controlToken, options.apiKeyPath === null ? keys : null)
    process.stdout.write(`${options.forPeople ? escapeLines(renderListening(listening)) : oneLineOf(listening)}\n`)
    let stopped: string
    try {
      stopped = await ending.promise
    } finally {
      await rehearsal.close()
    }
    return { stopped, truth: rehearsal.truthPath, ...summarizeTruth(rehearsal.truthPath) }
  } finally {
    stopListening()
  }
}

/** For scripts; outside of strings JSON may be broken and joined anywhere. */
function oneLineOf(listening: Listening): string {
  return safeJson(listening).replaceAll(/\n */g, '')
}

/** Keys from a file are the caller's own and are not printed. */
function listeningOf(rehearsal: Rehearsal, controlToken: string, printed: Keys | null): Listening {
  const { restUrl, streamUrl, truthPath, symbol, wireSymbol, orders, fills, tornBytes } = rehearsal
  return {
    listening: { rest: restUrl, stream: streamUrl },
    truth: truthPath,
    instrument: { symbol, venueSymbol: wireSymbol },
    control: { url: `${restUrl}/control/`, token: controlToken },
    ...(printed === null ? {} : { credentials: { apiKey: printed.apiKey, apiSecret: printed.secret } }),
    restored: { orders, fills, tornBytes },
  }
}

function listenToSignals(stop: (signal: string) => void): () => void {
  const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, stop)
  return () => {
    for (const signal of signals) process.off(signal, stop)
  }
}

function readKeys(path: string): Keys {
  let text: string
  try {
    if ((statSync(path).mode & OTHERS) !== 0) throw badKeys(path, 'others may read it', `Type \`chmod 600 ${path}\`.`)
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw error instanceof DitaError ? error : badKeys(path, troubleOf(error), 'Check the path after --api-key-file.')
  }
  const values = new Map(
    text.split('\n').map((line) => [line.slice(0, line.indexOf('=')).trim(), line.slice(line.indexOf('=') + 1).trim()]),
  )
  const [apiKey, secret] = [values.get('api_key'), values.get('api_secret')]
  if (apiKey === undefined || secret === undefined || apiKey === '' || secret === '') {
    throw badKeys(path, 'it does not hold the two lines api_key=… and api_secret=…', 'Write the two lines, or leave --api-key-file out.')
  }
  return { apiKey, secret }
}

function badKeys(path: string, why: string, next: string): DitaError {
  return new DitaError('BAD_KEY_FILE', {
    fault: 'user',
    exitCode: EXIT.config,
    message: `The key file ${path} cannot be used: ${why}.`,
    next,
  })
}

function parseSpeed(text: string): number {
  const factor = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (factor > 0 && factor <= FASTEST) return factor
  throw new DitaError('BAD_SPEED', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `${JSON.stringify(text)} is no speed of an exchange.`,
    next: `Give 1 for real time, or another factor above 0 and up to ${FASTEST}.`,
  })
}

/** What is said at the end. */
export function renderExchangeEnd({ stopped, truth, orders, fills, doubled, position, balance }: ExchangeEnd): string {
  const twice = doubled.length === 0 ? 'none of them twice' : `TWICE: ${doubled.join(', ')}`
  return `Stopped by ${stopped}. Orders ${orders}, ${twice}; fills ${fills}; position ${position}; balance ${balance}.\nThe truth log is ${truth}.\nTo go on with its orders and money: the same command with --truth ${quoted(truth)}`
}
