// The questions of `dita init`: what they accept, what they write, and a person at a real terminal.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { askQuestions } from '../../src/cli/ask-questions.ts'
import { runAuditCommand } from '../../src/cli/audit-config.ts'
import { type Answers, checkFlags, chosenOf, type InitPlace, QUESTIONS } from '../../src/cli/init-questions.ts'
import { initWorkspace, renderNewWorkspace } from '../../src/cli/init-workspace.ts'
import { simulatedMarket } from '../../src/cli/start-workspace.ts'
import { loadConfig } from '../../src/core/config/load-config.ts'
import { parseDecimal } from '../../src/core/kernel/decimal.ts'
import { temporaryFolder } from '../session/harness.ts'
import { Tmux } from '../tui/tmux.ts'
import { dita, errorOf, PROJECT } from './dita.ts'

let simulated: InitPlace['simulated'] = null
beforeAll(async () => {
  simulated = await simulatedMarket()
})

const place = (folder = '/tmp'): InitPlace => ({ folder, workingFolder: folder, simulated })

/** Writes a workspace from these answers, and loads what was written. */
function written(answers: Answers, folder = temporaryFolder()) {
  const chosen = chosenOf(answers, place(folder))
  const workspace = initWorkspace({ folder, force: false, chosen })
  const file = join(folder, 'dita.yaml')
  return { config: loadConfig({ file, environment: {} }), file, text: readFileSync(file, 'utf8'), workspace }
}

/** Somebody who types these lines, and what was shown. */
function typing(lines: readonly (string | null)[]) {
  const shown: string[] = []
  const left = [...lines]
  return {
    shown,
    left,
    asker: {
      async ask(prompt: string) {
        shown.push(prompt)
        return left.shift() ?? null
      },
      say: (text: string) => void shown.push(text),
    },
  }
}

const enter = (count: number): string[] => Array.from({ length: count }, () => '')

