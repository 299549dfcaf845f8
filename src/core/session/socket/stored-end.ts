// What a store itself says of how a session ended, and of the orders that are left, for who finds nobody to ask. Reads only.

import { type JournalReader, openReader } from '../../journal/read.ts'
import { asStoreError } from '../../journal/store-file.ts'
import { ORDER_LIVE } from '../../kernel/order-table.ts'

/** What the books of one account hold as live. Paper accounts are not counted: their exchange ended with their session. */
export interface OrdersLeft {
  readonly account: string
  readonly mode: string
  readonly orders: number
}

const LIVE: readonly string[] = Object.entries(ORDER_LIVE).flatMap(([status, isLive]) => (isLive ? [status] : []))

/** @throws DitaError where the store cannot be found or read */
export function ordersLeftIn(storePath: string): Promise<OrdersLeft[]> {
  return reading(storePath, ({ db }) =>
    db
      .selectFrom('orders')
      .innerJoin('accounts', 'accounts.account_id', 'orders.account_id')
      .innerJoin('sessions', 'sessions.session_id', 'orders.session_id')
      .select(['accounts.name as account', 'sessions.mode as mode'])
      .select(({ fn }) => fn.countAll<number>().as('orders'))
      .where('orders.status', 'in', LIVE)
      .where('sessions.mode', '!=', 'paper')
      .groupBy(['accounts.name', 'sessions.mode'])
      .orderBy('accounts.name')
      .execute(),
  )
}

/** Null where none is written. @throws DitaError where the store cannot be found or read */
export function writtenHaltIn(storePath: string, sessionId: string): Promise<string | null> {
  return reading(storePath, async ({ db }) => {
    const row = await db.selectFrom('sessions').select('halt_reason').where('session_id', '=', sessionId).executeTakeFirst()
    return row?.halt_reason ?? null
  })
}

async function reading<T>(storePath: string, read: (reader: JournalReader) => Promise<T>): Promise<T> {
  const reader = openReader(storePath)
  try {
    return await read(reader)
  } catch (thrown) {
    throw asStoreError(storePath, thrown)
  } finally {
    await reader.close()
  }
}
