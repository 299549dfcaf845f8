// Writes the two files a workspace starts from. Overwrites nothing unless it is told to.

import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { SCHEMA_FILE_NAME, scaffoldConfig } from '../core/config/describe-config.ts'
import { DitaError, EXIT, messageOf } from '../core/errors.ts'
import { CONFIG_FILE } from './workspace.ts'

export interface NewWorkspace {
  readonly folder: string
  /** Absolute paths of what was written. */
  readonly files: readonly string[]
}

/** @throws DitaError WORKSPACE_EXISTS where a file is in the way and `force` is not given, INIT_FAILED where writing fails */
export function initWorkspace(options: { readonly folder: string; readonly force: boolean }): NewWorkspace {
  const folder = resolve(options.folder)
  const { yaml, schema } = scaffoldConfig()
  const files = [
    { path: join(folder, CONFIG_FILE), text: yaml },
    { path: join(folder, SCHEMA_FILE_NAME), text: schema },
  ]
  try {
    const standing = files.filter(({ path }) => statSync(path, { throwIfNoEntry: false }) !== undefined)
    if (standing.length > 0 && !options.force) throw workspaceExists(standing.map(({ path }) => path))
    mkdirSync(folder, { recursive: true })
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
  return { folder, files: files.map(({ path }) => path) }
}

export function renderNewWorkspace({ folder, files }: NewWorkspace): string {
  const here = folder === process.cwd()
  return [
    `A workspace is ready in ${folder}:`,
    ...files.map((path) => `  ${path}`),
    '',
    'Next:',
    `  ${here ? '' : `cd ${folder} && `}dita run --speed max   runs half an hour of a simulated market with it`,
    '  dita summarize         says what happened',
  ].join('\n')
}

function workspaceExists(paths: readonly string[]): DitaError {
  return new DitaError('WORKSPACE_EXISTS', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `${paths.join(' and ')} ${paths.length === 1 ? 'is' : 'are'} there already. Nothing was written.`,
    next: 'Give another folder, `dita init DIR`, or overwrite with --force.',
  })
}
