// The control socket among peers that mean no good: none of them can hurt the session, or keep the kill switch out.

import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { DitaError } from '../../src/core/errors.ts'
import { reachSession } from '../../src/core/session/socket/control-client.ts'
import { ControlRig, clientOf, errorIn, privateFolder, until } from './control-rig.ts'

describe('peers that mean no good', () => {
  const WHOLE = '{"v":1,"id":1,"do":"status"}'
  const NONSENSE: readonly (readonly [string, string | Uint8Array, string])[] = [
    ['no JSON', 'GET / HTTP/1.1\r\n', 'BAD_REQUEST'],
    ['no UTF-8', Uint8Array.from([0xff, 0xfe, 0x0a]), 'BAD_REQUEST'],
    ['no object', '[1,2]\n', 'BAD_REQUEST'],
    ['null', 'null\n', 'BAD_REQUEST'],
    ['no version', '{"id":1,"do":"status"}\n', 'BAD_REQUEST'],
    ['another version', '{"v":2,"id":1,"do":"status"}\n', 'UNSUPPORTED_VERSION'],
    ['no id', '{"v":1,"do":"status"}\n', 'BAD_REQUEST'],
    ['an id that is no number', '{"v":1,"id":"__proto__","do":"status"}\n', 'BAD_REQUEST'],
    ['half an id', '{"v":1,"id":0.5,"do":"status"}\n', 'BAD_REQUEST'],
    ['an unknown wish', '{"v":1,"id":1,"do":"dance"}\n', 'UNKNOWN_REQUEST'],
    ['a wish of the prototype', '{"v":1,"id":1,"do":"constructor"}\n', 'UNKNOWN_REQUEST'],
    ['a reason that is no text', '{"v":1,"id":1,"do":"halt","reason":5}\n', 'BAD_REQUEST'],
    ['a wait that is no yes or no', '{"v":1,"id":1,"do":"halt","wait":"yes"}\n', 'BAD_REQUEST'],
    ['deep nesting', `${'['.repeat(30_000)}\n`, 'BAD_REQUEST'],
    ['a line of 64 KiB and more', `${'x'.repeat(70_000)}\n`, 'BAD_REQUEST'],
  ]

  test.each(NONSENSE)('J07 %s is answered with an error, and cut off', async (_name, bytes, code) => {
    const rig = await ControlRig.open()
    const peer = await rig.peer()
    peer.say(bytes)
    peer.say(`${WHOLE}\n`)
    const [answer] = await peer.hears(1)
    expect(answer).toMatchObject({ v: 1, ok: false })
    const { message, next, ...error } = errorIn(answer)
    expect(error).toEqual({ code, exitCode: 2 })
    expect([message, next]).toEqual([expect.stringMatching(/\.$/), expect.stringMatching(/\.$/)])
    await peer.closed
    // What came after the nonsense was not answered.
    expect(peer.lines()).toHaveLength(1)
    expect(rig.halts).toEqual([])
    await expectWell(rig)
  })

  test('J07 10 MB without a line break are not kept, and the session answers others meanwhile', async () => {
    const rig = await ControlRig.open()
    const peer = await rig.peer()
    for (let part = 0; part < 10; part += 1) peer.say('x'.repeat(1024 * 1024))
    await expectWell(rig)
    await peer.closed
    expect(peer.socket.bytesWritten).toBeGreaterThan(0)
    await expectWell(rig)
  })

  test('a request byte by byte is understood', async () => {
    const rig = await ControlRig.open()
    const peer = await rig.peer()
    for (const byte of Buffer.from(`${WHOLE.replace('status', 'halt')}\n`)) {
      peer.say(Uint8Array.of(byte))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await peer.hears(1)
    expect(rig.halts).toEqual([null])
  })

  test('two hundred who connect and say nothing do not keep the kill switch out', async () => {
    const rig = await ControlRig.open()
    const idle = await Promise.all(Array.from({ length: 200 }, () => rig.peer()))
    const client = await clientOf(rig)
    await client.halt('through the crowd')
    expect(rig.halts).toEqual(['through the crowd'])
    await until(() => idle.filter(({ isClosed }) => !isClosed).length <= 32)
    expect(rig.errors).toEqual([])
  })

  test('a crowd does not push out who watches', async () => {
    const rig = await ControlRig.open()
    const watcher = await rig.peer()
    watcher.ask({ do: 'watch' })
    await until(() => rig.socket.wants())
    await Promise.all(Array.from({ length: 100 }, () => rig.peer()))
    await (await clientOf(rig)).halt(null)
    rig.publish({ nowUs: 42 })
    expect(await watcher.hears(1)).toMatchObject([{ ok: true, model: { nowUs: 42 } }])
  })

  test('two hundred who wait for the halt do not keep the kill switch out', async () => {
    const rig = await ControlRig.open()
    for (let index = 0; index < 200; index += 1) (await rig.peer()).ask({ do: 'halt', wait: true })
    await (await clientOf(rig)).halt('through the crowd')
    expect(rig.halts.at(-1)).toBe('through the crowd')
  })

  test('a watcher that reads nothing holds up nobody, and misses models instead of piling them up', async () => {
    const rig = await ControlRig.open()
    const slow = await rig.peer()
    slow.socket.pause()
    slow.ask({ do: 'watch' })
    const client = await clientOf(rig)
    const seen: number[] = []
    const watching = client.watch(({ nowUs }) => seen.push(nowUs), new AbortController().signal)
    await until(() => rig.socket.wants())
    const bulky = {
      messages: Array.from({ length: 50 }, (_, index) => ({
        timeUs: index,
        severity: 'info' as const,
        isSettled: null,
        text: 'x'.repeat(4_000),
      })),
    }
    for (let index = 1; index <= 12; index += 1) {
      await until(() => rig.socket.wants())
      rig.publish({ nowUs: index, ...bulky })
      await until(() => seen.includes(index))
    }
    expect(seen).toEqual(Array.from({ length: 12 }, (_, index) => index + 1))
    // Once it reads again it gets what was on its way, then the newest, and not all that it missed.
    slow.socket.resume()
    rig.end({ reason: 'kill_switch', detail: null })
    await watching
    await slow.closed
    const heard = slow.lines()
    expect(heard.length).toBeLessThan(10)
    expect(heard.at(-2)).toMatchObject({ model: { phase: 'halted' } })
    expect(heard.at(-1)).toMatchObject({ ended: true, session: { haltReason: 'kill_switch' } })
  })

  test('a watcher that never reads again does not hold up the end of the session', async () => {
    const rig = await ControlRig.open()
    const slow = await rig.peer()
    slow.socket.pause()
    slow.ask({ do: 'watch' })
    await until(() => rig.socket.wants())
    rig.publish({
      messages: Array.from({ length: 50 }, (_, index) => ({ timeUs: index, severity: 'info', isSettled: null, text: 'x'.repeat(40_000) })),
    })
    await sleep(150)
    rig.end({ reason: 'kill_switch', detail: null })
    await rig.socket.close()
    expect(existsSync(rig.path)).toBe(false)
  })

  test('a peer that is gone in the middle of a model is forgotten', async () => {
    const rig = await ControlRig.open()
    const peer = await rig.peer()
    peer.ask({ do: 'watch' })
    await until(() => rig.socket.wants())
    rig.publish({ messages: [{ timeUs: 1, severity: 'info', isSettled: null, text: 'x'.repeat(1_000_000) }] })
    peer.socket.destroy()
    await peer.closed
    await sleep(150)
    rig.publish()
    await until(() => !rig.socket.wants())
    await expectWell(rig)
    expect(rig.errors).toEqual([])
  })

  test('a hundred requests in one go are answered up to a limit, in order', async () => {
    const rig = await ControlRig.open()
    const peer = await rig.peer()
    peer.say(Array.from({ length: 100 }, (_, id) => `{"v":1,"id":${id},"do":"${id < 64 ? 'status' : 'halt'}"}\n`).join(''))
    await peer.closed
    expect(rig.halts).toEqual([])
    expect(peer.lines().map(({ id }) => id)).toEqual(Array.from({ length: 64 }, (_, id) => id))
  })

  async function expectWell(rig: ControlRig): Promise<void> {
    const client = await clientOf(rig)
    expect(client.session.sessionId).toBe('rig')
    client.close()
  }
})

describe('answers that are none', () => {
  async function answering(answer: string | null): Promise<string> {
    const storePath = join(privateFolder(), 'dita.db')
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy())
      if (answer === null) socket.destroy()
      else socket.write(answer)
    })
    await new Promise<void>((resolve) => server.listen(storePath.replace('.db', '.sock'), () => resolve()))
    try {
      const reached = await reachSession(storePath)
      if (reached.how === 'connected') reached.client.close()
      return reached.how
    } catch (thrown) {
      if (thrown instanceof DitaError) return thrown.code
      throw thrown
    } finally {
      server.close()
    }
  }

  test('J07 what cannot be read is told as that', async () => {
    expect(await answering('hello\n')).toBe('CONTROL_UNREADABLE')
    expect(await answering('{"v":9,"id":0,"ok":true}\n')).toBe('CONTROL_UNREADABLE')
    expect(await answering('{"v":1,"id":0,"ok":true,"session":{"sessionId":1}}\n')).toBe('CONTROL_UNREADABLE')
    expect(await answering(`${'x'.repeat(17 * 1024 * 1024)}`)).toBe('CONTROL_UNREADABLE')
  })

  test('a session that closes at once is absent, one that says nothing is silent', async () => {
    expect(await answering(null)).toBe('absent')
    expect(await answering('')).toBe('silent')
  })
})
