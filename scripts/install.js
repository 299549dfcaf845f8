// Installs what only working on dita needs, the checkers of tools/ and what test/ imports, each from a lock of its own; where all
// is there it does nothing. `npm test` and the longer proofs call it first. Of what dita itself runs with it touches nothing: it only
// puts a link to vitest beside it, and never into the node_modules of another project.

import { spawnSync } from 'node:child_process'
import { existsSync, lstatSync, mkdirSync, readlinkSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ownPackages } from './trim.js'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const FOLDERS = ['tools', 'test']
/** The lock holds here too. Not `npm ci`, which refuses it where the registry lacks the binaries of other platforms (docs/adr/0001). */
const INSTALL = ['install', '--no-save', '--no-audit', '--no-fund']

/** Leaves with a sentence where a folder could not be installed. */
export function installForWork() {
  for (const folder of FOLDERS.filter(isStale)) {
    process.stdout.write(`— installing ${folder}/package.json\n`)
    const { status } = spawnSync('npm', [...INSTALL, '--prefix', folder], { cwd: ROOT, stdio: 'inherit' })
    if (status === 0) continue
    process.stderr.write(`What ${folder}/package.json names could not be installed.\n`)
    process.exit(1)
  }
  linkVitest()
}

/** npm writes the file inside node_modules at the end of an install: older than the lock, or not there, it is of another one. */
function isStale(folder) {
  const installed = join(ROOT, folder, 'node_modules', '.package-lock.json')
  return !existsSync(installed) || statSync(installed).mtimeMs < statSync(join(ROOT, folder, 'package-lock.json')).mtimeMs
}

/** npx looks for programs in the node_modules of the project alone: this is what makes `npx vitest run test/…` the vitest of test/. */
export function linkVitest() {
  const packages = ownPackages(ROOT)
  if (packages === null) return
  const link = join(packages, '.bin', 'vitest')
  const program = join('..', '..', 'test', 'node_modules', 'vitest', 'vitest.mjs')
  const isLinked = lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() && readlinkSync(link) === program
  if (isLinked || !existsSync(join(dirname(link), program))) return
  mkdirSync(dirname(link), { recursive: true })
  rmSync(link, { force: true })
  symlinkSync(program, link)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) installForWork()
