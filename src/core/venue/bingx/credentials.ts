// Where the keys of an account come from: the environment, or a file that nobody else can read. Never the command line.

import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { DitaError, EXIT, messageOf } from '../../errors.ts'
import { Secret } from './secret.ts'

export interface BingxCredentials {
  readonly apiKey: Secret
  readonly secret: Secret
}

const ENVIRONMENT = { apiKey: 'DITA_BINGX_API_KEY', secret: 'DITA_BINGX_API_SECRET' } as const
const OTHERS = 0o077
const LONGEST_FILE_BYTES = 4_096
/** What a header and a signature can carry. BingX gives letters and digits. */
const KEY = /^[\x21-\x7e]{1,256}$/
const LINE = /^\s*(api_key|api_secret)\s*=\s*(\S+)\s*$/

interface CredentialSources {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** A file with the two lines `api_key=…` and `api_secret=…`; null where there is none. The environment goes first. */
  readonly path: string | null
}

/** @throws DitaError CREDENTIALS_MISSING, CREDENTIALS_INVALID, CREDENTIALS_EXPOSED (exit 4), never with a part of a key in it */
export function readBingxCredentials({ environment, path }: CredentialSources): BingxCredentials {
  const apiKey = environment[ENVIRONMENT.apiKey]
  const secret = environment[ENVIRONMENT.secret]
  if (apiKey !== undefined && secret !== undefined) return checked(apiKey, secret, 'the environment')
  if (apiKey !== undefined || secret !== undefined) {
    const missing = apiKey === undefined ? ENVIRONMENT.apiKey : ENVIRONMENT.secret
    throw failure('CREDENTIALS_MISSING', `${missing} is not set, though the other half of the BingX key is.`, `Set ${missing}.`)
  }
  if (path === null) {
    const next = `Set ${ENVIRONMENT.apiKey} and ${ENVIRONMENT.secret}, or name a file with api_key=… and api_secret=….`
    throw failure('CREDENTIALS_MISSING', 'No key for BingX was given.', next)
  }
  const { api_key, api_secret } = linesOf(readPrivate(path), path)
  if (api_key === undefined || api_secret === undefined) {
    const next = 'Write the two lines api_key=… and api_secret=… into it.'
    throw failure('CREDENTIALS_MISSING', `The file ${path} does not hold both api_key and api_secret.`, next)
  }
  return checked(api_key, api_secret, path)
}

function checked(apiKey: string, secret: string, origin: string): BingxCredentials {
  for (const [name, text] of Object.entries({ 'API key': apiKey, 'API secret': secret })) {
    if (KEY.test(text)) continue
    const message = `The ${name} for BingX from ${origin} is empty, too long, or has characters that no key has.`
    throw failure('CREDENTIALS_INVALID', message, 'Copy it again, without blanks or quotes.')
  }
  return { apiKey: new Secret(apiKey), secret: new Secret(secret) }
}

/** Rights are asked of the open file, so that it cannot be another one by the time it is read. */
function readPrivate(path: string): string {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch (error) {
    throw failure(
      'CREDENTIALS_MISSING',
      `The file ${path} with the BingX key cannot be read: ${messageOf(error)}.`,
      'Check its name and rights.',
    )
  }
  try {
    const stats = fstatSync(descriptor)
    if (!stats.isFile() || stats.size > LONGEST_FILE_BYTES) {
      const next = 'Name a file with the two lines api_key=… and api_secret=….'
      throw failure('CREDENTIALS_INVALID', `${path} is no small ordinary file, so it holds no BingX key.`, next)
    }
    if ((stats.mode & OTHERS) !== 0) {
      const rights = (stats.mode & 0o777).toString(8).padStart(4, '0')
      const next = `Type chmod 600 ${path}, and consider the key as known to others.`
      throw failure('CREDENTIALS_EXPOSED', `The file ${path} with the BingX key can be read by others (rights ${rights}).`, next)
    }
    return readFileSync(descriptor, 'utf8')
  } finally {
    closeSync(descriptor)
  }
}

function linesOf(text: string, path: string): { api_key?: string; api_secret?: string } {
  const found: { api_key?: string; api_secret?: string } = {}
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue
    const match = LINE.exec(line)
    const [, name, value] = match ?? []
    if ((name !== 'api_key' && name !== 'api_secret') || value === undefined || found[name] !== undefined) {
      const next = 'Leave nothing in it but the two lines api_key=… and api_secret=….'
      throw failure('CREDENTIALS_INVALID', `Line ${index + 1} of ${path} is neither api_key=… nor api_secret=…, or repeats one.`, next)
    }
    found[name] = value
  }
  return found
}

function failure(code: string, message: string, next: string): DitaError {
  return new DitaError(code, { fault: 'user', exitCode: EXIT.config, message, next })
}
