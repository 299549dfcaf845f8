// What the packages bring that this machine can never use, and its removal: a quarter of an install would be that. It owns the
// table, and reaches into the node_modules of this project alone, never into those of a project that dita is installed in.

import { lstatSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { basename, join, sep } from 'node:path'

/**
 * `what` are paths in the package; a `*` stands for any name. Of these, what `keeps` says yes to stays. Where no file in the folder
 * `builtIn` is for this machine, it would have to compile the package, and all stays.
 */
export const UNUSED = [
  {
    package: 'node',
    what: ['node_modules/*/include', 'node_modules/*/share'],
    why: 'the C headers and the manual of Node: headers are for compiling add-ons, and none is compiled here',
  },
  {
    package: 'better-sqlite3',
    what: ['deps', 'src', 'binding.gyp'],
    builtIn: 'prebuilds',
    why: 'the source of SQLite: the package is loaded as it was shipped, and `allowScripts` of package.json forbids to build it',
  },
  {
    package: 'better-sqlite3',
    what: ['prebuilds/*'],
    keeps: isForMachine,
    builtIn: 'prebuilds',
    why: 'SQLite as it was built for other platforms',
  },
]

/** Both C libraries of Linux count as this machine: one node_modules may serve a host and its containers. */
function isForMachine(name, { platform, arch }) {
  const platforms = platform === 'linux' ? ['linux', 'linuxmusl'] : [platform]
  return platforms.some((own) => name === `${own}-${arch}.node`)
}

/** Removes it from the project in the folder `root`, and says which paths those were. What is not there is no fault. */
export function trim(root, { platform, arch }) {
  const packages = ownPackages(root)
  const unused = packages === null ? [] : UNUSED.flatMap((row) => unusedOf(row, packages, { platform, arch }))
  for (const path of unused) rmSync(path, { recursive: true, force: true })
  return unused
}

/** The project's own node_modules; null where it has none, borrows them through a link, or lies in those of another. */
export function ownPackages(root) {
  const home = realpathSync(root)
  const packages = join(home, 'node_modules')
  return home.split(sep).includes('node_modules') || !isFolder(packages) ? null : packages
}

function unusedOf({ package: name, what, keeps, builtIn }, packages, machine) {
  const folder = join(packages, name)
  if (builtIn !== undefined && !namesIn(join(folder, builtIn)).some((built) => isForMachine(built, machine))) return []
  const paths = what.flatMap((path) => pathsOf(folder, path.split('/')))
  return keeps === undefined ? paths : paths.filter((path) => !keeps(basename(path), machine))
}

/** Those that are there. Never through a link: what that leads to is not of this project. */
function pathsOf(folder, [name, ...rest]) {
  const found = namesIn(folder).filter((own) => name === '*' || own === name)
  return found.map((own) => join(folder, own)).flatMap((path) => (rest.length === 0 ? [path] : pathsOf(path, rest)))
}

function namesIn(folder) {
  return isFolder(folder) ? readdirSync(folder) : []
}

/** A folder itself, not a link to one: a package may be a link to somebody's working copy. */
function isFolder(path) {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
