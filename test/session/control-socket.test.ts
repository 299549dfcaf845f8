// The control socket: who may come in, what he may ask, and that nobody who does can hurt the session.

import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { reachSession } from '../../src/core/session/socket/control-client.ts'
import { encodeModel, readModel } from '../../src/core/session/socket/model-codec.ts'
import { observeTogether } from '../../src/core/session/socket/observe-together.ts'
import type { SessionViewModel } from '../../src/core/session/view-model.ts'
import { sampleDoubt, sampleModel, sampleSlot, sampleWorld } from '../tui/sample-model.ts'
import { startControlChild } from './control-children.ts'
import { ControlRig, clientOf, errorIn, type Peer, privateFolder, until } from './control-rig.ts'

/** Every field of the model filled, lists included. */
function wholeModel(): SessionViewModel {
  const model = sampleModel({
    ...sampleWorld({ errors: [{ code: 'TIMEOUT', count: 2, means: 'no answer in time' }] }),
    slots: [sampleSlot(1)],
    haltReason: 'kill_switch',
    haltDetail: 'by hand',
    stopsByUs: 1_769_869_530_000_000,
    phase: 'halted',
    doubts: [sampleDoubt(1)],
    recovery: { found: 3, done: 2, remaining: 1 },
  })
  for (const [key, value] of Object.entries(model)) {
    if (value === null || (Array.isArray(value) && value.length === 0)) throw new Error(`${key} is empty: the codec is not tried on it`)
  }
  return model
}

describe('the model on the wire', () => {
  test('every field survives', () => {
    const model = wholeModel()
    expect(readModel(JSON.parse(encodeModel(model)), 'model')).toEqual(model)
  })

  test('what may be null stays null, and an older session that lacks it reads as null', () => {
    const { pnl } = sampleModel()
    const model = sampleModel({ haltReason: null, pnl: { ...pnl, net: null } })
    const older = JSON.parse(encodeModel(model))
    delete older.haltReason
    delete older.pnl.net
    for (const key of ['venueHealth', 'recovery', 'doubts']) delete older[key]
    expect(readModel(older, 'model')).toEqual(model)
    const unknown = { feed: null, course: null, quoting: null, figures: [], store: null, calls: [] }
    for (const key of Object.keys(unknown)) delete older[key]
    for (const limit of older.limits) delete limit.halts
    for (const message of older.messages) delete message.isSettled
    delete older.stopsByUs
    delete older.position.venues
    delete older.counts.lastDenial
    const limits = model.limits.map((limit) => ({ ...limit, halts: null }))
    expect(readModel(older, 'model')).toEqual({ ...model, ...unknown, limits })
  })

  test('keys that a newer session adds are left out', () => {
    const model = wholeModel()
    const newer = { ...model, weather: 'fine', market: { ...model.market, depth: '3' } }
    expect(readModel(newer, 'model')).toEqual(model)
  })

  test('what is not nullable must be there', () => {
    const mayLack = [
      'venueAddress',
      'haltReason',
      'haltDetail',
      'stopsByUs',
      'doubts',
      'venueHealth',
      'recovery',
      'feed',
      'course',
      'quoting',
      'figures',
      'store',
      'calls',
    ]
    const keys = Object.keys(wholeModel()).filter((key) => !mayLack.includes(key))
    for (const key of keys) expect(() => readModel({ ...wholeModel(), [key]: undefined }, 'model'), key).toThrow(`model.${key} is no`)
  })

  test('a missing, wrong or unknown value is refused, and the place is named', () => {
    const { nowUs: _, ...withoutTime } = wholeModel()
    expect(() => readModel(withoutTime, 'model')).toThrow('model.nowUs is no number')
    expect(() => readModel({ ...wholeModel(), phase: 'dancing' }, 'model')).toThrow('model.phase is none of')
    expect(() => readModel({ ...wholeModel(), fills: {} }, 'model')).toThrow('model.fills is no list')
    expect(() => readModel({ ...wholeModel(), quotes: [{ side: 'bid', price: 2.1 }] }, 'model')).toThrow('model.quotes[0].price is no text')
    expect(() => readModel(null, 'model')).toThrow('model is no object')
  })
})

