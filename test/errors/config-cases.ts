// Errors of configs, keys, strategies, and of the markets that are played.

import { mkdirSync, symlinkSync } from 'node:fs'
import { checkIntents } from '../../src/core/strategy/check-intents.ts'
import { happened, type Provocation, typed } from './provocation.ts'
import { type Scene, SOURCES } from './scene.ts'

/** Nobody listens there: what is wrong is found before anybody is asked. */
const NOWHERE = { rest_url: 'http://127.0.0.1:9', stream_url: 'ws://127.0.0.1:9' }
const DEMO = { mode: 'demo', feed: { source: 'live' }, venue: { ...NOWHERE, credentials_file: 'keys' } }
const KEYS = 'api_key=k\napi_secret=s\n'

const strategy = (name: string, body: string) => (scene: Scene) => {
  scene.file('package.json', '{"type":"module"}')
  return scene.file(name, body)
}

export const CONFIG: readonly Provocation[] = [
  typed('CONFIG_MISSING', 'dita run --config desk.yaml'),
  typed('CONFIG_EMPTY', 'dita run', 'with an empty `dita.yaml`', (scene) => scene.file('dita.yaml', '# nothing yet\n')),
  typed('CONFIG_UNREADABLE', 'dita run --config .'),
  typed('CONFIG_UNREADABLE', 'dita audit-config photo.jpg', '', (scene) => scene.file('photo.jpg', Buffer.from([0xff, 0xd8, 0xff]))),
  typed('CONFIG_INVALID', 'dita run', 'with a key that is misspelt', (scene) =>
    scene.file('dita.yaml', 'risk:\n  max_exposre: 500\n  max_session_loss: lots\n'),
  ),
  typed('CONFIG_INVALID', 'dita run', 'with what is no YAML', (scene) => scene.file('dita.yaml', 'mode: paper\n  risk: [\n')),
  typed('CONFIG_INVALID', 'dita run', 'with a variable that cannot be', (scene) => {
    scene.file('dita.yaml', 'mode: paper\n')
    scene.variables({ DITA_MODE: 'practice' })
  }),
  typed('LIVE_NOT_CONFIRMED', 'dita run', 'with `mode: live`', (scene) => scene.config({ ...DEMO, mode: 'live' })),
  typed('LIVE_NOT_CONFIRMED', 'dita run --live', 'with `mode: paper`', (scene) => scene.config({ mode: 'paper' })),
  typed('LIVE_NOT_CONFIRMED', 'dita reconcile --fix-orphans', 'with `mode: live`', (scene) => scene.config({ ...DEMO, mode: 'live' })),
  typed('AUDIT_NOT_CLEAN', 'dita run --live', 'with `mode: live` and no limits', (scene) => {
    scene.file('keys', KEYS)
    scene.config({ ...DEMO, mode: 'live', risk: { max_exposure: 0, max_order_notional: 0, max_session_loss: 0 } })
  }),
  typed('DRAWDOWN_SINCE_AHEAD', 'dita run', 'with a `drawdown_since` that is still to come', (scene) =>
    scene.config({ risk: { drawdown_since: '2099-01-01T00:00:00Z' } }),
  ),
  typed('SESSION_DENIED', 'dita run', 'with another `kind` of an instrument that the account has traded', async (scene) => {
    const paper = { account: 'desk' }
    scene.config({ paper, instrument: XRP })
    await scene.run('dita run --duration 1s --speed max')
    scene.config({ paper, instrument: { ...XRP, kind: 'linear' } })
  }),
]

const XRP = { symbol: 'XRP/RLUSD', kind: 'spot', base: 'XRP', quote: 'RLUSD', tick_size: '0.0001', lot_size: '0.01' }

export const KEY_FILES: readonly Provocation[] = [
  typed('CREDENTIALS_MISSING', 'dita run', 'with `mode: demo` and no key', (scene) => scene.config({ ...DEMO, venue: NOWHERE })),
  typed('CREDENTIALS_MISSING', 'dita run', 'with half a key in the environment', (scene) => {
    scene.config({ ...DEMO, venue: NOWHERE })
    scene.variables({ DITA_BINGX_API_KEY: 'k' })
  }),
  typed('CREDENTIALS_MISSING', 'dita run', 'with a key file that is not there', (scene) => scene.config(DEMO)),
  typed('CREDENTIALS_MISSING', 'dita run', 'with half a key in the file', (scene) => {
    scene.config(DEMO)
    scene.file('keys', 'api_key=k\n')
  }),
  typed('CREDENTIALS_EXPOSED', 'dita run', 'with a key file that others can read', (scene) => {
    scene.config(DEMO)
    scene.file('keys', KEYS, 0o644)
  }),
  typed('CREDENTIALS_INVALID', 'dita run', 'with a key file of other lines', (scene) => {
    scene.config(DEMO)
    scene.file('keys', 'key: k\nsecret: s\n')
  }),
  typed('CREDENTIALS_INVALID', 'dita run', 'with a key file that is a folder', (scene) => {
    scene.config(DEMO)
    mkdirSync(scene.path('keys'))
  }),
  typed('CREDENTIALS_INVALID', 'dita run', 'with a blank in the key', (scene) => {
    scene.config({ ...DEMO, venue: NOWHERE })
    scene.variables({ DITA_BINGX_API_KEY: 'a key', DITA_BINGX_API_SECRET: 's' })
  }),
  typed('CREDENTIALS_MISSING', 'dita run', 'with notifications to Slack and no address', (scene) =>
    scene.config({ notify: { shape: 'slack' } }),
  ),
  typed('CREDENTIALS_MISSING', 'dita run', 'with notifications by Telegram and no chat', (scene) => {
    scene.config({ notify: { shape: 'telegram' } })
    scene.variables({ DITA_NOTIFY_TOKEN: `1234:${'t'.repeat(35)}` })
  }),
  typed('CREDENTIALS_INVALID', 'dita run', 'with notifications over plain HTTP', (scene) => {
    scene.config({ notify: { shape: 'json' } })
    scene.variables({ DITA_NOTIFY_URL: 'http://notify.example.com/x' })
  }),
]

