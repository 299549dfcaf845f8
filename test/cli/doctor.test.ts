// What `dita doctor` finds, with real folders, stores, sockets and an exchange on loopback.

import { chmodSync, copyFileSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type CheckedPart, type DoctorView, runDoctor } from '../../src/cli/doctor.ts'
import { CHECKS } from '../../src/cli/doctor-checks.ts'
import type { DoctorRequest } from '../../src/cli/doctor-context.ts'
import { renderDoctor } from '../../src/cli/doctor-text.ts'
import { resolveWorkspace } from '../../src/cli/workspace.ts'
import { openWriter } from '../../src/core/journal/open.ts'
import { deadUrl, WebhookServer } from '../core/notify/webhook-server.ts'
import { runPaper, SECOND_US, temporaryFolder } from '../session/harness.ts'
import { Recording } from '../session/recordings.ts'
import { exchange, KEYS } from '../session/world.ts'
import { Wreck } from '../session/wreck.ts'
import { dita, PROJECT } from './dita.ts'

/** A workspace with this config. */
function desk(config = 'mode: paper\n'): string {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'dita.yaml'), config)
  return folder
}

async function look(folder: string, wish: Partial<DoctorRequest> = {}): Promise<DoctorView> {
  const workspace = resolveWorkspace({ store: undefined, workingFolder: folder, homeFolder: folder, dataFolder: undefined })
  const version = '0.1.0'
  const request = {
    workspace,
    configPath: workspace.configPath,
    offline: false,
    notify: false,
    environment: {},
    packageFolder: PROJECT,
    version,
  }
  return runDoctor({ ...request, ...wish })
}

function row({ checks }: DoctorView, name: string): CheckedPart {
  const found = checks.find((check) => check.name === name)
  if (found === undefined) throw new Error(`no check ${name}`)
  return found
}

const verdicts = ({ checks }: DoctorView, verdict: string): string[] =>
  checks.filter((check) => check.verdict === verdict).map(({ name }) => name)

describe('a workspace that is fit', () => {
  test('has nothing that fails or warns, before its first session and after it', async () => {
    const folder = desk()
    const before = await look(folder)
    expect({ failed: verdicts(before, 'fail'), warned: verdicts(before, 'warn'), exitCode: before.exitCode }).toEqual({
      ...{ failed: [], warned: [], exitCode: 0 },
    })
    expect(before.checks.map(({ name }) => name)).toEqual(CHECKS.map(({ name }) => name))
    expect(row(before, 'store').verdict).toBe('skip')
    await runPaper({ storePath: join(folder, '.dita', 'dita.db'), durationUs: SECOND_US })
    const after = await look(folder)
    expect(row(after, 'store')).toMatchObject({ verdict: 'ok', detail: expect.stringContaining('looks sound: 1 session, ') })
    expect(row(after, 'store').detail).toContain('No session runs on it.')
    expect(row(after, 'store_folder')).toMatchObject({ verdict: 'ok', detail: expect.stringContaining('0700') })
    expect(after.fit).toBe(true)
  })

  test('is looked at beside a session that runs, which goes on', async () => {
    const folder = desk()
    const storePath = join(folder, '.dita', 'dita.db')
    await runPaper({ storePath, durationUs: SECOND_US })
    const writer = openWriter({
      path: storePath,
      holder: { sessionId: 'busy', pid: process.pid, since: 'now' },
      wallUs: () => Date.now() * 1_000,
    })
    const view = await look(folder)
    await writer.close()
    expect(row(view, 'store').detail).toContain(`Session busy runs on it (pid ${process.pid}).`)
    expect(view.fit).toBe(true)
  })

  test('is told apart from no workspace at all', async () => {
    const view = await look(temporaryFolder())
    expect(row(view, 'workspace')).toMatchObject({ verdict: 'warn', remedy: 'dita init' })
    expect(row(view, 'config')).toMatchObject({ verdict: 'ok', detail: 'The built-in config can be used, in mode paper.' })
    expect(view.exitCode).toBe(0)
  })
})

