// The small parts of the BingX client, each by itself: signing, JSON, codes, statuses, symbols, keys, limits, breaker, fills.

import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { dec } from '../../../../src/core/kernel/decimal.ts'
import { Secret } from '../../../../src/core/secret.ts'
import { createAnswers, fillTimeMs } from '../../../../src/core/venue/bingx/answers.ts'
import { Breaker } from '../../../../src/core/venue/bingx/breaker.ts'
import { judge } from '../../../../src/core/venue/bingx/codes.ts'
import { instrumentFrom } from '../../../../src/core/venue/bingx/contracts.ts'
import { readBingxCredentials } from '../../../../src/core/venue/bingx/credentials.ts'
import { failureFrom } from '../../../../src/core/venue/bingx/errors.ts'
import { quantitiesOf } from '../../../../src/core/venue/bingx/fills.ts'
import { Limiter } from '../../../../src/core/venue/bingx/limiter.ts'
import { parseLossless } from '../../../../src/core/venue/bingx/lossless-json.ts'
import { BINGX_DEFAULTS, type BingxClock } from '../../../../src/core/venue/bingx/options.ts'
import { rawText } from '../../../../src/core/venue/bingx/raw-text.ts'
import { canonicalOf, plainQuery, signatureOf, signedQuery } from '../../../../src/core/venue/bingx/sign.ts'
import { statusOf } from '../../../../src/core/venue/bingx/statuses.ts'
import { bingxSymbolOf, instrumentOf } from '../../../../src/core/venue/bingx/symbols.ts'
import { fillRow } from './rig.ts'
import { CONTRACT } from './scripted-server.ts'

test('a question that never left says why in words, with the code that it is counted under; an answer is quoted', () => {
  const whyOf = (answer: Parameters<typeof failureFrom>[1]): string => failureFrom('the open orders', answer, false).message
  expect(whyOf({ kind: 'not_sent', code: 'BREAKER_OPEN', raw: 'BREAKER_OPEN' })).toBe(
    'BingX could not be asked for the open orders: the venue had failed too often just before (BREAKER_OPEN).',
  )
  expect(whyOf({ kind: 'not_sent', code: 'UNREACHABLE', raw: 'ECONNREFUSED' })).toBe(
    'BingX could not be asked for the open orders: no connection to the venue (ECONNREFUSED).',
  )
  expect(whyOf({ kind: 'failed', code: 'HTTP_503', raw: 'HTTP 503 "closed"' })).toContain('the open orders: HTTP 503 "closed".')
})

describe('signing', () => {
  const secret = new Secret('sample-secret-for-tests-only')
  const VECTORS: readonly [Record<string, string>, string][] = [
    [
      { timestamp: '1696751141337', symbol: 'BTC-USDT', recvWindow: '0' },
      'eeeeb57d57b0d7b8c6798cc32b1221d63a9c1625fb3ccd97538c3e3134331261',
    ],
    [
      { timestamp: '1696751141337', subAccountString: 'abc12345', recvWindow: '0' },
      '504abc35dec8dc5e931602b5d8dd4d90a8d3bdf32ea135357412ff7ccb709ee7',
    ],
    [
      {
        type: 'LIMIT',
        timestamp: '1696751141337',
        timeInForce: 'GTC',
        symbol: 'BTC-USDT',
        side: 'BUY',
        recvWindow: '5000',
        quantity: '0.001',
        price: '26800.5',
        positionSide: 'LONG',
        clientOrderId: 't1a2b3c4d5',
      },
      '50fd3032e0021ffaaa659b0fde568ae73f6eb1e00122327118ca832306412cc5',
    ],
    [
      {
        timestamp: '1692956597902',
        batchOrders:
          '[{"symbol":"ETH-USDT","type":"MARKET","side":"BUY","positionSide":"LONG","quantity":1},{"symbol":"BTC-USDT","type":"MARKET","side":"BUY","positionSide":"LONG","quantity":0.001}]',
      },
      '23e84fff960987e8961fa96b903000e8e66b4cd2ac0431c1a9bfaa7ae101a2ba',
    ],
  ]
  test.each(VECTORS)('a known request is signed as known', (parameters, signature) => {
    expect(signatureOf(canonicalOf(parameters), secret)).toBe(signature)
    expect(signedQuery(parameters, secret)).toBe(`${plainQuery(parameters)}&signature=${signature}`)
  })

  test('values are encoded on the wire and raw under the signature', () => {
    expect(plainQuery({ a: '[{"b":1}] ä' })).toBe('a=%5B%7B%22b%22%3A1%7D%5D%20%C3%A4')
    expect(canonicalOf({ b: '2', a: '[1]' })).toBe('a=[1]&b=2')
  })

  test.each(['&', '=', '?', '#', '\r', '\n'])('a value with %j is not signed', (character) => {
    expect(() => canonicalOf({ symbol: `BTC${character}side` })).toThrow(/has a character that would end it/)
  })
})

