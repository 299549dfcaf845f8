import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { initWorkspace, renderNewWorkspace } from '../../src/cli/init-workspace.ts'
import { loadConfig } from '../../src/core/config/load-config.ts'
import { temporaryFolder } from '../core/report/recorded-store.ts'
import { dita, errorOf } from './dita.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

describe('dita init', () => {
  test('writes a config that loads, with its schema beside it, and says what next', async () => {
    const { code, stdout, stderr } = await dita(['init'], { cwd: folder.path })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('dita run')
    const yaml = join(folder.path, 'dita.yaml')
    expect(() => loadConfig({ file: yaml, overrides: {} })).not.toThrow()
    const schema = /\$schema=(\S+)/.exec(readFileSync(yaml, 'utf8'))?.[1] ?? ''
    const parsed: unknown = JSON.parse(readFileSync(join(folder.path, schema), 'utf8'))
    expect(parsed).toHaveProperty('properties')
  })

  test('makes the folder it is given, and names its files with --json', async () => {
    const { code, stdout } = await dita(['init', 'a/desk', '--json'], { cwd: folder.path })
    expect(code).toBe(0)
    const { files }: { files: string[] } = JSON.parse(stdout)
    expect(files).toEqual([join(folder.path, 'a/desk/dita.yaml'), join(folder.path, 'a/desk/dita.schema.json')])
    expect(files.every((path) => existsSync(path))).toBe(true)
  })

  test('what it sets up is the workspace that commands find', async () => {
    await dita(['init'], { cwd: folder.path })
    const outcome = await dita(['sessions', '--json'], { cwd: folder.path })
    expect(errorOf(outcome)).toMatchObject({ message: expect.stringContaining(join(folder.path, '.dita/dita.db')) })
  })

  test.each(['dita.yaml', 'dita.schema.json'])('refuses to overwrite %s, writes nothing, and does so with --force', async (name) => {
    const path = join(folder.path, name)
    writeFileSync(path, 'mine')
    const refused = await dita(['init', '--json'], { cwd: folder.path })
    expect(refused.code).toBe(2)
    expect(errorOf(refused)).toMatchObject({ code: 'WORKSPACE_EXISTS', message: expect.stringContaining(path) })
    expect(readFileSync(path, 'utf8')).toBe('mine')
    expect(['dita.yaml', 'dita.schema.json'].filter((file) => existsSync(join(folder.path, file)))).toEqual([name])
    expect((await dita(['init', '--force'], { cwd: folder.path })).code).toBe(0)
    expect(readFileSync(path, 'utf8')).not.toBe('mine')
  })

  test('an edited config is kept beside the new one, under a free name, and that is said', () => {
    const path = join(folder.path, 'dita.yaml')
    const again = () => initWorkspace({ folder: folder.path, force: true })
    expect(again().backup).toBeNull()
    expect(again().backup).toBeNull()
    for (const [text, backup] of [
      ['mine', `${path}.bak`],
      ['mine too', `${path}.bak.2`],
    ] as const) {
      writeFileSync(path, text)
      const workspace = again()
      expect(workspace.backup).toBe(backup)
      expect(readFileSync(backup, 'utf8')).toBe(text)
      expect(renderNewWorkspace(workspace)).toContain(`Your dita.yaml of before is kept as ${backup}.`)
      expect(() => loadConfig({ file: path, overrides: {} })).not.toThrow()
    }
    expect(readFileSync(`${path}.bak`, 'utf8')).toBe('mine')
  })

  test.each([true, false])('a file where the folder should be is exit 2 with a sentence (force: %s)', (force) => {
    const path = join(folder.path, 'afile')
    writeFileSync(path, 'mine')
    const message = `${path} is a file, and a workspace is a folder. Nothing was written.`
    expect(() => initWorkspace({ folder: path, force })).toThrow(expect.objectContaining({ exitCode: 2, message }))
    expect(readFileSync(path, 'utf8')).toBe('mine')
  })

  test('a folder that cannot be made is exit 2 with a reason', async () => {
    writeFileSync(join(folder.path, 'file'), '')
    const { code, stderr } = await dita(['init', 'file/desk'], { cwd: folder.path })
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /file\/desk could not be written: (what should be a folder in its path is a file|something of that name is there already)\./,
    )
  })

  test.skipIf(process.getuid?.() === 0)('a folder that may not be written is exit 2 with a reason', async () => {
    const locked = join(folder.path, 'locked')
    mkdirSync(locked)
    chmodSync(locked, 0o500)
    const { code, stderr } = await dita(['init', 'locked'], { cwd: folder.path })
    expect(code).toBe(2)
    expect(stderr).toContain('you may not do that there')
  })
})
