// The scripts that let a shell complete what is typed after `dita`, made from the table of commands. Text only.

/** What of a command is needed here; oclif's own description of one fits. */
export interface CompletedCommand {
  readonly id: string
  readonly aliases: readonly string[]
  readonly summary?: string | undefined
  readonly flags: Readonly<Record<string, CompletedFlag>>
  readonly args: Readonly<Record<string, { readonly options?: readonly string[] | undefined }>>
}

interface CompletedFlag {
  readonly type: 'boolean' | 'option'
  readonly summary?: string | undefined
  readonly allowNo?: boolean | undefined
  /** Taken, and of no use to this command. */
  readonly hidden?: boolean | undefined
  readonly options?: readonly string[] | undefined
}

interface Word {
  readonly word: string
  readonly means: string
}

interface Flag extends Word {
  /** Whether a value follows. */
  readonly takesValue: boolean
  /** What the value can be; none where anything, such as a file. */
  readonly values: readonly string[]
}

interface Entry extends Word {
  readonly flags: readonly Flag[]
  /** What the first argument can be. */
  readonly values: readonly string[]
}

/** Commands by the words that are typed for them, and topics with the second words they know. */
interface Table {
  readonly first: readonly Word[]
  readonly topics: Readonly<Record<string, readonly Word[]>>
  readonly entries: readonly Entry[]
}

export type Shell = keyof typeof SCRIPTS

const SCRIPTS = { bash, zsh, fish } as const satisfies Record<string, (table: Table) => string>

export function completionScript(shell: Shell, commands: readonly CompletedCommand[]): string {
  return SCRIPTS[shell](tableOf(commands))
}

function tableOf(commands: readonly CompletedCommand[]): Table {
  // oclif lists an alias as a command of its own.
  const aliases = new Set(commands.flatMap((command) => command.aliases))
  const known = commands.filter(({ id }) => !aliases.has(id)).sort((a, b) => (a.id < b.id ? -1 : 1))
  const entries = known.flatMap((command) => [command.id, ...command.aliases].map((id) => entryOf(id.replaceAll(':', ' '), command)))
  const topics: Record<string, Word[]> = {}
  for (const { word, means } of entries) {
    const [topic = '', second] = word.split(' ')
    if (second !== undefined) topics[topic] = [...(topics[topic] ?? []), { word: second, means }]
  }
  const first = [
    ...entries.filter(({ word }) => !word.includes(' ')),
    ...Object.keys(topics).map((word) => ({ word, means: wordsOf(topics[word] ?? []).replaceAll(' ', ', ') })),
    { word: 'help', means: 'Show the help of a command.' },
  ]
  return { first: first.sort((a, b) => (a.word < b.word ? -1 : 1)), topics, entries }
}

function entryOf(word: string, { summary = '', flags, args }: CompletedCommand): Entry {
  const [firstArgument] = Object.values(args)
  const own = Object.entries(flags).flatMap(([name, flag]): Flag[] => {
    if (flag.hidden === true) return []
    const shared = { means: flag.summary ?? '', takesValue: flag.type === 'option', values: flag.options ?? [] }
    return [{ word: `--${name}`, ...shared }, ...(flag.allowNo === true ? [{ word: `--no-${name}`, ...shared }] : [])]
  })
  const help = { word: '--help', means: 'Show help.', takesValue: false, values: [] }
  return { word, means: summary, flags: [...own, help], values: firstArgument?.options ?? [] }
}

const wordsOf = (words: readonly Word[]): string => words.map(({ word }) => word).join(' ')

