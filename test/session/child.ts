// A session in a process of its own, to be killed: says each tick, and at the end how it ended and what it took.

import { join } from 'node:path'
import { loadConfig } from '../../src/core/config/load-config.ts'
import { SessionControl } from '../../src/core/session/control.ts'
import { machineClock } from '../../src/core/session/pacer.ts'
import { runSession } from '../../src/core/session/run-session.ts'

export interface ChildWish {
  readonly storePath: string
  readonly sessionId: string
  readonly feed: string
  readonly seed: number
  readonly durationUs: number
  readonly speed: number | 'max'
  readonly config: Readonly<Record<string, unknown>>
}

const wish: ChildWish = JSON.parse(process.argv[2] ?? '{}')
const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const outcome = await runSession({
  config: loadConfig({
    file: join('/', 'dita.yaml'),
    text: JSON.stringify(wish.config),
    overrides: { feedSource: wish.feed, seed: wish.seed },
  }),
  sessionId: wish.sessionId,
  durationUs: wish.durationUs,
  speed: wish.speed,
  storePath: wish.storePath,
  onStart: 'adopt',
  environment: {},
  random: () => 0.5,
  process: { pid: process.pid, host: 'child', version: '0.0.0' },
  wall: { ...machineClock(), wallUs: () => Date.now() * 1000 },
  control: new SessionControl(),
  observer: wish.speed === 'max' ? null : { wants: () => true, publish: ({ counts }) => say(`tick ${counts.ticks}`) },
  log: { info: () => undefined, error: (event, { message }) => say(`error ${event}: ${String(message)}`) },
})
say(`ended ${outcome.halt.reason} ${outcome.exitCode}`)
say(`peak ${process.resourceUsage().maxRSS} KiB`)
