// The real binary in a real terminal. It runs what is built in dist/.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { haltText } from '../../src/core/halt-reasons.ts'
import { displayWidth } from '../../src/tui/text.ts'
import { query } from '../session/harness.ts'
import { Tmux } from './tmux.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** Another build than that of the project, where somebody wants it tried. */
const { TEST_BINARY: BINARY = join(ROOT, 'bin', 'run.js') } = process.env

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
  more = '',
  speed = 60,
  piped = '',
  inShell = false,
}: {
  columns?: number
  rows?: number
  environment?: Record<string, string>
  more?: string
  speed?: number
  /** What standard output goes into. */
  piped?: string
  /** Standard error is the terminal as well, and a shell that outlives it writes down the exit code. */
  inShell?: boolean
} = {}): Tmux {
  const folder = mkdtempSync(join(tmpdir(), 'dita-screen-'))
  const words = `'${process.execPath}' '${BINARY}' run --duration 30m --speed ${speed} --seed 7 --store '${join(folder, 'dita.db')}'`
  const terminal = new Tmux({
    name: `dita-test-${process.pid}-${running.length}`,
    columns,
    rows,
    environment: { CI: '', LC_ALL: 'C.UTF-8', TERM: 'screen-256color', ...environment },
    command: inShell
      ? `trap '' HUP; ${words}; echo $? > '${join(folder, 'exit-code')}'`
      : // A Ctrl-C that is a signal by then is one for the shell as well, which is to go on.
        `trap : INT; ${words} ${more} 2>'${join(folder, 'stderr')}' ${piped}; echo "left with $?"`,
  })
  running.push({ terminal, folder })
  return terminal
}

function expectWholePicture(lines: readonly string[], columns: number, rows: number): void {
  expect(lines).toHaveLength(rows)
  for (const line of lines) expect(displayWidth(line), line).toBe(columns)
  expect(lines[0]).toMatch(/^╭─ dita ─ .* UTC, simulated ─╮$/)
  expect(lines.at(-1)).toMatch(/^╰─ q stop {2}\? help .*─╯$/)
  for (const line of lines.slice(1, -1)) expect(line).toMatch(/^[│├].*[│┤]$/)
}

interface SessionEnd {
  readonly halt_reason: string | null
  readonly halt_detail: string | null
}