function bash({ first, topics, entries }: Table): string {
  const seconds = Object.entries(topics).map(([topic, words]) => `    ${topic}) second='${wordsOf(words)}' ;;`)
  const flags = entries.map(({ word, flags: own, values }) => {
    const free = own.filter(({ takesValue, values: few }) => takesValue && few.length === 0)
    return `    '${word}') flags='${wordsOf(own)}'; free='${wordsOf(free)}'; values='${values.join(' ')}' ;;`
  })
  const values = entries.flatMap(({ word, flags: own }) =>
    own.filter(({ values: few }) => few.length > 0).map((flag) => `    '${word} ${flag.word}') choices='${flag.values.join(' ')}' ;;`),
  )
  return `# Completion of dita for bash. Put into ~/.bashrc: eval "$(dita completion bash)"
_dita() {
  local current=\${COMP_WORDS[COMP_CWORD]} before='' command=\${COMP_WORDS[1]} second='' flags='' free='' values='' choices='' place=1
  [ "$COMP_CWORD" -gt 0 ] && before=\${COMP_WORDS[COMP_CWORD-1]}
  # Bash takes --flag=value apart at the sign.
  if [ "$current" = '=' ]; then current=''
  elif [ "$before" = '=' ] && [ "$COMP_CWORD" -gt 1 ]; then before=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  COMPREPLY=()
  if [ "$COMP_CWORD" -le 1 ]; then
    COMPREPLY=($(compgen -W '${wordsOf(first)}' -- "$current"))
    return
  fi
  [ "$command" = help ] && { COMPREPLY=($(compgen -W '${wordsOf(first)}' -- "$current")); return; }
  case "$command" in
${seconds.join('\n')}
  esac
  if [ -n "$second" ]; then
    if [ "$COMP_CWORD" -eq 2 ]; then
      COMPREPLY=($(compgen -W "$second" -- "$current"))
      return
    fi
    command="$command \${COMP_WORDS[2]}"
    place=2
  fi
  case "$command" in
${flags.join('\n')}
  esac
  case "$command $before" in
${values.join('\n')}
  esac
  if [ -n "$choices" ]; then
    COMPREPLY=($(compgen -W "$choices" -- "$current"))
  elif [[ " $free " = *" $before "* ]]; then
    # Anything, and often a file: left to the default of the shell.
    return
  elif [[ "$current" = -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$current"))
  elif [ -n "$values" ] && [ "$COMP_CWORD" -eq $((place + 1)) ]; then
    COMPREPLY=($(compgen -W "$values" -- "$current"))
  fi
}
complete -o default -F _dita dita
`
}

/** Within single quotes of a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** A word and what it means, as zsh's \`_describe\` takes them. */
const described = ({ word, means }: Word): string => quoted(`${word.replaceAll(':', '\\:')}:${means}`)

function zsh({ first, topics, entries }: Table): string {
  const seconds = Object.entries(topics).map(([topic, words]) => `    ${topic}) second=(${words.map(described).join(' ')}) ;;`)
  const flags = entries.map(({ word, flags: own, values }) => {
    const free = own.filter(({ takesValue, values: few }) => takesValue && few.length === 0)
    const lists = `flags=(${own.map(described).join(' ')}); free=(${wordsOf(free)}); values=(${values.join(' ')})`
    return `    '${word}') ${lists} ;;`
  })
  const choices = entries.flatMap(({ word, flags: own }) =>
    own.filter(({ values: few }) => few.length > 0).map((flag) => `    '${word} ${flag.word}') choices=(${flag.values.join(' ')}) ;;`),
  )
  return `#compdef dita
# Completion of dita for zsh. Put into ~/.zshrc, after compinit: eval "$(dita completion zsh)"
_dita() {
  local command=$words[2] place=2
  local -a first second flags free values choices
  first=(${first.map(described).join(' ')})
  if (( CURRENT == 2 )) || [[ $command = help ]]; then
    _describe command first
    return
  fi
  case $command in
${seconds.join('\n')}
  esac
  if (( $#second )); then
    if (( CURRENT == 3 )); then
      _describe command second
      return
    fi
    command="$command $words[3]"
    place=3
  fi
  case $command in
${flags.join('\n')}
  esac
  case "$command $words[CURRENT-1]" in
${choices.join('\n')}
  esac
  if (( $#choices )); then
    compadd -- $choices
  elif (( $free[(Ie)$words[CURRENT-1]] )); then
    _files
  elif [[ $words[CURRENT] = -* ]]; then
    _describe flag flags
  elif (( $#values && CURRENT == place + 1 )); then
    compadd -- $values
  else
    _files
  fi
}
compdef _dita dita
`
}

/** Within single quotes of fish, where only these two are special. */
const fishQuoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

function fish({ first, topics, entries }: Table): string {
  const lines = first.map(({ word, means }) => `complete -c dita -n __fish_use_subcommand -f -a ${word} -d ${fishQuoted(means)}`)
  for (const [topic, words] of Object.entries(topics)) {
    const known = `'__fish_seen_subcommand_from ${topic}; and not __fish_seen_subcommand_from ${wordsOf(words)}'`
    lines.push(...words.map(({ word, means }) => `complete -c dita -n ${known} -f -a ${word} -d ${fishQuoted(means)}`))
  }
  for (const { word, flags, values } of entries) {
    const seen = word
      .split(' ')
      .map((part) => `__fish_seen_subcommand_from ${part}`)
      .join('; and ')
    for (const flag of flags) {
      const few = flag.values.length > 0 ? ` -x -a ${fishQuoted(flag.values.join(' '))}` : ' -r'
      const value = flag.takesValue ? few : ''
      lines.push(`complete -c dita -n '${seen}' -l ${flag.word.slice(2)}${value} -d ${fishQuoted(flag.means)}`)
    }
    if (values.length > 0) lines.push(`complete -c dita -n '${seen}' -f -a ${fishQuoted(values.join(' '))}`)
  }
  return `# Completion of dita for fish: dita completion fish > ~/.config/fish/completions/dita.fish\n${lines.join('\n')}\n`
}