describe('J04 the socket belongs to its user alone', () => {
  test.each(['0', '22', '777'])('J04 umask %s: it is 0600, in a folder that is 0700', async (umask) => {
    const before = process.umask(Number.parseInt(umask, 8))
    try {
      const rig = await ControlRig.open()
      expect(statSync(rig.path).mode & 0o777).toBe(0o600)
      expect(statSync(rig.path).isSocket()).toBe(true)
      expect(rig.socket.problem).toBeNull()
    } finally {
      process.umask(before)
    }
  })

  test('J04 in a folder that others can enter there is none, and the session is told why', async () => {
    const folder = privateFolder()
    chmodSync(folder, 0o750)
    const rig = await ControlRig.open(join(folder, 'dita.db'))
    expect(existsSync(rig.path)).toBe(false)
    expect(rig.socket.problem).toContain(`Others can enter ${folder} (mode 750)`)
    expect(rig.errors).toHaveLength(1)
    expect(rig.socket.wants()).toBe(false)
    rig.publish()
    await rig.socket.close()
  })

  test('J04 a socket that others could have put there is not believed', async () => {
    const rig = await ControlRig.open()
    chmodSync(join(rig.storePath, '..'), 0o777)
    expect(await reachSession(rig.storePath)).toEqual({ how: 'absent' })
  })
})

describe('where the socket lies', () => {
  test('what a dead session left is replaced', async () => {
    const storePath = join(privateFolder(), 'dita.db')
    const child = await startControlChild({ mode: 'obeys', storePath, sessionId: 'dead' })
    child.process.kill('SIGKILL')
    await child.ended
    expect(existsSync(storePath.replace('.db', '.sock'))).toBe(true)
    expect(await reachSession(storePath)).toEqual({ how: 'absent' })
    const rig = await ControlRig.open(storePath)
    expect(rig.socket.problem).toBeNull()
    expect((await clientOf(rig)).session).toMatchObject({ sessionId: 'rig', pid: process.pid, store: storePath, phase: 'running' })
  })

  test('one that lives is left alone: a store whose name differs in its ending only', async () => {
    const folder = privateFolder()
    const first = await ControlRig.open(join(folder, 'a.db'))
    const second = await ControlRig.open(join(folder, 'a'))
    expect(second.socket.problem).toContain('belongs to another session')
    expect(await reachSession(second.storePath)).toEqual({ how: 'absent' })
    expect((await clientOf(first)).session.store).toBe(first.storePath)
  })

  test('a file in its place is left alone', async () => {
    const storePath = join(privateFolder(), 'dita.db')
    writeFileSync(storePath.replace('.db', '.sock'), 'mine')
    const rig = await ControlRig.open(storePath)
    expect(rig.socket.problem).toContain('is no socket')
    expect(statSync(rig.path).size).toBe(4)
  })

  test('a path beyond what a socket can have works all the same, and is cleared away', async () => {
    const folder = join(privateFolder(), 'deep'.repeat(40))
    mkdirSync(folder, { mode: 0o700 })
    const rig = await ControlRig.open(join(folder, 'dita.db'))
    expect(rig.socket.problem).toBeNull()
    expect(Buffer.byteLength(rig.path)).toBeGreaterThan(108)
    expect(statSync(rig.path).mode & 0o777).toBe(0o600)
    const client = await clientOf(rig)
    expect((await client.halt('far away')).sessionId).toBe('rig')
    expect(rig.halts).toEqual(['far away'])
    await rig.socket.close()
    expect(existsSync(rig.path)).toBe(false)
  })

  test('a link to the store leads to the same socket', async () => {
    const rig = await ControlRig.open()
    writeFileSync(rig.storePath, '')
    const link = join(privateFolder(), 'link.db')
    symlinkSync(rig.storePath, link)
    const reached = await reachSession(link)
    expect(reached).toMatchObject({ how: 'connected', client: { session: { store: rig.storePath } } })
  })

  test('closing takes it away', async () => {
    const rig = await ControlRig.open()
    expect(existsSync(rig.path)).toBe(true)
    await rig.socket.close()
    await rig.socket.close()
    expect(existsSync(rig.path)).toBe(false)
    expect(await reachSession(rig.storePath)).toEqual({ how: 'absent' })
  })
})

