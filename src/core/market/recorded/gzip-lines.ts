// Reads the lines of a gzip file as a stream. It owns the file and the inflater; it never looks into a line.

import { type FileHandle, open } from 'node:fs/promises'
import { createGunzip, type Gunzip } from 'node:zlib'

import { messageOf } from '../../errors.ts'

const READ_BYTES = 32 * 1024
const INFLATED_BYTES = 64 * 1024
const NEWLINE = 10
export const LONGEST_LINE_BYTES = 16 * 1024 * 1024

interface LineBatch {
  /** Number of the first line of the batch; lines of a file are numbered from 1. */
  readonly firstLine: number
  /** Null where a line was longer than the limit and was left out. */
  readonly lines: readonly (string | null)[]
}

/** How a file ended early: cut off, damaged, or no longer readable. */
export interface Breakage {
  readonly kind: 'cut' | 'damaged' | 'unreadable'
  readonly detail: string
}

/**
 * The lines of one gzip file, of one or several members, in constant memory. Where the file breaks, every whole line
 * before the break has been given and `breakage` says what is wrong; of damaged data the last 64 KiB before the damage
 * may be missing, because they cannot be told from it.
 */
export class GzipLines {
  readonly #path: string
  readonly #longestLine: number
  #breakage: Breakage | null = null

  constructor(path: string, longestLineBytes = LONGEST_LINE_BYTES) {
    this.#path = path
    this.#longestLine = longestLineBytes
  }

  /** Known once `batches` has ended; null for a file that ended well. */
  get breakage(): Breakage | null {
    return this.#breakage
  }

  async *batches(): AsyncGenerator<LineBatch> {
    const file = await open(this.#path, 'r')
    const inflater = new Inflater(file)
    const splitter = new LineSplitter(this.#longestLine)
    // The next piece of the file is inflated by the thread pool while the lines of this one are read.
    let next = inflater.pull()
    try {
      for (let pieces = await next; pieces !== null; pieces = await next) {
        next = inflater.pull()
        for (const piece of pieces) {
          const batch = splitter.push(piece)
          if (batch !== null) yield batch
        }
      }
      this.#breakage = inflater.breakage
      // A last line without its newline is whole where the file is, and half a line where it is not.
      const last = this.#breakage === null ? splitter.finish() : null
      if (last !== null) yield last
    } finally {
      await next
      inflater.close()
      await file.close()
    }
  }
}

/** Feeds the inflater one piece of the file at a time, so that all it gave is in hand before a break can be met. */
class Inflater {
  readonly #file: FileHandle
  readonly #gunzip: Gunzip
  readonly #input = Buffer.allocUnsafe(READ_BYTES)
  #output: Buffer[] = []
  #ended = false
  breakage: Breakage | null = null

  constructor(file: FileHandle) {
    this.#file = file
    this.#gunzip = createGunzip({ chunkSize: INFLATED_BYTES })
    this.#gunzip.on('data', (piece: Buffer) => this.#output.push(piece))
    this.#gunzip.on('error', (error: NodeJS.ErrnoException) => {
      this.breakage = { kind: error.code === 'Z_BUF_ERROR' ? 'cut' : 'damaged', detail: error.message }
    })
  }

  /** What the next piece of the file holds, perhaps nothing yet; null after its end. Never rejects. */
  async pull(): Promise<Buffer[] | null> {
    if (this.#ended) return null
    let length = 0
    try {
      length = (await this.#file.read(this.#input, 0, READ_BYTES)).bytesRead
    } catch (error) {
      this.breakage = { kind: 'unreadable', detail: messageOf(error) }
    }
    if (length > 0) await this.#settled((done) => this.#gunzip.write(this.#input.subarray(0, length), done))
    else if (this.breakage === null) await this.#settled(() => this.#gunzip.end())
    this.#ended = length === 0 || this.breakage !== null
    const output = this.#output
    this.#output = []
    return output
  }

  /** After an error the stream never calls back, and only its closing tells whether the end was a good one. */
  #settled(start: (done: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      const settle = (): void => {
        this.#gunzip.off('close', settle)
        resolve()
      }
      this.#gunzip.once('close', settle)
      start(settle)
    })
  }

  close(): void {
    this.#gunzip.destroy()
  }
}

/** Cuts bytes into lines at the newlines, so that no character is ever split. */
class LineSplitter {
  readonly #longestLine: number
  /** The beginning of a line whose newline has not come yet. */
  #begun: Buffer[] = []
  #begunBytes = 0
  #lineNumber = 1

  constructor(longestLineBytes: number) {
    this.#longestLine = longestLineBytes
  }

  push(piece: Buffer): LineBatch | null {
    const firstEnd = piece.indexOf(NEWLINE)
    if (firstEnd < 0) {
      this.#begin(piece)
      return null
    }
    const lines: (string | null)[] = [this.#endLine(piece.subarray(0, firstEnd))]
    const lastEnd = piece.lastIndexOf(NEWLINE)
    // An inflated piece is far below the limit, so lines that lie whole inside it need no check.
    if (lastEnd > firstEnd) for (const line of piece.toString('utf8', firstEnd + 1, lastEnd).split('\n')) lines.push(line)
    if (lastEnd + 1 < piece.length) this.#begin(piece.subarray(lastEnd + 1))
    return this.#batch(lines)
  }

  finish(): LineBatch | null {
    return this.#begunBytes === 0 ? null : this.#batch([this.#endLine(Buffer.alloc(0))])
  }

  #batch(lines: readonly (string | null)[]): LineBatch {
    const firstLine = this.#lineNumber
    this.#lineNumber += lines.length
    return { firstLine, lines }
  }

  #begin(part: Buffer): void {
    this.#begunBytes += part.length
    if (this.#begunBytes > this.#longestLine) this.#begun = []
    else this.#begun.push(part)
  }

  #endLine(part: Buffer): string | null {
    this.#begin(part)
    const line = this.#begunBytes > this.#longestLine ? null : Buffer.concat(this.#begun).toString('utf8')
    this.#begun = []
    this.#begunBytes = 0
    return line
  }
}
