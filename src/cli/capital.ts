// What `dita capital` does and how it says so: reads what was typed, books it where the account is, and lists what was booked.

import { loadConfig } from '../core/config/load-config.ts'
import { DitaError, EXIT } from '../core/errors.ts'
import { accountsOfStore, capitalOfStore, writeFlowNote } from '../core/report/open-report.ts'
import { accountNameOf } from '../core/session/account-name.ts'
import { flowAmount, isAssetName, moveCapital } from '../core/session/capital.ts'
import { reachRunning } from '../core/session/socket/running-session.ts'
import { counted, paragraph, utcText } from './account-text.ts'
import { amountSlip } from './amount-slip.ts'
import { parseDuration } from './duration.ts'

export type CapitalDirection = 'deposit' | 'withdraw'

export interface CapitalRequest {
  readonly direction: CapitalDirection
  readonly amount: string
  readonly asset: string
  readonly at: string | null
  readonly note: string | null
  readonly account: string | null
  /** Whether it may be an asset that the account has never held. */
  readonly newAsset: boolean
  readonly storePath: string
  readonly configPath: string | null
  /** Milliseconds since 1970, now. */
  readonly nowMs: number
}

/** Money is decimal strings. */
export interface CapitalMoveView {
  readonly store: string
  readonly account: string
  /** The session that booked it; null where none ran. */
  readonly sessionId: string | null
  readonly asset: string
  /** Signed: below zero for a withdrawal. */
  readonly amount: string
  readonly balanceBefore: string
  readonly balanceAfter: string
  readonly note: string
  readonly happenedAtUs: number | null
  readonly seq: number
  /** Sessions found dead on the way, now closed as crashed. */
  readonly closedAsCrashed: readonly string[]
}

/** @throws DitaError BAD_AMOUNT, BAD_ASSET, BAD_TIME, ACCOUNT_UNKNOWN (exit 2), and what booking it throws */
export async function moveCapitalCommand(request: CapitalRequest): Promise<CapitalMoveView> {
  const { direction, storePath, nowMs } = request
  const amount = readAmount(direction, request.amount)
  const asset = readAsset(request.asset)
  const happenedAtUs = request.at === null ? null : readTime(request.at, nowMs)
  const note = readNote(request.note ?? (direction === 'deposit' ? 'deposit' : 'withdrawal'))
  const move = { asset, amount, note: writeFlowNote(note, happenedAtUs), newAsset: request.newAsset }
  const shown = { store: storePath, asset, amount, note, happenedAtUs }
  const reached = await reachRunning(storePath)
  if (reached.how === 'connected') {
    const { client } = reached
    try {
      const { account, balanceBefore, balanceAfter, seq } = await client.capital({ ...move, account: request.account })
      return { ...shown, account, balanceBefore, balanceAfter, seq, sessionId: client.session.sessionId, closedAsCrashed: [] }
    } finally {
      client.close()
    }
  }
  const account = await accountFor(request)
  const holder = `dita capital ${direction}` as const
  const moved = await moveCapital({ storePath, account, move, holder, pid: process.pid, wallUs: () => nowMs * 1_000 })
  return { ...shown, account, ...moved, sessionId: null }
}

/** Which account is meant: the one that is named, that of the config, or the only one there is. */
async function accountFor({ account: named, storePath, configPath }: CapitalRequest): Promise<string> {
  const names = await accountsOfStore(storePath)
  if (named !== null) return resolveAccount(names, named, storePath)
  const config = loadConfig({ file: configPath })
  const configured = accountNameOf(config)
  if (configured !== null) return resolveAccount(names, configured, storePath)
  const [only, ...others] = names
  const isOnly = only !== undefined && others.length === 0
  if (isOnly && !isPaper(only)) return only
  throw new DitaError('ACCOUNT_UNNAMED', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: isOnly
      ? `The config names no account: the next session begins a fresh one, and would have nothing of what is booked on ${only}.`
      : `The config names no account, and the store ${storePath} has ${counted(names.length, 'account')}.`,
    next: isOnly ? nameIt(only) : NAME_PAPER,
  })
}

