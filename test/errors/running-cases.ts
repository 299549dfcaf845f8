// Errors around a session that runs: whoever would halt it, watch it, book on it or trade beside it.

import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import type { DitaError } from '../../src/core/errors.ts'
import { dec } from '../../src/core/kernel/decimal.ts'
import { CapitalRequests } from '../../src/core/session/capital-requests.ts'
import { SessionControl } from '../../src/core/session/control.ts'
import { type ControlClient, reachSession } from '../../src/core/session/socket/control-client.ts'
import { openControlSocket } from '../../src/core/session/socket/control-socket.ts'
import { writeKillFile } from '../../src/core/session/socket/kill-file.ts'
import { CONTROL_LIMITS, readAnswer } from '../../src/core/session/socket/protocol.ts'
import type { ControlChildMode } from '../session/control-child.ts'
import { startControlChild } from '../session/control-children.ts'
import { ControlRig, type Peer } from '../session/control-rig.ts'
import { failureOf } from '../session/harness.ts'
import { happened, type Provocation, typed } from './provocation.ts'
import type { Scene } from './scene.ts'

/** A workspace with a session's process in it that behaves in some way. */
const beside = (mode: ControlChildMode) => async (scene: Scene) => {
  scene.config({ mode: 'paper' })
  mkdirSync(scene.path('.dita'), { mode: 0o700 })
  const child = await startControlChild({ mode, storePath: scene.path('.dita/dita.db'), sessionId: 'morning' })
  scene.atEnd(() => child.process.kill('SIGKILL'))
}

/** What a session says to a peer that asks it something of its own. */
async function answerTo(scene: Scene, ask: (peer: Peer) => unknown, lines = 1) {
  const rig = await ControlRig.open()
  const peer = await rig.peer()
  await ask(peer)
  const heard = (await peer.hears(lines)).at(-1)
  const answer = readAnswer(JSON.stringify(heard))
  if (answer.kind !== 'error') throw new Error('it was answered')
  return scene.told(answer.error)
}

/** What is said of a session whose answers are these. */
async function answered(scene: Scene, text: string): Promise<DitaError> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.write(text)
  })
  await new Promise<void>((resolve) => server.listen(scene.path('dita.sock'), () => resolve()))
  try {
    return await failureOf(reachSession(scene.path('dita.db')))
  } finally {
    server.close()
  }
}

async function clientOf(rig: ControlRig): Promise<ControlClient> {
  const reached = await reachSession(rig.storePath)
  if (reached.how !== 'connected') throw new Error(reached.how)
  return reached.client
}

function socketAt(scene: Scene, storePath: string): Promise<unknown> {
  const handlers = {
    status: () => ({ sessionId: 'x', phase: 'running' as const, halt: null }),
    halt: () => undefined,
    capital: () => Promise.reject(),
  }
  const log = { info: () => undefined, error: (_event: string, { cause }: Readonly<Record<string, unknown>>) => logged.push(cause) }
  const logged: unknown[] = []
  return openControlSocket({ storePath, pid: 1, nowMs: () => 0, log, handlers }).then(async (socket) => {
    scene.atEnd(() => socket.close())
    throw logged[0]
  })
}

const KEYS = { DITA_BINGX_API_KEY: 'k', DITA_BINGX_API_SECRET: 's' }
const DEMO = { mode: 'demo', feed: { source: 'live' }, venue: { rest_url: 'http://127.0.0.1:9', stream_url: 'ws://127.0.0.1:9' } }
const DEPOSIT = { account: null, asset: 'RLUSD', amount: '250', note: '', newAsset: false }

