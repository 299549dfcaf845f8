import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { resolveWorkspace } from '../../src/cli/workspace.ts'
import { temporaryFolder } from '../core/report/recorded-store.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

function resolved(question: { store?: string; dataFolder?: string; workingFolder?: string } = {}) {
  return resolveWorkspace({
    store: question.store,
    workingFolder: question.workingFolder ?? folder.path,
    homeFolder: '/home/someone',
    dataFolder: question.dataFolder,
  })
}

describe('the workspace', () => {
  test('is the nearest folder upward with a dita.yaml', () => {
    const deep = join(folder.path, 'a', 'b')
    mkdirSync(deep, { recursive: true })
    writeFileSync(join(folder.path, 'dita.yaml'), '')
    expect(resolved({ workingFolder: deep })).toEqual({
      root: folder.path,
      configPath: join(folder.path, 'dita.yaml'),
      storePath: join(folder.path, '.dita', 'dita.db'),
    })
    writeFileSync(join(folder.path, 'a', 'dita.yaml'), '')
    expect(resolved({ workingFolder: deep }).root).toBe(join(folder.path, 'a'))
  })

  test('a folder named dita.yaml makes none', () => {
    mkdirSync(join(folder.path, 'dita.yaml'))
    expect(resolved().root).toBeNull()
  })

  test('without one the store is in the data folder, if that is an absolute path', () => {
    expect(resolved()).toEqual({ root: null, configPath: null, storePath: '/home/someone/.local/share/dita/dita.db' })
    expect(resolved({ dataFolder: '/data' }).storePath).toBe('/data/dita/dita.db')
    expect(resolved({ dataFolder: 'data' }).storePath).toBe('/home/someone/.local/share/dita/dita.db')
    expect(resolved({ dataFolder: '' }).storePath).toBe('/home/someone/.local/share/dita/dita.db')
  })

  test('a store that is named is taken from the working folder, whatever the workspace is', () => {
    writeFileSync(join(folder.path, 'dita.yaml'), '')
    expect(resolved({ store: 'x/y.db' })).toMatchObject({ root: folder.path, storePath: join(folder.path, 'x/y.db') })
  })

  test.each([
    ['', userInfo().homedir],
    ['/somewhere', '/somewhere'],
  ])('a HOME of %j is %s', (home, expected) => {
    const module = new URL('../../src/cli/workspace.ts', import.meta.url).href
    const code = `import { homeFolder } from ${JSON.stringify(module)}; process.stdout.write(homeFolder())`
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      env: { HOME: home, NODE_NO_WARNINGS: '1' },
      encoding: 'utf8',
    })
    expect({ stdout, stderr }).toEqual({ stdout: expected, stderr: '' })
  })

  test.each(['', '  ', 'a\0b'])('%j is no path of a store', (store) => {
    expect(() => resolved({ store })).toThrow(expect.objectContaining({ code: 'BAD_STORE', exitCode: 2 }))
  })
})