/** Only on paper does a config name no account. */
const NAME_PAPER =
  'Name one with --account; `dita capital list` shows them. On paper a session goes on with what was paid in only where dita.yaml names its account, `paper: { account: NAME }`; without, each begins a fresh one.'

function nameIt(account: string): string {
  return `Write \`paper: { account: ${shortName(account)} }\` into dita.yaml: from then on each session goes on with that account. --account ${shortName(account)} books it all the same.`
}

function isPaper(account: string): boolean {
  return account.startsWith('paper/')
}

function shortName(account: string): string {
  return account.slice(account.indexOf('/') + 1)
}

/** An account by its whole name, or by what stands behind the venue's where that is said of one only. */
function resolveAccount(names: readonly string[], named: string, storePath: string): string {
  const exact = names.find((name) => name === named)
  const [short, ...others] = names.filter((name) => name.endsWith(`/${named}`))
  if (exact !== undefined) return exact
  if (short !== undefined && others.length === 0) return short
  throw new DitaError('ACCOUNT_UNKNOWN', {
    fault: 'user',
    exitCode: EXIT.usage,
    message:
      short === undefined
        ? `The store ${storePath} has no account ${named}: no session ever traded it.`
        : `${named} can be any of ${[short, ...others].join(', ')}.`,
    next: 'See `dita capital list` for the accounts there are; the money of a new one comes with its first session.',
  })
}

/** Below zero for a withdrawal. */
function readAmount(direction: CapitalDirection, text: string): string {
  const amount = flowAmount(direction, text)
  if (amount !== null) return amount
  const slip = amountSlip(text)
  throw new DitaError('BAD_AMOUNT', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `${JSON.stringify(text)} is no amount: it takes a decimal number above zero, up to 10^15, with at most 18 decimals.`,
    next: [
      ...(slip === null ? [] : [slip]),
      'Write it like 250 or 0.05; whether it comes or goes is said by `deposit` or `withdraw`.',
    ].join(' '),
  })
}

function readAsset(text: string): string {
  if (isAssetName(text)) return text
  const upper = text.toUpperCase()
  throw new DitaError('BAD_ASSET', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `${JSON.stringify(text)} is no name of an asset: those are written in upper case, like USDT.`,
    next: isAssetName(upper) ? `Did you mean ${upper}?` : 'Give the amount first, then the asset: `dita capital deposit 250 USDT`.',
  })
}

const LONGEST_NOTE = 500

function readNote(text: string): string {
  if (text.length <= LONGEST_NOTE) return text
  throw new DitaError('BAD_NOTE', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `The note has ${text.length} characters, and ${LONGEST_NOTE} are kept.`,
    next: 'Write a shorter one after --note.',
  })
}

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/
/** Before it there was none of this to move. */
const EARLIEST_MS = Date.UTC(2009, 0, 3)
const AGO = /^(.+?) ?ago$/

/** Microseconds since 1970: of `2026-01-31T14:25:00Z`, UTC where no zone is said, or of `2h` or `2h ago` before now. */
function readTime(text: string, nowMs: number): number {
  const iso = ISO.exec(text)
  if (iso === null) {
    const before = AGO.exec(text)?.[1] ?? text
    if (!/^\d/.test(before) || /^\d{4}-/.test(before)) throw badTime(text, 'no time')
    return nowMs * 1_000 - parseDuration(before)
  }
  const [, day, minute = '00:00', second = ':00', zone = 'Z'] = iso
  const timeMs = Date.parse(`${day}T${minute}${second}${zone}`)
  // A calendar that has no such day gives another one.
  const calendarMs = Date.parse(`${day}T00:00Z`)
  if (Number.isNaN(timeMs) || Number.isNaN(calendarMs) || !new Date(calendarMs).toISOString().startsWith(`${day}`))
    throw badTime(text, 'no time')
  if (timeMs < EARLIEST_MS) throw badTime(text, 'too long ago')
  if (timeMs > nowMs) throw badTime(text, 'still to come')
  return timeMs * 1_000
}

