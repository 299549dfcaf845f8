// Where notifications go: an address and what it takes to be let in, from the environment or from a private file. Never from the
// config, never on the command line, and never shown.

import { LOOPBACK_HOST } from '../names.ts'
import { credentialsFailure, readPrivateFile } from '../private-file.ts'
import { Secret } from '../secret.ts'
import { SHAPES, type ShapeName, type Target, TELEGRAM_URL } from './shapes.ts'

export interface TargetSources {
  readonly shape: ShapeName
  readonly chatId: string | null
  /** A file with the lines `url=…` and `token=…`; null where there is none. The environment goes first, line by line. */
  readonly path: string | null
  readonly environment: Readonly<Record<string, string | undefined>>
}

const ENVIRONMENT = { url: 'DITA_NOTIFY_URL', token: 'DITA_NOTIFY_TOKEN' } as const
const FILE = { what: 'secrets of your notifications', names: ['url', 'token'], lines: 'the lines url=… and token=…' } as const
/** What an address and a header can carry. */
const PRINTABLE = /^[\x21-\x7e]{1,2048}$/
const TELEGRAM_TOKEN = /^\d{1,20}:[\w-]{20,100}$/

/** @throws DitaError CREDENTIALS_MISSING, CREDENTIALS_INVALID, CREDENTIALS_EXPOSED (exit 4), never with a part of a secret in it */
export function readTarget({ shape, chatId, path, environment }: TargetSources): Target {
  const needs = SHAPES[shape]
  const lines = path === null ? {} : readPrivateFile({ ...FILE, path })
  const given = (name: 'url' | 'token'): string | null => nonEmpty(environment[ENVIRONMENT[name]]) ?? lines[name] ?? null
  const url = given('url') ?? (shape === 'telegram' ? TELEGRAM_URL : null)
  const token = given('token')
  if (needs.url === 'needed' && url === null) throw missing('url', shape, path)
  if (needs.token === 'needed' && token === null) throw missing('token', shape, path)
  if (needs.chatId === 'needed' && chatId === null) {
    throw credentialsFailure(
      'CREDENTIALS_MISSING',
      `Notifications of the shape \`${shape}\` need to know the chat.`,
      'Write its number or @name as `notify.chat_id` in the config.',
    )
  }
  const address = checkedUrl(url ?? '')
  if (token !== null && !(shape === 'telegram' ? TELEGRAM_TOKEN : PRINTABLE).test(token)) {
    throw credentialsFailure('CREDENTIALS_INVALID', 'The token for notifications has characters or a length that no token has.', COPY)
  }
  return {
    shape,
    url: new Secret(url ?? ''),
    token: token === null ? null : new Secret(token),
    chatId,
    host: address.host,
  }
}

const COPY = 'Copy it again, whole, without blanks or quotes.'

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}

/** Over plain HTTP everybody on the way would read it, so that only this machine may be spoken to like that. */
function checkedUrl(text: string): URL {
  const url = PRINTABLE.test(text) ? URL.parse(text) : null
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw credentialsFailure('CREDENTIALS_INVALID', 'The address for notifications is not one that begins with https://.', COPY)
  }
  if (url.username !== '' || url.password !== '') {
    throw credentialsFailure(
      'CREDENTIALS_INVALID',
      `The address for notifications at ${url.host} holds a name or a password.`,
      `Leave it out, and set ${ENVIRONMENT.token}.`,
    )
  }
  if (url.protocol === 'https:' || LOOPBACK_HOST.test(url.hostname)) return url
  throw credentialsFailure(
    'CREDENTIALS_INVALID',
    `The address for notifications at ${url.host} begins with http://: anybody on the way could read and use it.`,
    'Give one that begins with https://; http:// is for this machine alone.',
  )
}

function missing(name: 'url' | 'token', shape: ShapeName, path: string | null): Error {
  const what = name === 'url' ? 'an address' : 'a token'
  const next =
    path === null
      ? `Set ${ENVIRONMENT[name]}, or name a private file (0600) with the line ${name}=… as \`notify.credentials_file\` in the config.`
      : `Write the line ${name}=… into ${path}, or set ${ENVIRONMENT[name]}.`
  return credentialsFailure('CREDENTIALS_MISSING', `Notifications of the shape \`${shape}\` need ${what}, and none was given.`, next)
}
