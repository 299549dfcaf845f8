// Reads secrets from a file that nobody else can read, of lines `name=value`. It never puts a value into a message.

import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { DitaError, EXIT, troubleOf } from './errors.ts'

const OTHERS = 0o077
const LONGEST_FILE_BYTES = 4_096
const LINE = /^\s*([a-z_]+)\s*=\s*(\S+)\s*$/

export interface PrivateFile<Name extends string> {
  readonly path: string
  /** What it holds, for messages: `BingX key`. */
  readonly what: string
  readonly names: readonly Name[]
  /** Its lines, for messages: `the two lines api_key=… and api_secret=…`. */
  readonly lines: string
}

/** @throws DitaError CREDENTIALS_MISSING, CREDENTIALS_INVALID, CREDENTIALS_EXPOSED (exit 4) */
export function readPrivateFile<Name extends string>(file: PrivateFile<Name>): Partial<Record<Name, string>> {
  return linesOf(readPrivate(file), file)
}

/** Rights are asked of the open file, so that it cannot be another one by the time it is read. */
function readPrivate({ path, what, lines }: PrivateFile<string>): string {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch (error) {
    throw credentialsFailure(
      'CREDENTIALS_MISSING',
      `The file ${path} with the ${what} cannot be read: ${troubleOf(error)}.`,
      `Check its name in the config, or write ${lines} into it and type \`chmod 600 ${path}\`.`,
    )
  }
  try {
    const stats = fstatSync(descriptor)
    if (!stats.isFile() || stats.size > LONGEST_FILE_BYTES) {
      throw credentialsFailure(
        'CREDENTIALS_INVALID',
        `${path} is ${stats.isFile() ? `larger than ${LONGEST_FILE_BYTES} bytes` : 'no ordinary file'}, so it does not hold the ${what}.`,
        `Name a file with ${lines}.`,
      )
    }
    if ((stats.mode & OTHERS) !== 0) {
      const rights = (stats.mode & 0o777).toString(8).padStart(4, '0')
      const next = `Type \`chmod 600 ${path}\`. Others may have read the ${what} by now: if in doubt, have new ones made.`
      throw credentialsFailure('CREDENTIALS_EXPOSED', `The file ${path} with the ${what} can be read by others (rights ${rights}).`, next)
    }
    return readFileSync(descriptor, 'utf8')
  } finally {
    closeSync(descriptor)
  }
}

function linesOf<Name extends string>(text: string, { path, names, lines }: PrivateFile<Name>): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {}
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue
    const [, written, value] = LINE.exec(line) ?? []
    const name = names.find((known) => known === written)
    if (name === undefined || value === undefined || found[name] !== undefined) {
      const either = names.map((known) => `${known}=…`)
      throw credentialsFailure(
        'CREDENTIALS_INVALID',
        `Line ${index + 1} of ${path} is neither ${either.join(' nor ')}, or repeats one.`,
        `Leave nothing in it but ${lines}.`,
      )
    }
    found[name] = value
  }
  return found
}

export function credentialsFailure(code: `CREDENTIALS_${string}`, message: string, next: string): DitaError {
  return new DitaError(code, { fault: 'user', exitCode: EXIT.config, message, next })
}