describe('JSON of a stranger', () => {
  test('V01 numbers stay the text they were, however long', () => {
    const text = '{"orderId":2075327764731486209,"price":0.10,"tiny":1e-7,"list":[-1,2.50],"text":"7 \\" 8","flag":true,"none":null}'
    expect(parseLossless(text)).toEqual({
      orderId: '2075327764731486209',
      price: '0.10',
      tiny: '1e-7',
      list: ['-1', '2.50'],
      text: '7 " 8',
      flag: true,
      none: null,
    })
  })

  test.each(['', '{', '[1,]', '{"a":01}', '{"a":1 2}', '"open', '{"a":"x 1', 'NaN', '{"a":+1}', '{"a":.5}', '[1}'])(
    '%j is no JSON',
    (text) => {
      expect(() => parseLossless(text)).toThrow('it is no JSON')
    },
  )

  test('V07 no name reaches beyond its object', () => {
    const parsed = parseLossless('{"__proto__":{"owned":1},"constructor":{"prototype":{"owned":1}},"a":{"__proto__":{"owned":1}}}') as {
      a: object
    }
    expect(Object.keys(parsed)).toEqual(['a'])
    expect('owned' in parsed || 'owned' in parsed.a || 'owned' in {}).toBe(false)
  })

  test('what is nested without end is refused', () => {
    expect(() => parseLossless('['.repeat(100_000))).toThrow('deeper')
    expect(parseLossless(`${'['.repeat(32)}${']'.repeat(32)}`)).toBeInstanceOf(Array)
  })
})

describe('tables', () => {
  test.each([
    ['101204', '', 'reject'],
    ['101204', 'system busy', 'unknown'],
    ['100500', 'internal', 'unknown'],
    ['101209', 'The maximum position value for this leverage', 'reject'],
    ['101209', 'the same order number within 1 second', 'unknown'],
    ['101209', 'something else', 'unknown'],
    ['80001', 'Insufficient margin', 'reject'],
    ['80001', 'order not exist', 'unknown'],
    ['80012', '{"Code":101253,"Msg":"margin is not enough"}', 'reject'],
    ['80012', '{"Code":100500,"Msg":"busy"}', 'unknown'],
    ['80012', '{"Code":80012,"Msg":"{}"}', 'unknown'],
    ['80012', '{broken', 'unknown'],
    ['109400', 'copy-trading signal in process', 'unknown'],
    ['109400', 'API orders temporarily disabled', 'unknown'],
    ['109400', 'quantity is invalid', 'reject'],
    ['101481', '', 'exists'],
    ['101400', 'clientOrderID duplicated', 'exists'],
    ['101400', 'below minimum', 'reject'],
    ['100410', 'current system is busy', 'limit'],
    ['HTTP_429', '', 'limit'],
    ['HTTP_403', '', 'limit'],
    ['HTTP_400', '', 'unknown'],
    ['1', 'never seen', 'unknown'],
  ])('K23 a placement answered %s %j is %s', (code, message, placement) => {
    expect(judge(code, message).placement).toBe(placement)
  })

  test.each([
    ['109421', 'gone'],
    ['80016', 'gone'],
    ['109414', 'gone'],
    ['109422', 'filled'],
    ['80018', 'filled'],
    ['109201', 'in_flight'],
    ['100413', 'setup'],
    ['100500', 'again'],
    ['1', 'again'],
  ])('a question answered %s is %s', (code, asking) => {
    expect(judge(code, '').asking).toBe(asking)
  })

  test('K23 statuses: both spellings, any case, and what nobody knows', () => {
    const words = ['CANCELED', 'CANCELLED', 'Pending', 'NEW', 'FILLED', 'FAILED', 'Unknown', '', '__proto__', 'constructor']
    expect(words.map(statusOf)).toEqual([
      'canceled',
      'canceled',
      'open',
      'open',
      'filled',
      'expired',
      'unknown',
      'unknown',
      'unknown',
      'unknown',
    ])
  })

  test('symbols have two names', () => {
    expect([bingxSymbolOf('BTC/USDT:USDT'), instrumentOf('1000PEPE-USDT')]).toEqual(['BTC-USDT', '1000PEPE/USDT:USDT'])
    expect([
      bingxSymbolOf('BTC/USDT'),
      bingxSymbolOf('BTC/USD:BTC'),
      bingxSymbolOf('BTC-USDT'),
      instrumentOf('btc-usdt'),
      instrumentOf('A/B'),
    ]).toEqual([null, null, null, null, null])
  })
})

