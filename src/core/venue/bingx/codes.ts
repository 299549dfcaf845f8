// The venue's error codes as one table: what each means for an order that was sent, and for a question or a cancel. It
// never guesses: a code, or a code with a text, that is not listed leaves open what became of an order.

import { JsonFault, parseLossless } from './lossless-json.ts'

/**
 * What became of an order that was sent: `reject` nothing was placed, for certain; `limit` not executed, by the limit;
 * `exists` the id is taken, by an order that may be ours; `unknown` nobody can say.
 */
type PlacementVerdict = 'reject' | 'limit' | 'exists' | 'unknown'
/**
 * What to do about a question or a cancel: `again` later; `limit` back off; `setup` a person has to mend it; `resync` the
 * clock, then again; `gone` no such order; `filled` no longer alive; `in_flight` the one before is under way; `refused` for good.
 */
type AskingVerdict = 'again' | 'limit' | 'setup' | 'resync' | 'gone' | 'filled' | 'in_flight' | 'refused'

interface CodeRow {
  readonly codes: readonly string[]
  /** Rows with a text go before rows without. */
  readonly text?: RegExp
  readonly placement: PlacementVerdict
  readonly asking: AskingVerdict
  /** What a person should be told beside it, in a few words. */
  readonly tell?: string
  /** A ban: it lasts minutes, and going on makes it longer. */
  readonly isBan?: boolean
}

const KEY = 'the key, its signature, its rights or the address it may be used from'
const RISK = 'the risk control of the venue has stopped orders of this account'

/**
 * BingX API docs, “Common error codes”, and the codes that are named beside each call; where those are silent, what open-source clients
 * (ccxt, BingX.Net) have recorded.
 */
// biome-ignore format: a table is read by column
const TABLE: readonly CodeRow[] = [
  // The gateway, by HTTP status: `HTTP_…` stands for an answer without a code of the venue.
  { codes: ['HTTP_401', '100001', '100412', '100413', '100004', '100419'], placement: 'reject', asking: 'setup', tell: KEY },
  { codes: ['HTTP_429'], placement: 'limit', asking: 'limit' },
  { codes: ['HTTP_418', 'HTTP_403'], placement: 'limit', asking: 'limit', isBan: true, tell: 'the venue has banned this address for a while' },
  { codes: ['100421'], text: /time ?stamp|recv ?window|null/i, placement: 'reject', asking: 'resync' },
  { codes: ['100421'], placement: 'reject', asking: 'setup', tell: 'the venue does not let this pair be traded by API, or the clock is off' },
  { codes: ['100404', '100400'], placement: 'reject', asking: 'setup', tell: 'the venue does not know this call' },
  { codes: ['100410'], placement: 'limit', asking: 'limit' },
  { codes: ['109429'], placement: 'limit', asking: 'limit', tell: 'the venue counts too many invalid calls' },
  { codes: ['109403', '100414', '80020'], placement: 'reject', asking: 'limit', tell: RISK },
  // Busy, or broken, before or after the order was booked.
  { codes: ['100500', '109500', '110500', '101500', '109701'], placement: 'unknown', asking: 'again' },
  { codes: ['80012'], text: /order (does )?not exist/i, placement: 'unknown', asking: 'gone' },
  { codes: ['80012'], placement: 'unknown', asking: 'again' },
  { codes: ['80001'], text: /order (does )?not exist/i, placement: 'unknown', asking: 'gone' },
  { codes: ['80001'], text: /insufficient (margin|balance)|margin is not enough/i, placement: 'reject', asking: 'refused' },
  { codes: ['80001'], placement: 'unknown', asking: 'again' },
  { codes: ['80019'], placement: 'unknown', asking: 'again' },
  { codes: ['101481'], placement: 'exists', asking: 'again' },
  { codes: ['101400'], text: /client ?order ?id/i, placement: 'exists', asking: 'again' },
  { codes: ['101400'], placement: 'reject', asking: 'refused' },
  { codes: ['109201'], placement: 'unknown', asking: 'in_flight' },
  // One number for two things.
  { codes: ['101209'], text: /maximum position value/i, placement: 'reject', asking: 'refused' },
  { codes: ['101209'], text: /order number/i, placement: 'unknown', asking: 'in_flight' },
  { codes: ['101204', '101206', '101212', '101253', '110424'], placement: 'reject', asking: 'refused' },
  { codes: ['101202', '101485', '110422', '110425'], placement: 'reject', asking: 'refused' },
  { codes: ['101211', '110402', '101460', '101461'], placement: 'reject', asking: 'refused' },
  { codes: ['101215'], placement: 'reject', asking: 'refused' },
  { codes: ['101205', '101290', '109420', '80017', '110203'], placement: 'reject', asking: 'refused' },
  { codes: ['101414', '101222', '101201', '110287', '101429', '101424', '112414'], placement: 'reject', asking: 'refused' },
  { codes: ['80013', '101419'], placement: 'reject', asking: 'refused' },
  { codes: ['101415', '110280', '109417', '109425', '101413', '104424', '101514', '101515'], placement: 'reject', asking: 'setup', tell: 'the instrument or the account is suspended, closed or unknown' },
  { codes: ['101214', '101219', '101412'], placement: 'reject', asking: 'again' },
  { codes: ['102201'], placement: 'reject', asking: 'again' },
  { codes: ['104103', '109401'], placement: 'unknown', asking: 'refused' },
  // A parameter, or the mode of the account; under the same number also things that say nothing of the order.
  { codes: ['109400', '80014', '110400', '110426'], text: /time ?stamp|recv ?window/i, placement: 'reject', asking: 'resync' },
  { codes: ['109400', '80014', '110400', '110426'], text: /param|invalid|position ?side|mode|must be|required|reduce ?only|quantity|price|symbol|range|days/i, placement: 'reject', asking: 'setup' },
  { codes: ['109400', '80014', '110400', '110426'], placement: 'unknown', asking: 'setup' },
  { codes: ['109421', '80016', '109414'], placement: 'unknown', asking: 'gone' },
  // Its text may add that the order does not exist: what became of it is asked, never concluded.
  { codes: ['109422', '80018'], placement: 'unknown', asking: 'filled' },
  { codes: ['100401'], placement: 'unknown', asking: 'again' },
]

