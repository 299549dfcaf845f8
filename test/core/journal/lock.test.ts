import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { failureOf, openTestWriter, startChild, storePath } from './stores.ts'

test('a second writer is refused at once, and told who holds the store', async () => {
  const path = storePath()
  const holder = startChild('hold', [path, 'holder-session'])
  await holder.line('holding')
  const failure = failureOf(() => openTestWriter(path))
  expect(failure).toMatchObject({ code: 'STORE_BUSY', exitCode: 5, fault: 'user' })
  expect(failure.message).toBe(`Session holder-session (pid ${holder.process.pid}) is using the store ${path} since 2026-01-01T00:00:00Z.`)
  expect(failure.next).toContain('--store')
})

test('the store is free at once after its holder was killed', async () => {
  const path = storePath()
  const holder = startChild('hold', [path, 'holder-session'])
  await holder.line('holding')
  holder.process.kill('SIGKILL')
  await holder.ended
  const successor = startChild('hold', [path, 'successor'])
  await successor.line('holding')
  expect(failureOf(() => openTestWriter(path)).message).toContain(`Session successor (pid ${successor.process.pid})`)
})

test('within one process a second writer is refused as well, and the first goes on', async () => {
  const path = storePath()
  const first = openTestWriter(path)
  expect(failureOf(() => openTestWriter(path)).code).toBe('STORE_BUSY')
  expect(failureOf(() => openTestWriter(path)).code).toBe('STORE_BUSY')
  await first.close()
  expect(openTestWriter(path).head('main').seq).toBe(0)
})

test('the name beside the lock is only a name: without it the lock still holds', async () => {
  const path = storePath()
  openTestWriter(path)
  writeFileSync(`${path}.lock.json`, '{"sessionId": ')
  expect(failureOf(() => openTestWriter(path)).message).toBe(`Another process is using the store ${path}.`)
  rmSync(`${path}.lock.json`)
  expect(failureOf(() => openTestWriter(path)).code).toBe('STORE_BUSY')
})

test('a clean close takes the name away with the lock', async () => {
  const path = storePath()
  const writer = openTestWriter(path)
  expect(existsSync(`${path}.lock.json`)).toBe(true)
  await writer.close()
  expect(existsSync(`${path}.lock.json`)).toBe(false)
})
