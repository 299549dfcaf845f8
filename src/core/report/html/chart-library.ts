// Where the charts of a page come from: the library as it is installed, read when a page is made.

import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** The whole of lightweight-charts as one script, with its licence at the top. */
export function readChartLibrary(): Promise<string> {
  const script = new URL('lightweight-charts.standalone.production.js', import.meta.resolve('lightweight-charts'))
  return readFile(fileURLToPath(script), 'utf8')
}

/** What its licence asks to stand on a page, beside a link to its makers. */
export const CHART_LICENCE = 'TradingView Lightweight Charts™, copyright TradingView, Inc., under the Apache License 2.0'
export const CHART_MAKERS = 'https://www.tradingview.com/'
