// Which config and which store a session goes by, in one line: who stands in another folder than meant sees it there. Reads nothing.

import { isAbsolute, relative } from 'node:path'

export interface PlaceOptions {
  /** Null: the built-in one. */
  readonly configPath: string | null
  readonly storePath: string
  readonly workingFolder: string
}

/** `config dita.yaml, store .dita/dita.db`. */
export function placeText({ configPath, storePath, workingFolder }: PlaceOptions): string {
  const shown = (path: string): string => {
    const within = relative(workingFolder, path)
    return within === '' || within.startsWith('..') || isAbsolute(within) ? path : within
  }
  return `config ${configPath === null ? 'built-in (no dita.yaml here)' : shown(configPath)}, store ${shown(storePath)}`
}
