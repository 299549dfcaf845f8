// Command lines as pages, crontabs and units have them: found, and read by the parser that the command itself has. Runs none.

import type { Config } from '@oclif/core/config'
import { type DoorwayStatics, doorwayOf, wordsOf } from '../errors/scene.ts'

/** Where a command begins in a line of a shell, after what may stand before it. */
const START = /(?:^|&& |\|\| |; |exec )(?:npx |\/usr\/local\/bin\/)?dita ((?:"[^"]*"|'[^']*'|[^|&;>#"'])*)/g

/** Every `dita …` of a text for a shell; comments and other programs are left out. */
export function commandsIn(shell: string): string[] {
  return shell
    .split('\n')
    .map((line) => line.trim().replace(/^\$ /, ''))
    .filter((line) => !line.startsWith('#'))
    .flatMap((line) => [...line.matchAll(START)].map(([, command = '']) => command.trim()))
}

/** Those of a page, once each: in its blocks for a shell, and in its text. */
export function commandsOfPage(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```(?:sh|crontab|ini)\n(.*?)^```/gms)].flatMap(([, block = '']) => commandsIn(block))
  const prose = markdown.replace(/^```.*?^```/gms, '')
  const inline = [...prose.matchAll(/`((?:npx )?dita [a-z][^`]+)`/g)].flatMap(([, command = '']) => commandsIn(command))
  return [...new Set([...blocks, ...inline])]
}

/** What the parser asks for, some of which a command may have from the one above it. */
function statics({ args, flags, baseFlags, strict, enableJsonFlag }: DoorwayStatics): DoorwayStatics {
  return { args, flags, baseFlags, strict, enableJsonFlag }
}

/** What the command's own parser says against a line; null where it takes it. */
export async function complaintOf(line: string, config: Config): Promise<string | null> {
  const words = wordsOf(line)
  // Help is not for the parser, nor is the mere name of a command or of a topic.
  if (words[0] === 'help' || words.includes('--help') || config.findTopic(words.join(':')) !== undefined) return null
  const isName = config.findCommand(words.join(':')) !== undefined
  try {
    const found = await doorwayOf(words, config)
    if (found === null) return `dita ${line}: there is no such command`
    await found.doorway.parse(statics(found.Doorway))
    return null
  } catch (thrown) {
    if (isName && thrown instanceof Error && thrown.constructor.name === 'RequiredArgsError') return null
    return `dita ${line}: ${String(thrown)}`
  }
}
