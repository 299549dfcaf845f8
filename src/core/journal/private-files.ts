// Names and rights of the files of a store: 0600, and 0700 for the folder, whatever the umask. Never opens a file that
// SQLite may have open in this process: closing it again would drop SQLite's locks. Looking up and chmod by name are safe.

import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { troubleOf } from '../errors.ts'
import { storeFolderUnusable, storeForeign, storeIsFolder, storeMissing, storeUnusable } from './errors.ts'

const FILE_MODE = 0o600
const FOLDER_MODE = 0o700
const OTHERS = 0o077

/** The folder a workspace keeps its store in: ours alone, so its rights may be tightened even if we did not make it. */
export const STORE_FOLDER = '.dita'

/** The files of a store, all named after it, so that one folder can hold several. */
export interface StorePaths {
  readonly store: string
  readonly lock: string
  /** Who holds the lock, for messages only. */
  readonly lockHolder: string
  readonly mark: string
}

/** One name for one store: links are followed, so that two names of it meet at the same lock. The folder must exist. */
export function storePathsOf(path: string): StorePaths {
  const absolute = resolve(path)
  const store = storeKindAt(absolute) === 'file' ? realpathSync(absolute) : join(realpathSync(dirname(absolute)), basename(absolute))
  return { store, lock: `${store}.lock.db`, lockHolder: `${store}.lock.json`, mark: `${store}.mark` }
}

/** The same for who makes nothing. @throws DitaError STORE_MISSING where not even the folder is there */
export function pathsIfThere(path: string): StorePaths {
  if (statSync(dirname(resolve(path)), { throwIfNoEntry: false })?.isDirectory() !== true) throw storeMissing(path)
  return storePathsOf(path)
}

/** Whether a file is at `path`. */
export function storeKindAt(path: string): 'missing' | 'file' {
  // SQLite's binding trims names: the file it opens would not be the one that was named.
  if (path.trim() !== path) throw storeUnusable(path, 'its name begins or ends with a blank')
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return 'missing'
  if (stats.isDirectory()) throw storeIsFolder(path)
  if (!stats.isFile()) throw storeForeign(path, 'it is no ordinary file')
  // Two names that no lock can bring together: two writers would ruin the store.
  if (stats.nlink > 1) throw storeUnusable(path, `it has ${stats.nlink} names (hard links), and one store must have one`)
  return 'file'
}

/**
 * Makes the folder of a store where it is missing, and makes sure that a power cut does not take it away again. A folder
 * that others share is left as it is, unless it is to be `private`: the files are private.
 */
export function ensureFolder(folder: string, options: { readonly private?: boolean } = {}): void {
  try {
    const made = makeFolders(resolve(folder))
    if (made !== undefined || options.private === true || basename(folder) === STORE_FOLDER) chmodSync(folder, FOLDER_MODE)
    if (made === undefined) return
    for (let entry = resolve(folder); entry.length >= resolve(made).length; entry = dirname(entry)) fsyncFolder(dirname(entry))
  } catch (error) {
    throw storeFolderUnusable(folder, troubleOf(error), error)
  }
}

/**
 * Makes what is missing of a path, from above; the topmost that it made, as Node's own `recursive` says it. That one never returns where a
 * file system lets nothing be made and says that there is nothing, as /proc does.
 */
function makeFolders(folder: string): string | undefined {
  const missing: string[] = []
  for (let entry = folder; !isThere(entry); entry = dirname(entry)) missing.unshift(entry)
  // Of what is there and is no folder it says so.
  if (missing.length === 0 && !isFolder(folder)) mkdirSync(folder)
  for (const entry of missing) {
    try {
      mkdirSync(entry, { mode: FOLDER_MODE })
    } catch (error) {
      // Another process may have made it meanwhile.
      if (!isFolder(entry)) throw error
    }
  }
  return missing[0]
}

const isThere = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined
const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

/** Makes the names in a folder durable: a file that is synced may still be nameless after a power cut. */
export function fsyncFolder(folder: string): void {
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** Makes an empty private file where none is, so that SQLite never creates one with the umask's rights. */
export function ensurePrivateFile(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) closeSync(openSync(path, 'wx', FILE_MODE))
  // The umask may have taken rights away from a new file as well.
  if (stats === undefined || (stats.mode & OTHERS) !== 0) chmodSync(path, FILE_MODE)
}

/** Takes the rights of others away from a file that may be there. */
export function tightenFile(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats !== undefined && (stats.mode & OTHERS) !== 0) chmodSync(path, FILE_MODE)
}
