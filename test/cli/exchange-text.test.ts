import { describe, expect, test } from 'vitest'
import { type Listening, renderListening } from '../../src/cli/exchange-text.ts'

const LISTENING: Listening = {
  listening: { rest: 'http://127.0.0.1:8080', stream: 'ws://127.0.0.1:8080/swap-market' },
  truth: '/home/me/truth.jsonl',
  instrument: { symbol: 'BTC/USDT:USDT', venueSymbol: 'BTC-USDT' },
  control: { url: 'http://127.0.0.1:8080/control/', token: 'abc' },
  credentials: { apiKey: 'dita-rehearsal-key', apiSecret: 'dita rehearsal' },
  restored: { orders: 0, fills: 0, tornBytes: 0 },
}

describe('what an exchange tells a person', () => {
  test('is where it listens, how to set up a workspace that trades there, the keys to type, and how to end it', () => {
    const text = renderListening(LISTENING)
    expect(text).toContain('Ctrl-C ends it')
    expect(text).toContain('  dita init --yes --mode demo --exchange http://127.0.0.1:8080 --instrument BTC/USDT:USDT\n')
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
