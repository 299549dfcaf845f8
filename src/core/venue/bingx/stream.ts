// One WebSocket to BingX, made again whenever it is lost: frames unpacked, heart-beats answered, silence noticed. At most one
// socket at a time. It knows frames, not what they mean.

import { gunzipSync } from 'node:zlib'
import { WebSocket } from 'ws'
import { messageOf } from '../../errors.ts'
import { JsonFault, parseLossless } from './lossless-json.ts'
import type { BingxClock, BingxTuning } from './options.ts'

export interface StreamOptions {
  /** Where to connect, asked anew each time; throws where it cannot be said now. */
  readonly addressOf: (signal: AbortSignal) => Promise<string>
  readonly clock: BingxClock
  readonly random: () => number
  readonly tuning: BingxTuning
  readonly onOpen: (send: (message: unknown) => void) => void
  readonly onMessage: (message: unknown) => void
  /** Something may have been missed: the stream was lost, or a frame could not be read. */
  readonly onGap: (why: string) => void
}

/** So many unreadable frames in a row, and the socket is not worth keeping. */
const MOST_BAD_FRAMES = 5
/** A socket that lived so long was a good one: the next pause is short again. */
const GOOD_LIFE_US = 60_000_000
const HEARTBEAT = 'Ping'

export class Stream {
  readonly #options: StreamOptions
  readonly #closing = new AbortController()
  #socket: WebSocket | null = null
  #running: Promise<void> | null = null
  #isOpen = false
  #lastFrameUs = 0
  #badFrames = 0

  constructor(options: StreamOptions) {
    this.#options = options
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Begins to connect, and goes on until it is closed. */
  start(): void {
    this.#running ??= this.#run()
  }

  /** Lets the socket go and makes another. */
  renew(): void {
    this.#socket?.terminate()
  }

  async close(): Promise<void> {
    this.#closing.abort()
    this.#socket?.terminate()
    await this.#running
  }

  async #run(): Promise<void> {
    const { clock, addressOf, onGap } = this.#options
    const { signal } = this.#closing
    for (let drops = 0; !signal.aborted; drops += 1) {
      const startedUs = clock.nowUs()
      let why: string
      try {
        const address = await addressOf(signal)
        if (signal.aborted) return
        why = await this.#live(address)
      } catch (error) {
        why = messageOf(error)
      }
      if (signal.aborted) return
      onGap(why)
      if (clock.nowUs() - startedUs > GOOD_LIFE_US) drops = 0
      await clock.sleep(this.#pauseMs(drops), signal)
    }
  }

  /** Spread, so that many clients do not come back at the same instant. */
  #pauseMs(drops: number): number {
    const { streamPauseMs, longestStreamPauseMs } = this.#options.tuning
    const pauseMs = Math.min(streamPauseMs * 2 ** Math.min(drops, 10), longestStreamPauseMs)
    return pauseMs * (0.5 + this.#options.random() / 2)
  }

  /** Resolves with the reason once the socket is gone. */
  async #live(address: string): Promise<string> {
    const { tuning, clock, onOpen } = this.#options
    const socket = new WebSocket(address, {
      perMessageDeflate: false,
      followRedirects: false,
      handshakeTimeout: tuning.callTimeoutMs,
      maxPayload: tuning.longestFrameBytes,
    })
    this.#socket = socket
    this.#lastFrameUs = clock.nowUs()
    this.#badFrames = 0
    const gone = new AbortController()
    let why = 'the connection was closed'
    const { promise, resolve } = Promise.withResolvers<void>()
    socket.on('open', () => {
      this.#isOpen = true
      this.#lastFrameUs = clock.nowUs()
      onOpen((message) => socket.send(JSON.stringify(message), { binary: false }))
    })
    socket.on('message', (data: Buffer, isBinary: boolean) => this.#read(socket, data, isBinary))
    // The text may quote what the other side sent; an address with a key in it never stands there.
    socket.on('error', (error) => {
      why = 'code' in error && typeof error.code === 'string' ? error.code : 'the connection failed'
    })
    socket.on('close', () => resolve())
    const watching = this.#watch(socket, gone.signal, () => {
      why = 'it was silent for too long'
    })
    await promise
    this.#isOpen = false
    this.#socket = null
    gone.abort()
    await watching
    return why
  }

  /** A socket may stay open and say nothing more: then it is dead. */
  async #watch(socket: WebSocket, signal: AbortSignal, onSilence: () => void): Promise<void> {
    const { clock, tuning } = this.#options
    while (!signal.aborted) {
      const leftMs = tuning.streamSilenceMs - (clock.nowUs() - this.#lastFrameUs) / 1_000
      if (leftMs <= 0) {
        onSilence()
        socket.terminate()
        return
      }
      await clock.sleep(Math.ceil(leftMs), signal)
    }
  }

  #read(socket: WebSocket, data: Buffer, isBinary: boolean): void {
    const { clock, tuning, onMessage, onGap } = this.#options
    if (socket !== this.#socket) return
    this.#lastFrameUs = clock.nowUs()
    let message: unknown
    try {
      const text = (isBinary && isGzip(data) ? gunzipSync(data, { maxOutputLength: tuning.longestFrameBytes }) : data).toString('utf8')
      if (text === HEARTBEAT) {
        socket.send('Pong', { binary: false })
        return
      }
      message = parseLossless(text)
      this.#badFrames = 0
    } catch (error) {
      if (!(error instanceof JsonFault) && !isInflateFault(error)) throw error
      this.#badFrames += 1
      if (this.#badFrames >= MOST_BAD_FRAMES) socket.terminate()
      else onGap('a frame could not be read')
      return
    }
    onMessage(message)
  }
}

function isGzip(data: Buffer): boolean {
  return data[0] === 0x1f && data[1] === 0x8b
}

/** Damaged, cut, or larger than it may get: zlib says so with a code of its own. */
function isInflateFault(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^(Z_|ERR_BUFFER_TOO_LARGE)/.test(error.code)
}
