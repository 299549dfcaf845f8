// Small recordings made by hand, in the raw format of a Binance spot capture, for what no real one happens to contain.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { SECOND_US, temporaryFolder } from './harness.ts'

export const RECORDED_FROM_US = 1_760_000_000_000_000

/** Seconds since the start of the recording. */
type Second = number

export class Recording {
  readonly #lines: string[] = []
  #id = 1_000

  /** Best bid and ask, with 1,000 on each side. */
  touch(at: Second, bid: string, ask: string, size = '1000.0'): this {
    this.#id += 1
    return this.#frame(at, 'bookTicker', { u: this.#id, s: 'XRPUSDT', b: bid, B: size, a: ask, A: size })
  }

  trade(at: Second, aggressor: 'buy' | 'sell', price: string, size: string): this {
    this.#id += 1
    const ms = Math.floor(stampOf(at) / 1000)
    return this.#frame(at, 'trade', {
      e: 'trade',
      E: ms,
      s: 'XRPUSDT',
      t: this.#id,
      p: price,
      q: size,
      T: ms,
      m: aggressor === 'sell',
      M: true,
    })
  }

  /** A line as it stands. */
  raw(line: string): this {
    this.#lines.push(line)
    return this
  }

  /** The touch stays as it is, and says so ten times a second. */
  calm(from: Second, until: Second, bid: string, ask: string): this {
    for (let tenth = Math.round(from * 10); tenth < until * 10; tenth += 1) this.touch(tenth / 10, bid, ask)
    return this
  }

  get text(): string {
    return this.#lines.map((line) => `${line}\n`).join('')
  }

  /** Writes it to a new folder; `shape` may spoil the bytes. */
  write(shape: (gzip: Buffer) => Buffer = (gzip) => gzip): string {
    const path = join(temporaryFolder(), 'made.jsonl.gz')
    writeFileSync(path, shape(gzipSync(this.text)))
    return path
  }

  #frame(at: Second, stream: string, data: object): this {
    return this.raw(`${stampOf(at)} ${JSON.stringify({ stream: `xrpusdt@${stream}`, data })}`)
  }
}

export function stampOf(at: Second): number {
  return RECORDED_FROM_US + Math.round(at * SECOND_US)
}

/** What such a recording trades, as a config says it. */
export const XRP_CONFIG = {
  instrument: { symbol: 'XRP/USDT', kind: 'spot', base: 'XRP', quote: 'USDT', tick_size: '0.0001', lot_size: '0.1', min_notional: 1 },
  paper: { balances: { XRP: 5000, USDT: 10000 } },
}
