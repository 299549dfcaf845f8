// A session that a venue lets wait: nothing is opened yet, and it holds its store and hears the kill switch all the same.

import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type ControlClient, reachSession } from '../../src/core/session/socket/control-client.ts'
import { writeKillFile } from '../../src/core/session/socket/kill-file.ts'
import { until } from './control-rig.ts'
import { failureOf } from './harness.ts'
import { control, exchange, session } from './world.ts'

async function waiting() {
  const at = await exchange()
  await control(at, 'freeze', { on: true })
  let host: string | null = null
  const started = session(at, {
    onConnecting: (named) => {
      host = named
    },
  })
  const failure = failureOf(started.ended)
  await until(() => host !== null)
  return { at, failure, storePath: started.storePath, thaw: () => control(at, 'freeze', { on: false }) }
}

async function clientAt(storePath: string): Promise<ControlClient> {
  const reached = await reachSession(storePath)
  if (reached.how !== 'connected') throw new Error(`nobody is there: ${reached.how}`)
  return reached.client
}

test('L02 the kill switch reaches a session that is still connecting, and it says how it ended', async () => {
  const { failure, storePath, thaw } = await waiting()
  const client = await clientAt(storePath)
  expect(client.session).toMatchObject({ sessionId: 'world', phase: 'starting', haltReason: null })
  const ended = await client.haltAndWait('wrong account', 10_000)
  expect(ended).toMatchObject({ phase: 'halted', haltReason: 'kill_switch', haltDetail: 'dita halt: wrong account', exitCode: 8 })
  expect(await failure).toMatchObject({ code: 'INTERRUPTED', exitCode: 8 })
  expect(existsSync(storePath)).toBe(false)
  expect(await reachSession(storePath)).toEqual({ how: 'absent' })
  await thaw()
})

test('L02 so does the file', async () => {
  const { failure, storePath, thaw } = await waiting()
  writeKillFile(storePath, 'by hand')
  expect(await failure).toMatchObject({ code: 'INTERRUPTED', exitCode: 8 })
  await thaw()
})

test('a second session is refused while the first is still connecting, before the venue hears of it', async () => {
  const { at, failure, storePath, thaw } = await waiting()
  const asked: string[] = []
  const second = session(at, { sessionId: 'second', storePath, onConnecting: (host) => asked.push(host) })
  expect(await failureOf(second.ended)).toMatchObject({ code: 'STORE_BUSY', exitCode: 5, message: expect.stringContaining('world') })
  expect(asked).toEqual([])
  const client = await clientAt(storePath)
  await client.haltAndWait(null, 10_000)
  await failure
  await thaw()
})
