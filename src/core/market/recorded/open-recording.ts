// Opens a recording: refuses what is none before a session trades on it, and finds out its instrument and its start.

import { type FileHandle, open } from 'node:fs/promises'

import { DitaError, EXIT, troubleOf } from '../../errors.ts'
import type { Instrument } from '../../kernel/instrument.ts'
import { InstrumentEvidence, venueSymbolOf } from '../infer-instrument.ts'
import { type Breakage, GzipLines } from './gzip-lines.ts'
import { LineFault, type MarketMessage, readMessage, readStamp } from './message.ts'
import { RecordedFeed } from './recorded-feed.ts'

/** How far is read before the session starts: at most so many lines. */
const PREFIX_LINES = 20_000
/** Enough messages of one symbol to know its steps. */
const EVIDENCE_MESSAGES = 5_000
/** Enough messages to see whether others share the recording, where nothing has to be inferred. */
const NEIGHBOUR_MESSAGES = 200
/** Enough snapshots that name no symbol to learn from. */
const MOST_NAMELESS = 10

/**
 * A feed that plays the recording at `path`; with no instrument given it is inferred from the recording.
 * @throws DitaError FEED_MISSING, FEED_NOT_A_FILE, FEED_UNREADABLE, FEED_EMPTY, FEED_NOT_GZIP, FEED_NO_RECORDING or
 * FEED_OTHER_INSTRUMENT (exit 7); FEED_INSTRUMENT_UNKNOWN (exit 4)
 */
export async function openRecording(path: string, instrument: Instrument | null): Promise<RecordedFeed> {
  await checkGzip(path)
  const wanted = instrument === null ? null : venueSymbolOf(instrument)
  const prefix = await readPrefix(path, wanted)
  if (!prefix.hasMessages) throw noRecording(path, prefix.breakage)
  const [firstSymbol] = prefix.symbols
  const venueSymbol = wanted ?? firstSymbol
  if (venueSymbol === undefined) throw instrumentUnknown(path, 'names no instrument')
  const isMixed = prefix.symbols.size > (prefix.symbols.has(venueSymbol) ? 1 : 0)
  const startTimeUs = isMixed ? prefix.firstNamedTimeUs : prefix.firstTimeUs
  if (instrument !== null) {
    if (startTimeUs === null) throw otherInstrument(path, instrument, prefix.symbols)
    return new RecordedFeed({ path, instrument, instrumentOrigin: 'config', venueSymbol, startTimeUs, isMixed })
  }
  // Whose a snapshot without a symbol is can be told only where there is nobody else.
  if (!isMixed) for (const message of prefix.nameless) prefix.evidence.add(message)
  const inferred = prefix.evidence.instrument(venueSymbol)
  if (inferred === null || startTimeUs === null)
    throw instrumentUnknown(path, `trades ${JSON.stringify(venueSymbol)}, whose base and quote asset cannot be told apart`)
  return new RecordedFeed({ path, instrument: inferred, instrumentOrigin: 'inferred', venueSymbol, startTimeUs, isMixed })
}

interface Prefix {
  /** Of the first message that the session would see, where the recording has one instrument only. */
  firstTimeUs: number | null
  /** Of the first one that names its symbol. */
  firstNamedTimeUs: number | null
  hasMessages: boolean
  /** In the order they were first seen. */
  readonly symbols: Set<string>
  readonly nameless: MarketMessage[]
  readonly evidence: InstrumentEvidence
  breakage: Breakage | null
}

async function readPrefix(path: string, wanted: string | null): Promise<Prefix> {
  const prefix: Prefix = {
    ...{ firstTimeUs: null, firstNamedTimeUs: null, hasMessages: false, symbols: new Set<string>(), nameless: [] },
    ...{ evidence: new InstrumentEvidence(), breakage: null },
  }
  const recording = new GzipLines(path)
  let linesLeft = PREFIX_LINES
  let messagesLeft = wanted === null ? EVIDENCE_MESSAGES : NEIGHBOUR_MESSAGES
  for await (const { lines } of recording.batches()) {
    for (const line of lines) {
      const message = line === null ? null : tryRead(line)
      if (message === null) continue
      const isKept = note(prefix, message, wanted)
      if (isKept || (wanted !== null && prefix.firstTimeUs !== null)) messagesLeft -= 1
      if (messagesLeft <= 0) return prefix
    }
    linesLeft -= lines.length
    if (linesLeft <= 0) return prefix
  }
  prefix.breakage = recording.breakage
  return prefix
}

