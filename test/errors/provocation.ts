// How an error is brought about: what was typed, what stood in the way. Cases are data; the page is made of what they end with.

import type { Failure } from '../../src/cli/failure-view.ts'
import type { Scene } from './scene.ts'

export interface Provocation {
  readonly code: string
  /** What was typed, or what had happened, for the page. */
  readonly by: string
  play(scene: Scene): Promise<Failure>
}

export interface ErrorGroup {
  readonly title: string
  readonly cases: readonly Provocation[]
}

/** A command that fails by itself, or by what `before` puts there. `told` says what that is. */
export function typed(code: string, line: string, told = '', before?: (scene: Scene) => unknown): Provocation {
  return {
    code,
    by: `\`${line}\`${told === '' ? '' : `, ${told}`}`,
    async play(scene) {
      await before?.(scene)
      return scene.fails(line)
    },
  }
}

/** Something that no single command line brings about. */
export function happened(code: string, by: string, play: (scene: Scene) => Promise<Failure>): Provocation {
  return { code, by, play }
}
