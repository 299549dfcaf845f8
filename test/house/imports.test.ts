// Imports do nothing: every module of src is imported in a process that may only read, and nothing around it changes.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import type { ProbeResult } from './import-probe.ts'

const ROOT = new URL('../../', import.meta.url)
const PROBE = fileURLToPath(new URL('./import-probe.ts', import.meta.url))

/** The process must also end by itself: a handle that is left open keeps it until this limit. */
const LIMIT_MS = 50_000

function probe(modules: readonly { name: string; source: string; compiled: string }[]): ProbeResult {
  const args = ['--permission', '--allow-fs-read=*', PROBE, JSON.stringify(modules)]
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', timeout: LIMIT_MS }))
}

test('L06 importing any module of src writes nothing, starts nothing and changes nothing', () => {
  const names = readdirSync(new URL('src/', ROOT), { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name))
  const modules = names.map((name) => ({
    name,
    source: new URL(`src/${name}`, ROOT).href,
    compiled: new URL(`dist/${name.replace(/tsx?$/, 'js')}`, ROOT).href,
  }))
  const { loaded, leftOut, findings } = probe(modules)
  if (leftOut.length > 0) console.warn(`left out, because dist/ does not hold them: ${leftOut.join(', ')}`)
  expect(findings).toEqual([])
  expect(loaded).toBeGreaterThan(150)
  // Without a build, only the screen is left out.
  expect(leftOut.filter((name) => !name.startsWith('tui/'))).toEqual([])
})

test('L06 a module that does anything of the kind is found', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dita-imports-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const deeds = {
    'write.mjs': "import fs from 'node:fs'; try { fs.writeFileSync(new URL('./written', import.meta.url), '') } catch {}",
    'start.mjs': "import { spawn } from 'node:child_process'; try { spawn('true') } catch {}",
    'environment.mjs': "process.env.DITA_PLANTED = 'yes'",
    'global.mjs': 'globalThis.planted = true',
    'listen.mjs': "process.on('SIGTERM', () => undefined)",
    'wait.mjs': 'const timer = setTimeout(() => undefined, 5_000); setTimeout(() => clearTimeout(timer), 100)',
    'throw.mjs': "throw new Error('not at import')",
    'nothing.mjs': 'export const nothing = new Map()',
  }
  const modules = Object.entries(deeds).map(([name, text]) => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return { name, source: pathToFileURL(path).href, compiled: '' }
  })
  const { findings } = probe(modules)
  const guilty = new Set(findings.map((finding) => finding.split(/:? /)[0]))
  expect([...guilty]).toEqual(Object.keys(deeds).filter((name) => name !== 'nothing.mjs'))
})
