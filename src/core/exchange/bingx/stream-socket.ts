// One WebSocket of the venue: gzip frames, a ping it must answer, a bound on what waits to be sent. Knows no topics.

import { gzipSync } from 'node:zlib'
import type { WebSocket } from 'ws'
import { type WireValue, writeWire } from './wire.ts'

/** Pings without an answer before the line is taken for dead. */
const MOST_UNANSWERED = 5
/** Who reads so slowly is let go. */
const MOST_WAITING_BYTES = 8 * 1024 * 1024

export class StreamSocket {
  readonly #socket: WebSocket
  readonly #onText: (text: string) => void
  #unanswered = 0
  #lastPingMs: number
  /** Open, and nothing is sent any more. */
  isSilent = false

  constructor(
    socket: WebSocket,
    options: { readonly nowMs: number; readonly onText: (text: string) => void; readonly onClose: () => void },
  ) {
    this.#socket = socket
    this.#onText = options.onText
    this.#lastPingMs = options.nowMs
    socket.on('message', (data) => this.#hear(String(data)))
    // A line that breaks is as good as one that was closed; 'close' follows.
    socket.on('error', () => socket.terminate())
    socket.on('close', options.onClose)
  }

  send(value: WireValue): void {
    this.sendText(writeWire(value))
  }

  /** Compressed, as every message of this venue is. */
  sendText(text: string): void {
    this.sendRaw(gzipSync(text))
  }

  /** A frame as it is: bytes as a binary one, text as a text one. */
  sendRaw(frame: Buffer | string): void {
    if (this.isSilent || this.#socket.readyState !== this.#socket.OPEN) return
    if (this.#socket.bufferedAmount > MOST_WAITING_BYTES) this.#socket.terminate()
    else this.#socket.send(frame, { binary: typeof frame !== 'string' })
  }

  /** Called often; pings when it is time. `elapsedMs` is a clock that is never put back. */
  tick(elapsedMs: number, pingMs: number): void {
    if (this.isSilent || elapsedMs - this.#lastPingMs < pingMs) return
    this.#lastPingMs = elapsedMs
    if (this.#unanswered >= MOST_UNANSWERED) {
      this.#socket.terminate()
      return
    }
    this.#unanswered += 1
    this.sendText('Ping')
  }

  /** Ends without a farewell. */
  drop(): void {
    this.#socket.terminate()
  }

  close(): void {
    this.#socket.close(1001)
  }

  #hear(text: string): void {
    if (text.trim() === 'Pong') this.#unanswered = 0
    else this.#onText(text)
  }
}
