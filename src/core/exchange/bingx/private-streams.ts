// The streams of the account: every event to every one of them, unless a fault of the plan has it otherwise. It sends; it
// knows no orders and no money.

import type { WebSocket } from 'ws'
import { type FiredFault, numberOf, textOf } from '../fault-plan.ts'
import type { FaultEvent } from '../faults.ts'
import type { ListenKeys } from './listen-keys.ts'
import { StreamSocket } from './stream-socket.ts'
import { type WireObject, writeWire } from './wire.ts'

export interface PrivateStreamOptions {
  readonly listenKeys: ListenKeys
  readonly pingMs: number
  /** The faults that strike an event, already written down. */
  readonly strike: (event: FaultEvent, clientOrderId: string) => readonly FiredFault[]
  readonly later: (ms: number, action: () => void) => void
  /** What every stream is told at the start and every five seconds. */
  readonly configEvent: () => WireObject
  readonly nowMs: () => number
}

interface Connection {
  readonly key: string
  readonly socket: StreamSocket
}

interface Sending {
  text: string
  copies: number
  delayMs: number
  /** A frame in the place of the event. */
  frame: Buffer | string | null
  isDropped: boolean
}

const CONFIG_EVERY_MS = 5_000
const OVERSIZED_BYTES = 4 * 1024 * 1024
const MOST_HELD = 1_000

export class PrivateStreams {
  readonly #options: PrivateStreamOptions
  readonly #connections = new Set<Connection>()
  /** Events that wait to be overtaken. */
  #held: string[] = []
  #lastConfigMs = 0

  constructor(options: PrivateStreamOptions) {
    this.#options = options
  }

  get count(): number {
    return this.#connections.size
  }

  connect(webSocket: WebSocket, key: string, elapsedMs: number): void {
    const socket = new StreamSocket(webSocket, {
      nowMs: elapsedMs,
      // Nothing is to be said on this stream; what comes is ignored, as at the real venue.
      onText: () => undefined,
      onClose: () => this.#connections.delete(connection),
    })
    const connection: Connection = { key, socket }
    this.#connections.add(connection)
    socket.send(this.#options.configEvent())
  }

  publish(kind: FaultEvent, event: WireObject, clientOrderId: string): void {
    const sending: Sending = { text: writeWire(event), copies: 1, delayMs: 0, frame: null, isDropped: false }
    let isHeld = false
    for (const { fault, params } of this.#options.strike(kind, clientOrderId)) {
      if (fault === 'reorder_events') {
        isHeld = true
        this.#options.later(numberOf(params, 'ms'), () => this.#flush())
      } else if (fault === 'stream_drop' || fault === 'stream_silent') {
        sending.isDropped = true
        if (fault === 'stream_drop') this.drop()
        else this.silence()
      } else {
        Object.assign(sending, EVENT_FAULTS[fault as keyof typeof EVENT_FAULTS](sending, params, event))
      }
    }
    if (sending.isDropped) return
    if (isHeld && this.#held.length < MOST_HELD) this.#held.push(sending.text)
    else if (sending.delayMs > 0) this.#options.later(sending.delayMs, () => this.#send(sending))
    else {
      this.#send(sending)
      this.#flush()
    }
  }

  /** Called often: pings, configuration, keys that have run out. */
  tick(elapsedMs: number): void {
    for (const { socket } of this.#connections) socket.tick(elapsedMs, this.#options.pingMs)
    if (elapsedMs - this.#lastConfigMs >= CONFIG_EVERY_MS && this.#connections.size > 0) {
      this.#lastConfigMs = elapsedMs
      const event = this.#options.configEvent()
      for (const { socket } of this.#connections) socket.send(event)
    }
    this.expire(this.#options.listenKeys.takeExpired(this.#options.nowMs()))
  }

  /** Says once that a key has run out; then the socket stays open, and nothing comes any more. */
  expire(keys: readonly string[]): void {
    for (const key of keys) {
      for (const { key: held, socket } of this.#connections) {
        if (held !== key) continue
        socket.send({ e: 'listenKeyExpired', E: this.#options.nowMs(), listenKey: key })
        socket.isSilent = true
      }
    }
  }

  drop(): void {
    this.#held = []
    for (const { socket } of this.#connections) socket.drop()
  }

  silence(): void {
    for (const { socket } of this.#connections) socket.isSilent = true
  }

  close(): void {
    for (const { socket } of this.#connections) socket.close()
  }

  #send({ text, copies, frame }: Sending): void {
    for (const { socket } of this.#connections) {
      for (let copy = 0; copy < copies; copy += 1) {
        if (frame === null) socket.sendText(text)
        else socket.sendRaw(frame)
      }
    }
  }

  #flush(): void {
    const held = this.#held
    this.#held = []
    for (const text of held) for (const { socket } of this.#connections) socket.sendText(text)
  }
}

type Params = FiredFault['params']

/** What each fault changes of the sending of an event. */
const EVENT_FAULTS = {
  duplicate_event: (sending: Sending, params: Params) => ({ copies: sending.copies + numberOf(params, 'copies') }),
  drop_event: () => ({ isDropped: true }),
  delay_event: (sending: Sending, params: Params) => ({ delayMs: sending.delayMs + numberOf(params, 'ms') }),
  broken_frame: (sending: Sending, params: Params) => brokenFrame(sending.text, textOf(params, 'form')),
  zero_trade_time: (_sending: Sending, _params: Params, event: WireObject) => ({
    text: writeWire(withOrder({ ...event, T: 0 }, { T: 0 })),
  }),
  unknown_event_status: (_sending: Sending, params: Params, event: WireObject) => ({
    text: writeWire(withOrder(event, { X: textOf(params, 'status') })),
  }),
} as const

/** The event with other values in its order, where it has one. */
function withOrder(event: WireObject, values: WireObject): WireObject {
  const { o: order } = event
  return typeof order === 'object' && order !== null ? { ...event, o: { ...(order as WireObject), ...values } } : event
}

function brokenFrame(text: string, form: string): Partial<Sending> {
  if (form === 'text') return { frame: text }
  if (form === 'truncated_json') return { text: text.slice(0, Math.floor(text.length / 2)) }
  if (form === 'oversized') return { text: `{"e":"${'x'.repeat(OVERSIZED_BYTES)}"}` }
  return { frame: Buffer.from('1f8b0800deadbeef', 'hex') }
}
