// The truth log of a rehearsed exchange: every order, fill, payment, cancel and query it ever saw, as JSON lines in a private file,
// on the disk before anybody hears of them. Owns the file and its words; it never matches and never answers.

import { closeSync, fchmodSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, readSync, writeSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DitaError, EXIT, messageOf, troubleOf } from '../errors.ts'
import { add, type Decimal, neg, parseDecimal, ZERO } from '../kernel/decimal.ts'
import { accountOf } from './truth-account.ts'
import type { TruthEntry, TruthFill, TruthFunding, TruthOrderTerms, TruthRecord } from './truth-records.ts'

const KINDS: Readonly<Record<TruthEntry['kind'], true>> = {
  opened: true,
  restarted: true,
  stopped: true,
  order_accepted: true,
  order_refused: true,
  fill: true,
  order_closed: true,
  funding: true,
  cancel: true,
  query: true,
  leverage: true,
  cancel_all_after: true,
  fault: true,
  control: true,
}

const FILE_MODE = 0o600

export class TruthLog {
  readonly path: string
  #fd: number | null
  #seq: number

  private constructor(path: string, fd: number, seq: number) {
    this.path = path
    this.#fd = fd
    this.#seq = seq
  }

  /**
   * Opens or makes the file and reads what it holds; a torn last line is cut off, because nobody was ever told of it.
   * @throws DitaError TRUTH_UNUSABLE, TRUTH_DAMAGED
   */
  static open(path: string): { readonly log: TruthLog; readonly records: readonly TruthRecord[]; readonly tornBytes: number } {
    const fd = openPrivate(path)
    try {
      const { records, wholeBytes, tornBytes } = parseTruth(readAll(fd), path)
      if (tornBytes > 0) {
        ftruncateSync(fd, wholeBytes)
        fsyncSync(fd)
      }
      return { log: new TruthLog(path, fd, records.length), records, tornBytes }
    } catch (error) {
      closeSync(fd)
      throw error
    }
  }

