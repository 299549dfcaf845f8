// A disk as a power cut leaves it: what a traced process asked of the files under one folder, and what of it is there if
// the current fails at any point. Knows files and folders, nothing of stores.

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export type DiskEvent =
  | { readonly kind: 'create' | 'makeFolder' | 'sync' | 'syncFolder' | 'unlink'; readonly path: string }
  | { readonly kind: 'write'; readonly path: string; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly path: string; readonly length: number }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string }
  | { readonly kind: 'said'; readonly text: string }

/** What becomes of all that was not synced: it never came to the disk, all of it did, or any sector of it may have. */
export type Fate = 'dropped' | 'kept' | 'torn'

const SECTOR = 512
const NAME = String.raw`"((?:\\x[0-9a-f]{2})*)"`
const FD = String.raw`-?\d+<((?:\\x[0-9a-f]{2})*)>`
const TEXT = (hex: string) => Buffer.from(hex.replaceAll('\\x', ''), 'hex')

/** What strace -f -y -xx writes of the calls below. */
const CALLS = {
  open: new RegExp(`^openat\\([^,]*, ${NAME}, ([A-Z_|0-9]+)(?:, \\d+)?\\) += (\\d+)`),
  pwrite: new RegExp(`^pwrite64\\(${FD}, ${NAME}, \\d+, (\\d+)\\) += (\\d+)`),
  write: new RegExp(`^write\\(${FD}, ${NAME}, \\d+\\) += (\\d+)`),
  sync: new RegExp(`^f(?:data)?sync\\(${FD}\\) += 0`),
  truncate: new RegExp(`^ftruncate\\(${FD}, (\\d+)\\) += 0`),
  unlink: new RegExp(`^unlink(?:at)?\\((?:[^,"]*, )?${NAME}[^)]*\\) += 0`),
  rename: new RegExp(`^rename\\(${NAME}, ${NAME}\\) += 0`),
  makeFolder: new RegExp(`^mkdir\\(${NAME}, \\d+\\) += 0`),
} as const

