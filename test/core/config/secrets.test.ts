// What looks like a secret is found and hidden; what a config usually holds is left alone.

import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { configKeys } from '../../../src/core/config/config-keys.ts'
import { scaffoldConfig } from '../../../src/core/config/describe-config.ts'
import { commentLooksSecret, isSecret, isSecretName, looksSecret, withoutSecrets } from '../../../src/core/config/secrets.ts'
import { errorOf, faultOf, load } from './loading.ts'

const SECRETS = {
  'an exchange key': 'vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A',
  'a short key': 'Xk9mP2qR7tY4wB1nC8vD5jF3hG6s',
  'a private key in hex': '0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318',
  'a PEM': '-----BEGIN EC PRIVATE KEY-----',
  'a web token': 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
  'a family seed': 'sn3nxiW7v8KXzPzAqzyHXbSSKNuN9',
}

const PLAIN = [
  ...['market_maker', 'BTC/USDT:USDT', './strategies/my-long-named-market-making-strategy-v2.ts', 'https://open-api.bingx.com'],
  ...['/srv/data/recordings/2026-01-31/xrpusdt-bookticker-depth20-2026-01-31T00-00.jsonl.gz', '0.000000000000000001'],
  ...['ws://127.0.0.1:8080/swap-market', '1000000000000', '/home/someone/desk/keys.private', 'rehearsal_2026_01_31_night_shift_b'],
  ...['/home/SomeOne/MyDesk/TradingStrategiesOfJanuary2026/MarketMakerWithSkewV12.ts', 'C02MarketMakerXrpUsdV3'],
  ...['XRPUSDT_2026-01-01_to_2026-01-31_bookTicker.csv.gz'],
]

describe('C02 a secret', () => {
  test.each(Object.entries(SECRETS))('C02 is seen in %s', (_name, secret) => {
    expect(looksSecret(secret)).toBe(true)
    expect(withoutSecrets({ a: [secret], b: `x ${secret} y` })).toEqual({ a: ['(hidden)'], b: '(hidden)' })
  })

  test('C02 is seen in what chance makes, whatever the alphabet', () => {
    let seen = 0
    for (let round = 0; round < 200; round += 1) {
      seen += Number(looksSecret(randomBytes(32).toString('base64')))
      seen += Number(looksSecret(randomBytes(32).toString('base64url')))
      seen += Number(looksSecret(randomBytes(32).toString('hex')))
    }
    expect(seen).toBeGreaterThan(580)
  })

  test('C02 is not seen in what a config holds', () => {
    for (const text of PLAIN) expect([text, looksSecret(text)]).toEqual([text, false])
    for (const { path } of configKeys()) expect([path, isSecretName(path.at(-1) ?? '')]).toEqual([path, false])
    const lines = scaffoldConfig().yaml.split('\n')
    expect(lines.filter((line) => commentLooksSecret(line) || looksSecret(line))).toEqual([])
  })

  test('C02 is told by the name of its key, in any spelling, and not for the name of a coin', () => {
    for (const name of [
      'api_key',
      'apiKey',
      'API-KEY',
      'bingx_api_secret',
      'password',
      'secretKey',
      'seed_phrase',
      'privateKey',
      'bingxApiSecret',
    ]) {
      expect([name, isSecret(name, 'short1')]).toEqual([name, true])
    }
    expect(isSecret('token', 'XRP')).toBe(false)
    expect(isSecret('access_token', 'abcdefghijklmnopqrst')).toBe(true)
    for (const name of ['seed', 'credentials_file', 'key', 'monkey', 'tokens_per_order']) expect(isSecret(name, 'plain-value')).toBe(false)
  })

  test('C02 is seen in a comment, and only there', () => {
    expect(commentLooksSecret('  # api_secret: hunter2hunter2')).toBe(true)
    expect(commentLooksSecret(`seed: 1 # ${SECRETS['a short key']}`)).toBe(true)
    expect(commentLooksSecret('  api_secret: hunter2hunter2')).toBe(false)
    expect(commentLooksSecret('# where the api key comes from: the environment')).toBe(false)
  })

  test('V07 never stands in the message of a config that is refused', () => {
    for (const secret of [SECRETS['an exchange key'], SECRETS['a family seed']]) {
      for (const path of configKeys()) {
        if (path.isSection || path.path[0] === 'instrument') continue
        const text = path.path.reduceRight((inner, name) => `{ ${name}: ${inner} }`, JSON.stringify(secret))
        const { message } = errorOr(() => load(text))
        expect(message).not.toContain(secret)
      }
    }
  })

  test('V07 never stands in what is said of a file that is not YAML, or of a key that is none', () => {
    const secret = SECRETS['an exchange key']
    const texts = [
      ...[`a: *${secret}`, `a: !${secret} b`, `a: | ${secret}`, `%${secret} 1\n---\na: 1`, `a: "${secret}`, `a: [${secret}`, `${secret}`],
      ...[`${secret}: 1`, `feed: { ${secret}: 1 }`, `a: @${secret}`, `a: \`${secret}`, `? [${secret}]\n: 1`, `a: &${secret}\na: *b`],
      ...[
        `paper: { balances: { ${secret}: x } }`,
        `a: ${secret}\n b: c`,
        `${secret}\n: 1`,
        `- ${secret}`,
        `a: '${secret}'b`,
        `a: "\\q${secret}"`,
      ],
    ]
    for (const text of texts) expect([text, faultOf(text).message.includes(secret.slice(0, 12))]).toEqual([text, false])
  })

  test('C02 in the address of a host is its password, and the rest is shown', () => {
    expect(withoutSecrets('https://me:hunter2@host/path')).toBe('https://(hidden)@host/path')
  })
})

function errorOr(attempt: () => unknown): { readonly message: string } {
  try {
    return errorOf(attempt)
  } catch {
    return { message: '' }
  }
}
