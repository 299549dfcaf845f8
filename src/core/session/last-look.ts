// What a session leaves to a person: once its orders are over it looks at the venue once more, and flags what is not as it should
// be. Mends nothing, and sends no order.

import { DitaError } from '../errors.ts'
import { formatDecimal, ZERO } from '../kernel/decimal.ts'
import type { SnapshotPosition } from '../kernel/inputs.ts'
import type { Instrument } from '../kernel/instrument.ts'
import type { StateView } from '../kernel/views.ts'
import type { Venue, VenueBooks } from '../venue/port.ts'
import type { Engine } from './engine.ts'

export interface LastLook {
  readonly engine: Pick<Engine, 'view' | 'handle'>
  readonly venue: Pick<Venue, 'lookAtBooks'>
  readonly instrument: Instrument
  readonly nowUs: () => number
  /** Lets so much time pass. */
  readonly pause: (us: number) => Promise<unknown>
}

/** A venue tells of a position a little later than of the fill that made it: only what stays so is told. */
const MOST_LOOKS = 3
const PAUSE_US = 500_000
const LOOK_MS = 3_000

/** The last word of the venue on the position, as a snapshot. A look that fails says nothing. */
export async function lookOnceMore({ engine, venue, instrument, nowUs, pause }: LastLook): Promise<void> {
  for (let look = 1; look <= MOST_LOOKS; look += 1) {
    // By our own clock, as every snapshot of a session is: what moves after this is compared by nobody.
    const asOfUs = nowUs()
    const question = { instruments: [instrument.symbol], fillsFromUs: asOfUs }
    const books = await venue.lookAtBooks(question, AbortSignal.timeout(LOOK_MS)).catch(nothingSeen)
    const positions = books?.positions ?? null
    if (positions === null) return
    if (look === MOST_LOOKS || agrees(engine.view, instrument, positions)) {
      engine.handle(nowUs(), { type: 'SNAPSHOT', asOfUs, openOrders: [], positions })
      return
    }
    await pause(PAUSE_US)
  }
}

function nothingSeen(thrown: unknown): VenueBooks | null {
  if (thrown instanceof DitaError) return null
  throw thrown
}

function agrees({ positions }: StateView, { symbol }: Instrument, theirs: readonly SnapshotPosition[]): boolean {
  const ours = positions.get(symbol)?.quantity ?? ZERO
  const [other] = theirs.filter(({ instrument }) => instrument === symbol)
  return ours === (other?.quantity ?? ZERO)
}

/** Orders that are still live, and positions of which the venue says otherwise: each is flagged. Returns how many. */
export function flagLeftovers(engine: LastLook['engine'], nowUs: number): number {
  const { liveOrders, positions } = engine.view
  for (const { request, status } of liveOrders.values()) {
    const detail = `Order ${request.clientOrderId} was still ${status} when the session ended.`
    engine.handle(nowUs, { type: 'FLAG_RISK', code: 'ORDER_LEFT_OPEN', severity: 'alarm', value: status, limit: null, detail })
  }
  const differing = [...positions.values()].filter(({ venues }) => venues !== null)
  for (const { instrument, quantity, venues } of differing) {
    const value = formatDecimal(venues ?? ZERO)
    const detail = `We held ${formatDecimal(quantity)} ${instrument} when the session ended, the venue said ${value}: mend it with \`dita reconcile --fix-orphans\`.`
    engine.handle(nowUs, { type: 'FLAG_RISK', code: 'POSITION_LEFT_DIFFERING', severity: 'alarm', value, limit: null, detail })
  }
  return liveOrders.size + differing.length
}
