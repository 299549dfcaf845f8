// Finds the command that was typed and runs it, or shows help. A command is one word, or a topic and a word: `config show`.

import { Config } from '@oclif/core/config'
import { settings } from '@oclif/core/settings'
import { DitaError, EXIT } from '../core/errors.ts'
import { unknownCommand } from './usage.ts'

const HELP_FLAGS: readonly string[] = ['--help', '-h']

export async function dispatch(argv: readonly string[], binUrl: string): Promise<void> {
  // Compiled code is all there is at run time, whatever NODE_ENV says.
  settings.enableAutoTranspile = false
  const config = await Config.load(binUrl)
  const asksHelp = argv.length === 0 || argv[0] === 'help' || helpFlagIn(argv)
  const words = argv[0] === 'help' ? argv.slice(1) : argv
  const [typed = ''] = words
  if (asksHelp && (typed === '' || typed.startsWith('-'))) return showHelpOf(config, undefined)
  const { id, depth } = commandIn(config, words)
  const command = config.findCommand(id)
  if (command === undefined && asksHelp && config.findTopic(id) !== undefined) return showHelpOf(config, id)
  if (command === undefined) throw asError(unknownCommand(wordsOf(id), config.commandIDs.map(wordsOf)))
  if (asksHelp) return showHelpOf(config, nameOf(config, command.id))
  await config.runCommand(id, words.slice(depth), command)
}

/** How the command is called inside, and how many words were typed for it. `config show` is `config:show` to oclif. */
function commandIn(config: Config, [first = '', second = '']: readonly string[]): { readonly id: string; readonly depth: 1 | 2 } {
  const inTopic = `${first}:${second}`
  const isTopic = config.findCommand(first) === undefined && config.findTopic(first) !== undefined
  if (isTopic && second !== '' && !second.startsWith('-')) return { id: inTopic, depth: 2 }
  return { id: first, depth: 1 }
}

function wordsOf(id: string): string {
  return id.replaceAll(':', ' ')
}

/** Help is the same under every name of a command; oclif gives an alias as a command of its own. */
function nameOf(config: Config, id: string): string {
  return config.commands.find((command) => command.id !== id && command.aliases.includes(id))?.id ?? id
}

function helpFlagIn(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return (end === -1 ? argv : argv.slice(0, end)).some((argument) => HELP_FLAGS.includes(argument))
}

async function showHelpOf(config: Config, command: string | undefined): Promise<void> {
  const { showHelp } = await import('./help.ts')
  await showHelp(config, command)
}

function asError(failure: ReturnType<typeof unknownCommand>): DitaError {
  return new DitaError(failure.code, { fault: failure.fault, exitCode: EXIT.usage, message: failure.message, next: failure.next })
}
