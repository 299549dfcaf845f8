// Who asks, and whether the request is what he signed: parameters from query and body, key, signature, time window. Answers
// nothing itself.

import { createHmac, timingSafeEqual } from 'node:crypto'
import { CODES, type Refused } from './codes.ts'

export interface Credentials {
  readonly apiKey: string
  readonly secret: string
}

export type Params = ReadonlyMap<string, string>

export interface ParsedRequest {
  /** All parameters; the query wins over the body. */
  readonly params: Params
  /** The same as they came, without the signature. */
  readonly asReceived: string
}

/** The window is at most this, and this where the request names none that counts. */
const LONGEST_WINDOW_MS = 5_000
const MOST_PARAMS = 100

/** Reads query and body, which may be a form or JSON. Null where the body is neither, or holds too much. */
export function parseRequest(query: string, body: string, contentType: string): ParsedRequest | null {
  const fromQuery = pairsOf(query)
  const fromBody = body.trim() === '' ? [] : contentType.includes('json') ? jsonPairs(body) : pairsOf(body)
  if (fromQuery === null || fromBody === null || fromQuery.length + fromBody.length > MOST_PARAMS) return null
  const params = new Map<string, string>()
  for (const [key, value] of [...fromQuery, ...fromBody]) if (!params.has(key)) params.set(key, value)
  const asReceived = [...fromQuery, ...fromBody]
    .filter(([key]) => key !== 'signature')
    .map(([key, value]) => `${key}=${value}`)
    .join('&')
  return { params, asReceived }
}

/** Nothing, or why the request is turned away: key, signature and time are checked in this order. */
export function authRefusal(
  request: ParsedRequest,
  apiKey: string | undefined,
  { credentials, nowMs }: { readonly credentials: Credentials; readonly nowMs: number },
): Refused | null {
  if (apiKey === undefined || !isSame(apiKey, credentials.apiKey)) return CODES.keyWrong
  const signature = request.params.get('signature')
  if (signature === undefined || signature === '') return CODES.signatureMissing
  const sorted = canonicalOf(request.params)
  const isSigned = [sorted, request.asReceived].some((text) => isSame(signature, sign(text, credentials.secret)))
  if (!isSigned) return CODES.signatureWrong
  return isInWindow(request.params, nowMs) ? null : CODES.timestamp
}

/** All parameters but the signature, by name, values as they are. */
export function canonicalOf(params: Params): string {
  return [...params.keys()]
    .filter((key) => key !== 'signature')
    .sort()
    .map((key) => `${key}=${params.get(key)}`)
    .join('&')
}

export function sign(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('hex')
}

function isInWindow(params: Params, nowMs: number): boolean {
  const stamp = params.get('timestamp') ?? ''
  if (!/^\d{1,16}$/.test(stamp)) return false
  const wished = Number(params.get('recvWindow') ?? LONGEST_WINDOW_MS)
  const windowMs = wished > 0 && wished < LONGEST_WINDOW_MS ? wished : LONGEST_WINDOW_MS
  const ageMs = nowMs - Number(stamp)
  return ageMs <= windowMs && ageMs >= -LONGEST_WINDOW_MS
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

function pairsOf(text: string): [string, string][] | null {
  const pairs: [string, string][] = []
  for (const part of text.split('&')) {
    if (part === '') continue
    const at = part.indexOf('=')
    try {
      const value = at < 0 ? '' : part.slice(at + 1)
      pairs.push([decodeURIComponent(at < 0 ? part : part.slice(0, at)), decodeURIComponent(value.replaceAll('+', ' '))])
    } catch {
      return null
    }
  }
  return pairs
}

function jsonPairs(body: string): [string, string][] | null {
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
    return Object.entries(value).map(([key, member]) => [key, typeof member === 'object' ? JSON.stringify(member) : String(member)])
  } catch {
    return null
  }
}
