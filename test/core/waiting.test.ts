import { expect, test } from 'vitest'
import { heardElsewhere, sleep } from '../../src/core/waiting.ts'

const LONG_MS = 600_000

test('a sleep that is broken off ends, without an error', async () => {
  const stop = new AbortController()
  const asleep = sleep(LONG_MS, stop.signal)
  stop.abort(new Error('enough'))
  await expect(asleep).resolves.toBeUndefined()
})

test('a sleep that is broken off before it begins ends at once', async () => {
  await expect(sleep(LONG_MS, AbortSignal.abort())).resolves.toBeUndefined()
})

test('a sleep that nobody breaks off ends by itself', async () => {
  await expect(sleep(1, new AbortController().signal)).resolves.toBeUndefined()
})

test('L04 who awaits a promise that is heard elsewhere still hears its failure', async () => {
  const late = Promise.withResolvers<void>()
  heardElsewhere(late.promise)
  late.reject(new Error('late'))
  // An error that nobody handles would have ended this turn.
  await new Promise((resolve) => setImmediate(resolve))
  await expect(late.promise).rejects.toThrow('late')
})
