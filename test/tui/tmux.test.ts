// The real binary in a real terminal. It runs what is built in dist/.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { displayWidth } from '../../src/tui/text.ts'
import { Tmux } from './tmux.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const BINARY = join(ROOT, 'bin', 'run.js')

const isInstalled = Tmux.isInstalled()
if (!isInstalled) console.warn('LEFT OUT: the live screen in a real terminal, because tmux is not installed')

interface Running {
  readonly terminal: Tmux
  readonly folder: string
}

const running: Running[] = []

function runSession({
  columns = 80,
  rows = 24,
  environment = {},
}: {
  columns?: number
  rows?: number
  environment?: Record<string, string>
} = {}): Tmux {
  const folder = mkdtempSync(join(tmpdir(), 'dita-screen-'))
  const terminal = new Tmux({
    name: `dita-test-${process.pid}-${running.length}`,
    columns,
    rows,
    environment: { CI: '', LC_ALL: 'C.UTF-8', TERM: 'screen-256color', ...environment },
    command: `'${process.execPath}' '${BINARY}' run --duration 30m --speed 60 --seed 7 --store '${join(folder, 'dita.db')}' 2>'${join(folder, 'stderr')}'; echo "left with $?"`,
  })
  running.push({ terminal, folder })
  return terminal
}

function expectWholePicture(lines: readonly string[], columns: number, rows: number): void {
  expect(lines).toHaveLength(rows)
  for (const line of lines) expect(displayWidth(line), line).toBe(columns)
  expect(lines[0]).toMatch(/^╭─ dita ─ .* UTC ─╮$/)
  expect(lines.at(-1)).toMatch(/^╰─ q stop {2}\? help .*─╯$/)
  for (const line of lines.slice(1, -1)) expect(line).toMatch(/^[│├].*[│┤]$/)
}

const OUR_QUOTE = /our (ask|bid) +\d+\.\d+/

/** All that must be readable whatever the size: from where the session stands to what it says. */
function expectEssentials(lines: readonly string[]): void {
  const picture = lines.join('\n')
  expect(picture).toMatch(/● running +█*░+ +\d+ % +\d+:\d\d of 30:00/)
  expect(picture).toMatch(/XRP\/RLUSD spot +market_maker +paper/)
  for (const essential of [/ask +\d+\.\d+/, /bid +\d+\.\d+/, /spread +\d+\.\d+ bps/, OUR_QUOTE, /realised +[+-]?\d/, /position [+-]?\d/]) {
    expect(picture).toMatch(essential)
  }
  for (const title of ['inventory', 'limits', 'orders', 'fills', 'messages']) expect(picture).toContain(` ${title}`)
}

/** Right after a fill there is no quote for a moment: what is looked at has one. */
const hasTraded = (picture: string) => /fills [1-9]/.test(picture) && OUR_QUOTE.test(picture) && picture.includes('running')

describe.skipIf(!isInstalled)('the live screen in a real terminal', () => {
  beforeAll(() => {
    if (!existsSync(join(ROOT, 'dist', 'tui', 'live-screen.js'))) throw new Error('dist/ is missing or old: run `npm run build` first')
  })
  afterEach(() => {
    for (const { terminal, folder } of running.splice(0)) {
      terminal.close()
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test('it is right at 80×24, follows a resize to 120×40 and back, and q ends the session in good order', async () => {
    const terminal = runSession()
    const small = await terminal.until(hasTraded)
    expect(terminal.isOnAlternateScreen()).toBe(true)
    expectWholePicture(small, 80, 24)
    expectEssentials(small)

    terminal.resize(120, 40)
    const large = await terminal.until((picture) => picture.split('\n')[0]?.length === 120 && hasTraded(picture))
    expectWholePicture(large, 120, 40)
    expectEssentials(large)

    terminal.resize(50, 12)
    const tiny = await terminal.until((picture) => picture.startsWith('too small'))
    expect(tiny.filter((line) => line !== '')).toHaveLength(1)

    terminal.resize(80, 24)
    expectWholePicture(await terminal.until(hasTraded), 80, 24)

    terminal.press('q')
    await terminal.until((picture) => picture.includes('left with 0'))
    expect(terminal.isOnAlternateScreen()).toBe(false)
    expect(terminal.isCursorVisible()).toBe(true)
    expect(readFileSync(join(running[0]?.folder ?? '', 'stderr'), 'utf8')).toBe('')
  })

  test('it is right at 120×40 from the start, and Ctrl-C gives the terminal back', async () => {
    const terminal = runSession({ columns: 120, rows: 40 })
    const lines = await terminal.until(hasTraded)
    expectWholePicture(lines, 120, 40)
    expectEssentials(lines)
    expect(terminal.lines({ escapes: true }).join('')).toContain('\u001b[')

    terminal.press('C-c')
    await terminal.until((picture) => picture.includes('left with'))
    expect(terminal.isOnAlternateScreen()).toBe(false)
  })

  test('K is the kill switch: the session halts with exit code 8', async () => {
    const terminal = runSession()
    await terminal.until(hasTraded)
    terminal.press('K')
    await terminal.until((picture) => picture.includes('left with 8'))
    expect(terminal.isOnAlternateScreen()).toBe(false)
  })

  test('with NO_COLOR not one colour reaches the terminal', async () => {
    const terminal = runSession({ environment: { NO_COLOR: '1' } })
    expectEssentials(await terminal.until(hasTraded))
    expect(terminal.lines({ escapes: true }).join('')).not.toContain('\u001b')
  })
})
