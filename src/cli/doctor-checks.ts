// The questions of `dita doctor`, as a table, in the order in which they are asked: what each later one stands on comes first.

import { accessSync, constants, existsSync, readFileSync, statfsSync, statSync } from 'node:fs'
import { arch, hostname, platform } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { auditConfig } from '../core/config/audit-config.ts'
import { DitaError, messageOf } from '../core/errors.ts'
import { probeNotifications } from '../core/session/notice-probe.ts'
import { readKillFile } from '../core/session/socket/kill-file.ts'
import { holderNow } from '../core/session/socket/running-session.ts'
import { counted } from './account-text.ts'
import type { DoctorContext } from './doctor-context.ts'
import type { Finding } from './doctor-finding.ts'
import { quoted } from './quoted.ts'
import { isTerminal, wantsColour } from './terminal.ts'

interface Check {
  readonly name: string
  /** What it throws is a failure of what it asks about. */
  readonly look: (context: DoctorContext) => Finding | Promise<Finding>
}

export const CHECKS: readonly Check[] = [
  { name: 'node', look: lookAtNode },
  { name: 'build', look: lookAtBuild },
  { name: 'sqlite', look: lookAtSqliteItself },
  { name: 'workspace', look: lookAtWorkspace },
  { name: 'config', look: lookAtConfig },
  { name: 'market', look: lookAtMarket },
  { name: 'strategy', look: lookAtStrategy },
  { name: 'store_folder', look: lookAtStoreFolder },
  { name: 'store', look: lookAtStoreItself },
  { name: 'orders_left', look: lookAtOrdersLeft },
  { name: 'disk', look: lookAtDisk },
  { name: 'kill_file', look: lookAtKillFile },
  { name: 'keys', look: lookAtKeys },
  { name: 'venue', look: lookAtVenue },
  { name: 'clock', look: lookAtClock },
  { name: 'notifications', look: lookAtNotifications },
  { name: 'terminal', look: lookAtTerminal },
]

const ok = (detail: string): Finding => ({ verdict: 'ok', detail, remedy: null })
const skip = (detail: string): Finding => ({ verdict: 'skip', detail, remedy: null })
const warn = (detail: string, remedy: string): Finding => ({ verdict: 'warn', detail, remedy })
const fail = (detail: string, remedy: string): Finding => ({ verdict: 'fail', detail, remedy })

/** The releases that are kept up for years have even numbers. */
function lookAtNode(): Finding {
  const { node } = process.versions
  const [major = 0] = node.split('.').map(Number)
  const text = `Node ${node} on ${platform()}-${arch()}.`
  return major % 2 === 0 ? ok(text) : warn(`${text} Odd versions get no fixes after half a year.`, 'nvm install --lts')
}

function lookAtBuild({ packageFolder, version }: DoctorContext): Finding {
  const manifest = join(packageFolder, 'oclif.manifest.json')
  const remedy = existsSync(join(packageFolder, 'src')) ? `cd ${quoted(packageFolder)} && npm run build` : 'npm install dita'
  if (!existsSync(manifest)) return fail(`dita ${version} in ${packageFolder} was not built: its list of commands is missing.`, remedy)
  const { version: built }: { version?: string } = JSON.parse(readFileSync(manifest, 'utf8'))
  if (built !== version) return fail(`dita ${version} in ${packageFolder} was built as ${built ?? 'no version'}.`, remedy)
  return ok(`dita ${version} in ${packageFolder}.`)
}

async function lookAtSqliteItself({ packageFolder }: DoctorContext): Promise<Finding> {
  const { lookAtSqlite } = await import('../core/journal/look-at-store.ts')
  try {
    return ok(`SQLite ${lookAtSqlite()}, as it was shipped.`)
  } catch (thrown) {
    if (thrown instanceof DitaError) throw thrown
    return fail(`SQLite cannot be loaded: ${messageOf(thrown).split('\n', 1)[0]}.`, `cd ${quoted(packageFolder)} && npm ci`)
  }
}

function lookAtWorkspace({ workspace: { root } }: DoctorContext): Finding {
  if (root !== null) return ok(`The workspace is ${root}.`)
  return warn('No folder from here upwards has a dita.yaml: the built-in config is used, and the store in your data folder.', 'dita init')
}

