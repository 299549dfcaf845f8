// `npm test`: every check of the house, one after the other. Stops at the first that fails. What is given on the command
// line goes to the last of them, the tests.

import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { STEPS } from './steps.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
// The project's own Node comes first, whatever Node has started this.
const env = { ...process.env, PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter) }

installTools()
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

/** The checkers live in a package of their own, so that who only runs dita never installs them. */
function installTools() {
  const installed = join(root, 'tools', 'node_modules', '.package-lock.json')
  const wanted = join(root, 'tools', 'package-lock.json')
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return
  process.stdout.write('— installing the checkers\n')
  const { status } = spawnSync('npm', ['install', '--prefix', 'tools', '--no-save', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status !== 0) {
    process.stderr.write('The checkers of tools/package.json could not be installed.\n')
    process.exit(1)
  }
}
