// What is said of a strategy file that does not load. Node itself loads it, in a process of its own: the tests' loader has other words.

import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../session/harness.ts'

const ROOT = new URL('../../../', import.meta.url).pathname

/** Loads the first of these files as a strategy, in a folder without a package; what was said, with the folder as `~`. */
function loaded(files: Readonly<Record<string, string>>): { readonly message: string; readonly next: string } {
  const folder = temporaryFolder()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const script = `
    const { loadStrategy } = await import(${JSON.stringify(`${ROOT}src/core/strategy/load-strategy.ts`)})
    try {
      await loadStrategy(process.argv[1], {})
    } catch ({ message, next }) {
      process.stdout.write(JSON.stringify({ message, next }))
    }`
  const path = join(folder, Object.keys(files)[0] ?? '')
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script, path], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return JSON.parse(output.replaceAll(folder, '~'))
}

const MAKES = 'export default () => null\n'

test.each<[string, Readonly<Record<string, string>>, string, string]>([
  [
    'a slip in JavaScript',
    { 'mine.js': 'export default () => {\n  const a = 1\n  retrun a\n}\n' },
    "Unexpected identifier 'a' at mine.js:3:10, in the line `retrun a`.",
    'Correct that line',
  ],
  [
    'a slip in TypeScript',
    { 'mine.ts': 'export default () => {\n  const a: = 1\n  return a\n}\n' },
    'Unexpected token `=` at mine.ts:2:12, in the line `const a: = 1`.',
    'Correct that line.',
  ],
  [
    'what only shows once the types are gone',
    { 'mine.ts': 'export default (a: number) => {\n  const a = 1\n  return a\n}\n' },
    "Identifier 'a' has already been declared at mine.ts:2:9, in the line `const a = 1`.",
    'Correct that line.',
  ],
  [
    'a slip in a file that it imports',
    { 'mine.ts': `import { a } from './lib/a.ts'\n${MAKES}`, 'lib/a.ts': 'export const a: number = 1\nconst a = 2\n' },
    "Identifier 'a' has already been declared at lib/a.ts:2:7, in the line `const a = 2`.",
    'Correct that line.',
  ],
  [
    'what Node does not strip',
    { 'mine.ts': `\nenum Side { Bid }\n${MAKES}` },
    'TypeScript enum is not supported in strip-only mode at mine.ts:2:1, in the line `enum Side { Bid }`.',
    'Write it without',
  ],
  [
    'an error while it is loaded',
    { 'mine.js': `const a = null\na.b()\n${MAKES}` },
    "Cannot read properties of null (reading 'b') at mine.js:2:3, in the line `a.b()`.",
    'it fails before it is asked for its strategy',
  ],
  [
    'a slip in what it reads while it is loaded',
    { 'mine.js': `const model = JSON.parse('{')\n${MAKES}` },
    "in JSON at position 1 (line 1 column 2) at mine.js:1:20, in the line `const model = JSON.parse('{')`.",
    'it fails before it is asked for its strategy',
  ],
  [
    'an error while what it imports is loaded',
    { 'mine.js': `import './a.js'\n${MAKES}`, 'a.js': "\nthrow new Error('no model')\n" },
    "no model at a.js:2:7, in the line `throw new Error('no model')`.",
    'it fails before',
  ],
  [
    'a package that is not there',
    { 'mine.js': `\nimport x from 'lodash/fp'\n${MAKES}` },
    "Cannot find package 'lodash' at mine.js:2:15, in the line `import x from 'lodash/fp'`.",
    'Type `npm install lodash` in ~, or',
  ],
  [
    'types of ours taken as if they were values',
    { 'mine.ts': `import { Strategy } from 'dita'\n${MAKES}` },
    "Cannot find package 'dita' at mine.ts:1:26",
    'Take types with `import type`',
  ],
  [
    'a file without its ending',
    { 'mine.ts': `import { a } from './lib/a'\n${MAKES}`, 'lib/a.ts': 'export const a = 1\n' },
    "Cannot find module '~/lib/a' at mine.ts:1:19",
    'Did you mean `./lib/a.ts`?',
  ],
  [
    'a name that the other file does not export',
    { 'mine.js': `import { b } from './a.js'\n${MAKES}`, 'a.js': 'export const a = 1\n' },
    "The requested module './a.js' does not provide an export named 'b' at mine.js:1:10, in the line `import { b } from './a.js'`.",
    'Correct the name',
  ],
  [
    'a slip behind JSON and CommonJS that are as they should be',
    {
      'mine.js': `import data from './data.json' with { type: 'json' }\nimport old from './old.cjs'\nimport './helper.js'\n${MAKES}`,
      'data.json': '{ "a": 1 }\n',
      'old.cjs': 'return\n',
      'helper.js': 'export const a = 1\nconst b = = 3\n',
    },
    "Unexpected token '=' at helper.js:2:11, in the line `const b = = 3`.",
    'Correct that line',
  ],
  [
    'JSON that is none',
    { 'mine.js': `import data from './data.json' with { type: 'json' }\n${MAKES}`, 'data.json': '{ "a": }\n' },
    '~/data.json: Unexpected token \'}\', "{ "a": }',
    'Correct that file',
  ],
  [
    'an error whose stack names a file of another machine',
    { 'mine.js': "const error = new Error('no model')\nerror.stack = '    at file://elsewhere/x.js:1:2'\nthrow error\n" },
    'cannot be loaded: no model.',
    'it fails before it is asked for its strategy',
  ],
  [
    'an error that will not be looked at',
    { 'mine.js': "throw Object.defineProperty(new Error('no model'), 'code', { get() { throw 1 } })\n" },
    'cannot be loaded: no model.',
    'it fails before it is asked for its strategy',
  ],
  [
    'a function that is only exported by name',
    { 'mine.js': 'export const fee = 1\nexport function mine() {}\n' },
    'exports nothing by default; it must export a function.',
    'add the line `export default mine`',
  ],
])('L07 %s is told with its place, in one line, and with what to do', (_, files, message, next) => {
  const told = loaded(files)
  expect(told.message).toContain(message)
  expect(told.message).not.toContain('\n')
  expect(told.next).toContain(next)
})

test('L07 of a file that does not load nothing is run a second time', () => {
  const folder = temporaryFolder()
  const source = `import { appendFileSync } from 'node:fs'\nappendFileSync(${JSON.stringify(join(folder, 'ran'))}, 'x')\n`
  const { message } = loaded({ 'mine.mjs': `${source}await import('./bad.mjs')\n`, 'bad.mjs': 'const a = 1\nconst a = 2\n' })
  expect(message).toContain("Identifier 'a' has already been declared")
  expect(execFileSync('cat', [join(folder, 'ran')], { encoding: 'utf8' })).toBe('x')
})

test('a long line is shown as far as it stands round the place', () => {
  const { message } = loaded({ 'mine.js': `/* ${'a'.repeat(500)} */ const a = ) ; /* ${'b'.repeat(500)} */\n` })
  expect(message).toMatch(/ at mine\.js:1:518, in the line `a{20,} \*\/ const a = \) ; \/\* b{10,}`\.$/)
})
