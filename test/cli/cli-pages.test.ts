// docs/cli/ is what the commands say of themselves: read off the commands, and held against the files.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { cliPages, type DescribedCommand } from '../../scripts/cli-pages.ts'
import { EXITS_OF, exitsOf } from '../../src/cli/exit-codes.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const FOLDER = join(ROOT, 'docs', 'cli')

async function described(): Promise<{ readonly name: string; readonly command: DescribedCommand }[]> {
  const files = readdirSync(join(ROOT, 'src', 'commands'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  return await Promise.all(
    files.sort().map(async (file) => {
      const { default: command } = await import(/* @vite-ignore */ join(ROOT, 'src', 'commands', file))
      const flags = { ...command.flags, ...command.baseFlags }
      return { name: file.replace(/\.ts$/, '').replace('/', ' '), command: { ...statics(command), flags } }
    }),
  )
}

/** Some of them are inherited. */
function statics({ summary, description, aliases, examples, args }: DescribedCommand): Omit<DescribedCommand, 'flags'> {
  return { summary, description, aliases, examples, args }
}

const commands = await described()
const pages = cliPages(commands.map(({ name, command }) => ({ name, command, exits: exitsOf(name) })))

test.each(Object.entries(pages))(
  'docs/cli/%s says what its command says (`npx vitest run test/cli/cli-pages.test.ts -u` writes it anew)',
  async (file, text) => {
    await expect(text).toMatchFileSnapshot(join(FOLDER, file))
  },
)

test('there is a page for every command and for nothing else, examples first', () => {
  expect(commands.map(({ name }) => name)).toEqual(Object.keys(EXITS_OF).sort())
  expect(readdirSync(FOLDER).sort()).toEqual(Object.keys(pages).sort())
  for (const { name } of commands) {
    const page = pages[`${name.replaceAll(' ', '-')}.md`] ?? ''
    expect(page.indexOf(`\ndita ${name}`), name).toBeGreaterThan(0)
    expect(page.indexOf(`\ndita ${name}`), name).toBeLessThan(page.indexOf('## Exit codes'))
  }
})