describe('keys', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dita-keys-'))
  const fileOf = (name: string, text: string, mode = 0o600) => {
    const path = join(folder, name)
    writeFileSync(path, text)
    chmodSync(path, mode)
    return path
  }
  const read = (path: string | null, environment = {}) => readBingxCredentials({ environment, path })

  test('they come from the environment, or from a private file', () => {
    const environment = { DITA_BINGX_API_KEY: 'envKey', DITA_BINGX_API_SECRET: 'envSecret' }
    expect(read(null, environment).apiKey.reveal()).toBe('envKey')
    const path = fileOf('good', '# mine\napi_key = fileKey\r\napi_secret=fileSecret\n')
    expect([read(path).apiKey.reveal(), read(path).secret.reveal()]).toEqual(['fileKey', 'fileSecret'])
  })

  test.each([
    ['nothing at all', null, {}, 'CREDENTIALS_MISSING'],
    ['half of it', null, { DITA_BINGX_API_KEY: 'canaryHalf' }, 'CREDENTIALS_MISSING'],
    ['a file that is not there', '/nonexistent/keys', {}, 'CREDENTIALS_MISSING'],
    ['a file that others can read', fileOf('open', 'api_key=canaryA\napi_secret=canaryB\n', 0o640), {}, 'CREDENTIALS_EXPOSED'],
    ['a file with something else', fileOf('odd', 'api_key=canaryA\nAPI canaryB\n'), {}, 'CREDENTIALS_INVALID'],
    ['a file with one line twice', fileOf('twice', 'api_key=canaryA\napi_key=canaryB\n'), {}, 'CREDENTIALS_INVALID'],
    ['a file with half of it', fileOf('half', 'api_key=canaryA\n'), {}, 'CREDENTIALS_MISSING'],
    ['a folder', folder, {}, 'CREDENTIALS_INVALID'],
    ['a key with a blank', null, { DITA_BINGX_API_KEY: 'canary A', DITA_BINGX_API_SECRET: 'canaryB' }, 'CREDENTIALS_INVALID'],
  ])('V07 %s is refused without showing any of it', (_name, path, environment, code) => {
    let thrown: unknown
    try {
      read(path, environment)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ code, exitCode: 4 })
    expect(`${inspect(thrown, { depth: 10 })} ${(thrown as { next: string }).next}`).not.toContain('canary')
  })

  test('V07 a secret shows itself to nobody but who asks for it', () => {
    const secret = new Secret('canary')
    const holder = { deep: { secret } }
    const views = [
      `${secret}`,
      String(secret),
      JSON.stringify(holder),
      inspect(holder, { depth: 9, showHidden: true }),
      Object.values(secret).join(),
      // biome-ignore lint/style/useTemplate: another way in which a text is made of it
      secret + '',
    ]
    expect(views.join(' ')).not.toContain('canary')
    expect(views.join(' ')).toContain('[secret]')
    expect(secret.reveal()).toBe('canary')
  })
})

