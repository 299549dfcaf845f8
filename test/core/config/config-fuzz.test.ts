// Whatever a config holds, it is either a config or one clear error.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { configKeys } from '../../../src/core/config/config-keys.ts'
import { loadConfig } from '../../../src/core/config/load-config.ts'
import { DitaError } from '../../../src/core/errors.ts'

function outcomeOf(text: string): 'config' | DitaError {
  try {
    loadConfig({ file: 'dita.yaml', text })
    return 'config'
  } catch (error) {
    if (error instanceof DitaError) return error
    throw error
  }
}

function expectCleanOutcome(text: string): void {
  const outcome = outcomeOf(text)
  if (outcome === 'config') return
  expect(outcome.exitCode).toBe(4)
  expect(outcome.next).not.toBe('')
  expect(outcome.message.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
}

const scraps = fc.constantFrom(
  ...[
    'feed:',
    'risk:',
    'strategy:',
    '  ',
    '\n',
    '\n  ',
    '- ',
    '[',
    ']',
    '{',
    '}',
    '&a ',
    '*a',
    '"',
    "'",
    '!!int ',
    '? ',
    ': ',
    '|',
    '>',
    '#',
    '---',
  ],
  ...[
    'seed',
    'max_exposure',
    'exit_ratios',
    '1e400',
    '.inf',
    '.nan',
    '-5',
    '0',
    '0.1',
    'null',
    '~',
    '__proto__',
    '\t',
    '\u0000',
    '\u001b[2J',
    '<<',
    '%YAML',
  ],
)

test('C01 no text makes loading fail in any other way than a config error', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(scraps, fc.string({ maxLength: 8 })), { maxLength: 30 }), (parts) => {
      expectCleanOutcome(parts.join(''))
    }),
    { numRuns: 500 },
  )
})

const values = fc.oneof(
  fc.constantFrom(
    '0',
    '-1',
    '0.5',
    '1e400',
    '.inf',
    '.nan',
    '',
    'null',
    'true',
    '[]',
    '[1, 2]',
    '{}',
    '{ a: 1 }',
    'simulated',
    '"\\u0007"',
    '1e-19',
  ),
  fc.double().map(String),
  fc.bigInt().map(String),
)

test('C01 no value at any key makes loading fail in any other way than a config error', () => {
  const keys = configKeys()
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...keys), values), { minLength: 1, maxLength: 6 }), (chosen) => {
      const lines = chosen.map(([key, value]) => flow(key.path, value))
      expectCleanOutcome(lines.join('\n'))
    }),
    { numRuns: 500 },
  )
})

/** `a: { b: { c: value } }` */
function flow(path: readonly string[], value: string): string {
  const [name, ...below] = path
  return below.length === 0 ? `${name}: ${value}` : `${name}: { ${flow(below, value)} }`
}
