// Takes back what an account has at its venue, with nobody trading: cancels every live order of ours, waits for the venue's words, and
// has what is in doubt asked about. It opens nothing, and books nothing but what the venue says.

import { ORDER_LIVE } from '../kernel/order-table.ts'
import type { ReconcileResult } from '../recovery/reconcile.ts'
import type { Venue } from '../venue/port.ts'
import { sendCommitted } from '../venue/send-committed.ts'
import { joined, type MendParts, mendAccount } from './mend-account.ts'

export interface TakenBack {
  /** Orders whose cancel was sent. */
  readonly asked: number
  /** Orders that our books still hold as live: they may rest at the venue. */
  readonly left: number
}

export interface TakeBackParts extends MendParts {
  readonly venue: Pick<Venue, 'send' | 'take'>
}

/** An order that is asked about may turn out to rest, and is then cancelled in its turn. */
const MOST_ROUNDS = 3
const SLICE_US = 250_000
const LONGEST_US = 10_000_000

/** After a first mending, whose result is the first part of what comes back. */
export async function takeBack(
  parts: TakeBackParts,
  mended: ReconcileResult,
): Promise<{ readonly result: ReconcileResult; readonly takenBack: TakenBack }> {
  const { engine } = parts
  const { liveOrders } = engine.view
  const asked = new Set<string>()
  let result = mended
  for (let round = 0; round < MOST_ROUNDS && liveOrders.size > 0; round += 1) {
    const wanted = cancelAll(parts)
    // What is in doubt alone was asked about already, for as long as there was.
    if (wanted.length === 0) break
    for (const clientOrderId of wanted) asked.add(clientOrderId)
    await hearOf(wanted, parts)
    result = joined(result, await mendAccount(parts))
  }
  return { result, takenBack: { asked: asked.size, left: liveOrders.size } }
}

/** Durable first. A cancel that is under way already, or in doubt, is not asked for again here: the mending has seen to it. */
function cancelAll({ engine, venue, comparison }: TakeBackParts): string[] {
  const { view } = engine
  const timeUs = Math.max(comparison.nowUs(), engine.lastFactUs)
  const instruments = new Set([...view.liveOrders.values()].map(({ request }) => request.instrument))
  for (const instrument of instruments) engine.handle(timeUs, { type: 'CANCEL', target: { kind: 'instrument', instrument } })
  const wanted = [...view.liveOrders.values()].filter(({ cancel }) => cancel === 'requested')
  sendCommitted({ engine, venue, commit: () => engine.commit(), nowUs: comparison.nowUs() })
  engine.commit()
  return wanted.map(({ request }) => request.clientOrderId)
}

/** Until each has its answer, or is in doubt, which the mending then follows; for a bounded time. */
async function hearOf(wanted: readonly string[], { engine, venue, comparison }: TakeBackParts): Promise<void> {
  const { nowUs, sleep, signal, limits } = comparison
  const untilUs = nowUs() + Math.min(limits?.withinUs ?? LONGEST_US, LONGEST_US)
  const isOpen = (clientOrderId: string): boolean => {
    const order = engine.view.orders.get(clientOrderId)
    return order !== undefined && ORDER_LIVE[order.status] && (order.cancel === 'requested' || order.cancel === 'sent')
  }
  while (wanted.some(isOpen) && nowUs() < untilUs) {
    await sleep(SLICE_US)
    signal.throwIfAborted()
    for (const { event } of venue.take(nowUs())) {
      if (event.type === 'NOTICE' || event.type === 'ORDER_NOT_FOUND') continue
      engine.handle(Math.max(nowUs(), engine.lastFactUs), event)
    }
    sendCommitted({ engine, venue, commit: () => engine.commit(), nowUs: nowUs() })
    engine.commit()
  }
}
