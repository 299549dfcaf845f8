// The texts made from the schema: docs/CONFIG.md, the commented dita.yaml of a new workspace, and the editors' JSON Schema.

import { type ConfigKey, configJsonSchema, configKeys, type JsonSchema } from './config-keys.ts'
import { pathText } from './config-values.ts'

export const SCHEMA_FILE_NAME = 'dita.schema.json'
const LINE_WIDTH = 100

/** A workspace's two files. The YAML holds every key, each commented out at its default: it loads as the built-in config. */
interface ConfigScaffold {
  readonly yaml: string
  /** To be written beside it, as SCHEMA_FILE_NAME. */
  readonly schema: string
}

export function scaffoldConfig(): ConfigScaffold {
  const lines = [
    `# yaml-language-server: $schema=./${SCHEMA_FILE_NAME}`,
    '#',
    ...comment(
      'The settings of this workspace. Each key stands here with its default, commented out: remove the # before a key to set it. ' +
        'Amounts are exact decimals, and 0 is a value like any other.',
      '',
    ),
  ]
  for (const key of configKeys()) lines.push(...scaffoldLines(key))
  return { yaml: `${lines.join('\n')}\n`, schema: configSchemaText() }
}

/** The JSON Schema, as a file's text. */
export function configSchemaText(): string {
  return `${JSON.stringify({ title: 'dita.yaml', ...configJsonSchema() }, null, 2)}\n`
}

/** docs/CONFIG.md. */
export function configDocs(): string {
  const keys = configKeys()
  const lines = [
    '# dita.yaml',
    '',
    'Every key of the config, made from the schema that checks it. A key that is left out has its default; a key that is not',
    'listed here is refused. Numbers are exact decimals: write them plainly (`0.0002`). Relative paths start at the folder of the',
    'config file. `dita init` writes a file with all of this in it.',
    '',
    '## Top level',
    '',
    ...table(keys.filter((key) => key.path.length === 1 && !key.isSection)),
  ]
  for (const section of keys.filter((key) => key.isSection)) {
    const name = pathText(section.path)
    const held = keys.filter((key) => !key.isSection && pathText(key.path.slice(0, -1)) === name)
    lines.push('', `## \`${name}\``, '', section.description, ...(held.length === 0 ? [] : ['', ...table(held)]))
  }
  return `${lines.join('\n')}\n`
}

function table(keys: readonly ConfigKey[]): string[] {
  const rows = keys.map(
    (key) => `| \`${key.path.at(-1)}\` | ${defaultCell(key)} | ${allowed(key.schema)} | ${key.description.replaceAll('|', '\\|')} |`,
  )
  return ['| key | default | allowed | |', '|---|---|---|---|', ...rows]
}

function defaultCell(key: ConfigKey): string {
  return key.isRequired ? 'must be given' : `\`${yamlValue(key.default)}\``
}

function allowed(schema: JsonSchema): string {
  if (schema.enum !== undefined) return schema.enum.map((choice) => `\`${choice}\``).join(', ')
  if (schema.items !== undefined) return `list of: ${allowed(schema.items)}`
  if (schema.anyOf !== undefined) return schema.anyOf.map(allowed).join(', or ')
  if (schema.type === 'null') return 'nothing'
  if (typeof schema.additionalProperties === 'object' && schema.additionalProperties.maximum !== undefined) {
    return `by asset: ${allowed(schema.additionalProperties)}`
  }
  if (schema.maximum === undefined) return schema.type === 'object' ? 'any keys' : 'text'
  const whole = schema.multipleOf === 1 ? 'whole, ' : ''
  const from = schema.minimum === undefined ? `above ${schema.exclusiveMinimum}` : `${schema.minimum}`
  return `${whole}${from} to ${schema.maximum}`
}

function scaffoldLines(key: ConfigKey): string[] {
  const depth = key.path.length - 1
  const indent = '  '.repeat(depth)
  const name = key.path.at(-1) ?? ''
  const lines = [...(depth === 0 ? [''] : []), ...comment(key.description, indent)]
  if (key.isSection) return [...lines, `${indent}${key.isOptionalSection ? '#' : ''}${name}:`]
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

function yamlValue(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return `[${value.map(yamlValue).join(', ')}]`
  if (typeof value === 'object') return '{}'
  return String(value)
}