/** A clock that stands still unless somebody sleeps on it. */
class HandClock implements BingxClock {
  us = 1_000_000_000_000
  nowUs = () => this.us
  sleep = async (ms: number, signal: AbortSignal) => {
    // Whatever can happen now happens before time passes.
    await new Promise((resolve) => setImmediate(resolve))
    if (!signal.aborted) this.us += ms * 1_000
  }
}

describe('limiter and breaker', () => {
  const never = new AbortController().signal

  test('V04 calls of one endpoint leave at most five a second, in order', async () => {
    const clock = new HandClock()
    const limiter = new Limiter(clock, BINGX_DEFAULTS)
    const left: number[] = []
    const start = clock.us
    await Promise.all(
      Array.from({ length: 15 }, async () => {
        expect(await limiter.turn('place', Number.POSITIVE_INFINITY, never)).toBe('go')
        left.push((clock.us - start) / 1_000)
      }),
    )
    for (let index = 5; index < left.length; index += 1)
      expect((left[index] as number) - (left[index - 5] as number)).toBeGreaterThan(1_000)
    expect(left.at(-1)).toBeLessThan(2_500)
  })

  test('V04 urgent calls go before others that wait, and have places of their own', async () => {
    const clock = new HandClock()
    const limiter = new Limiter(clock, { ...BINGX_DEFAULTS, queueLimit: 4, queueReserve: 2 })
    limiter.pause(1_000)
    const order: string[] = []
    const call = async (name: 'place' | 'cancel') => order.push(`${name} ${await limiter.turn(name, Number.POSITIVE_INFINITY, never)}`)
    await Promise.all([call('place'), call('place'), call('place'), call('cancel'), call('cancel'), call('cancel')])
    expect(order).toEqual(['place QUEUE_FULL', 'cancel QUEUE_FULL', 'cancel go', 'cancel go', 'place go', 'place go'])
  })

  test('V04 whoever waits can be called off, and gives up at its deadline', async () => {
    const clock = new HandClock()
    const limiter = new Limiter(clock, BINGX_DEFAULTS)
    limiter.pause(60_000)
    const off = new AbortController()
    const aborted = limiter.turn('place', Number.POSITIVE_INFINITY, off.signal)
    off.abort()
    expect(await aborted).toBe('ABORTED')
    expect(await limiter.turn('place', clock.us + 500_000, never)).toBe('EXPIRED')
    expect(limiter.queued).toBe(0)
  })

  test('V04 the venue says that nothing is left until a time: then nothing leaves until then', async () => {
    const clock = new HandClock()
    const limiter = new Limiter(clock, BINGX_DEFAULTS)
    const untilUs = clock.us + 3_000_000
    limiter.heard({ left: 0, untilUs })
    expect(limiter.budgetOf('order')).toBe(0)
    expect(await limiter.turn('order', Number.POSITIVE_INFINITY, never)).toBe('go')
    expect(clock.us).toBeGreaterThanOrEqual(untilUs)
  })

  test('L05 the breaker opens after failures in a row, lets one probe through, and waits longer each time', () => {
    const breaker = new Breaker({ breakerFailures: 3, breakerPauseMs: 100, longestBreakerPauseMs: 250 })
    expect([breaker.failed(0), breaker.failed(0), breaker.enter(0)]).toEqual([false, false, 0])
    expect(breaker.failed(0)).toBe(true)
    expect(breaker.enter(1)).toBe(99_999)
    expect(breaker.enter(100_000)).toBe(0)
    expect(breaker.enter(100_000)).toBeGreaterThan(0)
    expect(breaker.failed(100_000)).toBe(false)
    expect(breaker.enter(100_000)).toBe(200_000)
    expect(breaker.enter(300_000)).toBe(0)
    expect(breaker.failed(300_000)).toBe(false)
    expect(breaker.enter(300_000)).toBe(250_000)
    expect(breaker.enter(550_000)).toBe(0)
    expect(breaker.succeeded()).toBe(true)
    expect([breaker.isOpen, breaker.enter(550_000), breaker.enter(550_000)]).toEqual([false, 0, 0])
  })
})

