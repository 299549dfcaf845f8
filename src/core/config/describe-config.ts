// The texts made from the schema: the commented dita.yaml of a new workspace, and the editors' JSON Schema.

import { type ConfigKey, configJsonSchema, configKeys } from './config-keys.ts'
import { type ConfigMap, valueAt } from './config-values.ts'

export const SCHEMA_FILE_NAME = 'dita.schema.json'
const LINE_WIDTH = 100

/** A workspace's two files. The YAML holds every key, each commented out at its default, save those that are chosen. */
interface ConfigScaffold {
  readonly yaml: string
  /** To be written beside it, as SCHEMA_FILE_NAME. */
  readonly schema: string
}

export function scaffoldConfig(chosen: ConfigMap = {}): ConfigScaffold {
  const lines = [
    `# yaml-language-server: $schema=./${SCHEMA_FILE_NAME}`,
    '#',
    ...comment(
      'The settings of this workspace. Each key stands here with its default, commented out: remove the # before a key to set it. ' +
        'Amounts are exact decimals, and 0 is a value like any other.',
      '',
    ),
  ]
  for (const key of configKeys()) lines.push(...scaffoldLines(key, chosen))
  return { yaml: `${lines.join('\n')}\n`, schema: configSchemaText() }
}

/** The JSON Schema, as a file's text. */
export function configSchemaText(): string {
  return `${JSON.stringify({ title: 'dita.yaml', ...configJsonSchema() }, null, 2)}\n`
}

function scaffoldLines(key: ConfigKey, chosen: ConfigMap): string[] {
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
