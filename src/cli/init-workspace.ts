// Writes the two files a workspace starts from. Overwrites nothing unless it is told to, and no config without keeping it.

import { constants, copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { SCHEMA_FILE_NAME, scaffoldConfig } from '../core/config/describe-config.ts'
import { DitaError, EXIT, messageOf } from '../core/errors.ts'
import { CONFIG_FILE } from './workspace.ts'

export interface NewWorkspace {
  readonly folder: string
  /** Absolute paths of what was written. */
  readonly files: readonly string[]
  /** Where the config that stood there before is kept; null where there was none, or the same one. */
  readonly backup: string | null
}

/** Backups of one config that are kept; more is a sign that something runs away. */
const MOST_BACKUPS = 100

/** @throws DitaError WORKSPACE_EXISTS where a file is in the way and `force` is not given, INIT_FAILED where writing fails */
export function initWorkspace(options: { readonly folder: string; readonly force: boolean }): NewWorkspace {
  const folder = resolve(options.folder)
  const { yaml, schema } = scaffoldConfig()
  refuseFile(folder)
  let backup: string | null = null
  const files = [
    { path: join(folder, CONFIG_FILE), text: yaml },
    { path: join(folder, SCHEMA_FILE_NAME), text: schema },
  ]
  try {
    const standing = files.filter(({ path }) => statSync(path, { throwIfNoEntry: false }) !== undefined)
    if (standing.length > 0 && !options.force) throw workspaceExists(standing.map(({ path }) => path))
    mkdirSync(folder, { recursive: true })
    backup = keepConfig(join(folder, CONFIG_FILE), yaml)
    // Without force a file that appeared meanwhile is not overwritten either.
    for (const { path, text } of files) writeFileSync(path, text, { flag: options.force ? 'w' : 'wx' })
  } catch (error) {
    if (error instanceof DitaError) throw error
    throw new DitaError('INIT_FAILED', {
      fault: 'machine',
      exitCode: EXIT.usage,
      message: `The workspace ${folder} could not be written: ${messageOf(error)}.`,
      next: 'Name a folder that you may write to: `dita init DIR`.',
      cause: error,
    })
  }
  return { folder, files: files.map(({ path }) => path), backup }
}

export function renderNewWorkspace({ folder, files, backup }: NewWorkspace): string {
  const here = folder === process.cwd()
  return [
    `A workspace is ready in ${folder}:`,
    ...files.map((path) => `  ${path}`),
    ...(backup === null ? [] : [`Your ${CONFIG_FILE} of before is kept as ${backup}.`]),
    '',
    'Next:',
    `  ${here ? '' : `cd ${folder} && `}dita run --speed max   runs half an hour of a simulated market with it`,
    '  dita summarize         says what happened',
  ].join('\n')
}

/** A file where the folder should be; any other trouble with it shows when it is written to. */
function refuseFile(folder: string): void {
  let isFile = false
  try {
    isFile = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === false
  } catch {
    return
  }
  if (!isFile) return
  throw new DitaError('INIT_FAILED', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `${folder} is a file, and a workspace is a folder. Nothing was written.`,
    next: 'Name a folder, which is made if need be: `dita init DIR`.',
  })
}

/** Copies a config that differs from the new one to the first free name beside it, and gives that name. */
function keepConfig(path: string, newText: string): string | null {
  if (statSync(path, { throwIfNoEntry: false }) === undefined || readFileSync(path, 'utf8') === newText) return null
  for (let number = 1; number <= MOST_BACKUPS; number += 1) {
    const backup = number === 1 ? `${path}.bak` : `${path}.bak.${number}`
    try {
      copyFileSync(path, backup, constants.COPYFILE_EXCL)
      return backup
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
  }
  throw new DitaError('INIT_FAILED', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `${path} has ${MOST_BACKUPS} backups already, and is not replaced without one. Nothing was written.`,
    next: 'Move or delete old backups, then try again.',
  })
}

function workspaceExists(paths: readonly string[]): DitaError {
  return new DitaError('WORKSPACE_EXISTS', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `${paths.join(' and ')} ${paths.length === 1 ? 'is' : 'are'} there already. Nothing was written.`,
    next: 'Give another folder, `dita init DIR`, or overwrite with --force.',
  })
}