/** Loaded by Node itself, in a process of its own: the tests' own loader has other words for what cannot be read. */
const loaded = (code: string, told: string, body: string): Provocation =>
  happened(code, `\`dita run --strategy ./mine.js\`, ${told}`, async (scene) => {
    strategy('mine.js', body)(scene)
    return scene.toldBy(`
      import { loadStrategy } from '${SOURCES}core/strategy/load-strategy.ts'
      await loadStrategy('${scene.path('mine.js')}', {})
    `)
  })

export const STRATEGIES: readonly Provocation[] = [
  typed('FLAG_INVALID', 'dita run --strategy marketmaker'),
  typed('STRATEGY_MISSING', 'dita run --strategy ./mine.ts'),
  loaded('STRATEGY_UNREADABLE', 'with a slip in it', 'export default function ({ instrument }) {\n  retrun null\n}\n'),
  loaded('STRATEGY_UNREADABLE', 'which fails while it is loaded', 'const model = JSON.parse("")\nexport default () => model\n'),
  loaded('STRATEGY_UNREADABLE', 'which imports what is not there', "import 'lodash'\n"),
  typed(
    'STRATEGY_INVALID',
    'dita run --strategy ./mine.js',
    'which exports nothing by default',
    strategy('mine.js', 'export const fee = 1\n'),
  ),
  typed(
    'STRATEGY_INVALID',
    'dita run --strategy ./mine.js',
    'which exports its function by name only',
    strategy('mine.js', 'export function mine() {}\n'),
  ),
  typed(
    'STRATEGY_INVALID',
    'dita run --strategy ./mine.js',
    'which makes no strategy',
    strategy('mine.js', 'export default () => ({ name: "mine" })\n'),
  ),
  typed(
    'STRATEGY_FAILED',
    'dita run --strategy ./mine.js',
    'which throws when it is set up',
    strategy('mine.js', 'export default () => {\n  throw new Error("no model")\n}\n'),
  ),
  happened('STRATEGY_INTENT_INVALID', 'a strategy gives something that is no intent; its session ends', (scene) =>
    scene.failureOf(Promise.resolve().then(() => checkIntents([{ type: 'BUY', quantity: 5 }], 'mine'))),
  ),
]

export const MARKETS: readonly Provocation[] = [
  typed('FEED_MISSING', 'dita run --feed monday.gz'),
  typed('FEED_NOT_A_FILE', 'dita run --feed .'),
  typed('FEED_EMPTY', 'dita run --feed monday.gz', 'an empty file', (scene) => scene.file('monday.gz', '')),
  typed('FEED_NOT_GZIP', 'dita run --feed monday.jsonl', 'plain text', (scene) => scene.file('monday.jsonl', '{}\n')),
  typed('FEED_UNREADABLE', 'dita run --feed loop.gz', 'a link to itself', (scene) => symlinkSync('loop.gz', scene.path('loop.gz'))),
  typed('FEED_NO_RECORDING', 'dita run --feed letters.gz', 'gzip of something else', (scene) =>
    scene.recording('letters.gz', 'Dear desk,'),
  ),
  typed('FEED_INSTRUMENT_UNKNOWN', 'dita run --feed odd.gz', 'of an instrument with an odd name', (scene) =>
    scene.recording('odd.gz', TICKER('QQQQ')),
  ),
  typed('FEED_OTHER_INSTRUMENT', 'dita run --feed btc.gz', 'with `instrument: ETH/USDT` in the config', (scene) => {
    scene.recording('btc.gz', TICKER('BTCUSDT'))
    scene.config({ instrument: { symbol: 'ETH/USDT', kind: 'spot', base: 'ETH', quote: 'USDT', tick_size: '0.01', lot_size: '0.001' } })
  }),
  typed('FEED_START_PRICE', 'dita run', 'with a start price below a tick', (scene) =>
    scene.config({ feed: { simulated: { start_price: '0.00000001' } } }),
  ),
]

const TICKER = (symbol: string): string =>
  `1680652800070436 {"stream":"x@bookTicker","data":{"e":"bookTicker","u":1,"s":"${symbol}","b":"28155.10","B":"0.060","a":"28155.20","A":"3.793","T":1680652800089,"E":1680652800093}}`
