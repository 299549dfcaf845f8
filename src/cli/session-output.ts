// Who shows a running session: the live screen on a terminal, plain lines elsewhere, its facts with --events, nobody with --json. Where
// what is shown goes elsewhere, whoever sits at the terminal is told that it runs, and how it ended.

import { EXIT, type ExitCode, messageOf } from '../core/errors.ts'
import { type Halt, haltText, REQUESTS } from '../core/halt-reasons.ts'
import type { SessionControl } from '../core/session/control.ts'
import type { FactLines, SessionLog, SessionObserver, SessionOutcome } from '../core/session/port.ts'
import { escapeText } from '../core/text.ts'
import { loadScreen } from './load-screen.ts'
import { quoted } from './quoted.ts'
import { lineWriter } from './standard-streams.ts'
import { isTerminal, type TerminalEnvironment, wantsColour } from './terminal.ts'

export interface SessionOutput {
  readonly observer: SessionObserver | null
  /** Where every fact goes as a line; null where nobody asked for that. */
  readonly factLines: FactLines | null
  /** Gives the terminal back at once, where the process is about to end. */
  restore?(): void
  close(): Promise<void>
}

/** Told how it ended; null where it failed, and what it failed with is said elsewhere. */
export type Ended = (outcome: Pick<SessionOutcome, 'halt' | 'exitCode'> | null) => void

export interface SessionOutputOptions {
  readonly json: boolean
  /** Standard output has every fact as one line of JSON, and nothing else. */
  readonly events: boolean
  /** Whether plain lines tell of every fill: thousands in a long session, which nobody wants in a mail from cron. */
  readonly verbose: boolean
  readonly sessionId: string
  /** The store as commands elsewhere have to name it; null where they find it as this one did, by its folder. */
  readonly namedStore: string | null
  readonly pid: number
  readonly control: SessionControl
  readonly log: SessionLog
  /** Ends the process at once; nothing of safety depends on what it skips. */
  readonly leave: (exitCode: ExitCode) => void
  readonly env: TerminalEnvironment
}

/** How often a screen is worth a new model. */
const SHOWN_EVERY_MS = 100

export async function openSessionOutput(options: SessionOutputOptions): Promise<SessionOutput & { readonly ended: Ended }> {
  const output = await openStandardOutput(options)
  // A script that reads standard output has no terminal on standard error, or a person before it.
  const isElsewhere = process.stderr.isTTY === true && process.stdout.isTTY !== true
  return isElsewhere ? tellingAside(output, options) : { ...output, ended: () => undefined }
}

/** One line when it begins, and one at the end, for a person who sees nothing else of it. */
function tellingAside(output: SessionOutput, options: SessionOutputOptions): SessionOutput & { readonly ended: Ended } {
  const { sessionId, pid, json } = options
  const tell = (text: string): void => void process.stderr.write(`${escapeText(text)}\n`)
  const observer: SessionObserver = {
    ...(output.observer ?? { wants: () => false, publish: () => undefined }),
    begins: () => {
      const [watch, halt] = [commandFor('watch', options), commandFor('halt', options)]
      tell(`Session ${sessionId} runs, pid ${pid}. To look on: ${watch}. To stop it: Ctrl-C or ${halt}.`)
      output.observer?.begins?.()
    },
  }
  return {
    ...output,
    observer,
    ended(outcome) {
      if (outcome !== null) tell(endText(options, outcome))
      else if (json) tell(`Session ${sessionId} failed: the error stands in what it printed.`)
    },
  }
}

/** Who is told, by which commands. */
type Told = Pick<SessionOutputOptions, 'sessionId' | 'namedStore'>

export function endText(options: Told, { halt, exitCode }: NonNullable<Parameters<Ended>[0]>): string {
  const code = exitCode === EXIT.done ? '' : `, exit code ${exitCode}`
  const what = commandFor(`summarize ${options.sessionId}`, options)
  return `Session ${options.sessionId} ${haltText(halt.reason, halt.detail)}${code}. What happened in it: ${what}.`
}