describe('the kill switch', () => {
  test('it is passed on with its reason, and answered when accepted', async () => {
    const rig = await ControlRig.open()
    const peer = await rig.peer()
    peer.ask({ id: 7, do: 'halt', reason: 'spread \u001b[31mwrong' })
    const [answer] = await peer.hears(1)
    expect(answer).toMatchObject({ v: 1, id: 7, ok: true, session: { sessionId: 'rig', pid: process.pid, haltReason: null } })
    expect(rig.halts).toEqual(['spread \u001b[31mwrong'])
  })

  test('with wait it is answered once the session has halted, and not before', async () => {
    const rig = await ControlRig.open()
    const client = await clientOf(rig)
    let ended = false
    const waiting = client.haltAndWait(null, 20_000).finally(() => {
      ended = true
    })
    expect((await client.halt(null)).phase).toBe('running')
    expect(ended).toBe(false)
    rig.end({ reason: 'kill_switch', detail: 'by hand' })
    expect(await waiting).toMatchObject({ phase: 'halted', haltReason: 'kill_switch', haltDetail: 'by hand', exitCode: 8 })
    expect(rig.halts).toEqual([null, null])
  })

  test('who tells it and waits in one breath hears of both, even from a session that halts on the spot', async () => {
    const rig = await ControlRig.open()
    const client = await clientOf(rig)
    rig.onHalt = (reason) => {
      rig.onHalt = () => undefined
      setImmediate(() => {
        rig.end({ reason: 'kill_switch', detail: reason })
        void rig.socket.close()
      })
    }
    const [told, ended] = await Promise.all([client.halt('now'), client.haltAndWait('now', 20_000)])
    expect(told.phase).toBe('running')
    expect(ended).toMatchObject({ phase: 'halted', haltDetail: 'now' })
  })

  test('the halt brings its own exit code where it has one', async () => {
    const rig = await ControlRig.open()
    rig.end({ reason: 'engine_requested_halt', detail: null, exitCode: 4 })
    expect(await (await clientOf(rig)).haltAndWait(null, 20_000)).toMatchObject({ haltReason: 'engine_requested_halt', exitCode: 4 })
  })

  test('a session that closes without a halt says so to whoever waits', async () => {
    const rig = await ControlRig.open()
    const client = await clientOf(rig)
    const failure = client.haltAndWait(null, 20_000).catch((thrown: unknown) => thrown)
    await client.halt(null)
    await rig.socket.close()
    expect(await failure).toMatchObject({ code: 'SESSION_LOST', exitCode: 3 })
  })

  test('who closes his side after asking still gets his answer', async () => {
    const rig = await ControlRig.open()
    const peer = await rig.peer()
    peer.ask({ do: 'halt', wait: true })
    peer.socket.end()
    await until(() => rig.halts.length === 1)
    rig.end({ reason: 'kill_switch', detail: null })
    await peer.closed
    expect(peer.lines()).toMatchObject([{ ok: true, session: { phase: 'halted' } }])
  })
})

