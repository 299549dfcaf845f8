// What people are told to type exists, and what pages point at is there.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from './small-tree.ts'

/** What `dita` answers to by itself, without a file in src/commands. */
const BUILT_IN = ['help']

/** How a command is written: in backticks, after npx, as an example of help, or as a text that is nothing but a command. */
const MENTIONS = [
  /`dita ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?/g,
  /npx dita ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?/g,
  /<%= config\.bin %> ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?/g,
  /command: ['"]dita ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?/g,
  /['"`]dita ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?(?=['"`]| --| {2})/g,
  /^\s*\$? ?dita ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?(?=$| --| {2})/gm,
]

function filesBelow(folder: string, ending: RegExp): string[] {
  const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
  return names.filter((name) => ending.test(name)).map((name) => `${folder}/${name}`)
}

function knownCommands(): string[] {
  const commands = filesBelow('src/commands', /\.ts$/)
  const aliases = commands.flatMap((path) => {
    const [, list = ''] = /static override aliases = \[([^\]]*)\]/.exec(readFileSync(join(ROOT, path), 'utf8')) ?? []
    return [...list.matchAll(/'([a-z-]+)'/g)].map(([, alias = '']) => alias)
  })
  const names = commands.map((path) => path.replace(/^src\/commands\/(.*)\.ts$/, '$1').replace('/', ' '))
  return [...BUILT_IN, ...names, ...aliases]
}

/** Of a topic the second word counts, where there is one; after any other command it is an argument. */
function isKnown({ command, next }: Mention, known: readonly string[]): boolean {
  const isTopic = known.some((name) => name.startsWith(`${command} `))
  return isTopic ? next === undefined || known.includes(`${command} ${next}`) : known.includes(command)
}

interface Mention {
  readonly command: string
  readonly next: string | undefined
  readonly line: number
}

/** Every command that a text names, with the line it stands on. */
function mentionsIn(text: string): Mention[] {
  const plain = text.replaceAll('\\`', '`')
  return MENTIONS.flatMap((pattern) =>
    [...plain.matchAll(pattern)].map((match) => ({
      command: match[1] ?? '',
      next: match[2],
      line: plain.slice(0, match.index + match[0].length).split('\n').length,
    })),
  )
}

const PAGES = ['README.md', ...filesBelow('docs', /\.md$/)]

test('every command that a message or a page names exists', () => {
  const known = knownCommands()
  expect(known).toEqual(expect.arrayContaining(['run', 'run-session', 'summarize', 'summarize-run', 'help']))
  const mentions = [...PAGES, ...filesBelow('src', /\.tsx?$/), ...filesBelow('examples', /\.(ts|yaml)$/)].flatMap((path) =>
    mentionsIn(readFileSync(join(ROOT, path), 'utf8')).map((mention) => ({ path, ...mention })),
  )
  expect(new Set(mentions.map(({ command }) => command)).size).toBeGreaterThan(3)
  const unknown = mentions.filter((mention) => !isKnown(mention, known))
  expect(unknown.map(({ path, line, command, next }) => `${path}:${line} dita ${command} ${next ?? ''}`)).toEqual([])
})

test('a command is seen however it is written', () => {
  const texts = [
    'Stop it with `dita halt`.',
    'next: \\`dita halt --now\\`',
    'npx dita halt',
    "command: 'dita halt latest'",
    "['dita halt', 'stops']",
  ]
  const lines = ['$ dita halt --now', 'dita halt', '<%= config.bin %> halt', '  dita halt   stops']
  for (const text of [...texts, ...lines]) expect(mentionsIn(text)[0]?.command, text).toBe('halt')
  for (const text of ['dita is at fault.', "'dita journal 1'", '`dita`', 'dita: halt']) expect(mentionsIn(text), text).toEqual([])
})

test('of a topic the second word counts, and of no other command', () => {
  const known = ['halt', 'capital list']
  const isFound = (text: string): boolean => mentionsIn(text).every((mention) => isKnown(mention, known))
  for (const text of ['`dita capital list`', '`dita capital`', 'npx dita capital list --json', '`dita halt now`']) {
    expect(isFound(text), text).toBe(true)
  }
  for (const text of ['`dita capital lost`', '`dita capital lost --json`', "command: 'dita capital lost'", '`dita list`']) {
    expect(isFound(text), text).toBe(false)
  }
})

test('every relative link of a page leads to a file', () => {
  const links = PAGES.flatMap((path) =>
    [...readFileSync(join(ROOT, path), 'utf8').matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^([a-z]+:|#)/.test(target))
      .map((target) => ({ path, target, file: join(ROOT, dirname(path), target.replace(/#.*$/, '')) })),
  )
  expect(links.length).toBeGreaterThan(5)
  expect(links.filter(({ file }) => !existsSync(file)).map(({ path, target }) => `${path}: ${target}`)).toEqual([])
})
