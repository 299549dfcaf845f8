// Finds the command that was typed and runs it, or shows help. All commands are one word deep.

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
  const typed = argv[0] === 'help' ? argv[1] : argv[0]
  if (asksHelp && (typed === undefined || typed.startsWith('-'))) return showHelpOf(config, undefined)
  const id = typed ?? ''
  // `a:b` would be oclif's own way to name a command inside a topic; there are none.
  const command = config.findCommand(id)
  if (command === undefined) throw asError(unknownCommand(id, config.commandIDs))
  if (asksHelp) return showHelpOf(config, command.id)
  await config.runCommand(id, argv.slice(1), command)
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