function badTime(text: string, what: string): DitaError {
  return new DitaError('BAD_TIME', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `${JSON.stringify(text)} is ${what}.`,
    next: 'Write it like 2026-01-31T14:25:00Z, 2026-01-31 or 2h (two hours ago); without a zone it is UTC.',
  })
}

const MOVED_THERE = 'This only books it: the money itself moves at the venue. `dita reconcile` compares the wallet there with the books.'

export function renderCapitalMove(view: CapitalMoveView): string {
  const { account, asset, amount, balanceBefore, balanceAfter, sessionId, happenedAtUs } = view
  const isDeposit = !amount.startsWith('-')
  const what = isDeposit ? `${amount} ${asset} deposited into` : `${amount.slice(1)} ${asset} withdrawn from`
  const when = happenedAtUs === null ? '' : `, as of ${utcText(happenedAtUs)} UTC`
  const where = isPaper(account) ? [] : paragraph(MOVED_THERE)
  return [
    ...paragraph(`${what} ${account}${when}: it holds ${balanceAfter} ${asset} now, ${balanceBefore} before.`),
    ...view.closedAsCrashed.flatMap((id) => paragraph(`Session ${id} had no end: it was closed as crashed.`)),
    ...paragraph(
      sessionId === null
        ? `No session was running: it belongs to none, and the next one of this account starts with it.${namedBy(account)}`
        : `Session ${sessionId} has booked it as capital: it is no profit and no loss of it.`,
    ),
    ...where,
  ].join('\n')
}

/** Without its name in the config, each paper session opens an account of its own. */
function namedBy(account: string): string {
  return isPaper(account) ? ` A session is of this account where dita.yaml says \`paper.account: ${shortName(account)}\`.` : ''
}

/** What was moved, of all accounts or of one. */
export async function listCapitalCommand(storePath: string, options: { readonly account: string | null; readonly limit: number }) {
  const account = options.account === null ? null : resolveAccount(await accountsOfStore(storePath), options.account, storePath)
  return { store: storePath, ...(await capitalOfStore(storePath, { account, limit: options.limit })) }
}

export type CapitalListView = Awaited<ReturnType<typeof listCapitalCommand>>

export function renderCapitalList({ accounts, flows, count }: CapitalListView): string {
  if (accounts.length === 0) return 'This store holds no account yet: run a session with `dita run`.'
  const totals = accounts.flatMap(({ account, assets }) => [
    account,
    ...(assets.length === 0 ? ['  nothing was ever moved'] : []),
    ...assets.map(
      ({ asset, deposited, withdrawn, balance }) => `  ${asset}: ${deposited} in, ${withdrawn} out; the wallet holds ${balance}`,
    ),
  ])
  const lines = flows.flatMap((flow) => {
    const happened = flow.happenedAtUs === null ? '' : `, moved on ${utcText(flow.happenedAtUs)} UTC by the calendar`
    // The time of a paper account is that of the markets it was played, which is none of the calendar's.
    const clock = isPaper(flow.account) ? 'session time' : 'UTC'
    const session = flow.sessionId === null ? 'between sessions' : `in session ${flow.sessionId}`
    const sign = flow.amount.startsWith('-') ? '' : '+'
    return [
      `${utcText(flow.bookedAtUs)} ${clock}  ${sign}${flow.amount} ${flow.asset}  ${flow.account}`,
      ...paragraph(`${session}${happened}: ${flow.note}`, '    '),
    ]
  })
  const left = count - flows.length
  return [
    ...totals,
    '',
    ...(lines.length === 0 ? ['No capital was moved.'] : lines),
    ...(left > 0 ? [`and ${left} earlier; see --limit`] : []),
  ].join('\n')
}