/** Calls that change files and that this reader does not understand: a trace with one of them proves nothing. */
const UNKNOWN = /^(?:pwritev|writev|fallocate|copy_file_range|sync_file_range|renameat2?|truncate|link|linkat|symlink)\(/

/** The events of a trace under `root`, in order, with every line that the process said on its standard output. */
export function readTrace(trace: string, root: string): DiskEvent[] {
  const events: DiskEvent[] = []
  const files = new Set<string>()
  const folders = new Set<string>([root])
  const isOurs = (path: string) => path === root || path.startsWith(`${root}/`)
  for (const call of callsOf(trace)) {
    for (const event of eventsOf(call, files)) {
      if (event.kind !== 'said' && !isOurs(event.path)) continue
      if (event.kind === 'makeFolder') folders.add(event.path)
      if (event.kind === 'create') files.add(event.path)
      if (event.kind === 'unlink' || event.kind === 'rename') files.delete(event.path)
      if (event.kind === 'rename') files.add(event.to)
      events.push(event.kind === 'sync' && folders.has(event.path) ? { kind: 'syncFolder', path: event.path } : event)
    }
    if (UNKNOWN.test(call) && call.includes([...Buffer.from(root)].map((byte) => `\\x${byte.toString(16)}`).join(''))) {
      throw new Error(`a call that is not understood: ${call.slice(0, 200)}`)
    }
  }
  return events
}

/** Each call in one piece, where it ended: of several threads, one may be told in the middle of another's. */
function callsOf(trace: string): string[] {
  const begun = new Map<string, string>()
  return trace.split('\n').flatMap((line) => {
    const [, thread = '', text = line] = /^(\d+) +(.*)$/.exec(line) ?? []
    const [, beginning] = /^(.*?) *<unfinished \.\.\.>$/.exec(text) ?? []
    if (beginning !== undefined) {
      begun.set(thread, beginning)
      return []
    }
    const [, rest] = /^<\.\.\. \w+ resumed>(.*)$/.exec(text) ?? []
    return rest === undefined ? [text] : [`${begun.get(thread) ?? ''}${rest}`]
  })
}

function eventsOf(call: string, files: ReadonlySet<string>): DiskEvent[] {
  const part = (match: RegExpExecArray, place: number) => TEXT(match[place] ?? '').toString()
  const opened = CALLS.open.exec(call)
  if (opened !== null) {
    const path = part(opened, 1)
    if (opened[2]?.includes('O_TRUNC') && files.has(path)) return [{ kind: 'truncate', path, length: 0 }]
    return opened[2]?.includes('O_CREAT') && !files.has(path) ? [{ kind: 'create', path }] : []
  }
  const pwrite = CALLS.pwrite.exec(call)
  if (pwrite !== null) {
    const bytes = TEXT(pwrite[2] ?? '').subarray(0, Number(pwrite[4]))
    return [{ kind: 'write', path: part(pwrite, 1), at: Number(pwrite[3]), bytes }]
  }
  const write = CALLS.write.exec(call)
  if (write !== null) {
    const path = part(write, 1)
    const bytes = TEXT(write[2] ?? '')
    if (path.startsWith('/')) return [{ kind: 'write', path, at: 0, bytes }]
    return bytes
      .toString()
      .split('\n')
      .filter((text) => /^(acknowledged|backed up) /.test(text))
      .map((text) => ({ kind: 'said', text }))
  }
  const sync = CALLS.sync.exec(call)
  if (sync !== null) return [{ kind: 'sync', path: part(sync, 1) }]
  const truncate = CALLS.truncate.exec(call)
  if (truncate !== null) return [{ kind: 'truncate', path: part(truncate, 1), length: Number(truncate[2]) }]
  const unlink = CALLS.unlink.exec(call)
  if (unlink !== null) return [{ kind: 'unlink', path: part(unlink, 1) }]
  const rename = CALLS.rename.exec(call)
  if (rename !== null) return [{ kind: 'rename', path: part(rename, 1), to: part(rename, 2) }]
  const made = CALLS.makeFolder.exec(call)
  return made === null ? [] : [{ kind: 'makeFolder', path: part(made, 1) }]
}

type Change = { readonly at: number; readonly bytes: Buffer } | { readonly length: number }

class File {
  #durable: Buffer = Buffer.alloc(0)
  pending: Change[] = []

  content(fate: Fate, random: (below: number) => number): Buffer {
    if (fate === 'dropped') return this.#durable
    return withChanges(this.#durable, fate === 'kept' ? this.pending : this.pending.flatMap((change) => tornParts(change, random)))
  }

  sync(): void {
    this.#durable = withChanges(this.#durable, this.pending)
    this.pending = []
  }
}

function withChanges(bytes: Buffer, changes: readonly Change[]): Buffer {
  if (changes.length === 0) return bytes
  const ends = changes.map((change) => ('length' in change ? change.length : change.at + change.bytes.length))
  const room = Buffer.alloc(Math.max(bytes.length, ...ends))
  bytes.copy(room)
  let { length } = bytes
  for (const change of changes) {
    if ('length' in change) {
      // What is cut off reads as zeros when the file grows again.
      room.fill(0, change.length)
      length = change.length
    } else {
      change.bytes.copy(room, change.at)
      length = Math.max(length, change.at + change.bytes.length)
    }
  }
  return room.subarray(0, length)
}

/** The sectors of a write that came to the disk, or a change of length that did. */
function tornParts(change: Change, random: (below: number) => number): Change[] {
  if ('length' in change) return random(2) === 0 ? [] : [change]
  const parts: Change[] = []
  const end = change.at + change.bytes.length
  for (let from = change.at; from < end; ) {
    const to = Math.min(end, (Math.floor(from / SECTOR) + 1) * SECTOR)
    if (random(2) === 0) parts.push({ at: from, bytes: change.bytes.subarray(from - change.at, to - change.at) })
    from = to
  }
  return parts
}

type Entry = File | 'folder'
type Naming = { readonly folder: string; readonly set: readonly [path: string, entry: Entry | null][] }

/** Plays events, and lays out what would be left of them. A name is durable once its folder is synced: POSIX promises no more. */
export class Disk {
  readonly #entries = new Map<string, Entry>()
  readonly #durable = new Map<string, Entry>()
  #pending: Naming[] = []
  /** Changes whenever what is durable does. */
  syncs = 0

  play(event: Exclude<DiskEvent, { kind: 'said' }>): void {
    const { path } = event
    switch (event.kind) {
      case 'create':
        return this.#name(path, [[path, new File()]])
      case 'makeFolder':
        return this.#name(path, [[path, 'folder']])
      case 'unlink':
        return this.#name(path, [[path, null]])
      case 'rename':
        return this.#name(path, [
          [path, null],
          [event.to, this.#entries.get(path) ?? null],
        ])
      case 'write':
        this.#file(path)?.pending.push({ at: event.at, bytes: event.bytes })
        return
      case 'truncate':
        this.#file(path)?.pending.push({ length: event.length })
        return
      case 'sync':
        this.syncs += 1
        this.#file(path)?.sync()
        return
      case 'syncFolder':
        this.syncs += 1
        for (const naming of this.#pending) if (naming.folder === path) setAll(this.#durable, naming)
        this.#pending = this.#pending.filter(({ folder }) => folder !== path)
    }
  }

  /** Writes what is left under `root` into `target`. */
  layOut(root: string, target: string, fate: Fate, random: (below: number) => number): void {
    const entries = new Map(this.#durable)
    for (const naming of this.#pending) if (fate === 'kept' || (fate === 'torn' && random(2) === 0)) setAll(entries, naming)
    mkdirSync(target, { recursive: true })
    for (const [path, entry] of entries) {
      const place = join(target, path.slice(root.length))
      // What stands in a folder that is gone is gone with it.
      if (dirname(path) !== root && entries.get(dirname(path)) !== 'folder') continue
      if (entry === 'folder') mkdirSync(place, { recursive: true, mode: 0o700 })
      else {
        mkdirSync(dirname(place), { recursive: true, mode: 0o700 })
        writeFileSync(place, entry.content(fate, random), { mode: 0o600 })
      }
    }
  }

  #name(path: string, set: Naming['set']): void {
    const naming = { folder: dirname(path), set }
    setAll(this.#entries, naming)
    this.#pending.push(naming)
  }

  #file(path: string): File | undefined {
    const entry = this.#entries.get(path)
    return entry === 'folder' ? undefined : entry
  }
}

function setAll(entries: Map<string, Entry>, { set }: Naming): void {
  for (const [path, entry] of set) {
    if (entry === null) entries.delete(path)
    else entries.set(path, entry)
  }
}
