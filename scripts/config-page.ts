// The page of the config, made from the schema that checks it: docs/CONFIG.md is its text.

import { type ConfigKey, configKeys, type JsonSchema } from '../src/core/config/config-keys.ts'
import { pathText } from '../src/core/config/config-values.ts'
import { yamlValue } from '../src/core/config/describe-config.ts'
import { OTHER_VARIABLES, variableOf } from '../src/core/config/environment.ts'
import { RETIRED_KEYS } from '../src/core/config/retired-keys.ts'

export function configPage(): string {
  const keys = configKeys()
  const lines = [
    '# dita.yaml',
    '',
    'Every key of the config, made from the schema that checks it. A key that is left out has its default; a key that is not',
    'listed here is refused. Numbers are exact decimals: write them plainly (`0.0002`). Relative paths start at the folder of the',
    'config file. `dita init` writes a short one, `dita init --full` one with all of this; `dita config show` says which value is in force and where it was',
    'written, and `dita audit-config` looks a config through ([AUDIT.md](AUDIT.md)).',
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
  return `${[...lines, ...variables(keys), ...retired()].join('\n')}\n`
}

function variables(keys: readonly ConfigKey[]): string[] {
  const rows = keys.filter((key) => !key.isSection).map(({ path }) => `| \`${variableOf(path)}\` | \`${pathText(path)}\` |`)
  return [
    ...['', '## Variables', ''],
    'Every key has a variable that stands above the file: `DITA_`, then the key in capitals with `_` for each dot. A flag of the command',
    'line (`--feed`, `--seed`, `--strategy`) stands above the variable. A value is checked as in the file, and an error names the variable.',
    'A list may be written without its brackets (`2, 4, 8`), a group without its braces (`XRP: 500, RLUSD: 1000`), `null` where a key may',
    'be null. A variable that is set to nothing counts as not set; relative paths in one start at the working folder. One that begins as a',
    'section does (`DITA_RISK_…`) or is near to the name of a key, whole or without its sections (`DITA_MAX_DRAWDOWN`), and stands for',
    'none is an error; `dita run` says of any other that begins with `DITA_` that it means nothing. These are no keys of the config:',
    `${OTHER_VARIABLES.map((name) => `\`${name}\``).join(', ')}.`,
    ...['', '| variable | key |', '|---|---|', ...rows],
  ]
}

function retired(): string[] {
  const rows = RETIRED_KEYS.map(
    ({ path, since, instead, note }) => `| \`${pathText(path)}\` | ${since} | \`${pathText(instead)}\` | ${note} |`,
  )
  return [
    '',
    '## Retired keys',
    '',
    'A config that still has one is refused.',
    '',
    '| key | since | instead | |',
    '|---|---|---|---|',
    ...rows,
  ]
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