/** What can be told at once: a rehearsal of it is `dita audit-config`. */
function lookAtConfig({ reading, configPath }: DoctorContext): Finding {
  if (reading instanceof DitaError) throw reading
  const evidence = { durationUs: HALF_AN_HOUR_US, instrument: null, price: null, rehearsal: null, parts: [], askedVenue: null }
  const { findings, valid } = auditConfig(reading, { ...evidence, seen: { readersOf: () => [], isWhole: false } })
  const found = findings.filter(({ severity }) => severity !== 'note')
  const [first] = found
  const remedy = `dita audit-config${configPath === null ? '' : ` ${quoted(configPath)}`}`
  const what = configPath === null ? 'the built-in config' : configPath
  if (first === undefined)
    return ok(`${what.charAt(0).toUpperCase()}${what.slice(1)} can be used, in mode ${reading.config?.mode ?? 'none'}.`)
  const more = found.length === 1 ? '' : ` There ${found.length === 2 ? 'is one more' : `are ${found.length - 1} more`}.`
  const text = `${first.place ?? what}: ${first.text}${more}`
  return valid ? warn(text, remedy) : fail(text, remedy)
}

const HALF_AN_HOUR_US = 1_800_000_000
const NO_CONFIG = 'Not looked at: the config cannot be used.'

/** A recording is opened as a session would, and let go of. */
async function lookAtMarket({ config, rehearsal }: DoctorContext): Promise<Finding> {
  if (config === null) return skip(NO_CONFIG)
  const { source } = config.feed
  if (config.mode !== 'paper') return skip('It comes from the venue.')
  if (source === 'simulated') return ok('The market is generated: there is nothing to find.')
  try {
    return ok(`The recording ${source} is there, and has ${await rehearsal()}.`)
  } catch (thrown) {
    if (thrown instanceof DitaError && thrown.code === 'FEED_MISSING')
      return fail(thrown.message, 'Correct `feed.source`; in dita.yaml a path counts from the folder of that file.')
    throw thrown
  }
}

/** Whether it can be loaded is not tried: that would run what somebody wrote. A rehearsal of it is `dita audit-config`. */
function lookAtStrategy({ config }: DoctorContext): Finding {
  if (config === null) return skip(NO_CONFIG)
  const { name } = config.strategy
  if (!isAbsolute(name)) return ok(`${name} is one of dita's own.`)
  if (statSync(name, { throwIfNoEntry: false })?.isFile()) return ok(`${name} is there; \`dita audit-config\` tries it out.`)
  return fail(`There is no strategy file at ${name}.`, 'Correct `strategy.name`; in dita.yaml a path counts from the folder of that file.')
}

function lookAtStoreFolder({ workspace: { storePath } }: DoctorContext): Finding {
  const folder = dirname(storePath)
  const stats = statSync(folder, { throwIfNoEntry: false })
  if (stats === undefined) return lookAtParent(folder)
  if (!stats.isDirectory()) return fail(`${folder} is no folder, and the store would be in it.`, 'Name another with --store.')
  if (!mayWrite(folder)) return fail(`You may not write to ${folder}.`, `chmod u+rwx ${quoted(folder)}`)
  const others = stats.mode & 0o022
  if (others !== 0) return warn(`${folder} can be written to by others (${rights(stats.mode)}).`, `chmod 700 ${quoted(folder)}`)
  const open = ['', '-wal', '.log']
    .map((end) => storePath + end)
    .find((path) => ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0)
  if (open !== undefined) return warn(`${open} can be read by others (${rights(statSync(open).mode)}).`, `chmod 600 ${quoted(open)}`)
  return ok(`${folder}, ${rights(stats.mode)}, can be written to.`)
}

/** A folder that is made by the first session: whether it can be. */
function lookAtParent(folder: string): Finding {
  const parent = existingAbove(folder)
  if (mayWrite(parent)) return ok(`${folder} is made by the first session.`)
  return fail(
    `${folder} is not there, and you may not make it in ${parent}.`,
    'Name another store with --store, or another folder: dita init DIR',
  )
}

