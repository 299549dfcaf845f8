// What a process left that died: a real store, beside a real exchange over the wire.

import { expect } from 'vitest'
import { loadConfig } from '../../src/core/config/load-config.ts'
import type { StoreWriter } from '../../src/core/journal/writer.ts'
import { dec, formatDecimal } from '../../src/core/kernel/decimal.ts'
import type { OrderRequest } from '../../src/core/kernel/facts.ts'
import type { CareOptions } from '../../src/core/session/care-of-account.ts'
import { Engine } from '../../src/core/session/engine.ts'
import { machineClock } from '../../src/core/session/pacer.ts'
import type { reconcileAccount } from '../../src/core/session/reconcile-account.ts'
import { BTC, KEY, type Rehearsed, SECRET } from '../core/exchange/bingx/rehearsed.ts'
import { openTestWriter, query, storePath } from '../core/journal/stores.ts'
import { enterIntent } from '../core/kernel/intents.ts'
import { openingOf } from '../core/kernel/opening.ts'

const ACCOUNT = 'bingx-demo/main'
export const MINUTE_US = 60_000_000
const SLOTS = ['a', 'b', 'c'] as const

/** What a process left that died ten minutes ago, unless it is said otherwise: durable, never halted, with orders that were prepared and maybe sent. */
export class Wreck {
  readonly path = storePath()
  readonly writer: StoreWriter = openTestWriter(this.path)
  readonly engine = new Engine({ account: ACCOUNT, journal: this.writer, onFact: () => undefined })
  readonly requests: OrderRequest[] = []
  #nowUs: number

  constructor(ageUs = 10 * MINUTE_US) {
    this.#nowUs = Date.now() * 1_000 - ageUs
  }

  /** @param capital what its books say came in */
  static async of(orders: number, ageUs?: number, capital = '10000'): Promise<Wreck> {
    const wreck = new Wreck(ageUs)
    const opening = openingOf({ instrument: BTC, slotIds: SLOTS })
    const quick = { orderValidityUs: 1_000_000, absenceMarginUs: 100_000, querySpacingUs: 100_000 }
    wreck.#when({ type: 'OPEN_SESSION', session: { ...opening, ...quick, account: ACCOUNT, mode: 'demo', venue: 'bingx' } })
    wreck.#when({ type: 'FLOW_CAPITAL', asset: 'USDT', amount: dec(capital), note: 'initial' })
    wreck.#when({ type: 'MARK_PRICE', instrument: BTC.symbol, price: dec('60000') })
    for (const slotId of SLOTS.slice(0, orders)) {
      const facts = wreck.#when(enterIntent({ slotId, instrument: BTC.symbol, price: '59990', quantity: '0.01' }))
      const prepared = facts.find(({ body }) => body.type === 'ORDER_PREPARED')?.body
      if (prepared?.type !== 'ORDER_PREPARED') throw new Error('the order was denied')
      wreck.requests.push(prepared.request)
    }
    wreck.engine.commit()
    await wreck.writer.close()
    return wreck
  }

  #when(input: Parameters<Engine['handle']>[1]) {
    this.#nowUs += 1
    return this.engine.handle(this.#nowUs, input)
  }

  /** The order arrived after all: its answer, and the process, were lost. */
  async arrives(exchange: Rehearsed, index: number): Promise<string> {
    const { clientOrderId, quantity, price } = this.requests[index] as OrderRequest
    const terms = { clientOrderId, quantity: formatDecimal(quantity), price: formatDecimal(price as ReturnType<typeof dec>) }
    expect((await exchange.place(terms)).json.code).toBe(0)
    return clientOrderId
  }

  /** How far the account's facts go, and how many sessions have no end. */
  async left(): Promise<{ readonly seq: number; readonly unfinished: number }> {
    const writer = openTestWriter(this.path)
    const [{ seq }, unfinished] = [writer.head(ACCOUNT), writer.unfinishedSessions().length]
    await writer.close()
    return { seq, unfinished }
  }

  /** The status of each order, as it is on disk. */
  statuses(): Record<string, unknown> {
    const rows = query(this.path, 'SELECT client_order_id, status FROM orders') as { client_order_id: string; status: string }[]
    return Object.fromEntries(rows.map(({ client_order_id, status }) => [client_order_id, status]))
  }

  options({ exchange }: Pick<Rehearsed, 'exchange'>, extra = ''): Omit<CareOptions, 'holder' | 'mayChange'> {
    const venue = `venue: { rest_url: ${exchange.restUrl}, stream_url: ${exchange.streamUrl}, call_timeout_seconds: 1 }`
    const text = `mode: demo\nfeed: { source: live }\n${venue}\nengine: { quarantine_after_seconds: 5 }\n${extra}`
    return {
      config: loadConfig({ file: 'dita.yaml', text }),
      storePath: this.path,
      pid: process.pid,
      environment: { DITA_BINGX_API_KEY: KEY, DITA_BINGX_API_SECRET: SECRET },
      random: () => 0.5,
      wall: { ...machineClock(), wallUs: () => Date.now() * 1_000 },
      log: { info: () => undefined, error: () => undefined },
      signal: new AbortController().signal,
    }
  }
}

export const kindsOf = ({ findings }: Awaited<ReturnType<typeof reconcileAccount>>): string[] =>
  findings.flatMap(({ kind, remains }) => (remains ? [kind] : []))
