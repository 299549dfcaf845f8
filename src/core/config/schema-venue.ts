// The keys of a real venue and of the account there: part of the one schema of dita.yaml.

import { BINGX_STREAM_PATH } from '../names.ts'
import { choice, decimal, LINE, NAME, optionalText, plainNumber, section, text } from './fields.ts'

const REST_URL = /^https?:\/\/[!-~]{1,1000}$/
const STREAM_URL = /^wss?:\/\/[!-~]{1,1000}$/

export function venueSection() {
  return section('The venue that orders go to in the modes `demo` and `live`, and the account there.', {
    name: choice({ choices: ['bingx'], default: 'bingx', description: '`bingx`: USDT perpetuals at BingX.' }),
    account: text({
      default: 'main',
      ...NAME,
      description: 'Your own name for the account: its facts are kept under it, from session to session.',
    }),
    instrument: text({
      default: 'BTC/USDT:USDT',
      pattern: /^[A-Z0-9]{1,16}\/[A-Z0-9]{1,16}:[A-Z0-9]{1,16}$/,
      expected: 'a name such as BTC/USDT:USDT',
      description: 'What is traded there. Tick, lot, smallest order and leverage are asked of the venue.',
    }),
    credentials_file: optionalText({
      pattern: LINE,
      expected: 'the path of a file',
      description:
        'A file that only you can read (0600) with the lines `api_key=…` and `api_secret=…`. Left out: DITA_BINGX_API_KEY and DITA_BINGX_API_SECRET.',
    }),
    rest_url: optionalText({
      pattern: REST_URL,
      expected: 'an address such as http://127.0.0.1:8080',
      description: "Where to call instead of the venue's own host: `dita exchange` prints both addresses.",
    }),
    stream_url: optionalText({
      pattern: STREAM_URL,
      expected: `an address such as ws://127.0.0.1:8080${BINGX_STREAM_PATH}`,
      description: "Where to listen instead of the venue's own host.",
    }),
    call_timeout_seconds: decimal({
      default: '8',
      min: '0.1',
      max: '60',
      step: '0.001',
      description: 'Longest time of one call to the venue, in seconds.',
    }),
    queue_limit: plainNumber({
      default: '64',
      min: '20',
      max: '10000',
      step: '1',
      description: 'Most calls that may wait for their turn; a quarter of them is kept for cancels and questions.',
    }),
  })
}