describe('the config that answers make', () => {
  test.each<[string, Answers]>([
    ['nothing', {}],
    ['a breakout', { strategy: 'breakout', 'order-size': '500' }],
    ['other limits', { 'max-loss': '20', 'max-exposure': '400', 'max-order': '50', 'max-inventory': '200', 'order-size': '25' }],
    ['money', { money: 'XRP: 500, RLUSD: 1000', 'max-exposure': '1500', 'max-order': '500' }],
    ['a large desk', { 'max-drawdown': '9000', 'max-loss': '8000', 'max-exposure': '9000', 'max-order': '7000' }],
  ])('C02 of %s is one that audit-config passes', async (_, answers) => {
    checkFlags(answers, place())
    const { file } = written(answers)
    const view = await runAuditCommand({
      ...{ configPath: file, feed: undefined, strategy: undefined, seed: undefined, duration: '30m', online: false },
    })
    expect(view.findings.filter(({ severity }) => severity !== 'note')).toEqual([])
    expect(view.exitCode).toBe(0)
  })

  test('says what was chosen beside what most people change; in full, only that is not commented out', () => {
    const { config, text: short } = written({ strategy: 'breakout', 'order-size': '500', money: 'XRP: 500, RLUSD: 1000', 'max-loss': '20' })
    expect(short).toMatch(/^# yaml-language-server: \$schema=\.\/dita\.schema\.json\n/)
    for (const line of [
      '  balances: { XRP: 500, RLUSD: 1000 }',
      '    order_notional: 500',
      '  max_session_loss: 20',
      '  max_exposure: 5000',
    ]) {
      expect(short).toContain(`${line}\n`)
    }
    const folder = temporaryFolder()
    const answers = { strategy: 'breakout', 'order-size': '500', money: 'XRP: 500, RLUSD: 1000', 'max-loss': '20' }
    initWorkspace({ folder, force: false, chosen: chosenOf(answers, place(folder)), full: true })
    const set = readFileSync(join(folder, 'dita.yaml'), 'utf8')
      .split('\n')
      .filter((line) => /^ *[a-z_]+: \S/.test(line))
    expect(set.map((line) => line.trim())).toEqual([
      'balances: { XRP: 500, RLUSD: 1000 }',
      'name: breakout',
      'order_notional: 500',
      'max_session_loss: 20',
    ])
    expect(config.strategy.breakout.orderNotional).toBe(parseDecimal('500'))
    expect(config.paper.balances).toEqual({ XRP: parseDecimal('500'), RLUSD: parseDecimal('1000') })
  })

  test.each(['demo', 'live'])('in mode %s takes the market of the venue', (mode) => {
    const { config, workspace } = written({ mode, instrument: 'ETH/USDT:USDT' })
    expect([config.mode, config.feed.source, config.venue.instrument]).toEqual([mode, 'live', 'ETH/USDT:USDT'])
    const text = renderNewWorkspace(workspace)
    expect(text).toContain('dita doctor')
    expect(text).not.toContain('--speed')
    expect(text.includes('dita run --live')).toBe(mode === 'live')
  })

  test('with an exchange of your own have both of its addresses, and say how to begin', () => {
    const { config, workspace } = written({ mode: 'demo', exchange: 'http://127.0.0.1:8123/' })
    expect([config.venue.restUrl, config.venue.streamUrl]).toEqual(['http://127.0.0.1:8123', 'ws://127.0.0.1:8123/swap-market'])
    expect(workspace.exchange).toBe('http://127.0.0.1:8123')
    const text = renderNewWorkspace(workspace)
    expect(text).toContain('dita exchange --port 8123')
    expect(text).toContain('export DITA_BINGX_API_KEY=dita-rehearsal-key\n  export DITA_BINGX_API_SECRET=dita-rehearsal-secret\n')
    const atBingx = written({ mode: 'demo', exchange: 'bingx' })
    expect([atBingx.config.venue.restUrl, atBingx.config.venue.streamUrl, atBingx.workspace.exchange]).toEqual([null, null, null])
  })

  test('names paths from its own folder, and quotes what YAML would read otherwise', () => {
    const folder = temporaryFolder()
    const desk = join(folder, 'desk')
    const from = { ...place(desk), workingFolder: folder }
    const tree = chosenOf({ strategy: 'my strategy #1.ts', feed: 'tape.gz' }, from)
    expect(tree).toEqual({ feed: { source: '../tape.gz' }, strategy: { name: '../my strategy #1.ts' } })
    initWorkspace({ folder: desk, force: false, chosen: tree })
    const { strategy, feed } = loadConfig({ file: join(desk, 'dita.yaml'), environment: {} })
    expect([strategy.name, feed.source]).toEqual([join(folder, 'my strategy #1.ts'), join(folder, 'tape.gz')])
  })
})

describe('flags', () => {
  /** Real money among them; and what has no port for `dita exchange` to listen at. */
  const ELSEWHERE = [
    ...['https://open-api.bingx.com', 'https://exchange.example:8443', 'http://exchange.example:8080', 'https://127.0.0.1:8080'],
    ...[
      'http://127.0.0.1',
      'http://127.0.0.1:80',
      'http://me:word@127.0.0.1:8080',
      'http://127.0.0.1:8080/api',
      'http://127.0.0.1:8080/#a',
    ],
  ]

  test.each<[string, Answers, string]>([
    ['that do not apply', { instrument: 'BTC/USDT:USDT' }, '--instrument is only for a workspace with --mode demo or --mode live.'],
    [
      'of another strategy',
      { strategy: 'breakout', 'max-inventory': '5' },
      '--max-inventory is only for a workspace with --strategy market_maker.',
    ],
    ['that are no amount', { 'max-loss': 'a lot' }, '--max-loss: `a lot` is no amount.'],
    ['with thousands parted', { 'max-loss': '1,000' }, '--max-loss: `1,000` is no amount. Write 1000.'],
    ['that are a share', { 'max-drawdown': '10%' }, '--max-drawdown: `10%` is no amount. It takes an amount, not a share.'],
    ['that no key can have', { 'max-loss': '1e3' }, '`1e3` is no amount'],
    ['of a recording that is not there', { feed: 'tapes/day.gz' }, '--feed: There is no recording at /tmp/tapes/day.gz.'],
    ['of a folder', { feed: '.' }, '--feed: `.` is no file.'],
    ['of a strategy that is not there', { strategy: './mine.ts' }, '--strategy: There is no strategy at /tmp/mine.ts.'],
    [
      'of a strategy by its initials',
      { strategy: 'mm' },
      '`mm` is no strategy, and no file of that name is here. Did you mean `market_maker`?',
    ],
    [
      'of a strategy that is for one session',
      { strategy: 'flatten' },
      '--strategy: `flatten` is for one session, in which it closes what is held, and for no workspace: `dita run --strategy flatten`.',
    ],
    [
      'of a market with a slip',
      { feed: 'simulate' },
      '`simulate` is no recording, and no file of that name is here. Did you mean `simulated`?',
    ],
    ['of a market that paper does not play', { feed: 'live' }, '`feed.source` is `live`'],
    ['of no exchange', { mode: 'demo', exchange: 'localhost:8080' }, '--exchange: `localhost:8080` is no address of a `dita exchange`'],
    ...ELSEWHERE.map((exchange): [string, Answers, string] => [
      `of an exchange that is ${exchange}`,
      { mode: 'demo', exchange },
      `\`${exchange}\` is no address of a \`dita exchange\`: write it as in \`http://127.0.0.1:8080\`, or \`bingx\`. Any other`,
    ]),
    ['of an exchange for paper', { exchange: 'bingx' }, '--exchange is only for a workspace with --mode demo.'],
    ['that contradict', { 'order-size': '5000' }, '`strategy.market_maker.order_notional` (5000) must not be above'],
    ['that make sense to nobody', { strategy: 'breakout', 'order-size': '3000' }, 'every order that opens is denied'],
    ['that are no money', { money: 'much' }, '--money: `much` is no amount of an asset: write it as in `XRP: 500, RLUSD: 1000`.'],
    ['that no money can reach', { money: 'XRP: 500, RLUSD: 1000' }, '`risk.max_exposure` (5000) can hardly bind'],
  ])('%s are refused with what is wrong', (_, answers, message) => {
    expect(() => checkFlags(answers, place())).toThrow(
      expect.objectContaining({ code: 'BAD_ANSWER', exitCode: 2, message: expect.stringContaining(message) }),
    )
  })

  test('are those that the command has', async () => {
    const { default: Init } = await import('../../src/commands/init.ts')
    expect(Object.keys(Init.flags).sort()).toEqual([...QUESTIONS.map(({ flag }) => flag), 'force', 'full', 'yes'].sort())
  })
})

describe('the questions', () => {
  test('are answered with Enter alone, and come to the usual', async () => {
    const person = typing(enter(20))
    const answers = await askQuestions({}, place(), person.asker)
    expect(answers).toMatchObject({ mode: 'paper', feed: 'simulated', strategy: 'market_maker', money: '' })
    const { path: _, ...config } = written(answers).config
    const { path: _none, ...usual } = loadConfig({ file: null, environment: {} })
    expect(config).toEqual(usual)
  })

  test('are left out where a flag has answered, or an answer made them meaningless', async () => {
    const person = typing(['2', 'my own', '2', ...enter(20)])
    const answers = await askQuestions({ strategy: 'breakout' }, place(), person.asker)
    expect(person.shown).toContain('  2  http://127.0.0.1:8080  your own, by `dita exchange --port 8080`')
    expect(person.shown.join('\n')).toContain('  `my own` is no address of a `dita exchange`')
    expect(answers).toMatchObject({ mode: 'demo', exchange: 'http://127.0.0.1:8080', instrument: 'BTC/USDT:USDT', strategy: 'breakout' })
    expect(Object.keys(answers)).not.toEqual(expect.arrayContaining(['feed']))
    expect(Object.keys(answers)).not.toEqual(expect.arrayContaining(['max-inventory']))
    expect(person.shown.join('\n')).toContain('(USDT)')
  })

  test('are asked again with what is wrong, until the answer will do', async () => {
    const limits = QUESTIONS.filter(({ applies }) => applies({})).findIndex(({ flag }) => flag === 'max-loss')
    const person = typing(['nonsense', ...enter(limits - 1), 'a lot', '-5', '20', ...enter(20)])
    const answers = await askQuestions({}, place(), person.asker)
    expect(answers).toMatchObject({ mode: 'paper' })
    expect(person.shown).toContain('  `mode` must be `paper` or `demo` or `live`, but is `nonsense`.')
  })

  test('say in the words of the person what is not there, and count in the asset of the market that is', async () => {
    const folder = temporaryFolder()
    const from = { ...place(folder), quoteOfRecording: async (path: string) => (path === './tape.gz' ? 'USDC' : null) }
    writeFileSync(join(folder, 'tape.gz'), '')
    const person = typing(['', 'tape', './tape.gz', 'mm', 'market_maker', 'abc', ...enter(20)])
    const answers = await askQuestions({}, from, person.asker)
    expect(answers).toMatchObject({ feed: './tape.gz', strategy: 'market_maker', money: '' })
    expect(person.shown).toEqual(
      expect.arrayContaining([
        '  `tape` is no recording, and no file of that name is here.',
        expect.stringContaining('`mm` is no strategy, and no file of that name is here. Did you'),
        expect.stringContaining('`abc` is no amount of an asset'),
        'Hold at most (USDC) [5000]: ',
      ]),
    )
    expect(person.shown.join('\n')).not.toMatch(/\.\/mm|paper\.balances|the quote asset/)
  })

  test('blame the last one of those that do not fit together', async () => {
    const person = typing(['', '', '', 'XRP: 500, RLUSD: 1000', '', '', '', '1500', ...enter(20)])
    const answers = await askQuestions({}, place(), person.asker)
    expect(answers).toMatchObject({ money: 'XRP: 500, RLUSD: 1000', 'max-drawdown': '1000', 'max-loss': '500', 'max-exposure': '1500' })
    expect(person.shown.filter((text) => text.includes('can hardly bind'))).toHaveLength(1)
  })

  test('left by the person write nothing', async () => {
    const person = typing(['', null])
    await expect(askQuestions({}, place(), person.asker)).rejects.toMatchObject({ code: 'INIT_CANCELLED', exitCode: 130 })
  })

  test('that nobody answers well come to an end', async () => {
    const person = typing(Array.from({ length: 500 }, () => 'nonsense'))
    await expect(askQuestions({}, place(), person.asker)).rejects.toMatchObject({ code: 'INIT_CANCELLED' })
    expect(person.left.length).toBeGreaterThan(400)
  })
})

describe('the command line', () => {
  test('asks nothing where no terminal is, nor with --yes, nor with --json', async () => {
    const cwd = temporaryFolder()
    const { code, stdout } = await dita(['init', 'desk', '--mode', 'demo', '--json'], { cwd })
    expect({ code, mode: (JSON.parse(stdout) as { mode: string }).mode }).toEqual({ code: 0, mode: 'demo' })
    const refused = await dita(['init', 'other', '--max-loss', 'x', '--json'], { cwd })
    expect([refused.code, errorOf(refused)]).toEqual([2, expect.objectContaining({ code: 'BAD_ANSWER' })])
    expect(existsSync(join(cwd, 'other'))).toBe(false)
  })
})

describe.skipIf(!Tmux.isInstalled())('in a real terminal', () => {
  const terminals: Tmux[] = []
  afterEach(() => {
    for (const terminal of terminals.splice(0)) terminal.close()
  })

  function open(cwd: string, args: string): Tmux {
    const terminal = new Tmux({
      ...{ name: `dita-init-${process.pid}-${terminals.length}-${Date.now()}`, columns: 80, rows: 50 },
      environment: { TERM: 'xterm-256color', HOME: cwd },
      command: `unset CI; cd ${cwd} && ${process.execPath} ${PROJECT}bin/run.js init ${args}; echo "left with $?"`,
    })
    terminals.push(terminal)
    return terminal
  }

  test('a person answers, is corrected, and has a workspace', async () => {
    const cwd = temporaryFolder()
    const terminal = open(cwd, 'desk')
    await terminal.until((picture) => picture.includes('Which money do you trade with? [paper]:'))
    for (const key of ['x', 'Enter']) terminal.press(key)
    await terminal.until((picture) => picture.includes('`mode` must be'))
    terminal.press('Enter')
    await terminal.until((picture) => picture.includes('Which market?'))
    const asked = QUESTIONS.filter(({ applies }) => applies({})).length
    for (let question = 1; question < asked; question += 1) terminal.press('Enter')
    const lines = await terminal.until((picture) => picture.includes('left with'))
    expect(lines).toContain('left with 0')
    expect(loadConfig({ file: join(cwd, 'desk', 'dita.yaml'), environment: {} }).mode).toBe('paper')
  })

  test.each(['C-c', 'C-d'])('%s leaves, with nothing written', async (key) => {
    const cwd = temporaryFolder()
    const terminal = open(cwd, 'desk')
    await terminal.until((picture) => picture.includes('Which money do you trade with?'))
    terminal.press(key)
    const lines = await terminal.until((picture) => picture.includes('left with'))
    expect(lines).toContain('left with 130')
    expect(lines.join('\n')).toContain('Nothing was written.')
    expect(existsSync(join(cwd, 'desk'))).toBe(false)
  })

  test('somebody whose folder is taken is told before any question', async () => {
    const cwd = temporaryFolder()
    initWorkspace({ folder: cwd, force: false })
    const lines = await open(cwd, '').until((picture) => picture.includes('left with'))
    expect(lines).toContain('left with 2')
    expect(lines.join('\n')).not.toContain('Which money')
  })
})