/** Words under which no refusal is certain, whatever its number. */
const UNSURE = /busy|time(d)? ?-?out|processing|try again|network|internal|unknown|later/i

export interface Verdict {
  readonly placement: PlacementVerdict
  readonly asking: AskingVerdict
  readonly tell: string | null
  readonly isBan: boolean
}

const UNLISTED: Verdict = { placement: 'unknown', asking: 'again', tell: null, isBan: false }

export function judge(code: string, message: string): Verdict {
  const row = rowOf(code, message)
  if (row === undefined) return UNLISTED
  const isWrapped = code === '80012' && row.text === undefined
  const placement = isWrapped ? innerPlacement(message) : row.placement
  const isUnsure = placement === 'reject' && UNSURE.test(message)
  return { placement: isUnsure ? 'unknown' : placement, asking: row.asking, tell: row.tell ?? null, isBan: row.isBan ?? false }
}

function rowOf(code: string, message: string): CodeRow | undefined {
  const rows = TABLE.filter(({ codes }) => codes.includes(code))
  return rows.find(({ text }) => text?.test(message)) ?? rows.find(({ text }) => text === undefined)
}

/** 80012 may carry another error as JSON in its text: only a certain refusal in there is one. */
function innerPlacement(message: string): PlacementVerdict {
  try {
    const inner = parseLossless(message.slice(message.indexOf('{'), message.lastIndexOf('}') + 1))
    const { Code: code, Msg: text } = inner as { Code?: unknown; Msg?: unknown }
    if (typeof code !== 'string' || code === '80012') return 'unknown'
    return judge(code, typeof text === 'string' ? text : '').placement === 'reject' ? 'reject' : 'unknown'
  } catch (error) {
    if (error instanceof JsonFault || error instanceof TypeError) return 'unknown'
    throw error
  }
}