export const RUNNING: readonly Provocation[] = [
  typed('STORE_BUSY', 'dita run', 'while a session runs in this workspace', beside('obeys')),
  typed('STORE_BUSY', 'dita reconcile', 'while a session trades at the venue', async (scene) => {
    await beside('obeys')(scene)
    scene.config(DEMO)
    scene.variables(KEYS)
  }),
  typed('NOTHING_RUNS', 'dita watch', 'where no session runs', (scene) => scene.config({ mode: 'paper' })),
  typed('SESSION_SILENT', 'dita watch', 'of a session that has no socket', beside('deaf')),
  typed('SESSION_LOST', 'dita halt', 'of a session whose process dies of it', beside('dies')),
  typed('HALT_UNPROVED', 'dita halt --timeout 300ms', 'of a session that goes on', beside('ignores')),
  typed('HALT_UNPROVED', 'dita halt --timeout 300ms', 'of a process that hangs', beside('deaf')),
  typed('KILL_SWITCH_ON', 'dita run', 'beside a file `HALT`', (scene) => {
    scene.config({ mode: 'paper' })
    scene.file('HALT', 'spread looks wrong\n')
  }),
  typed('KILL_FILE_FAILED', 'dita halt --file', 'in a folder that is not there', (scene) =>
    scene.variables({ DITA_STORE: '/nowhere/at/all/dita.db' }),
  ),
  happened('KILL_FILE_FAILED', '`dita halt --file`, with a name that is too long for the disk', (scene) =>
    scene.failureOf(Promise.resolve().then(() => writeKillFile(`/${'x'.repeat(300)}/dita.db`, null))),
  ),
  happened('INTERRUPTED', '`dita run`, ended while it connects', async (scene) => scene.told(await connecting())),
  happened('OTHER_ACCOUNT', '`dita capital deposit` for another account than that of the session that runs', async (scene) => {
    const requests = new CapitalRequests()
    using _open = requests.open('paper/desk')
    return scene.failureOf(requests.ask('paper/other', { asset: 'RLUSD', amount: dec('1'), note: '' }, new AbortController().signal))
  }),
  happened('SESSION_BUSY', '`dita capital deposit`, while the session is starting', (scene) =>
    scene.failureOf(new CapitalRequests().ask(null, { asset: 'RLUSD', amount: dec('1'), note: '' }, new AbortController().signal)),
  ),
  happened('CAPITAL_UNKNOWN', '`dita capital deposit`, and the session is gone before it answers', async (scene) => {
    const rig = await ControlRig.open()
    const client = await clientOf(rig)
    rig.onCapital = () => new Promise(() => client.close())
    return scene.failureOf(client.capital(DEPOSIT))
  }),
]

/** A session that is asked to stop by a signal while the venue lets it wait. */
async function connecting(): Promise<DitaError> {
  const { control, exchange, session } = await import('../session/world.ts')
  const at = await exchange()
  await control(at, 'freeze', { on: true })
  const stop = new SessionControl()
  const { ended } = session(at, { control: stop, onConnecting: () => stop.requestStop({ reason: 'interrupted_sigterm', detail: null }) })
  const failure = await failureOf(ended)
  await control(at, 'freeze', { on: false })
  return failure
}

export const SOCKET: readonly Provocation[] = [
  happened('BAD_REQUEST', 'a line that is no request', (scene) => answerTo(scene, (peer) => peer.say('hello\n'))),
  happened('UNKNOWN_REQUEST', 'a request that nobody knows', (scene) => answerTo(scene, (peer) => peer.ask({ do: 'dance' }))),
  happened('UNSUPPORTED_VERSION', 'a request of another version', (scene) =>
    answerTo(scene, (peer) => peer.say('{"v":2,"id":1,"do":"status"}\n')),
  ),
  happened('TOO_MANY_WATCHERS', 'one screen more than may watch', async (scene) => {
    const rig = await ControlRig.open()
    for (let count = 0; count < CONTROL_LIMITS.watchers; count += 1) (await rig.peer()).ask({ do: 'watch' })
    const last = await rig.peer()
    last.ask({ do: 'watch' })
    const answer = readAnswer(JSON.stringify((await last.hears(1))[0]))
    if (answer.kind !== 'error') throw new Error('it may watch')
    return scene.told(answer.error)
  }),
  happened('CONTROL_UNREADABLE', 'an answer that cannot be read', async (scene) => scene.told(await answered(scene, 'hello\n'))),
  happened('CONTROL_LOST', 'a session that hangs up', async (scene) => {
    const rig = await ControlRig.open()
    const client = await clientOf(rig)
    const watching = client.watch(() => undefined, new AbortController().signal)
    await rig.socket.close()
    return scene.failureOf(watching)
  }),
  happened('CONTROL_TIMEOUT', 'a session that does not answer in time', async (scene) => {
    const rig = await ControlRig.open()
    return scene.failureOf((await clientOf(rig)).haltAndWait(null, 200))
  }),
  happened('SOCKET_TAKEN', 'a session starts, and a file is where its socket should be', async (scene) => {
    scene.file('dita.sock', 'x')
    return scene.failureOf(socketAt(scene, scene.path('dita.db')))
  }),
  happened('SOCKET_FOLDER_SHARED', 'a session starts in a folder that others can enter', async (scene) => {
    mkdirSync(scene.path('shared'))
    const { chmodSync } = await import('node:fs')
    chmodSync(scene.path('shared'), 0o777)
    return scene.failureOf(socketAt(scene, scene.path('shared/dita.db')))
  }),
  happened('SOCKET_PATH_TOO_LONG', 'a session starts on a store with a very long name', async (scene) => {
    return scene.failureOf(socketAt(scene, scene.path(`${'x'.repeat(120)}.db`)))
  }),
]