/** As it is typed in any terminal: a store that was named has to be named there too. */
export function commandFor(words: string, { namedStore }: Pick<SessionOutputOptions, 'namedStore'>): string {
  return `\`dita ${words}${namedStore === null ? '' : ` --store ${quoted(namedStore)}`}\``
}

async function openStandardOutput(options: SessionOutputOptions): Promise<SessionOutput> {
  if (options.events) {
    const { openFactOutput } = await import('./fact-output.ts')
    const facts = openFactOutput({ stream: process.stdout, complain: (text) => process.stderr.write(`${text}\n`) })
    return { observer: null, factLines: facts, close: () => facts.close() }
  }
  if (options.json) return { observer: null, factLines: null, close: async () => undefined }
  return isTerminal(options.env) ? openScreen(options) : openPlain(options)
}

/** What each way to stop from the screen means. */
const HALTS = {
  quit: { reason: 'engine_requested_halt', detail: REQUESTS.screen.say() },
  kill: { reason: 'kill_switch', detail: 'pressed on the screen' },
  interrupt: { reason: 'interrupted_sigint', detail: null },
} as const satisfies Record<string, Halt>

const LAST_WORDS = ['uncaughtException', 'unhandledRejection'] as const

async function openScreen({ control, env, log, leave }: SessionOutputOptions): Promise<SessionOutput> {
  const { startLiveScreen } = await loadScreen()
  const screen = startLiveScreen({
    stdout: process.stdout,
    stdin: process.stdin,
    colour: wantsColour(env),
    now: () => performance.now(),
    stop: (cause) => {
      // In a terminal's raw mode Ctrl-C is a key: it means what the signal would.
      if (cause === 'interrupt' && control.halt !== null) leave(EXIT.interruptedSigint)
      control.requestStop(HALTS[cause])
    },
    trade: (wish) => control.askTrading(wish),
    failed: (error) => log.error('screen_failed', { message: messageOf(error), cause: error }),
  })
  const observer: SessionObserver = {
    wants: everyMs(SHOWN_EVERY_MS),
    publish: (model) => screen.publish(model),
    connecting: (host) => screen.connecting(host),
  }
  // What ends the process is said on standard error: on the screen nobody would find it again.
  const restore = (): void => screen.restore()
  for (const event of LAST_WORDS) process.prependListener(event, restore)
  const close = async (): Promise<void> => {
    await screen.close()
    for (const event of LAST_WORDS) process.off(event, restore)
  }
  return { observer, factLines: null, restore, close }
}

async function openPlain(options: SessionOutputOptions): Promise<SessionOutput> {
  const { sessionId, pid, verbose } = options
  const { createPlainOutput } = await import('../tui/plain.ts')
  const write = lineWriter(process.stdout)
  const plain = createPlainOutput({ fills: verbose, write: (line) => write(escapeText(line)) })
  const isDue = everyMs(SHOWN_EVERY_MS)
  return {
    observer: {
      // Before it connects or replays, since both can take a while: whoever has only this output knows what to signal.
      begins: () => {
        const halt = escapeText(commandFor('halt', options))
        process.stdout.write(`Session ${sessionId}, pid ${pid}: Ctrl-C ends it, as do ${halt} and \`kill -INT ${pid}\`.\n`)
      },
      // Every fill and message becomes a line: none may pass unseen. A line of progress says how it stood at its own moment.
      wants: (hasNews, nowUs) => isDue() || hasNews || plain.isDue(nowUs),
      publish: (model) => plain.publish(model),
      connecting: (host) => void process.stdout.write(`Connecting to ${escapeText(host)} …\n`),
    },
    factLines: null,
    close: async () => plain.close(),
  }
}

/** True at most once in so many milliseconds. */
function everyMs(intervalMs: number): () => boolean {
  let lastMs = Number.NEGATIVE_INFINITY
  return () => {
    const nowMs = performance.now()
    if (nowMs - lastMs < intervalMs) return false
    lastMs = nowMs
    return true
  }
}