function existingAbove(path: string): string {
  let folder = path
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder)
  return folder
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK)
    return true
  } catch {
    // Whatever the reason is, nothing can be written there.
    return false
  }
}

async function lookAtStoreItself({ workspace: { storePath } }: DoctorContext): Promise<Finding> {
  if (!existsSync(storePath)) return skip(`There is no store yet: the first session makes ${storePath}.`)
  const { lookAtStore } = await import('../core/journal/look-at-store.ts')
  const { sessions, bytes, backups, running } = lookAtStore(storePath)
  const size = `${sessions} ${sessions === 1 ? 'session' : 'sessions'}, ${sizeText(bytes)}, ${backups} ${backups === 1 ? 'backup' : 'backups'}`
  const use = running === null ? 'No session runs on it.' : `Session ${running.sessionId} runs on it (pid ${running.pid}).`
  return ok(`${storePath} looks sound: ${size}. ${use}`)
}

/** What a session left that died, or that ended before its venue had answered. A running one sees to its own. */
async function lookAtOrdersLeft({ workspace: { storePath } }: DoctorContext): Promise<Finding> {
  if (!existsSync(storePath)) return skip('There is no store yet.')
  if (holderNow(storePath) !== null) return skip('The store is in use: a session that runs sees to its orders itself.')
  const { ordersLeftIn } = await import('../core/session/socket/stored-end.ts')
  const left = await ordersLeftIn(storePath).catch((thrown: unknown) => {
    // A store that nothing was written to yet has no orders; what else is wrong with it the row of the store says.
    if (thrown instanceof DitaError) return []
    throw thrown
  })
  if (left.length === 0) return ok('The books hold no live order that nobody watches.')
  const each = left.map(({ account, orders }) => `${counted(orders, 'order')} of ${account}`).join(', ')
  const text = `The books hold ${each} as live, and no session runs: they may rest at the venue, and be filled there.`
  const live = left.some(({ mode }) => mode === 'live') ? ' --live' : ''
  return warn(text, `dita reconcile (to look), or dita reconcile --fix-orphans --cancel${live} (to take them back)`)
}

const LEAST_FREE_BYTES = 100 * 2 ** 20
const LITTLE_FREE_BYTES = 2 ** 30

function lookAtDisk({ workspace: { storePath } }: DoctorContext): Finding {
  const folder = existingAbove(dirname(storePath))
  const { bavail, bsize } = statfsSync(folder)
  const free = bavail * bsize
  const text = `${sizeText(free)} are free at ${folder}.`
  const remedy = `du -sh ${quoted(folder)} && df -h ${quoted(folder)}`
  if (free < LEAST_FREE_BYTES) return fail(`${text} A session that cannot write its journal stops.`, remedy)
  return free < LITTLE_FREE_BYTES ? warn(text, remedy) : ok(text)
}

function lookAtKillFile({ workspace: { storePath } }: DoctorContext): Finding {
  const file = readKillFile(storePath)
  if (file === null) return ok('The kill switch is off.')
  const why = file.reason === null ? '' : `: ${file.reason}`
  return fail(`The kill switch is on, so that no session starts: ${file.path} is there${why}.`, 'dita halt --clear')
}

const PAPER = 'Not needed: the config trades on paper.'

async function lookAtKeys({ config, environment, keys }: DoctorContext): Promise<Finding> {
  if (config === null) return skip(NO_CONFIG)
  if (config.mode === 'paper') return skip(PAPER)
  await keys()
  const { DITA_BINGX_API_KEY: key = '' } = environment
  const file = config.venue.credentialsFile
  if (key !== '' || file === null) return ok('DITA_BINGX_API_KEY and DITA_BINGX_API_SECRET are set.')
  return ok(`${file} holds both, and only you can read it (${rights(statSync(file).mode)}).`)
}

