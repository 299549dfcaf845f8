// The pictures of the README, made of real runs: `npm run pictures` writes docs/pictures. It needs tmux and chromium.

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { Browser, CHROMIUM } from '../test/core/report/html/browser.ts'
import { Tmux } from '../test/tui/tmux.ts'
import { terminalPicture } from './terminal-picture.ts'

const PROJECT = fileURLToPath(new URL('../', import.meta.url))
const PICTURES = join(PROJECT, 'docs/pictures')
const BIN = join(PROJECT, 'bin/run.js')

const OUR_QUOTES = [/our ask +\d/, /our bid +\d/]

/** The live screen, of a session that has come some way. */
async function drawScreen(folder: string): Promise<void> {
  const terminal = new Tmux({
    name: `dita-pictures-${process.pid}`,
    columns: 120,
    rows: 36,
    environment: { CI: '', LC_ALL: 'C.UTF-8', TERM: 'screen-256color' },
    command: `'${process.execPath}' '${BIN}' run --duration 30m --speed 60 --seed 7 --session demo --store '${join(folder, 'screen.db')}'`,
  })
  try {
    let lines: readonly string[] = []
    await terminal.until((picture) => {
      if (!/(6[2-9]|[789]\d) %/.test(picture)) return false
      // The next look may be at another picture: what is drawn is what was judged.
      lines = terminal.lines({ escapes: true })
      return OUR_QUOTES.every((quote) => quote.test(stripVTControlCharacters(lines.join('\n'))))
    })
    writeFileSync(
      join(PICTURES, 'screen.svg'),
      terminalPicture(lines, 'The live screen of dita: market and own quotes, result, inventory, limits, orders, fills, messages'),
    )
    terminal.press('q')
  } finally {
    terminal.close()
  }
}

/** The page that `dita summarize --html` writes, as a browser shows its beginning. */
async function drawReport(folder: string): Promise<void> {
  if (CHROMIUM === undefined)
    throw new Error('The picture of the report needs chromium, and there is none: install it, or name it in DITA_CHROMIUM.')
  const [store, page] = [join(folder, 'report.db'), join(folder, 'report.html')]
  const dita = (...args: readonly string[]) =>
    execFileSync(process.execPath, [BIN, ...args, '--store', store], { stdio: ['ignore', 'ignore', 'inherit'] })
  dita('run', '--duration', '30m', '--speed', 'max', '--seed', '7', '--session', 'demo')
  dita('summarize', '--html', page)
  const browser = await Browser.open(CHROMIUM)
  try {
    const size = { width: 1200, height: 1030, deviceScaleFactor: 1, mobile: false }
    await browser.send('Emulation.setDeviceMetricsOverride', size)
    await browser.send('Emulation.setScrollbarsHidden', { hidden: true })
    await browser.goTo(page)
    await browser.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
    const { data } = await browser.send('Page.captureScreenshot', { format: 'png' })
    writeFileSync(join(PICTURES, 'report.png'), Buffer.from(data as string, 'base64'))
  } finally {
    await browser.close()
  }
}

const folder = mkdtempSync(join(tmpdir(), 'dita-pictures-'))
try {
  mkdirSync(PICTURES, { recursive: true })
  await drawScreen(folder)
  await drawReport(folder)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
