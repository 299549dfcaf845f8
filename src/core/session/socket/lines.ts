// From the bytes of a stream to its lines, each with a limit on its length. Keeps at most one unfinished line.

import { NotAsAgreed } from './shape.ts'

const LINE_FEED = 0x0a

export class LineReader {
  readonly #longestBytes: number
  readonly #decoder = new TextDecoder('utf-8', { fatal: true })
  #parts: Uint8Array[] = []
  #bytes = 0

  constructor(longestBytes: number) {
    this.#longestBytes = longestBytes
  }

  /**
   * Gives the lines that the chunk completes, one after the other.
   * @throws NotAsAgreed where a line is too long or no UTF-8; nothing may be pushed after that
   */
  *push(chunk: Uint8Array): Generator<string> {
    let start = 0
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      this.#keep(chunk.subarray(start, end))
      start = end + 1
      const line = this.#take()
      if (line !== '') yield line
    }
    this.#keep(chunk.subarray(start))
  }

  #keep(part: Uint8Array): void {
    if (part.length === 0) return
    this.#bytes += part.length
    if (this.#bytes > this.#longestBytes) throw new NotAsAgreed(`a line is longer than ${this.#longestBytes} bytes`)
    this.#parts.push(part)
  }

  #take(): string {
    const whole = Buffer.concat(this.#parts)
    this.#parts = []
    this.#bytes = 0
    try {
      return this.#decoder.decode(whole)
    } catch (cause) {
      throw new NotAsAgreed('a line is no UTF-8', { cause })
    }
  }
}