async function lookAtVenue({ config, offline, venue }: DoctorContext): Promise<Finding> {
  if (config === null) return skip(NO_CONFIG)
  if (config.mode === 'paper') return skip(PAPER)
  if (offline) return skip('Not asked, with --offline.')
  const { host, instrument } = await venue().catch((thrown: unknown) => {
    // What another row says need not be said twice.
    if (thrown instanceof DitaError && (thrown.code === 'CLOCK_OFF' || thrown.code.startsWith('CREDENTIALS_')))
      return { host: null, instrument: '' }
    throw thrown
  })
  if (host === null) return skip('Not known before the keys and the clock are right.')
  return ok(`${host} answers, takes the keys, and trades ${instrument}.`)
}

const LARGE_OFFSET_MS = 500
const SYNCHRONISE = 'sudo timedatectl set-ntp true'

async function lookAtClock({ config, offline, venue, packageFolder }: DoctorContext): Promise<Finding> {
  const builtMs = statSync(join(packageFolder, 'package.json')).mtimeMs
  const now = new Date().toISOString()
  if (Date.now() < builtMs - 86_400_000) return fail(`This machine says that it is ${now}, before dita was installed.`, SYNCHRONISE)
  if (config === null || config.mode === 'paper' || offline) return skip(`It is ${now} here; no venue was asked what time it is there.`)
  try {
    const { clockOffsetMs, host } = await venue()
    if (clockOffsetMs === null) return skip(`It is ${now} here; ${host} did not say what time it is there.`)
    const text = `This clock is ${Math.abs(Math.round(clockOffsetMs))} ms ${clockOffsetMs > 0 ? 'behind' : 'ahead of'} the one at ${host}.`
    return Math.abs(clockOffsetMs) > LARGE_OFFSET_MS ? warn(text, SYNCHRONISE) : ok(text)
  } catch (thrown) {
    if (thrown instanceof DitaError && thrown.code === 'CLOCK_OFF') return fail(thrown.message, SYNCHRONISE)
    return skip(`It is ${now} here; ${notAsked(thrown)}`)
  }
}

function notAsked(thrown: unknown): string {
  const code = thrown instanceof DitaError ? thrown.code : ''
  if (code.startsWith('CREDENTIALS_')) return 'the venue is asked for its time once the keys are there.'
  if (code === 'VENUE_UNREACHABLE') return 'the venue did not answer, as said above.'
  return 'the venue was not asked to the end, as said above.'
}

async function lookAtNotifications({ config, environment, offline, notify }: DoctorContext): Promise<Finding> {
  if (config === null) return skip(NO_CONFIG)
  const send = notify && !offline
  const probed = await probeNotifications({ config, environment, random: () => 0, host: hostname(), timeUs: Date.now() * 1_000, send })
  if (probed === null) {
    const text = 'The config wants none: nobody is told of a halt.'
    return notify ? fail(text, 'Set `notify.shape` in dita.yaml; docs/OPERATION.md shows how.') : skip(text)
  }
  const { shape, receiver, trouble } = probed
  if (trouble !== null) return fail(trouble, 'Compare address and token with what the service says, then: dita doctor --notify')
  return ok(
    `${shape} at ${receiver}: ${send ? 'a message for trial was taken' : 'the secrets are there; --notify sends a message for trial'}.`,
  )
}

const LEAST_COLUMNS = 60
const LEAST_ROWS = 20

function lookAtTerminal({ environment }: DoctorContext): Finding {
  const { CI, NO_COLOR, TERM } = environment
  if (!isTerminal({ CI, NO_COLOR, TERM })) return skip('This is no terminal: a session shows plain lines.')
  const { columns, rows } = process.stdout
  const size = `${columns} columns, ${rows} rows`
  if (columns < LEAST_COLUMNS || rows < LEAST_ROWS) {
    return warn(`The terminal has ${size}; the screen of a session needs ${LEAST_COLUMNS} × ${LEAST_ROWS}.`, 'Make the window larger.')
  }
  const depth = process.stdout.getColorDepth({ ...process.env })
  const colours = !wantsColour({ NO_COLOR }) ? 'no colours, as NO_COLOR says' : `${2 ** depth} colours`
  return ok(`${size}, ${colours}.`)
}

function rights(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, '0')
}

function sizeText(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB']
  const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10))
  return `${(bytes / 2 ** (10 * step)).toFixed(step === 0 ? 0 : 1)} ${units[step]}`
}
