// Where the keys of an account come from: the environment, or a file that nobody else can read. Never the command line.

import { credentialsFailure as failure, readPrivateFile } from '../../private-file.ts'
import { Secret } from '../../secret.ts'

export interface BingxCredentials {
  readonly apiKey: Secret
  readonly secret: Secret
}

const ENVIRONMENT = { apiKey: 'DITA_BINGX_API_KEY', secret: 'DITA_BINGX_API_SECRET' } as const
const FILE = {
  what: 'BingX key',
  names: ['api_key', 'api_secret'],
  lines: 'the two lines api_key=… and api_secret=…',
} as const
/** What a header and a signature can carry. BingX gives letters and digits. */
const KEY = /^[\x21-\x7e]{1,256}$/

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
    const next = `Set ${ENVIRONMENT.apiKey} and ${ENVIRONMENT.secret}, or name a private file with the lines api_key=… and api_secret=… as \`venue.credentials_file\` in the config.`
    throw failure('CREDENTIALS_MISSING', 'No key for BingX was given.', next)
  }
  const { api_key, api_secret } = readPrivateFile({ ...FILE, path })
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
