// Writes the two files a workspace starts from. Overwrites nothing unless it is told to, and no config without keeping it.

import { constants, copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type ConfigMap, valueAt } from '../core/config/config-values.ts'
import { SCHEMA_FILE_NAME, scaffoldConfig } from '../core/config/describe-config.ts'
import { blameForFile, DitaError, EXIT, troubleOf } from '../core/errors.ts'
import { quoted } from './quoted.ts'
import { REHEARSAL_KEYS } from './rehearsal-keys.ts'
import { CONFIG_FILE } from './workspace.ts'

export interface NewWorkspace {
  readonly folder: string
  /** Absolute paths of what was written. */
  readonly files: readonly string[]
  /** Where the config that stood there before is kept; null where there was none, or the same one. */
  readonly backup: string | null
  /** `paper`, `demo` or `live`. */
  readonly mode: string
  /** The address of the exchange that stands for the venue's own; null where none does. */
  readonly exchange: string | null
}

/** Backups of one config that are kept; more is a sign that something runs away. */
const MOST_BACKUPS = 100

export interface InitOptions {
  readonly folder: string
  readonly force: boolean
  /** What the config is to say. */
  readonly chosen?: ConfigMap
  /** Every other key stands in it as well, commented out at its default. */
  readonly full?: boolean
}

/** @throws DitaError WORKSPACE_EXISTS where a file is in the way and `force` is not given, INIT_FAILED where writing fails */
export function initWorkspace(options: InitOptions): NewWorkspace {
  const folder = resolve(options.folder)
  const { yaml, schema } = scaffoldConfig(options.chosen, { full: options.full ?? false })
  refuseFile(folder)
  let backup: string | null = null
  // Not every error of the system says which path it means.
  let path = folder
  const files = [
    { path: join(folder, CONFIG_FILE), text: yaml },
    { path: join(folder, SCHEMA_FILE_NAME), text: schema },
  ]
  try {
    if (!options.force) refuseStanding(folder)
    mkdirSync(folder, { recursive: true })
    path = join(folder, CONFIG_FILE)
    backup = keepConfig(path, yaml)
    // Without force a file that appeared meanwhile is not overwritten either.
    for (const file of files) {
      path = file.path
      writeFileSync(path, file.text, { flag: options.force ? 'w' : 'wx' })
    }
  } catch (error) {
    if (error instanceof DitaError) throw error
    throw new DitaError('INIT_FAILED', {
      ...blameForFile(error),
      message: `${path} could not be written: ${troubleOf(error)}.`,
      next: 'Move away what is in the way, or name a folder that you may write to: `dita init DIR`.',
      cause: error,
    })
  }
  const { chosen = {} } = options
  const mode = textAt(chosen, ['mode']) ?? 'paper'
  return { folder, files: files.map((file) => file.path), backup, mode, exchange: textAt(chosen, ['venue', 'rest_url']) }
}

function textAt(chosen: ConfigMap, path: readonly string[]): string | null {
  const value = valueAt(chosen, path)
  return typeof value === 'string' ? value : null
}

type Steps = readonly (readonly [command: string, does: string])[]

/** What to type next, and what it does. A venue takes keys, and its sessions go as fast as the world does. */
function nextSteps({ mode, exchange }: Pick<NewWorkspace, 'mode' | 'exchange'>): Steps {
  if (mode === 'paper') {
    return [
      ['dita run --speed max', 'runs half an hour of its market with it'],
      ['dita summarize', 'says what happened'],
    ]
  }
  const { apiKey, secret } = exchange === null ? { apiKey: '…', secret: '…' } : REHEARSAL_KEYS
  return [
    ...(exchange === null ? [] : ([[`dita exchange --port ${new URL(exchange).port}`, 'in another terminal, unless it runs']] as const)),
    [`export DITA_BINGX_API_KEY=${apiKey}`, ''],
    [`export DITA_BINGX_API_SECRET=${secret}`, ''],
    ['dita doctor', 'says whether everything is there'],
    [mode === 'live' ? 'dita run --live' : 'dita run', 'trades for half an hour'],
  ]
}

export function renderNewWorkspace(workspace: NewWorkspace): string {
  const { folder, files, backup } = workspace
  const steps = [...(folder === process.cwd() ? [] : [[`cd ${quoted(folder)}`, ''] as const]), ...nextSteps(workspace)]
  const width = Math.max(...steps.map(([command, does]) => (does === '' ? 0 : command.length)))
  return [
    `A workspace is ready in ${folder}:`,
    ...files.map((path) => `  ${path}`),
    ...(backup === null ? [] : [`Your ${CONFIG_FILE} of before is kept as ${backup}.`]),
    '',
    'Next:',
    ...steps.map(([command, does]) => `  ${does === '' ? command : `${command.padEnd(width)}   ${does}`}`),
  ].join('\n')
}

/** @throws DitaError WORKSPACE_EXISTS where a file of a workspace is there already */
export function refuseStanding(folder: string): void {
  const paths = [CONFIG_FILE, SCHEMA_FILE_NAME].map((name) => join(resolve(folder), name))
  const standing = paths.filter(isThere)
  if (standing.length > 0) throw workspaceExists(standing)
}

/** What cannot be looked at is not in the way: who writes there will say what is wrong. */
function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
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
    message: `${path} has ${MOST_BACKUPS} backups already, and is never replaced without one more. Nothing was written.`,
    next: `Move or delete old ones (${path}.bak and the like), then try again.`,
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
