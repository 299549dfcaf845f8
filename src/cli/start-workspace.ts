// What `dita init` does: flags, questions where somebody sits there, then the files.

import { loadConfig } from '../core/config/load-config.ts'
import { DitaError } from '../core/errors.ts'
import { openArena } from '../core/session/arena.ts'
import { machineClock } from '../core/session/pacer.ts'
import { askQuestions } from './ask-questions.ts'
import { type Answers, checkFlags, chosenOf, type InitPlace, usualOf } from './init-questions.ts'
import { initWorkspace, type NewWorkspace, refuseStanding } from './init-workspace.ts'
import { openPrompt } from './prompt.ts'
import { isTerminal, type TerminalEnvironment } from './terminal.ts'

export interface StartWorkspaceOptions {
  readonly folder: string
  readonly force: boolean
  /** Takes what is usual for whatever no flag says. */
  readonly yes: boolean
  readonly json: boolean
  /** Whether every key is to stand in the config. */
  readonly full: boolean
  readonly given: Answers
  readonly env: TerminalEnvironment
}

/** @throws DitaError BAD_ANSWER, WORKSPACE_EXISTS, INIT_FAILED (exit 2), INIT_CANCELLED (exit 130) */
export async function startWorkspace({ folder, force, yes, json, full, given, env }: StartWorkspaceOptions): Promise<NewWorkspace> {
  const place = { folder, workingFolder: process.cwd(), simulated: await simulatedMarket(), quoteOfRecording }
  checkFlags(given, place)
  // Nobody answers ten questions to hear then that the place is taken.
  if (!force) refuseStanding(folder)
  const answers = yes || json || !isTerminal(env) ? given : await asked(given, place)
  return initWorkspace({ folder, force, full, chosen: chosenOf(answers, place) })
}

async function asked(given: Answers, place: InitPlace): Promise<Answers> {
  const prompt = openPrompt(process.stdin, process.stdout)
  try {
    prompt.say('A few questions; Enter takes what stands in [brackets].\nAll of it can be changed in dita.yaml later.')
    return await askQuestions(given, place, prompt)
  } finally {
    prompt.close()
  }
}

/** What the built-in market trades, and its first price, so that nobody else has to know it. */
export async function simulatedMarket(): Promise<NonNullable<InitPlace['simulated']>> {
  return { instrument: await instrumentOf('simulated'), price: usualOf(['feed', 'simulated', 'start_price']) }
}

/** A recording that cannot be played is for `dita doctor` to complain of. */
async function quoteOfRecording(path: string): Promise<string | null> {
  try {
    return (await instrumentOf(path)).quote
  } catch (thrown) {
    if (thrown instanceof DitaError) return null
    throw thrown
  }
}

/** Of a market that is opened and let go of. */
async function instrumentOf(feedSource: string): Promise<NonNullable<InitPlace['simulated']>['instrument']> {
  const config = loadConfig({ file: null, environment: {}, overrides: { feedSource } })
  const log = { info: () => undefined, error: () => undefined }
  const wall = { ...machineClock(), wallUs: () => Date.now() * 1000 }
  const arena = await openArena({ config, sessionId: 'init', environment: {}, random: () => 0, wall, log }, new AbortController().signal)
  await arena.close()
  return arena.feed.instrument
}