describe('what is broken', () => {
  const broken = async (name: string, folder: string, wish: Partial<DoctorRequest> = {}): Promise<CheckedPart> => {
    const view = await look(folder, wish)
    expect(verdicts(view, 'fail')).toEqual([name])
    expect(view.exitCode).toBe(3)
    return row(view, name)
  }

  test('a config that cannot be used is told with its place and the command that shows all of it', async () => {
    const folder = desk('mode: paper\nrisk: { max_exposur: 5 }\n')
    const { detail, remedy } = await broken('config', folder)
    expect(detail).toContain('dita.yaml:2:9: `risk.max_exposur` is not a key of the config.')
    expect(remedy).toBe(`dita audit-config ${join(folder, 'dita.yaml')}`)
  })

  test('a config that is not there is told', async () => {
    expect((await broken('config', desk(), { configPath: '/nowhere/dita.yaml' })).detail).toContain('/nowhere/dita.yaml')
  })

  test('a recording that is not there, or is none, is told with what to correct', async () => {
    const folder = desk('feed: { source: tape.gz }\n')
    const missing = await broken('market', folder)
    expect(missing).toMatchObject({
      detail: `There is no recording at ${join(folder, 'tape.gz')}.`,
      remedy: expect.stringContaining('`feed.source`'),
    })
    writeFileSync(join(folder, 'tape.gz'), 'no gzip')
    expect((await broken('market', folder)).remedy).toContain('gzip -k')
    const recording = new Recording()
    for (let second = 0; second < 60; second += 1) recording.touch(second, '2.0000', '2.0001', '1000.5')
    copyFileSync(recording.write(), join(folder, 'tape.gz'))
    expect(row(await look(folder), 'market')).toMatchObject({ verdict: 'ok', detail: expect.stringContaining('and has XRP/') })
  })

  test('a strategy file that is not there is told, and one that is there is not run', async () => {
    const folder = desk('strategy: { name: mine.js }\n')
    const found = await broken('strategy', folder)
    expect(found).toMatchObject({
      detail: `There is no strategy file at ${join(folder, 'mine.js')}.`,
      remedy: expect.stringContaining('`strategy.name`'),
    })
    writeFileSync(join(folder, 'mine.js'), 'throw new Error("it was run")\n')
    expect(row(await look(folder), 'strategy')).toMatchObject({
      verdict: 'ok',
      detail: expect.stringContaining('`dita audit-config` tries it out'),
    })
  })

  test('a store that is damaged is told', async () => {
    const folder = desk()
    const storePath = join(folder, '.dita', 'dita.db')
    await runPaper({ storePath, durationUs: SECOND_US })
    const bytes = readFileSync(storePath)
    writeFileSync(storePath, bytes.fill(0x5a, 4_096, bytes.length - 4_096))
    expect((await broken('store', folder)).remedy).not.toBeNull()
  })

  test('a file where the folder of the store should be is told', async () => {
    const folder = desk()
    writeFileSync(join(folder, '.dita'), '')
    const view = await look(folder)
    expect(row(view, 'store_folder')).toMatchObject({ verdict: 'fail', detail: expect.stringContaining('is no folder') })
  })

  test.skipIf(process.getuid?.() === 0)('a folder that may not be written to is told', async () => {
    const folder = desk()
    mkdirSync(join(folder, '.dita'), { mode: 0o500 })
    expect((await broken('store_folder', folder)).remedy).toContain('chmod u+rwx')
  })

  test('a build that is missing or of another version is told', async () => {
    const packageFolder = temporaryFolder()
    writeFileSync(join(packageFolder, 'package.json'), '{}')
    expect((await broken('build', desk(), { packageFolder })).remedy).toBe('npm install dita')
    expect((await broken('build', desk(), { version: '9.9.9' })).remedy).toContain('npm run build')
  })

  test('a package that is younger than this moment is a clock that is wrong', async () => {
    const packageFolder = temporaryFolder()
    writeFileSync(join(packageFolder, 'oclif.manifest.json'), '{"version":"0.1.0"}')
    writeFileSync(join(packageFolder, 'package.json'), '{}')
    utimesSync(join(packageFolder, 'package.json'), new Date(), new Date(Date.now() + 10 * 86_400_000))
    expect((await broken('clock', desk(), { packageFolder })).remedy).toContain('timedatectl')
  })
})

