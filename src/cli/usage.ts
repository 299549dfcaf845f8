// Words for a command line that was typed wrong. Knows oclif's parse errors by their shape, so that nothing of oclif is
// loaded to say them.

import { EXIT } from '../core/errors.ts'
import { nearestWord } from '../core/text.ts'
import type { Failure } from './failure-view.ts'

/** The failure an error of oclif's parser stands for; undefined for anything else. */
export function usageFailure(thrown: unknown, typed: string | undefined): Failure | undefined {
  if (!(thrown instanceof Error) || !('oclif' in thrown)) return undefined
  const command = commandOf(thrown) ?? typed
  const help = command === undefined ? '`dita help`' : `\`dita ${command} --help\``
  const flags = textsOf(thrown, 'flags')
  if (flags !== undefined) return unknownFlag(thrown, flags[0] ?? '', help)
  const name = thrown.constructor.name
  const next = `${help} shows what it takes, with examples.`
  const extra = name === 'UnexpectedArgsError' ? textsOf(thrown, 'args')?.[0] : undefined
  if (extra !== undefined) {
    return usage('UNEXPECTED_ARGUMENT', `${JSON.stringify(extra)} is one word too many: nothing like it is taken here.`, next)
  }
  if (name === 'RequiredArgsError') return usage('MISSING_ARGUMENT', missingText(thrown) ?? sentenceOf(thrown.message), next)
  return usage('BAD_VALUE', sentenceOf(thrown.message), next)
}

/** What other programs call it. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  '-v': 'dita --version',
  '-V': 'dita --version',
  version: 'dita --version',
  start: 'dita run',
  stop: 'dita halt',
  kill: 'dita halt',
  flatten: 'dita run --strategy flatten',
  status: 'dita watch',
  list: 'dita sessions',
  report: 'dita summarize',
}

export function unknownCommand(typed: string, known: readonly string[]): Failure {
  const inside = known.filter((name) => name.startsWith(`${typed} `))
  if (inside.length > 0) {
    const names = inside.map((name) => `\`dita ${name}\``).join(', ')
    return usage('UNKNOWN_COMMAND', `${JSON.stringify(typed)} is only the beginning of a command.`, `Go on from it: ${names}.`)
  }
  const what = typed.startsWith('-') ? 'a flag, and no command stands before it' : 'no command of dita'
  const other = Object.hasOwn(OTHER_NAMES, typed) ? OTHER_NAMES[typed] : undefined
  if (other !== undefined) return usage('UNKNOWN_COMMAND', `${JSON.stringify(typed)} is ${what}.`, `Did you mean \`${other}\`?`)
  const nearest = typed.startsWith('-') ? null : nearestWord(typed, known)
  const hint = nearest === null ? '' : `Did you mean \`dita ${nearest}\`? `
  const order = typed.startsWith('-') ? 'Put the command first and its flags behind it. ' : ''
  return usage('UNKNOWN_COMMAND', `${JSON.stringify(typed)} is ${what}.`, `${hint}${order}See \`dita help\` for all commands.`)
}

function unknownFlag(error: Error, typed: string, help: string): Failure {
  const known = Object.keys(inputFlagsOf(error)).map((flag) => `--${flag}`)
  const nearest = typed.startsWith('--') ? nearestWord(typed.replace(/=.*$/s, ''), known) : longFlag(typed, known)
  const hint = nearest === null ? '' : `Did you mean ${nearest}? `
  return usage('UNKNOWN_FLAG', `There is no flag ${typed.replace(/=.*$/s, '')}.`, `${hint}See ${help} for all flags.`)
}

/** Of one letter, the first flag that begins with it, as they stand in the help. */
function longFlag(typed: string, known: readonly string[]): string | null {
  const [, letter = ''] = /^-([a-z])/.exec(typed) ?? []
  return letter === '' ? null : (known.find((flag) => flag.startsWith(`--${letter}`)) ?? null)
}

/** What oclif's parser says, and what a person would. */
const PARSER_WORDS: readonly (readonly [said: RegExp, words: string])[] = [
  [/^(--\S+): Expected an integer but received: (.*)$/, '$1 takes a whole number, and "$2" is none'],
  [/^(--\S+): Expected an integer greater than or equal to (\S+) but received: (.*)$/, '$1 takes a whole number, $2 or more, and not $3'],
  [/^(--\S+): Expected an integer less than or equal to (\S+) but received: (.*)$/, '$1 takes a whole number, $2 or less, and not $3'],
  [/^Flag (--\S+) expects a value$/, '$1 wants a value behind it'],
  [/^Expected (--[\w-]+)=(.*) to be one of: (.*)$/, '$1 takes one of $3, and not "$2"'],
  [/^Expected (.*) to be one of: (.*)$/, '"$1" is none of $2'],
  [/^The following errors? occurred: (--[\w-]+)=\S* cannot also be provided when using (--[\w-]+)$/, '$1 and $2 do not go together'],
]

/** One line, as a sentence, in the words of dita as far as they are known. */
function sentenceOf(message: string): string {
  const line = message
    .replace(/\nSee more help with --help$/, '')
    .replace(/^Parsing (--\S+) \n\t/, '$1: ')
    .replace(/\s+/g, ' ')
    .trim()
  const known = PARSER_WORDS.find(([said]) => said.test(line))
  const words = known === undefined ? line : line.replace(...known)
  return /[.!?]$/.test(words) ? words : `${words}.`
}

function usage(code: string, message: string, next: string): Failure {
  return { code, message, next, fault: 'user', exitCode: EXIT.usage }
}

function textsOf(error: Error, key: string): string[] | undefined {
  const value: unknown = Reflect.get(error, key)
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined
}

/** Every argument that is not there, as help writes it, and what it is. */
function missingText(error: Error): string | undefined {
  const args: unknown = Reflect.get(error, 'args')
  if (!Array.isArray(args) || args.length === 0) return undefined
  const words = args.map((arg: { readonly name?: unknown; readonly description?: unknown }) => {
    const what = typeof arg.description === 'string' ? ` (${arg.description.replace(/\.$/, '')})` : ''
    return `${String(arg.name).toUpperCase()}${what}`
  })
  return `${words.join(' and ')} ${words.length === 1 ? 'is' : 'are'} missing.`
}

function inputFlagsOf(error: Error): object {
  const flags = within(error, ['parse', 'input', 'flags'])
  return typeof flags === 'object' && flags !== null ? flags : {}
}

/** The command whose line could not be read, as it is typed. */
function commandOf(error: Error): string | undefined {
  const id = within(error, ['parse', 'input', 'context', 'id'])
  return typeof id === 'string' ? id.replaceAll(':', ' ') : undefined
}

function within(value: unknown, path: readonly string[]): unknown {
  let found = value
  for (const key of path) found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined
  return found
}
