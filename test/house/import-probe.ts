// Imports modules one after the other in a process that may read files and nothing else, and prints what each has changed.
// Started by imports.test.ts with `--permission`: a write, a process, a worker, an add-on or a connection is refused and told.

import { subscribe } from 'node:diagnostics_channel'
import { existsSync } from 'node:fs'

interface Module {
  readonly name: string
  readonly source: string
  /** What the build made of it; used where Node cannot read the source, as with JSX. */
  readonly compiled: string
}

export interface ProbeResult {
  readonly loaded: number
  /** Needs the build, and there is none. */
  readonly leftOut: readonly string[]
  readonly findings: readonly string[]
}

/** What packages that we import are known to leave on the global object. */
const GLOBALS_OF_PACKAGES: readonly string[] = ['oclif', '__zod_globalConfig', '__zod_globalRegistry']

const refused: string[] = []
for (const kind of ['fs', 'child', 'worker', 'net', 'addon', 'wasi', 'inspector']) {
  subscribe(`node:permission-model:${kind}`, (message) => refused.push(JSON.stringify(message)))
}

/** All that an import could leave behind, one line a thing. */
function surroundings(): string[] {
  const globals = Object.getOwnPropertyNames(globalThis).filter((name) => !GLOBALS_OF_PACKAGES.includes(name))
  return [
    ...globals.map((name) => `global ${name}`),
    ...Object.entries(process.env).map(([name, value]) => `environment ${name}=${value}`),
    ...process.eventNames().map((name) => `${process.listenerCount(name)} listeners for ${String(name)}`),
    ...process.getActiveResourcesInfo().map((kind) => `handle ${kind}`),
    ...refused.map((what) => `refused ${what}`),
    `folder ${process.cwd()}`,
    `umask ${process.umask()}`,
    `exit code ${process.exitCode}`,
  ]
}

/** Lines that only one of two lists has. */
function changes(before: readonly string[], after: readonly string[]): string[] {
  return [
    ...after.filter((line) => !before.includes(line)).map((line) => `now: ${line}`),
    ...before.filter((line) => !after.includes(line)).map((line) => `no longer: ${line}`),
  ]
}

/** @returns false where only the build could be imported, and there is none */
async function load({ source, compiled }: Module): Promise<boolean> {
  try {
    await import(source)
    return true
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_UNKNOWN_FILE_EXTENSION') throw error
  }
  if (!existsSync(new URL(compiled))) return false
  await import(compiled)
  return true
}

const modules: readonly Module[] = JSON.parse(process.argv[2] ?? '[]')
const findings: string[] = []
const leftOut: string[] = []
// Looking at an output opens it, and whether it is a terminal may be asked by anybody.
const outputs = [process.stdout, process.stderr]
let before = surroundings()
for (const module of modules) {
  try {
    if (!(await load(module))) leftOut.push(module.name)
  } catch (error) {
    findings.push(`${module.name} failed: ${error instanceof Error ? error.stack : String(error)}`)
  }
  // What an import has begun shows at the latest in the next turn of the loop.
  await new Promise(setImmediate)
  const after = surroundings()
  findings.push(...changes(before, after).map((change) => `${module.name}: ${change}`))
  before = after
}
const result: ProbeResult = { loaded: modules.length - leftOut.length, leftOut, findings }
outputs[0]?.write(JSON.stringify(result))