describe('what is to be mended', () => {
  test('rights that let others in are told with the command that takes them away', async () => {
    const folder = desk()
    const storePath = join(folder, '.dita', 'dita.db')
    await runPaper({ storePath, durationUs: SECOND_US })
    chmodSync(storePath, 0o644)
    expect(row(await look(folder), 'store_folder')).toMatchObject({ verdict: 'warn', remedy: `chmod 600 ${storePath}` })
    chmodSync(dirname(storePath), 0o777)
    const view = await look(folder)
    expect(row(view, 'store_folder')).toMatchObject({ verdict: 'warn', remedy: `chmod 700 ${dirname(storePath)}` })
    expect(view.exitCode).toBe(0)
  })

  test('a kill switch that is on fails with its reason, since no session starts', async () => {
    const folder = desk()
    mkdirSync(join(folder, '.dita'), { mode: 0o700 })
    writeFileSync(join(folder, 'HALT'), 'until monday\n')
    const view = await look(folder)
    const found = row(view, 'kill_file')
    expect(found).toMatchObject({ verdict: 'fail', remedy: 'dita halt --clear' })
    expect(found.detail).toContain('until monday')
    expect(view).toMatchObject({ fit: false, exitCode: 3 })
  })

  test('orders that a crash left live are warned of, with what looks at them and what takes them back', async () => {
    const folder = desk()
    const workspaceOf = (store: string) => resolveWorkspace({ store, workingFolder: folder, homeFolder: folder, dataFolder: undefined })
    const left = row(await look(folder, { workspace: workspaceOf((await Wreck.of(2)).path) }), 'orders_left')
    expect(left).toMatchObject({ verdict: 'warn', detail: expect.stringContaining('2 orders of bingx-demo/main as live') })
    expect(left.remedy).toMatch(/dita reconcile .*dita reconcile --fix-orphans --cancel/)
    expect(row(await look(folder, { workspace: workspaceOf((await Wreck.of(0)).path) }), 'orders_left').verdict).toBe('ok')
  })
})

describe('a venue', () => {
  const atVenue = ({ restUrl, streamUrl }: { restUrl: string; streamUrl: string }, more = ''): string =>
    desk(`mode: demo\nfeed: { source: live }\nvenue: { rest_url: "${restUrl}", stream_url: "${streamUrl}"${more} }\n`)

  test('that answers is told with its instrument and its clock, and no key is shown', async () => {
    const view = await look(atVenue(await exchange()), { environment: KEYS })
    expect(verdicts(view, 'fail')).toEqual([])
    expect(row(view, 'keys').detail).toBe('DITA_BINGX_API_KEY and DITA_BINGX_API_SECRET are set.')
    expect(row(view, 'venue')).toMatchObject({ verdict: 'ok', detail: expect.stringContaining('trades BTC/USDT:USDT') })
    expect(row(view, 'clock')).toMatchObject({
      verdict: 'ok',
      detail: expect.stringMatching(/^This clock is \d+ ms (behind|ahead of) the one at 127/),
    })
    expect(JSON.stringify(view)).not.toContain('canary')
  })

  test('is not asked with --offline', async () => {
    const dead = await deadUrl()
    const view = await look(atVenue({ restUrl: dead, streamUrl: dead.replace('http', 'ws') }), { environment: KEYS, offline: true })
    expect(verdicts(view, 'fail')).toEqual([])
    expect(row(view, 'venue')).toMatchObject({ verdict: 'skip', detail: 'Not asked, with --offline.' })
  })

  test('that is not there fails, and nothing is said of its clock', async () => {
    const dead = await deadUrl()
    const view = await look(atVenue({ restUrl: dead, streamUrl: dead.replace('http', 'ws') }), { environment: KEYS })
    expect(verdicts(view, 'fail')).toEqual(['venue'])
    expect(row(view, 'venue').detail).toContain(`nobody listens at ${dead}, the connection was refused`)
    expect(row(view, 'clock')).toMatchObject({
      verdict: 'skip',
      detail: expect.stringContaining('the venue did not answer, as said above'),
    })
  })

  test('whose clock is far from ours fails as the clock, once', async () => {
    const view = await look(atVenue(await exchange('faults:\n  - fault: clock_skew\n    ms: 10000\n')), { environment: KEYS })
    expect(verdicts(view, 'fail')).toEqual(['clock'])
    expect(row(view, 'clock').detail).toMatch(/ms behind/)
  })

  test('V07 without keys, or with keys that others can read, fails as the keys, once, and shows none', async () => {
    const place = await exchange()
    const without = await look(atVenue(place))
    expect(verdicts(without, 'fail')).toEqual(['keys'])
    expect(row(without, 'clock').detail).toContain('the venue is asked for its time once the keys are there')
    const file = join(temporaryFolder(), 'keys')
    writeFileSync(file, 'api_key=canary1\napi_secret=canary2\n')
    chmodSync(file, 0o644)
    const view = await look(atVenue(place, `, credentials_file: "${file}"`), { offline: true })
    expect(row(view, 'keys')).toMatchObject({ verdict: 'fail', remedy: expect.stringContaining(`chmod 600 ${file}`) })
    expect(JSON.stringify(view)).not.toContain('canary')
    chmodSync(file, 0o600)
    const mended = await look(atVenue(place, `, credentials_file: "${file}"`), { offline: true })
    expect(row(mended, 'keys')).toMatchObject({ verdict: 'ok', detail: expect.stringContaining('0600') })
  })
})

