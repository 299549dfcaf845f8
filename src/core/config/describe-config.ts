// The texts made from the schema: the commented dita.yaml of a new workspace, short or full, and the editors' JSON Schema.

import { BUILT_IN_STRATEGIES } from '../names.ts'
import { type ConfigKey, configJsonSchema, configKeys } from './config-keys.ts'
import { type ConfigMap, valueAt } from './config-values.ts'

export const SCHEMA_FILE_NAME = 'dita.schema.json'
const LINE_WIDTH = 100

/** A workspace's two files. */
interface ConfigScaffold {
  readonly yaml: string
  /** To be written beside it, as SCHEMA_FILE_NAME. */
  readonly schema: string
}

/** The YAML holds what is chosen and what most people change; `full`, every key, each commented out at its default but for those. */
export function scaffoldConfig(chosen: ConfigMap = {}, { full = false }: { readonly full?: boolean } = {}): ConfigScaffold {
  const about = full
    ? 'Each key stands here with its default, commented out: remove the # before a key to set it.'
    : 'What is not here has its default: docs/CONFIG.md explains every key, `dita config show` says what is in force, and an editor that reads YAML schemas offers them.'
  const lines = [
    `# yaml-language-server: $schema=./${SCHEMA_FILE_NAME}`,
    '#',
    ...comment(`The settings of this workspace. Amounts are exact decimals. ${about}`, ''),
    ...(full ? configKeys().flatMap((key) => fullLines(key, chosen)) : shortLines(chosen)),
  ]
  return { yaml: `${lines.join('\n')}\n`, schema: configSchemaText() }
}

/** When a key stands in the short file, beside those that are chosen. */
interface ShortKey {
  readonly when: 'always' | 'paper' | 'simulated' | 'venue' | 'market_maker' | 'breakout' | 'own'
  /** Commented out, as it could be: its default would say nothing, or is what nearly all want. */
  readonly like?: string
}

/** What most people change, in no order: that of the schema is kept. */
const SHORT_KEYS: Readonly<Record<string, ShortKey>> = {
  mode: { when: 'always' },
  'feed.source': { when: 'always' },
  'feed.seed': { when: 'simulated' },
  'paper.account': { when: 'paper', like: 'desk' },
  'paper.balances': { when: 'paper', like: '{ XRP: 500, RLUSD: 1000 }' },
  'venue.instrument': { when: 'venue' },
  'venue.credentials_file': { when: 'venue', like: 'keys/bingx' },
  'strategy.name': { when: 'always' },
  'strategy.market_maker.half_spread_bps': { when: 'market_maker' },
  'strategy.market_maker.order_notional': { when: 'market_maker' },
  'strategy.market_maker.max_inventory_notional': { when: 'market_maker' },
  'strategy.breakout.order_notional': { when: 'breakout' },
  'strategy.breakout.stop_bps': { when: 'breakout' },
  'strategy.breakout.targets_bps': { when: 'breakout' },
  'strategy.params': { when: 'own', like: '{ quantity: 10 }' },
  'risk.max_exposure': { when: 'always' },
  'risk.max_session_loss': { when: 'always' },
  'risk.max_drawdown': { when: 'always' },
  'risk.max_order_notional': { when: 'always' },
  'notify.shape': { when: 'always', like: 'ntfy' },
  'notify.credentials_file': { when: 'always', like: 'keys/notify' },
}

