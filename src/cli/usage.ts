// Words for a command line that was typed wrong. Knows oclif's parse errors by their shape, so that nothing of oclif is
// loaded to say them.

import { EXIT } from '../core/errors.ts'
import type { Failure } from './failure.ts'
import { nearestName } from './nearest.ts'

/** The failure an error of oclif's parser stands for; undefined for anything else. */
export function usageFailure(thrown: unknown, command: string | undefined): Failure | undefined {
  if (!(thrown instanceof Error) || !('oclif' in thrown)) return undefined
  const help = command === undefined ? '`dita help`' : `\`dita ${command} --help\``
  const flags = textsOf(thrown, 'flags')
  if (flags !== undefined) return unknownFlag(thrown, flags[0] ?? '', help)
  const name = thrown.constructor.name
  const extra = name === 'UnexpectedArgsError' ? textsOf(thrown, 'args')?.[0] : undefined
  if (extra !== undefined) {
    return usage('UNEXPECTED_ARGUMENT', `There is no place for ${JSON.stringify(extra)} here.`, `See ${help} for what it takes.`)
  }
  return usage(
    name === 'RequiredArgsError' ? 'MISSING_ARGUMENT' : 'BAD_VALUE',
    sentenceOf(thrown.message),
    `See ${help} for what it takes.`,
  )
}

export function unknownCommand(typed: string, known: readonly string[]): Failure {
  const what = typed.startsWith('-') ? 'a flag, and no command stands before it' : 'no command of dita'
  const nearest = typed.startsWith('-') ? undefined : nearestName(typed, known)
  const hint = nearest === undefined ? '' : `Did you mean \`dita ${nearest}\`? `
  return usage('UNKNOWN_COMMAND', `${JSON.stringify(typed)} is ${what}.`, `${hint}See \`dita help\` for all commands.`)
}

function unknownFlag(error: Error, typed: string, help: string): Failure {
  const known = Object.keys(inputFlagsOf(error)).map((flag) => `--${flag}`)
  const nearest = typed.startsWith('--') ? nearestName(typed.replace(/=.*$/s, ''), known) : undefined
  const hint = nearest === undefined ? '' : `Did you mean ${nearest}? `
  return usage('UNKNOWN_FLAG', `There is no flag ${typed.replace(/=.*$/s, '')}.`, `${hint}See ${help} for all flags.`)
}

/** One line, as a sentence, without what oclif adds of its own. */
function sentenceOf(message: string): string {
  const line = message
    .replace(/\nSee more help with --help$/, '')
    .replace(/^Parsing (--\S+) \n\t/, '$1: ')
    .replace(/\s+/g, ' ')
    .trim()
  return /[.!?]$/.test(line) ? line : `${line}.`
}

function usage(code: string, message: string, next: string): Failure {
  return { code, message, next, fault: 'user', exitCode: EXIT.usage }
}

function textsOf(error: Error, key: string): string[] | undefined {
  const value: unknown = Reflect.get(error, key)
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined
}

function inputFlagsOf(error: Error): object {
  const parse: unknown = Reflect.get(error, 'parse')
  const input: unknown = typeof parse === 'object' && parse !== null ? Reflect.get(parse, 'input') : undefined
  const flags: unknown = typeof input === 'object' && input !== null ? Reflect.get(input, 'flags') : undefined
  return typeof flags === 'object' && flags !== null ? flags : {}
}
