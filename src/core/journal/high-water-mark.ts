// The high-water mark: how far a store had come, in a small file beside it, so that a store which lost its last commits
// is found out. It is written after each commit, so it is never ahead of a sound store. It holds no facts.

import { hash } from 'node:crypto'
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, statSync, writeSync } from 'node:fs'
import { ensurePrivateFile } from './private-files.ts'

export interface Mark {
  readonly commitId: number
  /** Hex, of the chain of commits. */
  readonly hash: string
  /** Whose commit it was, cut to 63 bytes, and the last sequence number in it: for messages. */
  readonly account: string
  readonly seq: number
}

const MAGIC = 'ditamark'
const CHECKED_BYTES = 120
const RECORD_BYTES = CHECKED_BYTES + 32
const ACCOUNT_AT = 57
const LONGEST_ACCOUNT = CHECKED_BYTES - ACCOUNT_AT
/** Two records are written in turn, each within its own disk sector: if one is torn, the one before it still stands. */
const SECTOR_BYTES = 512
const FILE_BYTES = 2 * SECTOR_BYTES

export class HighWaterMark {
  readonly #fd: number
  readonly #record = Buffer.alloc(RECORD_BYTES)
  #account = ''
  #open = true

  private constructor(fd: number) {
    this.#fd = fd
  }

  static open(path: string): HighWaterMark {
    ensurePrivateFile(path)
    const fd = openSync(path, 'r+')
    // The file has its full size from the start: writing a mark never needs room on a full disk.
    if (fstatSync(fd).size < FILE_BYTES) ftruncateSync(fd, FILE_BYTES)
    return new HighWaterMark(fd)
  }

  /** What a mark says, for who only reads; null where there is none. */
  static peek(path: string): Mark | null {
    if (statSync(path, { throwIfNoEntry: false }) === undefined) return null
    const fd = openSync(path, 'r')
    try {
      return furthestRecord(fd)
    } finally {
      closeSync(fd)
    }
  }

  /** The furthest whole record; null where there is none: a new file, or one that was overwritten. */
  read(): Mark | null {
    return furthestRecord(this.#fd)
  }

  write(mark: Mark): void {
    const record = this.#record
    record.write(MAGIC, 0, 'latin1')
    record.writeBigUInt64BE(BigInt(mark.commitId), 8)
    record.writeBigUInt64BE(BigInt(mark.seq), 16)
    record.write(mark.hash, 24, 'hex')
    if (mark.account !== this.#account) {
      record.fill(0, 56, CHECKED_BYTES)
      record[56] = record.write(mark.account, ACCOUNT_AT, LONGEST_ACCOUNT, 'utf8')
      this.#account = mark.account
    }
    record.write(checksumOf(record), CHECKED_BYTES, 'hex')
    const at = (mark.commitId % 2) * SECTOR_BYTES
    const written = writeSync(this.#fd, record, 0, RECORD_BYTES, at)
    if (written !== RECORD_BYTES) throw new Error(`only ${written} of ${RECORD_BYTES} bytes of the high-water mark were written`)
  }

  /** Makes the mark durable and lets go of the file. */
  close(): void {
    if (!this.#open) return
    this.#open = false
    try {
      fsyncSync(this.#fd)
    } finally {
      closeSync(this.#fd)
    }
  }
}

function furthestRecord(fd: number): Mark | null {
  const file = Buffer.alloc(FILE_BYTES)
  readSync(fd, file, 0, FILE_BYTES, 0)
  const first = parseRecord(file.subarray(0, RECORD_BYTES))
  const second = parseRecord(file.subarray(SECTOR_BYTES, SECTOR_BYTES + RECORD_BYTES))
  if (first === null || second === null) return first ?? second
  return first.commitId > second.commitId ? first : second
}

function checksumOf(record: Buffer): string {
  return hash('sha256', record.subarray(0, CHECKED_BYTES), 'hex')
}

function parseRecord(record: Buffer): Mark | null {
  if (record.toString('latin1', 0, MAGIC.length) !== MAGIC) return null
  if (record.toString('hex', CHECKED_BYTES) !== checksumOf(record)) return null
  return {
    commitId: Number(record.readBigUInt64BE(8)),
    seq: Number(record.readBigUInt64BE(16)),
    hash: record.toString('hex', 24, 56),
    account: record.toString('utf8', ACCOUNT_AT, ACCOUNT_AT + (record[56] as number)),
  }
}
