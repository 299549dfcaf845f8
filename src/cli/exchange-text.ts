// What `dita exchange` tells a person who sits before it: where it listens, what to type to trade there, how to end it. Text only.

import { quoted } from './quoted.ts'

export interface Listening {
  readonly listening: { readonly rest: string; readonly stream: string }
  readonly truth: string
  readonly instrument: { readonly symbol: string; readonly venueSymbol: string }
  readonly control: { readonly url: string; readonly token: string }
  /** Only those that are good for nothing elsewhere. */
  readonly credentials?: { readonly apiKey: string; readonly apiSecret: string }
  readonly restored: { readonly orders: number; readonly fills: number; readonly tornBytes: number }
}

export function renderListening({ listening, truth, instrument, control, credentials, restored }: Listening): string {
  const before = restored.orders === 0 ? '' : ` (carried on: orders ${restored.orders}, fills ${restored.fills})`
  const keys =
    credentials === undefined
      ? 'export DITA_BINGX_API_KEY=… DITA_BINGX_API_SECRET=…   # those of your --api-key-file'
      : `export DITA_BINGX_API_KEY=${quoted(credentials.apiKey)} DITA_BINGX_API_SECRET=${quoted(credentials.apiSecret)}`
  return [
    'An exchange listens on this machine, for this machine only. Ctrl-C ends it.',
    '',
    `  REST       ${listening.rest}`,
    `  streams    ${listening.stream}`,
    `  market     ${instrument.symbol}, which it calls ${instrument.venueSymbol}`,
    `  truth log  ${truth}${before}`,
    '',
    'To trade here, with practice money, in another terminal and a new folder:',
    '',
    `  dita init --yes --mode demo --exchange ${listening.rest} --instrument ${instrument.symbol}`,
    `  ${keys}`,
    '  dita run --duration 10m',
    '',
    'To break something while it trades (docs/EXCHANGE.md lists what):',
    '',
    `  curl -X POST -H 'Authorization: Bearer ${control.token}' \\`,
    `    -d '{"add": {"fault": "delay", "ms": 500}}' ${control.url}faults`,
  ].join('\n')
}
