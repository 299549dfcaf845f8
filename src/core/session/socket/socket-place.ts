// Where the control socket of a store lies, who may be there, and how it is named where its path is too long. Opens no
// socket, and no file of the store.

import { closeSync, constants, existsSync, openSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DitaError, EXIT } from '../../errors.ts'
import { storePathsOf } from '../../journal/private-files.ts'

/** What `sockaddr_un` takes on every system we run on: macOS has 104 bytes with the zero at the end, Linux 108. */
const LONGEST_NAME_BYTES = 103
const OTHERS = 0o077

export interface SocketPlace {
  /** The store's one true path, links followed. */
  readonly store: string
  /** The socket as people know it. */
  readonly path: string
  readonly folder: string
}

/**
 * `.dita/dita.db` has `.dita/dita.sock`; a store with another ending keeps it: `a.sqlite.sock`. The folder must exist.
 * @throws DitaError for a path that can be no store's
 */
export function socketPlaceOf(storePath: string): SocketPlace {
  const { store } = storePathsOf(storePath)
  return { store, path: `${store.endsWith('.db') ? store.slice(0, -3) : store}.sock`, folder: dirname(store) }
}

/**
 * Where others can enter, they could put a socket of theirs in the place of ours, and somebody would believe it.
 * @throws DitaError SOCKET_FOLDER_SHARED
 */
export function assertPrivateFolder(folder: string): void {
  const { mode, uid } = statSync(folder)
  const us = process.geteuid?.() ?? uid
  if ((mode & OTHERS) === 0 && (uid === us || us === 0)) return
  throw new DitaError('SOCKET_FOLDER_SHARED', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `Others can enter ${folder} (mode ${(mode & 0o777).toString(8)}): there is no control socket in it.`,
    next: `Use \`chmod 700 ${folder}\` before the next session, or a store in a folder of its own; until then stop it with Ctrl-C or \`dita halt\`, which leaves a file.`,
  })
}

export interface ShortName extends Disposable {
  readonly name: string
}

/**
 * A name of the socket that is short enough to bind and to connect to; good until it is disposed of.
 * @throws DitaError SOCKET_PATH_TOO_LONG where the system has no way to shorten one
 */
export function shortNameOf({ path, folder }: SocketPlace): ShortName {
  if (Buffer.byteLength(path) <= LONGEST_NAME_BYTES) return { name: path, [Symbol.dispose]: () => undefined }
  const bytes = Buffer.byteLength(path)
  const file = basename(path)
  if (!existsSync('/proc/self/fd') || Buffer.byteLength(file) > LONGEST_NAME_BYTES - 30) throw pathTooLong(path, bytes)
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  return { name: join('/proc/self/fd', String(descriptor), file), [Symbol.dispose]: () => closeSync(descriptor) }
}

function pathTooLong(path: string, bytes: number): DitaError {
  return new DitaError('SOCKET_PATH_TOO_LONG', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `The path ${path} has ${bytes} bytes, and a socket can have ${LONGEST_NAME_BYTES}: there is no control socket.`,
    next: 'Put the store where its path is shorter; until then stop the session with Ctrl-C or `dita halt`, which leaves a file.',
  })
}
