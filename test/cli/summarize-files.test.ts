import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dec } from '../../src/core/kernel/decimal.ts'
import { CSV_COLUMNS, CSV_NAMES } from '../../src/core/report/csv.ts'
import { SECTION_NAMES } from '../../src/core/report/section-names.ts'
import { makeMarket, ScriptedSession, temporaryFolder, writeStore } from '../core/report/recorded-store.ts'
import { dita, errorOf } from './dita.ts'

const folder = temporaryFolder()
const cwd = folder.path
const store = join(cwd, 'dita.db')
const summarize = (...args: string[]) => dita(['summarize', ...args, '--store', store], { cwd })

beforeAll(() =>
  writeStore(store, (journal) => {
    const first = new ScriptedSession(journal, 'run-1', { startedWallUs: 1, capital: { XRP: '500', RLUSD: '20000' } })
    makeMarket(first, { seed: 21, ticks: 60 })
    first.halt('duration_elapsed')
    const second = new ScriptedSession(journal, 'run-2', { startedWallUs: 2 })
    second.tick(dec('2'))
    second.halt('duration_elapsed')
  }),
)
afterAll(() => folder.remove())

describe('dita summarize --section', () => {
  test('shows only the named parts, in the order of the summary', async () => {
    const { code, stdout } = await summarize('run-1', '--section', 'journal, result')
    expect(code).toBe(0)
    expect(stdout).not.toContain('Did it work')
    expect(stdout.split('\n').filter((line) => /^[A-Z]/.test(line) && !line.startsWith('Session run-1'))).toEqual([
      ...['Attribution', 'Return and drawdown', 'Exposure', 'Ratios'],
      ...['Journal', 'Checks'],
    ])
  })

  test('an unknown name is exit 2, with the nearest one and all that there are', async () => {
    const outcome = await summarize('run-1', '--section', 'trade', '--md')
    expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code: 2, stdout: '' })
    expect(outcome.stderr).toContain('There is no section "trade".')
    expect(outcome.stderr).toContain('Did you mean trades?')
    for (const name of SECTION_NAMES) expect(outcome.stderr).toContain(name)
  })
})

