// What the private stream says, as far as it is believed: which order moved, and that the account changed. A hint for speed:
// quantities, prices and fees are asked for by REST. Reads anything, throws never.

/** `none` for what needs no look: acknowledgements, repeated settings, kinds nobody knows. */
export type PrivateMessage =
  | {
      readonly kind: 'order'
      readonly clientOrderId: string | null
      readonly venueOrderId: string | null
      readonly symbol: string | null
      readonly isNew: boolean
      readonly isForced: boolean
    }
  | { readonly kind: 'account'; readonly cause: string }
  | { readonly kind: 'config'; readonly symbol: string; readonly highest: string }
  | { readonly kind: 'key_expired' }
  | { readonly kind: 'none' }

const NONE: PrivateMessage = { kind: 'none' }
/** Both names of the same event are in BingX API docs, “Order update push”, and in recordings. */
const ORDER_EVENTS: ReadonlySet<string> = new Set(['TRADE_UPDATE', 'ORDER_TRADE_UPDATE'])
const ID = /^[1-9]\d{0,19}$/
const WORDS = /^[A-Za-z0-9_-]{1,40}$/

/** The fields that are read, of whatever type they turn out to be; all others are ignored. */
type Field = 'e' | 'o' | 'a' | 'ac' | 'x' | 'X' | 'z' | 'c' | 'i' | 's' | 'm' | 'l' | 'S'
type Payload = { readonly [name in Field]?: unknown }

export function readPrivateMessage(message: unknown): PrivateMessage {
  if (!isPayload(message)) return NONE
  const event = message.e
  if (typeof event !== 'string') return NONE
  if (ORDER_EVENTS.has(event)) return isPayload(message.o) ? readOrderEvent(message.o) : NONE
  if (event === 'ACCOUNT_UPDATE') return readAccountEvent(message.a)
  if (event === 'ACCOUNT_CONFIG_UPDATE') return readConfigEvent(message.ac)
  return event === 'listenKeyExpired' ? { kind: 'key_expired' } : NONE
}

function readOrderEvent(order: Payload): PrivateMessage {
  const execution = wordsOf(order.x)
  const filled = order.z
  return {
    kind: 'order',
    clientOrderId: wordsOf(order.c)?.toLowerCase() ?? null,
    venueOrderId: typeof order.i === 'string' && ID.test(order.i) ? order.i : null,
    symbol: wordsOf(order.s),
    isNew: execution === 'NEW' && wordsOf(order.X) === 'NEW' && typeof filled === 'string' && /^0?(\.0*)?$/.test(filled),
    // Liquidation and automatic deleveraging: nobody asked for it, and the position moves.
    isForced: execution === 'CALCULATED' || wordsOf(order.o) === 'LIQUIDATION',
  }
}

function readAccountEvent(account: unknown): PrivateMessage {
  return { kind: 'account', cause: isPayload(account) ? (wordsOf(account.m) ?? '') : '' }
}

function readConfigEvent(config: unknown): PrivateMessage {
  if (!isPayload(config)) return NONE
  const [symbol, long, short] = [wordsOf(config.s), config.l, config.S]
  if (symbol === null || !isCount(long) || !isCount(short)) return NONE
  return { kind: 'config', symbol, highest: Number(long) > Number(short) ? long : short }
}

function isCount(value: unknown): value is string {
  return typeof value === 'string' && /^\d{1,4}$/.test(value)
}

function wordsOf(value: unknown): string | null {
  return typeof value === 'string' && WORDS.test(value) ? value : null
}

function isPayload(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
