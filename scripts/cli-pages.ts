// The pages of the commands, made from what the commands say of themselves: docs/cli/ is their text. One page a command, and an index.

/** What a command says of itself, as oclif keeps it. */
export interface DescribedCommand {
  readonly summary?: string | undefined
  readonly description?: string | undefined
  readonly aliases: readonly string[]
  readonly examples?: readonly unknown[] | undefined
  readonly args: Readonly<Record<string, DescribedArgument>>
  readonly flags: Readonly<Record<string, DescribedFlag>>
}

export interface DescribedArgument {
  readonly description?: string | undefined
  readonly required?: boolean | undefined
  readonly default?: unknown
  readonly options?: readonly string[] | undefined
}

export interface DescribedFlag {
  readonly type: string
  readonly char?: string | undefined
  readonly summary?: string | undefined
  readonly default?: unknown
  readonly options?: readonly string[] | undefined
  readonly helpValue?: string | string[] | undefined
  readonly env?: string | undefined
  readonly allowNo?: boolean | undefined
  /** Taken, and of no use to this command. */
  readonly hidden?: boolean | undefined
  readonly exclusive?: readonly unknown[] | undefined
}

export interface CommandPage {
  /** As it is typed: `capital deposit`. */
  readonly name: string
  readonly command: DescribedCommand
  readonly exits: readonly (readonly [code: string, words: string])[]
}

/** Every page by the name of its file. */
export function cliPages(pages: readonly CommandPage[]): Readonly<Record<string, string>> {
  const texts = pages.map((page): [string, string] => [fileOf(page.name), pageOf(page)])
  return { 'README.md': indexOf(pages), ...Object.fromEntries(texts) }
}

const GENERATED = '<!-- Made from the command itself: `npx vitest run test/cli/cli-pages.test.ts -u` makes it anew. -->'

function indexOf(pages: readonly CommandPage[]): string {
  const rows = pages.map(({ name, command }) => `| [\`dita ${name}\`](${fileOf(name)}) | ${cell(command.summary ?? '')} |`)
  return [
    '# Commands',
    '',
    GENERATED,
    '',
    'One page a command: examples, arguments, flags, exit codes. `dita COMMAND --help` says the same in the terminal. What is printed with',
    '`--json` is in [COMMANDS.md](../COMMANDS.md), what goes wrong and what to type then in [ERRORS.md](../ERRORS.md).',
    '',
    '| command | |',
    '|---|---|',
    ...rows,
    '',
  ].join('\n')
}

function pageOf({ name, command, exits }: CommandPage): string {
  const { summary = '', description = '', aliases, args, flags } = command
  return [
    `# \`dita ${name}\``,
    '',
    GENERATED,
    '',
    summary,
    ...(aliases.length === 0 ? [] : ['', `Also: ${aliases.map((alias) => `\`dita ${alias}\``).join(', ')}.`]),
    '',
    '```sh',
    ...(command.examples ?? []).flatMap(exampleLines),
    '```',
    ...(description === '' ? [] : ['', ...paragraphs(description)]),
    ...table('Arguments', ['argument', 'default', ''], Object.entries(args).map(argumentRow)),
    ...table('Flags', ['flag', 'default', ''], shown(flags).map(flagRow)),
    ...table('Exit codes', ['exit', ''], exits),
    '',
    `With \`--json\`: [COMMANDS.md](../COMMANDS.md#dita-${name.replaceAll(' ', '-')}).`,
    '',
  ].join('\n')
}

/** A line of help that ends in the middle of a sentence goes on in the next. */
function paragraphs(description: string): string[] {
  const whole = description.replace(/([^.!?:])\n/g, '$1 ')
  return whole.split('\n').flatMap((line, index) => (index === 0 ? [line] : ['', line]))
}

function exampleLines(example: unknown): string[] {
  if (typeof example === 'string') return [example]
  const { description, command } = example as { readonly description: string; readonly command: string }
  return [`# ${description}`, command]
}

function argumentRow([name, { description = '', required, default: standard, options }]: [string, DescribedArgument]): string[] {
  const shown = options === undefined ? '' : ` One of ${options.map((option) => `\`${option}\``).join(', ')}.`
  return [`\`${name.toUpperCase()}\``, required === true ? 'must be given' : defaultOf(standard), `${description}${shown}`]
}

function shown(flags: DescribedCommand['flags']): [string, DescribedFlag][] {
  return Object.entries(flags).filter(([, { hidden }]) => hidden !== true)
}

function flagRow([name, flag]: [string, DescribedFlag]): string[] {
  const { char, summary = '', env, exclusive, options } = flag
  const value = flag.type === 'boolean' ? '' : ` ${options?.join('|') ?? placeholderOf(flag.helpValue)}`
  const long = `--${flag.allowNo === true ? '[no-]' : ''}${name}${value}`
  const others = (exclusive ?? []).filter((other) => typeof other === 'string').map((other) => `\`--${other}\``)
  const more = [env === undefined ? '' : ` Or in \`${env}\`.`, others.length === 0 ? '' : ` Not together with ${others.join(' or ')}.`]
  return [`\`${char === undefined ? long : `-${char}, ${long}`}\``, defaultOf(flag.default), `${summary}${more.join('')}`]
}

function placeholderOf(helpValue: string | string[] | undefined): string {
  return helpValue === undefined ? 'NUMBER' : [helpValue].flat().join(' ')
}

/** What is off unless it is said needs no saying. */
function defaultOf(standard: unknown): string {
  return standard === undefined || standard === false || typeof standard === 'function'
    ? ''
    : `\`${standard === true ? 'on' : String(standard)}\``
}

function table(title: string, columns: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return []
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
  return ['', `## ${title}`, '', line(columns), `|${columns.map(() => '---|').join('')}`, ...rows.map(line)]
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

function fileOf(name: string): string {
  return `${name.replaceAll(' ', '-')}.md`
}
