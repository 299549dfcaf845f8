// Where the recordings of real markets lie, and how long each is. Reads nothing: who needs one looks whether it is there.

import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('../../../shared/data/', import.meta.url))

export const RECORDINGS = {
  usdm: { path: `${FOLDER}binance-usdm-btcusdt-20230405.jsonl.gz`, lines: 60_381 },
  spot: { path: `${FOLDER}binance-spot-btcusdt-20240808.jsonl.gz`, lines: 41_249 },
} as const
