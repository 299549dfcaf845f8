// Tells what looks like a secret, by its name or by itself, so that a config that holds one is found and nothing of it is shown.
// It knows shapes only: what it does not find may be a secret all the same.

/** A key that says of itself that its value is secret; not one that names a file of secrets. */
const SECRET_NAME = /(^|_)(api_?key|access_?key|secret(_?key)?|private_?key|token|password|passwd|passphrase|mnemonic|seed_?phrase)s?$/
/** The same in a comment, with what follows it. */
const IN_COMMENT = /(api[_-]?key|secret|private[_-]?key|token|password|passwd|passphrase|mnemonic)["']?\s*[:=]\s*["']?[\w+/=.-]{8,}/i
const SECRET_SHAPES: readonly RegExp[] = [
  // Addresses that let whoever has them write: webhooks of Slack and Discord.
  /hooks\.slack\.com\/\w+\/\w/i,
  /discord(app)?\.com\/api\/webhooks\/\d/i,
  // The token of a Telegram bot, and an access token of ntfy.
  /(^|[^0-9])\d{6,12}:[\w-]{30,}/,
  /(^|[^0-9a-z])tk_[0-9a-z]{29}($|[^0-9a-z])/,
  // PEM.
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  // A private key of 256 bits in hex.
  /(^|[^0-9a-z])(0x)?[0-9a-f]{64}($|[^0-9a-z])/i,
  // A JSON web token.
  /(^|[^\w-])eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/,
  // An XRP Ledger family seed: base58 without 0, O, I and l.
  /(^|[^0-9A-Za-z])s(?=[A-Za-z]*\d)(Ed)?[1-9A-HJ-NP-Za-km-z]{28}($|[^0-9A-Za-z])/,
]
/** What an API key is made of: one long run of letters and digits, as base64 or base64url too. */
const RUN = /[A-Za-z0-9+_=-]{28,}/g
/** With the slash of base64, which splits paths as well. */
const RUN_WITH_SLASHES = /[A-Za-z0-9+/_=-]{28,}/g
const FEWEST_BITS = 3.5
/** Changes of kind a character: 0.6 where chance made it, a third in words of six letters that each begin with a capital. */
const MOST_STEADY = 0.42

export const KEEP_SECRETS_OUT =
  'It looks like a secret, and no secret belongs in a config: keep it in a file that only you can read (`venue.credentials_file`) or in the environment.'

export const KEEP_NOTIFY_SECRETS_OUT =
  'It is a secret, and no secret belongs in a config: set DITA_NOTIFY_URL or DITA_NOTIFY_TOKEN, or write it into a file that only you can read (`notify.credentials_file`).'

/** A key as it is written, in whatever spelling: `apiKey`, `API-KEY`, `api_key`. */
export function isSecretName(name: string): boolean {
  const plain = name
    .slice(0, 128)
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase()
  return SECRET_NAME.test(plain)
}

export function looksSecret(text: string): boolean {
  if (text.length < 16 || text.length > 100_000) return false
  if (SECRET_SHAPES.some((shape) => shape.test(text))) return true
  return (text.match(RUN) ?? []).some(isRandom) || (text.match(RUN_WITH_SLASHES) ?? []).some(isRandomInCase)
}

/** Letters and digits through one another, with about as many bits a character as chance gives. A path or a name has fewer. */
function isRandom(run: string): boolean {
  const digits = run.replace(/\D/g, '').length
  const letters = run.replace(/[^A-Za-z]/g, '').length
  if (digits < 4 || letters < 8) return false
  // Words with a date or a number behind them change from letter to digit seldom.
  const changes = run.match(/[A-Za-z]\d|\d[A-Za-z]/g)?.length ?? 0
  return changes >= 5 && bitsPerCharacter(run) >= FEWEST_BITS
}

/** Capitals, small letters and digits through one another: in names and paths the kind changes at most where a word begins. */
function isRandomInCase(run: string): boolean {
  const counts = [/[A-Z]/g, /[a-z]/g].map((kind) => run.match(kind)?.length ?? 0)
  if (counts.some((count) => count < 5) || run.replace(/\D/g, '').length < 2) return false
  const kinds = [...run].map((character) => (/\d/.test(character) ? 'digit' : /[a-z]/.test(character) ? 'small' : 'other'))
  const changes = kinds.filter((kind, index) => index > 0 && kind !== kinds[index - 1]).length
  return changes >= MOST_STEADY * run.length && bitsPerCharacter(run) >= FEWEST_BITS
}

/** Shannon's entropy of the characters. */
function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}

/** Whether the comment of a line holds what looks like a secret; false for a line without one. */
export function commentLooksSecret(line: string): boolean {
  const start = /(^|\s)#/.exec(line)
  if (start === null) return false
  const comment = line.slice(start.index)
  return IN_COMMENT.test(comment) || looksSecret(comment)
}

/** Whether a value is one to find and to hide: by its key's name or by its own shape. A coin is called a token too. */
export function isSecret(name: string, value: string): boolean {
  const shortest = /tokens?$/i.test(name) ? 20 : 6
  return (isSecretName(name) && value.length >= shortest) || looksSecret(value)
}

const HIDDEN = '(hidden)'

/** A value as it may be shown: without what looks like a secret, and without the password of an address. */
export function withoutSecrets(value: unknown, name = ''): unknown {
  if (typeof value === 'string') {
    if (isSecret(name, value)) return HIDDEN
    return value.replace(/^([a-z]+:\/\/)[^/?#]*@/i, `$1${HIDDEN}@`)
  }
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, name))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutSecrets(item, key)]))
}