describe('dita summarize --compare', () => {
  test('puts two sessions side by side, as text, Markdown and JSON', async () => {
    const [text, markdown, json] = await Promise.all([
      summarize('run-1', '--compare', 'latest'),
      summarize('run-1', '--compare', 'latest', '--md'),
      summarize('run-1', '--compare', 'latest', '--json'),
    ])
    expect(text?.stdout).toMatch(/^Session run-1: .*\nSession run-2: /)
    expect(markdown?.stdout).toMatch(/^# run-1 against run-2\n/)
    const view = JSON.parse(json?.stdout ?? '')
    expect([view.first.sessionId, view.second.sessionId]).toEqual(['run-1', 'run-2'])
    expect(view.groups[1].figures[0]).toMatchObject({ name: 'net of fees', first: view.first.pnl.net, difference: expect.any(String) })
  })
})

describe('dita summarize --html', () => {
  test('writes one file and says which; written again it is replaced; with --json the summary is printed', async () => {
    const { code, stdout } = await summarize('run-1', '--html', 'page.html')
    expect(code).toBe(0)
    expect(stdout).toMatch(/page\.html {2}\d+ KB\n$/)
    expect(readFileSync(join(cwd, 'page.html'), 'utf8')).toContain('<title>Session run-1: ')
    const again = await summarize('run-2', '--html', 'page.html', '--json')
    expect(JSON.parse(again.stdout)).toMatchObject({ sessionId: 'run-2' })
    expect(readFileSync(join(cwd, 'page.html'), 'utf8')).toContain('<title>Session run-2: ')
    expect(readdirSync(cwd).filter((name) => name.includes(String(process.pid)) || name.startsWith('.dita-'))).toEqual([])
  })

  test('replaces nothing that dita did not write: exit 2, and the file is as it was', async () => {
    writeFileSync(join(cwd, 'mine.html'), '<html>mine</html>')
    mkdirSync(join(cwd, 'folder.html'))
    symlinkSync('/dev/null', join(cwd, 'device.html'))
    for (const name of ['mine.html', 'folder.html', 'device.html']) {
      const outcome = await summarize('run-1', '--html', name, '--json')
      expect(outcome.code).toBe(2)
      expect(errorOf(outcome)).toMatchObject({ code: 'FILE_IN_THE_WAY', fault: 'user' })
    }
    expect(readFileSync(join(cwd, 'mine.html'), 'utf8')).toBe('<html>mine</html>')
  })

  test('a place that cannot be written to, and a session that is not there, leave nothing behind', async () => {
    const nowhere = await summarize('run-1', '--html', 'no/such/folder/page.html', '--json')
    expect(nowhere.code).toBe(2)
    expect(errorOf(nowhere)).toMatchObject({ code: 'REPORT_NOT_WRITTEN' })
    const nobody = await summarize('walk', '--html', 'nobody.html')
    expect(nobody.code).toBe(2)
    expect(existsSync(join(cwd, 'nobody.html'))).toBe(false)
    expect(readdirSync(cwd).filter((name) => name.startsWith('.dita-'))).toEqual([])
  })
})

describe('dita summarize --csv', () => {
  test('makes the folder and writes every table; written again they are replaced', async () => {
    for (const session of ['run-1', 'run-1']) {
      const { code, stdout } = await summarize(session, '--csv', 'deep/tables')
      expect(code).toBe(0)
      expect(stdout.trimEnd().split('\n')).toHaveLength(CSV_NAMES.length)
      expect(readdirSync(join(cwd, 'deep/tables')).sort()).toEqual([...CSV_NAMES].sort())
      for (const name of CSV_NAMES)
        expect(readFileSync(join(cwd, 'deep/tables', name), 'utf8')).toMatch(new RegExp(`^${CSV_COLUMNS[name].join(',')}\r\n`))
      expect(readFileSync(join(cwd, 'deep/tables/figures.csv'), 'utf8')).toContain(`sessionId,${session}\r\n`)
    }
  })

  test('the tables of another session stay as they are: exit 2, with both ids and a folder to name', async () => {
    await summarize('run-1', '--csv', 'taken')
    const before = CSV_NAMES.map((name) => readFileSync(join(cwd, 'taken', name), 'utf8'))
    const outcome = await summarize('run-2', '--csv', 'taken', '--html', 'taken.html')
    expect(outcome.code).toBe(2)
    expect(outcome.stderr).toContain(
      'holds the tables of session run-1, and those of session run-2 would replace them. Nothing was changed.',
    )
    expect(outcome.stderr).toContain(`--csv ${join(cwd, 'taken', 'run-2')}`)
    expect(readdirSync(join(cwd, 'taken')).sort()).toEqual([...CSV_NAMES].sort())
    expect(CSV_NAMES.map((name) => readFileSync(join(cwd, 'taken', name), 'utf8'))).toEqual(before)
    expect(existsSync(join(cwd, 'taken.html'))).toBe(false)
    // Nor does anybody know whose tables those are that stand without their figures.
    rmSync(join(cwd, 'taken', 'figures.csv'))
    const unknown = await summarize('run-1', '--csv', 'taken')
    expect(unknown.code).toBe(2)
    expect(unknown.stderr).toContain('holds tables of dita that do not say of which session')
    expect((await summarize('run-2', '--csv', 'taken/run-2')).code).toBe(0)
  })

  test('one table that is not ours leaves all of them as they were', async () => {
    mkdirSync(join(cwd, 'shared'))
    writeFileSync(join(cwd, 'shared', 'trades.csv'), 'my,own\r\n')
    const outcome = await summarize('run-1', '--csv', 'shared', '--html', 'shared/page.html')
    expect(outcome.code).toBe(2)
    expect(outcome.stderr).toContain(join('shared', 'trades.csv'))
    expect(readdirSync(join(cwd, 'shared'))).toEqual(['trades.csv'])
    expect(readFileSync(join(cwd, 'shared', 'trades.csv'), 'utf8')).toBe('my,own\r\n')
  })
})

describe('flags that do not go together', () => {
  test.each([
    ['--section result --json', '--section and --json'],
    ['--section result --compare run-2', '--section and --compare'],
    ['--compare run-2 --csv x', '--compare and --csv'],
    ['--md --json', '--md and --json'],
    ['--md --html x.html', '--md and --html'],
  ])('%s is exit 2, and nothing is written', async (flags, said) => {
    const outcome = await summarize('run-1', ...flags.split(' '))
    expect(outcome.code).toBe(2)
    expect(outcome.stdout + outcome.stderr).toContain(said)
    expect(existsSync(join(cwd, 'x')) || existsSync(join(cwd, 'x.html'))).toBe(false)
  })
})
