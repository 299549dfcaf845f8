// What systemd is told, through a program of the name systemd-notify that writes down what it was given.

import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openServiceManager } from '../../src/cli/service-manager.ts'
import { until } from '../core/exchange/bingx/rehearsed.ts'
import { dita } from './dita.ts'

/** A folder with the program in it, which does `script` first. */
function desk(script = '') {
  const folder = mkdtempSync(join(tmpdir(), 'dita-service-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const told = join(folder, 'told')
  writeFileSync(join(bin, 'systemd-notify'), `#!/bin/sh\n${script}\necho "$NOTIFY_SOCKET $*" >> ${told}\n`)
  chmodSync(join(bin, 'systemd-notify'), 0o755)
  const errors: string[] = []
  const log = {
    info: () => undefined,
    error: (event: string, { message }: Readonly<Record<string, unknown>>) => errors.push(`${event} ${String(message)}`),
  }
  const { PATH = '' } = process.env
  const environment = { PATH: `${bin}:${PATH}`, NOTIFY_SOCKET: '/run/notify' }
  const lines = (): string[] => (existsSync(told) ? readFileSync(told, 'utf8').trim().split('\n') : [])
  const open = (more: Readonly<Record<string, string | undefined>> = {}) => {
    const manager = openServiceManager({ environment: { ...environment, ...more }, pid: 4711, log })
    onTestFinished(() => manager?.close())
    return manager
  }
  return { folder, environment, open, lines, errors }
}

test('ready, alive and stopping are told, in their order', async () => {
  const { open, lines, errors } = desk()
  const manager = open({ WATCHDOG_USEC: '200000', WATCHDOG_PID: '4711' })
  manager?.ready('session\nmorning')
  await until(() => lines().filter((line) => line.endsWith('WATCHDOG=1')).length >= 2)
  manager?.stopping()
  await until(() => lines().some((line) => line.includes('STOPPING=1')))
  expect(lines()[0]).toBe('/run/notify READY=1 STATUS=session morning')
  expect(errors).toEqual([])
})

test('nobody is told where nobody wants to know', () => {
  const { open } = desk()
  expect(open({ NOTIFY_SOCKET: undefined })).toBe(null)
  expect(open({ NOTIFY_SOCKET: '' })).toBe(null)
})

test('the watchdog of another process is not fed', async () => {
  const { open, lines } = desk()
  const manager = open({ WATCHDOG_USEC: '2000', WATCHDOG_PID: '1' })
  manager?.ready('one')
  await until(() => lines().length > 0)
  manager?.stopping()
  await until(() => lines().length > 1)
  expect(lines().filter((line) => line.includes('WATCHDOG'))).toEqual([])
})

test('one at a time: what comes meanwhile waits, once of each kind', async () => {
  const { open, lines } = desk('sleep 0.5')
  const manager = open()
  manager?.ready('one')
  for (let count = 0; count < 50; count += 1) manager?.stopping()
  await until(() => lines().length >= 2)
  expect(lines()).toEqual(['/run/notify READY=1 STATUS=one', '/run/notify STOPPING=1 STATUS=taking back orders'])
})

test('a program that fails, or is not there, is logged once and keeps nobody', async () => {
  const failing = desk('exit 7')
  const manager = failing.open()
  manager?.ready('one')
  manager?.stopping()
  await until(() => failing.errors.length > 0)
  expect(failing.errors).toEqual(['systemd_notify_failed it ended with 7'])
  const missing = desk()
  missing.open({ PATH: '/nowhere' })?.ready('one')
  await until(() => missing.errors.length > 0)
  expect(missing.errors).toEqual([expect.stringContaining('ENOENT')])
})

test('a session tells when it trades and when it takes back its orders, and ends as it would', async () => {
  const { folder, environment, lines } = desk()
  const args = ['run', '--session', 'morning', '--duration', '1m', '--speed', 'max', '--json']
  const { code } = await dita(args, { cwd: folder, env: environment })
  expect(code).toBe(0)
  await until(() => lines().length >= 2)
  expect(lines()).toEqual(['/run/notify READY=1 STATUS=session morning', '/run/notify STOPPING=1 STATUS=taking back orders'])
})