/** Learns from one message; true where it may be one that the session would see. */
function note(prefix: Prefix, message: MarketMessage & { readonly stampUs: number }, wanted: string | null): boolean {
  prefix.hasMessages = true
  if (message.symbol === null) {
    prefix.firstTimeUs ??= message.stampUs
    if (prefix.nameless.length < MOST_NAMELESS) prefix.nameless.push(message)
    return true
  }
  prefix.symbols.add(message.symbol)
  const [firstSymbol] = prefix.symbols
  if (message.symbol !== (wanted ?? firstSymbol)) return false
  prefix.firstTimeUs ??= message.stampUs
  prefix.firstNamedTimeUs ??= message.stampUs
  if (wanted === null) prefix.evidence.add(message)
  return true
}

/** A market message with its stamp; null for any other line, which is for the replay to count and report. */
function tryRead(line: string): (MarketMessage & { readonly stampUs: number }) | null {
  try {
    const { stampUs, jsonAt } = readStamp(line)
    const message = readMessage(line.slice(jsonAt), stampUs)
    return message.kind === 'other' ? null : { ...message, stampUs }
  } catch (error) {
    if (error instanceof LineFault) return null
    throw error
  }
}

async function checkGzip(path: string): Promise<void> {
  const file = await openFile(path)
  try {
    const stats = await file.stat()
    if (!stats.isFile()) {
      throw refusal('FEED_NOT_A_FILE', {
        message: `${path} is a ${stats.isDirectory() ? 'folder' : 'device or pipe'}, not a recording.`,
        next: 'Give the path of one gzip file with --feed, or --feed simulated for a generated market.',
      })
    }
    if (stats.size === 0) {
      throw refusal('FEED_EMPTY', {
        message: `The recording ${path} is empty.`,
        next: 'Record it again, or give another file with --feed.',
      })
    }
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2)
    if (bytesRead < 2 || buffer[0] !== 0x1f || buffer[1] !== 0x8b) {
      throw refusal('FEED_NOT_GZIP', {
        message: `The recording ${path} is not gzip-compressed.`,
        next: `If it is plain text, compress it first, \`gzip -k ${path}\`, and give the file that this makes.`,
      })
    }
  } finally {
    await file.close()
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw refusal('FEED_MISSING', {
        message: `There is no recording at ${path}.`,
        next: 'Check the path after --feed, or use --feed simulated for a generated market.',
        cause: error,
      })
    }
    throw refusal('FEED_UNREADABLE', {
      message: `The recording ${path} cannot be read: ${troubleOf(error)}.`,
      next: 'Check its rights and its disk, or give another file with --feed.',
      cause: error,
    })
  }
}

function noRecording(path: string, breakage: Breakage | null): DitaError {
  const why =
    breakage === null ? 'not one of its lines is a market message' : `it breaks before the first market message (${breakage.detail})`
  return refusal('FEED_NO_RECORDING', {
    message: `${path} is gzip, but ${why}.`,
    next: 'A recording has one message a line: the local time stamp, a space, and the JSON as the venue sent it.',
  })
}

function otherInstrument(path: string, instrument: Instrument, symbols: ReadonlySet<string>): DitaError {
  const found = [...symbols].slice(0, 5).map((symbol) => JSON.stringify(symbol.slice(0, 60)))
  return refusal('FEED_OTHER_INSTRUMENT', {
    message: `The recording ${path} does not carry ${instrument.symbol}, but ${found.join(', ') || 'no instrument at all'}.`,
    next: 'Correct `instrument` in the config, or leave it out to have it inferred from the recording.',
  })
}

function instrumentUnknown(path: string, why: string): DitaError {
  return new DitaError('FEED_INSTRUMENT_UNKNOWN', {
    fault: 'user',
    exitCode: EXIT.config,
    message: `The recording ${path} ${why}.`,
    next: 'Describe it in the config under `instrument`: symbol, tick size, lot size and the rest.',
  })
}

function refusal(code: string, what: { readonly message: string; readonly next: string; readonly cause?: unknown }): DitaError {
  return new DitaError(code, { fault: 'user', exitCode: EXIT.unreachable, ...what })
}