/** How a session ended whose screen is gone: its end is waited for. */
async function endOf(store: string): Promise<SessionEnd> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const [end] = query<SessionEnd>(store, 'SELECT halt_reason, halt_detail FROM sessions WHERE ended_at_us IS NOT NULL')
    if (end !== undefined) return end
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`the session in ${store} never ended`)
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
    const folder = running[0]?.folder ?? ''
    expect(readFileSync(join(folder, 'stderr'), 'utf8')).toBe('')
    const { halt_reason: reason, halt_detail: detail } = await endOf(join(folder, 'dita.db'))
    expect(haltText(reason, detail)).toBe('ended: stopped with q')
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

  test('every page is right at every size, from 60×20 to 250×80', { timeout: 180_000 }, async () => {
    const terminal = runSession({ columns: 60, rows: 20 })
    await terminal.until(hasTraded)
    const words = {
      1: ['market', 'pnl RLUSD', 'inventory', 'limits', 'orders', 'fills', 'messages'],
      2: ['▸ fills', 'orders', 'side'],
      3: ['market_maker', "quotes' up-time", 'both sides', 'markouts', 'slots'],
      4: ['journal', 'commits', 'venue paper', '▸ in doubt', 'every order is known', 'calls'],
      5: ['messages', 'instrument XRP/RLUSD'],
    } as const
    for (const [columns, rows] of [
      [60, 20],
      [80, 24],
      [120, 40],
      [200, 60],
      [250, 80],
    ] as const) {
      terminal.resize(columns, rows)
      for (const [key, titles] of Object.entries(words)) {
        terminal.press(key)
        const isThere = (picture: string) =>
          picture.split('\n')[0]?.length === columns && picture.includes(`[${key} `) && picture.includes('fills')
        const lines = await terminal.until(
          key === '1' ? isThere : (picture) => picture.includes(`[${key} `) && picture.split('\n')[0]?.length === columns,
        )
        expectWholePicture(lines, columns, rows)
        for (const title of titles) expect(lines.join('\n'), `${key} at ${columns}×${rows}`).toContain(title)
        expect(lines.join('\n')).toMatch(/● running +█*░+ +\d+ % +\d+:\d\d of 30:00/)
      }
    }
  })

  test('p takes the quotes back and brings them again; h asks before it halts', async () => {
    const terminal = runSession()
    await terminal.until(hasTraded)
    terminal.press('p')
    await terminal.until((picture) => picture.includes('trading paused') && picture.includes('no working order'))
    terminal.press('p')
    await terminal.until((picture) => !picture.includes('trading paused') && OUR_QUOTE.test(picture))
    terminal.press('h')
    const asked = await terminal.until((picture) => picture.includes('Halt this session by the kill switch?'))
    expectWholePicture(asked, 80, 24)
    terminal.press('n')
    await terminal.until((picture) => !picture.includes('Halt this session') && picture.includes('● running'))
    terminal.press('h')
    await terminal.until((picture) => picture.includes('Halt this session'))
    terminal.press('y')
    await terminal.until((picture) => picture.includes('left with 8'))
    expect(terminal.isOnAlternateScreen()).toBe(false)
  })

  test('L02 a signal while it is drawn gives the terminal back, with the summary on it', async () => {
    const terminal = runSession()
    await terminal.until(hasTraded)
    const [{ pid } = { pid: 0 }] = query<{ pid: number }>(join(running[0]?.folder ?? '', 'dita.db'), 'SELECT pid FROM session_runs')
    process.kill(pid, 'SIGTERM')
    const left = await terminal.until((picture) => picture.includes('left with 143'))
    expect(left.join('\n')).toContain('dita summarize')
    expect([terminal.isOnAlternateScreen(), terminal.isCursorVisible()]).toEqual([false, true])
  })

  test('L02 a second Ctrl-C at once after the first never ends it without a word', async () => {
    const terminal = runSession()
    await terminal.until(hasTraded)
    terminal.press('C-c')
    terminal.press('C-c')
    const left = await terminal.until((picture) => picture.includes('left with 130'))
    const said = readFileSync(join(running[0]?.folder ?? '', 'stderr'), 'utf8')
    expect([...left, said].join('\n')).toMatch(/Did it work|What happened in it|Left at once: nothing rests anywhere/)
    expect([terminal.isOnAlternateScreen(), terminal.isCursorVisible()]).toEqual([false, true])
  })

  test('L04 what crashes it is read on the terminal, and not lost with the screen', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dita-screen-'))
    writeFileSync(
      join(folder, 'boom.ts'),
      `export default () => ({ name: 'boom', slotIds: [], onTick() { setTimeout(() => { throw new Error('boom in a timer') }, 2_000); return [] } })`,
    )
    const terminal = runSession({ more: `--strategy '${join(folder, 'boom.ts')}' 2>&1;` })
    const left = await terminal.until((picture) => picture.includes('boom in a timer'))
    expect(left.join('\n')).not.toContain('● running')
    expect([terminal.isOnAlternateScreen(), terminal.isCursorVisible()]).toEqual([false, true])
    rmSync(folder, { recursive: true, force: true })
  })

  test('L02 a terminal that is closed under it hangs the session up, in good order and with the exit code of that', async () => {
    const terminal = runSession({ inShell: true })
    await terminal.until(hasTraded)
    const folder = running[0]?.folder ?? ''
    terminal.close()
    expect(await endOf(join(folder, 'dita.db'))).toMatchObject({ halt_reason: 'interrupted_sighup' })
    const exitCode = join(folder, 'exit-code')
    for (let attempt = 0; attempt < 300 && !existsSync(exitCode); attempt += 1) await new Promise((resolve) => setTimeout(resolve, 100))
    expect(readFileSync(exitCode, 'utf8')).toBe('129\n')
    expect(readFileSync(join(folder, 'dita.db.log'), 'utf8')).not.toContain('defect')
  })

  test('L02 a terminal that takes nothing any more holds nothing up: the session trades on, hears signals, and ends in good order', async () => {
    const terminal = runSession()
    await terminal.until(hasTraded)
    const store = join(running[0]?.folder ?? '', 'dita.db')
    const reader = terminal.reader()
    const progress = () => query<{ seq: number }>(store, 'SELECT max(seq) AS seq FROM journal')[0]?.seq ?? 0
    process.kill(reader, 'SIGSTOP')
    try {
      // What the terminal itself can hold is full within a second.
      await new Promise((resolve) => setTimeout(resolve, 3_000))
      const before = progress()
      await new Promise((resolve) => setTimeout(resolve, 2_000))
      expect(progress()).toBeGreaterThan(before)
      const [{ pid } = { pid: 0 }] = query<{ pid: number }>(store, 'SELECT pid FROM session_runs')
      process.kill(pid, 'SIGTERM')
      expect(await endOf(store)).toMatchObject({ halt_reason: 'interrupted_sigterm' })
    } finally {
      process.kill(reader, 'SIGCONT')
    }
    await terminal.until((picture) => picture.includes('left with 143'))
    expect([terminal.isOnAlternateScreen(), terminal.isCursorVisible()]).toEqual([false, true])
  })

  test('L02 a pipe whose reader has seen enough ends nothing: the session goes on, and says nothing more', async () => {
    const terminal = runSession({ speed: 600, piped: '| head -n 3' })
    const left = await terminal.until((picture) => picture.includes('left with'))
    expect(left.join('\n')).not.toContain('EPIPE')
    const closed = await endOf(join(running[0]?.folder ?? '', 'dita.db'))
    expect(closed).toMatchObject({ halt_reason: 'duration_elapsed' })
  })

  test('with NO_COLOR not one colour reaches the terminal', async () => {
    const terminal = runSession({ environment: { NO_COLOR: '1' } })
    expectEssentials(await terminal.until(hasTraded))
    expect(terminal.lines({ escapes: true }).join('')).not.toContain('\u001b')
  })
})
