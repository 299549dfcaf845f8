// Finds the workspace and the store a command works on. Reads names of files only; creates nothing.

import { statSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { DitaError, EXIT } from '../core/errors.ts'

export const CONFIG_FILE = 'dita.yaml'

export interface Workspace {
  /** The folder with `dita.yaml`, from the working folder upward; null where there is none. */
  readonly root: string | null
  /** Its config; null: the built-in one. */
  readonly configPath: string | null
  /** Absolute. */
  readonly storePath: string
}

export interface WorkspaceQuestion {
  /** From --store or DITA_STORE. */
  readonly store: string | undefined
  readonly workingFolder: string
  readonly homeFolder: string
  /** `XDG_DATA_HOME`; anything that is not absolute is ignored, as its specification demands. */
  readonly dataFolder: string | undefined
}

/** The user's home; a `HOME` that is empty counts as unset, and then the system's own record of the user is asked. */
export function homeFolder(): string {
  const named = homedir()
  return named === '' ? userInfo().homedir : named
}

/** A store that is named wins; then the workspace's; then the one in the user's data folder. */
export function resolveWorkspace(question: WorkspaceQuestion): Workspace {
  const root = findRoot(question.workingFolder)
  return {
    root,
    configPath: root === null ? null : join(root, CONFIG_FILE),
    storePath: storePathOf(question, root),
  }
}

function storePathOf(question: WorkspaceQuestion, root: string | null): string {
  const { store, workingFolder, homeFolder, dataFolder } = question
  if (store !== undefined) {
    if (store.trim() === '' || store.includes('\0')) {
      throw new DitaError('BAD_STORE', {
        fault: 'user',
        exitCode: EXIT.usage,
        message: `${JSON.stringify(store)} is no path of a store.`,
        next: 'Give a file after --store (or in DITA_STORE), or leave it out.',
      })
    }
    return resolve(workingFolder, store)
  }
  if (root !== null) return join(root, '.dita', 'dita.db')
  const data = dataFolder?.startsWith('/') ? dataFolder : join(homeFolder, '.local', 'share')
  return join(data, 'dita', 'dita.db')
}

function findRoot(workingFolder: string): string | null {
  let folder = resolve(workingFolder)
  for (;;) {
    if (isFile(join(folder, CONFIG_FILE))) return folder
    const parent = dirname(folder)
    if (parent === folder) return null
    folder = parent
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
  } catch {
    // A folder that may not be looked into holds no workspace of this user.
    return false
  }
}
