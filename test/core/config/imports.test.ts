// Importing the rooms of config and strategies, or the package itself, does nothing.

import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'

const SOURCE = new URL('../../../src/', import.meta.url)

const MODULES = ['core/config/', 'core/strategy/'].flatMap((folder) =>
  readdirSync(new URL(folder, SOURCE)).map((name) => new URL(folder + name, SOURCE).href),
)

/** Imports a module in a process of its own, and tells what that changed. Whatever is printed breaks the JSON. */
const PROBE = `
  const before = { env: JSON.stringify(process.env), globals: Object.getOwnPropertyNames(globalThis), listeners: process.eventNames().length }
  await import(process.argv[1])
  process.stdout.write(JSON.stringify({
    isEnvironmentChanged: JSON.stringify(process.env) !== before.env,
    newGlobals: Object.getOwnPropertyNames(globalThis).filter((name) => !before.globals.includes(name) && !name.startsWith('__zod')),
    newListeners: process.eventNames().length - before.listeners,
    working: process.getActiveResourcesInfo().filter((kind) => kind.startsWith('Timeout') || kind.startsWith('FS')),
  }))`

test.each([new URL('index.ts', SOURCE).href, ...MODULES])('L06 importing %s changes nothing and starts nothing', (module) => {
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', PROBE, module], { encoding: 'utf8' })
  expect(JSON.parse(output)).toEqual({ isEnvironmentChanged: false, newGlobals: [], newListeners: 0, working: [] })
})
