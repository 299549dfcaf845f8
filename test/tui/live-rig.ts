// A live screen on a terminal and a keyboard that are none: what is published is drawn, what is pressed is heard.

import { Console } from 'node:console'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { type LiveScreen, startLiveScreen } from '../../src/tui/live-screen.tsx'
import { FakeKeyboard, FakeTerminal } from './fake-terminal.ts'
import { sampleModel } from './sample-model.ts'

interface Started {
  readonly terminal: FakeTerminal
  readonly keyboard: FakeKeyboard
  readonly screen: LiveScreen
  readonly failures: unknown[]
  readonly stops: string[]
  readonly trades: string[]
}

const open: LiveScreen[] = []

/** Takes what is written to it, like standard error in a file. */
export function fakeStderr() {
  const written: string[] = []
  const stderr: Pick<NodeJS.WriteStream, 'write'> = {
    write: (data: string | Uint8Array) => {
      written.push(String(data))
      return true
    },
  }
  return { stderr, written }
}

export function start({
  columns = 80,
  rows = 24,
  colour = true,
  isTTY = true,
  watching = false,
  stderr = fakeStderr().stderr,
} = {}): Started {
  const terminal = new FakeTerminal(columns, rows)
  const keyboard = new FakeKeyboard(isTTY)
  const failures: unknown[] = []
  const stops: string[] = []
  const trades: string[] = []
  const screen = startLiveScreen({
    stdout: terminal.stream,
    stdin: keyboard.stream,
    stderr,
    stop: (cause) => stops.push(cause),
    trade: (wish) => trades.push(wish),
    colour,
    watching,
    now: () => performance.now(),
    failed: (error) => failures.push(error),
  })
  open.push(screen)
  return { terminal, keyboard, screen, failures, stops, trades }
}

/** Waits until the terminal shows something, and fails with the picture where it never does. */
export async function until(terminal: FakeTerminal, shown: (text: string) => boolean): Promise<string> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    if (shown(terminal.text())) return terminal.text()
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`the terminal never showed it:\n${terminal.text()}`)
}

export function sampleAt(index: number) {
  return sampleModel({ sessionId: `session-${index}`, elapsedUs: index * 1_000_000 })
}

/** In each file that starts screens: they are closed after each test. */
export function closeScreens(): void {
  // The test runner's console has no constructor, and Ink needs one to keep console output off the picture.
  const runnerConsole = console.Console
  beforeAll(() => {
    Object.assign(console, { Console })
  })
  afterAll(() => {
    Object.assign(console, { Console: runnerConsole })
  })
  afterEach(async () => {
    for (const screen of open.splice(0)) await screen.close()
  })
}
