import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Listening, renderListening } from '../../src/cli/exchange-text.ts'
import { loadConfig } from '../../src/core/config/load-config.ts'

const LISTENING: Listening = {
  listening: { rest: 'http://127.0.0.1:8080', stream: 'ws://127.0.0.1:8080/swap-market' },
  truth: '/home/me/truth.jsonl',
  instrument: { symbol: 'BTC/USDT:USDT', venueSymbol: 'BTC-USDT' },
  control: { url: 'http://127.0.0.1:8080/control/', token: 'abc' },
  credentials: { apiKey: 'dita-rehearsal-key', apiSecret: 'dita rehearsal' },
  restored: { orders: 0, fills: 0, tornBytes: 0 },
}

describe('what an exchange tells a person', () => {
  test('is where it listens, a config that trades there as it stands, the keys to type, and how to end it', () => {
    const text = renderListening(LISTENING)
    expect(text).toContain('Ctrl-C ends it')
    const [, yaml = ''] = /practice money:\n\n([\s\S]*?)\n\n/.exec(text) ?? []
    expect(parse(yaml)).toMatchObject({ mode: 'demo', feed: { source: 'live' } })
    const config = loadConfig({ file: 'dita.yaml', text: yaml.replaceAll(/^ {2}/gm, ''), environment: {} })
    expect(config).toMatchObject({
      mode: 'demo',
      venue: { instrument: 'BTC/USDT:USDT', restUrl: LISTENING.listening.rest, streamUrl: LISTENING.listening.stream },
    })
    expect(text).toContain("  export DITA_BINGX_API_KEY=dita-rehearsal-key DITA_BINGX_API_SECRET='dita rehearsal'\n")
    expect(text.split('\n').filter((line) => line.length > 100)).toEqual([])
  })

  test('names no keys that are the person’s own, and says what was carried on', () => {
    const { credentials: _own, ...kept } = LISTENING
    const text = renderListening({ ...kept, restored: { orders: 12, fills: 3, tornBytes: 0 } })
    expect(text).toContain('DITA_BINGX_API_SECRET=…')
    expect(text).toContain('/home/me/truth.jsonl (carried on: orders 12, fills 3)')
  })
})