function shortLines(chosen: ConfigMap): string[] {
  const mode = valueAt(chosen, ['mode']) ?? 'paper'
  const source = valueAt(chosen, ['feed', 'source']) ?? 'simulated'
  const strategy = valueAt(chosen, ['strategy', 'name']) ?? 'market_maker'
  const circumstances: Readonly<Record<ShortKey['when'], boolean>> = {
    always: true,
    paper: mode === 'paper',
    simulated: mode === 'paper' && source === 'simulated',
    venue: mode !== 'paper',
    market_maker: strategy === 'market_maker',
    breakout: strategy === 'breakout',
    own: !BUILT_IN_STRATEGIES.some((name) => name === strategy),
  }
  const isShown = (key: ConfigKey): boolean => {
    const short = SHORT_KEYS[key.path.join('.')]
    return valueAt(chosen, key.path) !== undefined || (short !== undefined && circumstances[short.when])
  }
  const keys = configKeys()
  const shown = keys.filter((key) => !key.isSection && isShown(key))
  return keys.flatMap((key) => {
    const isHolding = shown.some(({ path }) => key.path.every((name, index) => path[index] === name))
    return isHolding ? shortKeyLines(key, chosen) : []
  })
}

function shortKeyLines({ path, isSection, description, default: usual, schema }: ConfigKey, chosen: ConfigMap): string[] {
  const indent = '  '.repeat(path.length - 1)
  const name = path.at(-1) ?? ''
  const choice = valueAt(chosen, path)
  const { like } = SHORT_KEYS[path.join('.')] ?? {}
  const spaced = path.length === 1 ? [''] : []
  if (isSection) return [...spaced, ...(path.length === 1 ? comment(firstSentence(description), indent) : []), `${indent}${name}:`]
  const words = path.length === 1 ? description : firstSentence(description)
  const others = (schema.enum ?? []).filter((choice) => !words.includes(`\`${choice}\``))
  const said = comment(others.length === 0 ? words : `${words} Else ${others.map((each) => `\`${each}\``).join(', ')}.`, indent)
  if (choice === undefined && like !== undefined) return [...spaced, ...said, `${indent}#${name}: ${like}`]
  return [...spaced, ...said, `${indent}${name}: ${choice === undefined ? yamlValue(usual) : writtenValue(choice)}`]
}

/** Up to its first full stop that a new sentence follows. */
function firstSentence(text: string): string {
  return /^.*?\.(?= [A-Z`])/.exec(text)?.[0] ?? text
}

/** The JSON Schema, as a file's text. */
export function configSchemaText(): string {
  return `${JSON.stringify({ title: 'dita.yaml', ...configJsonSchema() }, null, 2)}\n`
}

function fullLines(key: ConfigKey, chosen: ConfigMap): string[] {
  const depth = key.path.length - 1
  const indent = '  '.repeat(depth)
  const name = key.path.at(-1) ?? ''
  const lines = [...(depth === 0 ? [''] : []), ...comment(key.description, indent)]
  if (key.isSection) return [...lines, `${indent}${key.isOptionalSection ? '#' : ''}${name}:`]
  const choice = valueAt(chosen, key.path)
  if (choice !== undefined) return [...lines, `${indent}${name}: ${writtenValue(choice)}`]
  const value = key.isRequired ? key.schema.example : yamlValue(key.default)
  // A section that may be missing as a whole is commented out with all it holds, so that one mark a line brings it back.
  return [...lines, key.path[0] === 'instrument' ? `#${indent}${name}: ${value}` : `${indent}#${name}: ${value}`]
}

function comment(text: string, indent: string): string[] {
  const start = `${indent}# `
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && start.length + line.length + 1 + word.length > LINE_WIDTH) {
      lines.push(start + line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, start + line]
}

/** What YAML reads as the same text without quotes: nothing that begins or goes on as something else of it. */
const PLAIN = /^(?![-?:]$)[A-Za-z0-9./_-][\w./:+@-]*$/

/** A value of a file, so that it is read back as it is. */
function writtenValue(value: unknown): string {
  if (typeof value === 'string') return PLAIN.test(value) && !value.endsWith(':') ? value : JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(writtenValue).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  return `{ ${Object.entries(value)
    .map(([name, item]) => `${writtenValue(name)}: ${writtenValue(item)}`)
    .join(', ')} }`
}

/** A default as YAML writes it. */
export function yamlValue(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return `[${value.map(yamlValue).join(', ')}]`
  if (typeof value === 'object') return '{}'
  return String(value)
}
