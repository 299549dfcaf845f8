// `npm test`: every check of the house, one after the other. Stops at the first that fails. What is given on the command
// line goes to the last of them, the tests.

import { spawnSync } from 'node:child_process'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installForWork } from './install.js'
import { STEPS } from './steps.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
// The project's own Node comes first, whatever Node has started this.
const env = { ...process.env, PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter) }

installForWork()
for (const { name, command } of STEPS) {
  const [program, ...args] = name === 'tests' ? [...command, ...process.argv.slice(2)] : command
  const started = performance.now()
  process.stdout.write(`\n— ${name}\n`)
  const { status, error } = spawnSync(program, args, { cwd: root, env, stdio: 'inherit' })
  if (error !== undefined || status !== 0) {
    process.stderr.write(`\n${name}: failed${error === undefined ? '' : ` (${error.message})`}\n`)
    process.exit(status === null || status === 0 ? 1 : status)
  }
  process.stdout.write(`  ok, ${((performance.now() - started) / 1000).toFixed(1)} s\n`)
}
