// Finds the contract of the instrument that a session names; where BingX lists none, names those that may have been meant.

import { DitaError } from '../../errors.ts'
import { editDistance } from '../../text.ts'
import type { ContractRow } from './answers.ts'
import { unsupported } from './contracts.ts'
import { type Asker, askPart, symbolOf } from './looking.ts'
import { instrumentOf } from './symbols.ts'

const MOST_NAMED = 3

/** @throws DitaError INSTRUMENT_UNSUPPORTED (exit 4) where it is not listed, and what `askPart` throws */
export async function contractOf(desk: Asker, instrument: string, signal: AbortSignal): Promise<ContractRow> {
  const symbol = symbolOf(instrument)
  const question = { name: 'contracts', what: 'the contracts', signal } as const
  let refusal: DitaError | null = null
  try {
    const row = await askPart(desk, { ...question, parameters: { symbol } }, (body) => desk.answers.contract(body, symbol))
    if (row !== null) return row
  } catch (thrown) {
    if (!(thrown instanceof DitaError && thrown.code === 'VENUE_REFUSED')) throw thrown
    refusal = thrown
  }
  // A symbol that is none is refused with a code, as a key would be: the whole list tells which of the two it was.
  const listed = await askPart(desk, { ...question, parameters: {} }, (body) => desk.answers.symbols(body))
  if (refusal !== null && listed.includes(symbol)) throw refusal
  throw unsupported(instrument, `the venue does not list it${nearestText(symbol, listed)}`)
}

function nearestText(symbol: string, listed: readonly string[]): string {
  const ranked = listed.flatMap((other) => {
    const instrument = instrumentOf(other)
    return instrument === null ? [] : [{ instrument, distance: editDistance(symbol, other) }]
  })
  ranked.sort((a, b) => a.distance - b.distance)
  const names = ranked.slice(0, MOST_NAMED).map(({ instrument }) => instrument)
  return names.length === 0 ? '' : ` (the nearest that it lists: ${names.join(', ')})`
}