describe('numbers of the venue', () => {
  const answers = createAnswers()
  const rowsOf = (rows: unknown[]) => answers.fills(parseLossless(JSON.stringify({ code: 0, data: { fill_orders: rows } })))

  test('N12 the sample of the documentation: volume is in coins, the fee a cost, and the time the one with an offset', () => {
    const [row] = rowsOf([
      {
        filledTm: '2023-12-16T20:58:36Z',
        filledTime: '2023-12-16T20:58:36.000+0800',
        volume: '4.10',
        price: '3.1088',
        qty: '12.74',
        quoteQty: '211.40',
        commission: '-0.0025',
        commissionAsset: 'USDT',
        orderId: '1736007768311123456',
        tradeId: '241512',
        symbol: 'WLD-USDT',
        role: 'maker',
        side: 'buy',
        positionSide: 'short',
      },
    ])
    expect(row).toMatchObject({ orderId: '1736007768311123456', timeMs: Date.UTC(2023, 11, 16, 12, 58, 36), commission: dec('-0.0025') })
    expect(quantitiesOf([row as NonNullable<typeof row>], null)).toEqual([dec('4.1')])
  })

  test('the false Z of filledTm is the time of Shanghai', () => {
    expect(fillTimeMs(null, '2023-12-16T20:58:36Z')).toBe(Date.UTC(2023, 11, 16, 12, 58, 36))
    expect(fillTimeMs('nonsense', null)).toBeNull()
  })

  test('quantities that cannot be told apart are not guessed', () => {
    const rows = rowsOf([fillRow('1', '1', { volume: '3', qty: '7', quoteQty: '1' })])
    expect(quantitiesOf(rows, null)).toBeNull()
    expect(quantitiesOf(rows, dec('7'))).toEqual([dec('7')])
    expect(quantitiesOf(rows, dec('3'))).toEqual([dec('3')])
  })

  test('an empty text is none, a leverage has an X, and unknown fields do no harm', () => {
    const [asset] = answers.balances(parseLossless('{"code":0,"data":[{"userId":"","asset":"USDC","balance":"","new":[{}]}]}'))
    expect(asset).toEqual({ asset: 'USDC', balance: null })
  })

  test('tick and lot come from the decimals, the leverage from its own call', () => {
    const contract = answers.contract(parseLossless(JSON.stringify({ code: 0, data: [{ symbol: 'ODD' }, CONTRACT] })), 'BTC-USDT')
    const row = contract as NonNullable<typeof contract>
    expect(instrumentFrom(row, 'BTC/USDT:USDT', null).maxLeverage).toBe(dec('125'))
    expect(instrumentFrom({ ...row, pricePlaces: 0 }, 'BTC/USDT:USDT', dec('20'))).toMatchObject({
      tickSize: dec('1'),
      maxLeverage: dec('20'),
    })
    expect(() => instrumentFrom({ ...row, pricePlaces: 15 }, 'BTC/USDT:USDT', null)).toThrow('more than 18 decimals')
    expect(() => instrumentFrom({ ...row, asset: 'ETH' }, 'BTC/USDT:USDT', null)).toThrow('ETH and USDT')
  })

  test('V07 an escaped text never ends within an escape', () => {
    for (let length = 500; length < 520; length += 1) {
      const text = rawText('x'.repeat(length - 8) + '\u202e'.repeat(6))
      expect(text.length).toBeLessThanOrEqual(512)
      expect(text.replaceAll('\\u{202e}', '')).toMatch(/^x+$/)
    }
  })
})
