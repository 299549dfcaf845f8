// The page of errors, its tables made of what errors said when they were provoked: docs/ERRORS.md is its text.

export interface ToldError {
  readonly code: string
  readonly message: string
  readonly next: string
  readonly exitCode: number
  /** What was typed, or what had happened. */
  readonly by: string
}

export interface ToldGroup {
  readonly title: string
  readonly errors: readonly ToldError[]
}

export function errorsPage(groups: readonly ToldGroup[]): string {
  const parts = groups.flatMap(({ title, errors }) => ['', `## ${title}`, '', ...HEADER, ...errors.map(rowOf)])
  return [...HEAD, ...parts, ''].join('\n')
}

const HEAD = [
  '# Errors',
  '',
  'What goes wrong, what is said of it, and what to type then. Each of these was brought about in a test, and said what stands here; folders,',
  'ports, process ids and times are replaced. With `--json` an error is one object with `code`, `message`, `next`, `fault` and `exitCode`',
  '([COMMANDS.md](COMMANDS.md)). Codes never change their meaning; sentences may get better. What an order is refused for is in',
  '[DENIALS.md](DENIALS.md), why a session ends in [HALTS.md](HALTS.md).',
]

const HEADER = ['| what was typed or had happened | code | exit | it says | next |', '|---|---|---|---|---|']

function rowOf({ by, code, exitCode, message, next }: ToldError): string {
  return `| ${cell(by)} | \`${code}\` | ${exitCode} | ${cell(message)} | ${cell(next)} |`
}

function cell(text: string): string {
  return text
    .replace(/x{40,}/g, 'xxx…')
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replaceAll('\n', '<br>')
}