describe('watching', () => {
  test('J03 each model comes whole, the last one always, then how it ended', async () => {
    const rig = await ControlRig.open()
    const client = await clientOf(rig)
    const seen: SessionViewModel[] = []
    const watching = client.watch((model) => seen.push(model), new AbortController().signal)
    await until(() => rig.socket.wants())
    const first = rig.publish({ nowUs: 1 })
    await until(() => seen.length === 1)
    expect(seen[0]).toEqual(first)
    rig.end({ reason: 'risk_loss_limit', detail: 'lost 101' })
    expect(await watching).toMatchObject({ haltReason: 'risk_loss_limit', haltDetail: 'lost 101', exitCode: 8 })
    expect(seen.at(-1)).toMatchObject({ phase: 'halted', haltReason: 'risk_loss_limit' })
  })

  test('a thousand models at once are few on the wire, and the newest is among them', async () => {
    const rig = await ControlRig.open()
    const client = await clientOf(rig)
    const seen: number[] = []
    const watching = client.watch(({ nowUs }) => seen.push(nowUs), new AbortController().signal)
    await until(() => rig.socket.wants())
    for (let index = 1; index <= 1_000; index += 1) rig.publish({ nowUs: index })
    await until(() => seen.includes(1_000))
    expect(seen.length).toBeLessThanOrEqual(2)
    rig.end({ reason: 'kill_switch', detail: null })
    await watching
  })

  test('models that keep coming are shown ten times a second at most', async () => {
    const rig = await ControlRig.open()
    const client = await clientOf(rig)
    let seen = 0
    const watching = client.watch(() => {
      seen += 1
    }, new AbortController().signal)
    await until(() => rig.socket.wants())
    const startMs = performance.now()
    for (let index = 0; index < 60; index += 1) {
      rig.publish({ nowUs: index })
      await sleep(5)
    }
    const most = (performance.now() - startMs) / 100 + 2
    expect(seen).toBeLessThanOrEqual(most)
    rig.end({ reason: 'kill_switch', detail: null })
    await watching
  })

  test('nobody who watches costs no model', async () => {
    const rig = await ControlRig.open()
    expect(rig.socket.wants()).toBe(false)
    const client = await clientOf(rig)
    const leaving = new AbortController()
    const watching = client.watch(() => undefined, leaving.signal)
    await until(() => rig.socket.wants())
    leaving.abort()
    expect(await watching).toBeNull()
    client.close()
    // Somebody may have closed his side only and still read: the first model that nobody takes tells.
    rig.publish()
    await sleep(300)
    expect(rig.socket.wants()).toBe(false)
  })

  test('who comes after the halt sees the last model and the end', async () => {
    const rig = await ControlRig.open()
    rig.end({ reason: 'feed_ended', detail: null })
    const seen: SessionViewModel[] = []
    const ended = await (await clientOf(rig)).watch((model) => seen.push(model), new AbortController().signal)
    expect(ended?.haltReason).toBe('feed_ended')
    expect(seen.map(({ phase }) => phase)).toEqual(['halted'])
  })

  test('V07 what comes from outside stays one line on the wire', async () => {
    const rig = await ControlRig.open()
    const peer = await rig.peer()
    peer.ask({ do: 'watch' })
    await until(() => rig.socket.wants())
    rig.publish({ haltDetail: 'a\nb\u2028c\u001b[31m' })
    const [line] = await peer.hears(1)
    expect(line).toMatchObject({ ok: true, model: { haltDetail: 'a\nb\u2028c\u001b[31m' } })
  })

  test('a ninth screen is refused, and told so', async () => {
    const rig = await ControlRig.open()
    const peers: Peer[] = []
    for (let index = 0; index < 9; index += 1) {
      const peer = await rig.peer()
      peer.ask({ do: 'watch' })
      peers.push(peer)
    }
    expect(errorIn((await peers[8]?.hears(1))?.[0])).toMatchObject({ code: 'TOO_MANY_WATCHERS', exitCode: 5 })
    rig.publish()
    for (const peer of peers.slice(0, 8)) expect(await peer.hears(1)).toMatchObject([{ ok: true, model: { sessionId: 'rig' } }])
  })
})

describe('the screen and the socket together', () => {
  test('one that fails is told of and left out, the other goes on', () => {
    const failures: unknown[] = []
    const seen: string[] = []
    const screen = {
      wants: () => true,
      publish: () => {
        throw new Error('the screen broke')
      },
    }
    const socket = { wants: () => false, publish: ({ sessionId }: SessionViewModel) => seen.push(sessionId) }
    const together = observeTogether({ screen, socket, failed: (error) => failures.push(error) })
    expect(together.wants(false, 0)).toBe(true)
    together.publish(sampleModel({ sessionId: 'one' }))
    expect(together.wants(true, 0)).toBe(false)
    together.publish(sampleModel({ sessionId: 'two' }))
    expect(seen).toEqual(['one', 'two'])
    expect(failures).toEqual([new Error('the screen broke')])
  })

  test('each says for itself whether news are a reason, and nobody there builds no model', () => {
    const never = { wants: () => false, publish: () => undefined }
    const everything = { ...never, wants: (hasNews: boolean) => hasNews }
    const failed = (error: unknown): never => {
      throw error
    }
    expect(observeTogether({ screen: everything, socket: never, failed }).wants(true, 0)).toBe(true)
    expect(observeTogether({ screen: everything, socket: never, failed }).wants(false, 0)).toBe(false)
    expect(observeTogether({ screen: never, socket: never, failed }).wants(true, 0)).toBe(false)
    expect(observeTogether({ screen: null, socket: never, failed }).wants(true, 0)).toBe(false)
    expect(observeTogether({ screen: null, socket: { ...never, wants: () => true }, failed }).wants(false, 0)).toBe(true)
  })
})