  /** On the disk when it returns, all of them in one write. @throws DitaError TRUTH_UNUSABLE: then the exchange must stop */
  append(entries: readonly TruthEntry[], timeUs: number): TruthRecord[] {
    if (this.#fd === null) throw unusable(this.path, 'it was closed')
    const records = entries.map((entry, index) => ({ seq: this.#seq + index + 1, timeUs, ...entry }))
    const bytes = Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(''))
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(this.#fd, bytes, written)
      fsyncSync(this.#fd)
    } catch (error) {
      // What is on the disk now nobody knows: after half a line no other may follow.
      this.close()
      throw unusable(this.path, messageOf(error), error)
    }
    this.#seq += records.length
    return records
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd)
    this.#fd = null
  }
}

/**
 * What a truth log holds; a torn last line is left out.
 * @throws DitaError TRUTH_UNUSABLE, TRUTH_DAMAGED
 */
export function readTruth(path: string): TruthRecord[] {
  try {
    return [...parseTruth(readFileSync(path), path).records]
  } catch (error) {
    throw error instanceof DitaError ? error : unusable(path, troubleOf(error), error)
  }
}

/** What the log proves, added up on its own: the oracle of tests and of the crash sweep. */
export interface TruthAudit {
  /** How many orders the exchange ever accepted under each client order id that was given. */
  readonly ordersByClientId: ReadonlyMap<string, number>
  /** The client order ids with more than one: must be empty. */
  readonly doubled: readonly string[]
  readonly orders: ReadonlyMap<string, TruthOrder>
  readonly fills: readonly TruthFill[]
  readonly fundings: readonly TruthFunding[]
  /** Signed: above zero long. */
  readonly position: Decimal
  /** What is in the wallet, before open profit and loss. */
  readonly balance: Decimal
}

export interface TruthOrder extends TruthOrderTerms {
  readonly orderId: string
  readonly filledQuantity: Decimal
  readonly status: 'open' | 'filled' | 'canceled' | 'expired'
}

/** Sums up the records of one log, from its first line. */
export function auditTruth(records: readonly TruthRecord[]): TruthAudit {
  const ordersByClientId = new Map<string, number>()
  const orders = new Map<string, TruthOrder>()
  const fills: TruthFill[] = []
  const fundings: TruthFunding[] = []
  const opening = records.find((record) => record.kind === 'opened')
  const account = opening === undefined ? null : accountOf(opening)
  let position: Decimal = ZERO
  for (const record of records) {
    if (record.kind === 'order_accepted') {
      const { clientOrderId, orderId } = record
      if (clientOrderId !== '') ordersByClientId.set(clientOrderId, (ordersByClientId.get(clientOrderId) ?? 0) + 1)
      orders.set(orderId, { ...record, filledQuantity: ZERO, status: 'open' })
    } else if (record.kind === 'order_closed') {
      const order = orders.get(record.orderId)
      if (order !== undefined) orders.set(record.orderId, { ...order, status: record.outcome })
    } else if (record.kind === 'funding') {
      fundings.push(record)
      account?.deposit(opening?.instrument.settle ?? '', parseDecimal(record.amount))
    } else if (record.kind === 'fill') {
      const quantity = parseDecimal(record.quantity)
      fills.push(record)
      position = add(position, record.side === 'buy' ? quantity : neg(quantity))
      account?.settle(record.side, parseDecimal(record.price), quantity, parseDecimal(record.fee))
      const order = orders.get(record.orderId)
      if (order === undefined) continue
      const filledQuantity = add(order.filledQuantity, quantity)
      const isWhole = filledQuantity === parseDecimal(order.quantity)
      orders.set(record.orderId, { ...order, filledQuantity, status: isWhole ? 'filled' : order.status })
    }
  }
  const doubled = [...ordersByClientId].filter(([, count]) => count > 1).map(([clientOrderId]) => clientOrderId)
  const balance = account?.total(opening?.instrument.settle ?? '') ?? ZERO
  return { ordersByClientId, doubled, orders, fills, fundings, position, balance }
}

/** How the first line of every truth log begins. */
const FIRST = '{"seq":1,'

const isBeginning = (text: string): boolean => FIRST.startsWith(text) || text.startsWith(FIRST)

function parseTruth(bytes: Buffer, path: string): { records: TruthRecord[]; wholeBytes: number; tornBytes: number } {
  const records: TruthRecord[] = []
  let from = 0
  for (let end = bytes.indexOf(10, from); end >= 0; end = bytes.indexOf(10, from)) {
    const record = parseLine(bytes.toString('utf8', from, end))
    const isLast = end === bytes.length - 1
    if (record === null && isLast) break
    if (record === null || record.seq !== records.length + 1) throw damaged(path, records.length + 1)
    records.push(record)
    from = end + 1
  }
  // A torn line is cut off, but a file that was never a truth log is somebody's own.
  if (records.length === 0 && !isBeginning(bytes.toString('utf8', 0, FIRST.length))) throw damaged(path, 1)
  return { records, wholeBytes: from, tornBytes: bytes.length - from }
}

function parseLine(line: string): TruthRecord | null {
  try {
    const record: unknown = JSON.parse(line)
    if (typeof record !== 'object' || record === null || !('kind' in record) || typeof record.kind !== 'string') return null
    return Object.hasOwn(KINDS, record.kind) ? (record as TruthRecord) : null
  } catch {
    return null
  }
}

function openPrivate(path: string): number {
  try {
    const fd = openSync(path, 'a+', FILE_MODE)
    // The umask may have taken rights away from a new file, and an old one may have too many.
    fchmodSync(fd, FILE_MODE)
    // The name itself has to survive a power cut as well.
    const folder = openSync(dirname(path), 'r')
    try {
      fsyncSync(folder)
    } finally {
      closeSync(folder)
    }
    return fd
  } catch (error) {
    throw misplaced(path, error) ?? unusable(path, troubleOf(error), error)
  }
}

/** A path that can be no file of the caller's: he gave it, and has to give another. Undefined for what is the machine's trouble. */
function misplaced(path: string, cause: unknown): DitaError | undefined {
  const folder = dirname(resolve(path))
  const why: Readonly<Record<string, readonly [what: string, next: string]>> = {
    ENOENT: [`there is no folder ${folder}`, `Make it with \`mkdir -p ${folder}\`, or give another file with --truth.`],
    ENOTDIR: [`${folder} is no folder`, 'Give another file with --truth.'],
    EISDIR: ['it is a folder', 'Give a file in it with --truth.'],
    EACCES: ['you may not write there', 'Give a file that you may write with --truth.'],
  }
  const [what, next] = why[cause instanceof Error && 'code' in cause ? String(cause.code) : ''] ?? []
  if (what === undefined || next === undefined) return undefined
  const message = `The truth log ${path} cannot be used: ${what}.`
  return new DitaError('TRUTH_UNUSABLE', { fault: 'user', exitCode: EXIT.usage, message, next, cause })
}

function readAll(fd: number): Buffer {
  const bytes = Buffer.alloc(fstatSync(fd).size)
  let length = 0
  while (length < bytes.length) {
    const read = readSync(fd, bytes, length, bytes.length - length, length)
    if (read === 0) break
    length += read
  }
  return bytes.subarray(0, length)
}

function unusable(path: string, why: string, cause?: unknown): DitaError {
  return new DitaError('TRUTH_UNUSABLE', {
    fault: 'machine',
    exitCode: EXIT.defect,
    message: `The truth log ${path} cannot be used: ${why}.`,
    next: 'Give another file with --truth, or make room and rights for this one.',
    cause,
  })
}

function damaged(path: string, line: number): DitaError {
  return new DitaError('TRUTH_DAMAGED', {
    fault: 'machine',
    exitCode: EXIT.storeDamaged,
    message: `Line ${line} of the truth log ${path} is no record, and it is not the last one.`,
    next: 'Look at the line; an exchange starts anew with another file after --truth.',
  })
}
