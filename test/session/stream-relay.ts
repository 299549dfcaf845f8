// A wire between a session and the streams of an exchange, on loopback: the market's part of it can fall silent, or be cut, while the
// account's goes on. It understands nothing of what it carries.

import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

interface Carried {
  readonly near: Socket
  readonly far: Socket
}

export class StreamRelay {
  /** Of the market. */
  readonly #carried = new Set<Carried>()
  readonly #all = new Set<Socket>()
  readonly #server: Server
  readonly #port: number
  #isSilent = false

  private constructor(streamUrl: string) {
    this.#port = Number(new URL(streamUrl).port)
    this.#server = createServer((near) => this.#accept(near))
  }

  /** In front of the streams at that address; gone when the test is over. */
  static async open(streamUrl: string): Promise<StreamRelay> {
    const relay = new StreamRelay(streamUrl)
    await new Promise<void>((resolve) => relay.#server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => relay.#close())
    return relay
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/swap-market`
  }

  /** While it is silent nothing comes from the market, and nobody is told why. */
  silence(isSilent: boolean): void {
    this.#isSilent = isSilent
    for (const { far } of this.#carried) this.#hold(far)
  }

  /** All streams of the market end without a farewell. */
  cut(): void {
    for (const { near, far } of this.#carried) {
      near.destroy()
      far.destroy()
    }
  }

  #accept(near: Socket): void {
    const far = connect(this.#port, '127.0.0.1')
    const carried = { near, far }
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#all.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        this.#all.delete(socket)
        this.#carried.delete(carried)
        other.destroy()
      })
    }
    // The account's stream names its key where it begins.
    near.once('data', (head: Buffer) => {
      far.write(head)
      near.pipe(far)
      if (head.includes('listenKey=')) return
      this.#carried.add(carried)
      this.#hold(far)
    })
    far.on('data', (bytes: Buffer) => void near.write(bytes))
  }

  #hold(far: Socket): void {
    if (this.#isSilent) far.pause()
    else far.resume()
  }

  async #close(): Promise<void> {
    for (const socket of this.#all) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