describe('notifications', () => {
  const config = 'notify: { shape: slack }\n'

  test('are looked at without sending any, and sent for trial with --notify', async () => {
    const server = await WebhookServer.open()
    const environment = { DITA_NOTIFY_URL: `${server.url}/canary` }
    const quiet = await look(desk(config), { environment })
    expect([row(quiet, 'notifications').verdict, server.taken.length]).toEqual(['ok', 0])
    const loud = await look(desk(config), { environment, notify: true })
    expect([row(loud, 'notifications').verdict, server.taken.length]).toEqual(['ok', 1])
    await server.close()
    const gone = await look(desk(config), { environment, notify: true })
    expect(row(gone, 'notifications')).toMatchObject({ verdict: 'fail', detail: expect.stringContaining('nobody listens there') })
    expect(JSON.stringify([quiet, loud, gone])).not.toContain('canary')
  })

  test('without their secret fail, and a trial of none fails', async () => {
    expect(row(await look(desk(config)), 'notifications')).toMatchObject({
      verdict: 'fail',
      remedy: expect.stringContaining('DITA_NOTIFY_URL'),
    })
    expect(row(await look(desk(), { notify: true }), 'notifications').verdict).toBe('fail')
  })
})

test('the rows stand under one another, each remedy on a line of its own, within 80 columns', async () => {
  const folder = desk('risk: { max_exposur: 5 }\n')
  const text = renderDoctor(await look(folder), 80)
  const lines = text.split('\n')
  expect(lines.filter((line) => line.trimStart().startsWith('→ dita audit-config'))).toHaveLength(1)
  expect(text).toContain('A session cannot run as it should: 1 failed.')
  const long = lines.filter((line) => line.length > 80 && !/\S{40,}/.test(line))
  expect(long).toEqual([])
  const piped = renderDoctor(await look(folder), Number.POSITIVE_INFINITY).split('\n')
  expect(piped.filter((line) => line !== '' && !/^ +(→|ok|WARN|FAIL|–) /.test(line))).toEqual([
    expect.stringContaining('A session cannot run'),
  ])
})

test('the command line says the same, and ends with 0 or 3', async () => {
  const fit = await dita(['doctor'], { cwd: desk() })
  expect({ code: fit.code, stderr: fit.stderr }).toEqual({ code: 0, stderr: '' })
  expect(fit.stdout).toContain('A session can run')
  const unfit = await dita(['doctor', '--json'], { cwd: desk('mode: nonsense\n') })
  expect(unfit.code).toBe(3)
  expect(JSON.parse(unfit.stdout)).toMatchObject({ fit: false, exitCode: 3 })
})
