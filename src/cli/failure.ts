// The one place that turns anything thrown into words and an exit code. Shows a stack only when it is asked for.

import { resolve } from 'node:path'
import { DitaError, EXIT, type Fault, messageOf, troubleOf } from '../core/errors.ts'
import { escapeText } from '../core/text.ts'
import { wrapped } from './account-text.ts'
import { escapeLines, safeJson } from './escape.ts'
import type { Failure } from './failure-view.ts'
import { usageFailure } from './usage.ts'

/** Where stdout itself is the trouble, it is no place to say so. */
const OUTPUT_FAILED = 'OUTPUT_FAILED'

/** What a person is told about something thrown while `command` ran. */
export function describeFailure(thrown: unknown, command: string | undefined): Failure {
  if (thrown instanceof DitaError) {
    const { code, next, fault, exitCode } = thrown
    return { code, message: unwrapParsing(thrown.message), next, fault, exitCode }
  }
  const usage = usageFailure(thrown, command)
  if (usage !== undefined) return usage
  if (isOutputFailure(thrown)) {
    return {
      code: OUTPUT_FAILED,
      message: `The output could not be written: ${troubleOf(thrown)}.`,
      next: 'Check where the output goes. What the command did stands all the same.',
      fault: 'machine',
      exitCode: EXIT.defect,
    }
  }
  return {
    code: 'DEFECT',
    message: `Something went wrong inside dita: ${messageOf(thrown).split('\n', 1)[0]}`,
    next: 'This is a defect of dita, not of yours: run it again with DITA_DEBUG=1 to see where, and report that with the session id.',
    fault: 'dita',
    exitCode: EXIT.defect,
  }
}

/** Says it on stderr, or with `json` as one object on stdout, and sets the exit code. */
export function reportFailure(thrown: unknown, options: { readonly json: boolean; readonly command: string | undefined }): void {
  const exit = quietExitOf(thrown)
  if (exit !== undefined) {
    process.exitCode = exit
    return
  }
  const failure = withStoreNamed(describeFailure(thrown, options.command), process.env)
  process.exitCode = failure.exitCode
  const { DITA_DEBUG: debug } = process.env
  if (debug === '1') process.stderr.write(`${escapeLines(stackOf(thrown))}\n`)
  if (options.json && failure.code !== OUTPUT_FAILED) {
    process.stdout.write(`${safeJson({ error: failure })}\n`)
    return
  }
  const { isTTY, columns } = process.stderr
  process.stderr.write(failureText(failure, isTTY ? columns : Number.POSITIVE_INFINITY))
}

/** Who set the variable long ago looks for the reason everywhere else. */
export function withStoreNamed(failure: Failure, { DITA_STORE: named = '' }: Readonly<Record<string, string | undefined>>): Failure {
  const isOfStore = /^(STORE_|NOTHING_RUNS$)/.test(failure.code) && named !== '' && isNamedIn(failure.message, resolve(named))
  if (!isOfStore) return failure
  return { ...failure, next: `${failure.next} DITA_STORE names this one: \`unset DITA_STORE\` for that of your folder.` }
}

/** As a whole: another store may lie in a folder of that name, or have a name that begins or ends so. */
function isNamedIn(message: string, path: string): boolean {
  const parts = message.split(path)
  return parts.some((before, index) => /(^|\s)$/.test(before) && /^[.,:;)]?(\s|$)/.test(parts[index + 1] ?? 'none'))
}

/** The failure for people, in lines that break at words. */
export function failureText({ message, next, code, fault }: Failure, width: number): string {
  const cause = CAUSE_UNKNOWN.has(code) ? '' : `, cause: ${CAUSES[fault]}`
  return `dita: ${indented(message, width)}\nnext: ${indented(next, width)}\n(${code}${cause})\n`
}

/** Nobody can tell from outside what a session waits for: its venue, its strategy, or the machine. */
const CAUSE_UNKNOWN: ReadonlySet<string> = new Set(['HALT_UNPROVED'])

/** Whose fault it is, without a reproach: where to look first. */
const CAUSES = {
  user: 'the input',
  venue: 'the venue or the feed',
  machine: 'this machine',
  dita: 'a defect of dita',
} as const satisfies Record<Fault, string>

/** Further lines stand under the first, so that none of them can pass for one of ours. */
function indented(text: string, width: number): string {
  const lines = text.split('\n').flatMap((line) => folded(line, width - UNDER.length))
  return lines.map(escapeText).join(`\n${UNDER}`)
}

/** What is folded stays behind its indent. */
function folded(line: string, width: number): string[] {
  if (line.length <= width) return [line]
  const indent = /^ */.exec(line)?.[0] ?? ''
  return wrapped(line.trim(), width - indent.length).map((part) => indent + part)
}

/** As wide as what stands before the first line. */
const UNDER = ' '.repeat('dita: '.length)

/** The parser wraps what a flag's own check throws; the check's sentence is the one to show. */
function unwrapParsing(message: string): string {
  return /^Parsing (--\S+) \n\t(.*)\nSee more help with --help$/s.exec(message)?.[2] ?? message
}

/** A command that asked oclif to leave says nothing more. */
function quietExitOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown) || thrown.code !== 'EEXIT') return undefined
  return 'oclif' in thrown ? ((thrown.oclif as { exit?: number }).exit ?? EXIT.done) : EXIT.done
}

function isOutputFailure(thrown: unknown): boolean {
  return thrown instanceof Error && 'syscall' in thrown && thrown.syscall === 'write' && !('path' in thrown)
}

/** The stack with all its causes. */
function stackOf(thrown: unknown): string {
  const parts: string[] = []
  let current: unknown = thrown
  while (current !== undefined && parts.length < 10) {
    parts.push(current instanceof Error ? (current.stack ?? current.message) : String(current))
    current = current instanceof Error ? current.cause : undefined
  }
  return parts.join('\ncaused by: ')
}
