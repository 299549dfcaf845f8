// What `dita init` asks, as a table, and how answers become a config. An answer is read and checked as the variable of its key
// would be, so that init accepts what a session accepts. Asks nobody.

import { statSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { auditConfig } from '../core/config/audit-config.ts'
import { configKeys } from '../core/config/config-keys.ts'
import type { ConfigMap } from '../core/config/config-values.ts'
import { yamlValue } from '../core/config/describe-config.ts'
import { variableOf } from '../core/config/environment.ts'
import { readConfig } from '../core/config/read-config.ts'
import { DitaError, EXIT } from '../core/errors.ts'
import { BINGX_STREAM_PATH, BUILT_IN_STRATEGIES, LOOPBACK_HOST } from '../core/names.ts'
import type { Arena } from '../core/session/port.ts'
import { escapeText, nearestWord } from '../core/text.ts'
import { amountSlip } from './amount-slip.ts'

/** Without the dashes. */
type Flag =
  | 'mode'
  | 'exchange'
  | 'feed'
  | 'instrument'
  | 'strategy'
  | 'max-drawdown'
  | 'max-loss'
  | 'max-exposure'
  | 'max-order'
  | 'max-inventory'
  | 'order-size'
  | 'money'

/** Answers so far, by the flag that would give them. */
export type Answers = Readonly<Partial<Record<Flag, string | undefined>>>

export interface Question {
  readonly flag: Flag
  readonly path: (answers: Answers) => readonly string[]
  readonly text: (answers: Answers, quote: string) => string
  /** A line above it, after its choices. */
  readonly hint?: string
  /** What may be answered, where it is one of a few. */
  readonly choices?: readonly { readonly value: string; readonly means: string }[]
  /** Beside the choices or instead of them: the path of such a file, which starts where the person is. */
  readonly isPath?: 'recording' | 'strategy'
  /** Beside the choices: the address of an exchange on this machine, as `dita exchange` prints it. */
  readonly isAddress?: boolean
  /** What the answer counts: one amount, or amounts by asset. */
  readonly counts?: 'amount' | 'money'
  readonly applies: (answers: Answers) => boolean
  /** When it applies, for whoever gave the flag when it does not. */
  readonly when?: string
}

export const isPaper = ({ mode }: Answers): boolean => mode === undefined || mode === 'paper'
const isMaker = ({ strategy }: Answers): boolean => strategy === undefined || strategy === 'market_maker'
const isBreakout = ({ strategy }: Answers): boolean => strategy === 'breakout'
const always = (): boolean => true

/** The answer that leaves a venue's addresses out. */
const BINGX_HOST = 'bingx'
/** Where the README starts one. */
const OWN_EXCHANGE = 'http://127.0.0.1:8080'

export const QUESTIONS: readonly Question[] = [
  {
    flag: 'mode',
    path: () => ['mode'],
    text: () => 'Which money do you trade with?',
    choices: [
      { value: 'paper', means: 'none: an exchange on this machine' },
      { value: 'demo', means: 'practice money: at BingX, or an exchange of your own' },
      { value: 'live', means: 'real money; each session asks for --live' },
    ],
    applies: always,
  },
  {
    flag: 'exchange',
    path: () => ['venue', 'rest_url'],
    text: () => 'Which exchange?',
    choices: [
      { value: BINGX_HOST, means: "BingX's own host for practice" },
      { value: OWN_EXCHANGE, means: 'your own, by `dita exchange --port 8080`' },
    ],
    hint: 'Or the REST address that your `dita exchange` prints.',
    isAddress: true,
    applies: ({ mode }) => mode === 'demo',
    when: 'with --mode demo',
  },
  {
    flag: 'feed',
    path: () => ['feed', 'source'],
    text: () => 'Which market?',
    hint: '`simulated`, or the path of a recording.',
    isPath: 'recording',
    applies: isPaper,
    when: 'with --mode paper',
  },
  {
    flag: 'instrument',
    path: () => ['venue', 'instrument'],
    text: () => 'Which instrument?',
    applies: (answers) => !isPaper(answers),
    when: 'with --mode demo or --mode live',
  },
  {
    flag: 'strategy',
    path: () => ['strategy', 'name'],
    text: () => 'Which strategy?',
    choices: [
      { value: 'market_maker', means: 'quotes on both sides of the market' },
      { value: 'breakout', means: 'enters where the price leaves its channel' },
    ],
    hint: 'Or the path of a .ts or .js file of yours.',
    isPath: 'strategy',
    applies: always,
  },
  {
    flag: 'money',
    path: () => ['paper', 'balances'],
    text: () => 'Money of the paper account',
    counts: 'money',
    hint: 'Such as `XRP: 500, RLUSD: 1000`; nothing for the usual, which docs/PAPER.md says.',
    applies: isPaper,
    when: 'with --mode paper',
  },
  {
    flag: 'max-drawdown',
    counts: 'amount',
    path: () => ['risk', 'max_drawdown'],
    text: (_, quote) => `Halt when the account has fallen from its peak by (${quote})`,
    applies: always,
  },
  {
    flag: 'max-loss',
    counts: 'amount',
    path: () => ['risk', 'max_session_loss'],
    text: (_, quote) => `Halt when the session has lost (${quote})`,
    applies: always,
  },
  {
    flag: 'max-exposure',
    counts: 'amount',
    path: () => ['risk', 'max_exposure'],
    text: (_, quote) => `Hold at most (${quote})`,
    applies: always,
  },
  {
    flag: 'max-order',
    counts: 'amount',
    path: () => ['risk', 'max_order_notional'],
    text: (_, quote) => `Largest order (${quote})`,
    applies: always,
  },
  {
    flag: 'max-inventory',
    counts: 'amount',
    path: () => ['strategy', 'market_maker', 'max_inventory_notional'],
    text: (_, quote) => `Inventory beyond which no more is added (${quote})`,
    applies: isMaker,
    when: 'with --strategy market_maker',
  },
  {
    flag: 'order-size',
    counts: 'amount',
    path: (answers) => ['strategy', isBreakout(answers) ? 'breakout' : 'market_maker', 'order_notional'],
    text: (answers, quote) => `Size of ${isBreakout(answers) ? 'an entry' : 'one quote'} (${quote})`,
    applies: (answers) => isMaker(answers) || isBreakout(answers),
    when: 'with a built-in strategy',
  },
]

/** What an answer that is left out comes to; empty where the key has no default of its own. */
export function defaultOf(question: Question, answers: Answers): string {
  if (question.isAddress) return BINGX_HOST
  return usualOf(question.path(answers))
}

/** The default of a key, as a person would write it. */
export function usualOf(path: readonly string[]): string {
  const value = configKeys().find((key) => key.path.join('.') === path.join('.'))?.default
  return value === null || value === undefined ? '' : yamlValue(value)
}

export interface InitPlace {
  /** Where the config will stand. */
  readonly folder: string
  readonly workingFolder: string
  /** What the simulated market trades, and its first price; limits are judged by it. */
  readonly simulated: { readonly instrument: Arena['feed']['instrument']; readonly price: string } | null
  /** What the instrument of a recording is priced in; null where it cannot be told. */
  readonly quoteOfRecording?: (path: string) => Promise<string | null>
}

export interface Problem {
  readonly text: string
  /** As in dita.yaml; the first is the one it was found at. */
  readonly keys: readonly string[]
}

/** What is wrong with answers: none where they make a config that an audit has nothing against. */
export function problemsOf(answers: Answers, place: InitPlace): Problem[] {
  const slips = QUESTIONS.flatMap((question) => {
    const answer = question.applies(answers) ? (answers[question.flag] ?? '') : ''
    const text = answer === '' ? null : slipIn(question, answer, place)
    return text === null ? [] : [{ text, keys: [question.path(answers).join('.')] }]
  })
  // What the config makes of a slip would be told in words that nobody typed.
  return slips.length > 0 ? slips : problemsOfConfig(answers, place)
}

/** What can be said of one answer in the words that it was given in; null where there is nothing. */
function slipIn(question: Question, answer: string, place: InitPlace): string | null {
  const { counts, isPath, isAddress } = question
  if (isAddress && answer !== BINGX_HOST && !isOwnExchange(answer)) return addressSlip(answer)
  if (counts === 'amount' && !/^[+-]?(\d+\.?\d*|\.\d+)$/.test(answer))
    return [`${shown(answer)} is no amount.`, amountSlip(answer) ?? []].flat().join(' ')
  if (counts === 'money' && !/:\s/.test(answer))
    return `${shown(answer)} is no amount of an asset: write it as in \`XRP: 500, RLUSD: 1000\`.`
  if (isPath === undefined || isWord(question, answer)) return null
  // A workspace that closes what is held whenever it runs is for nobody.
  if (isPath === 'strategy' && BUILT_IN_STRATEGIES.some((name) => name === answer))
    return `${shown(answer)} is for one session, in which it closes what is held, and for no workspace: \`dita run --strategy ${answer}\`.`
  const path = resolve(place.workingFolder, answer)
  const stats = statsOf(path)
  if (stats?.isFile()) return null
  if (stats !== undefined) return `${shown(answer)} is no file.`
  // A word alone was hardly meant as a path.
  if (/[/.]/.test(answer)) return `There is no ${isPath} at ${path}.`
  const meant = nearestWord(answer, wordsFor(question))
  return `${shown(answer)} is no ${isPath}, and no file of that name is here.${meant === null ? '' : ` Did you mean \`${meant}\`?`}`
}

/** What `dita exchange` prints: a port of this machine, without TLS, and nothing behind it. */
function isOwnExchange(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && url.protocol === 'http:' && LOOPBACK_HOST.test(url.hostname) && url.port !== '' && url.href === `${url.origin}/`
}

function addressSlip(answer: string): string {
  const slip = `${shown(answer)} is no address of a \`dita exchange\`: write it as in \`${OWN_EXCHANGE}\`, or \`${BINGX_HOST}\`.`
  const isElsewhere = /^https?:$/.test(URL.parse(answer)?.protocol ?? '')
  return isElsewhere ? `${slip} Any other exchange is named in dita.yaml, by \`venue.rest_url\` and \`venue.stream_url\`.` : slip
}

/** What cannot be looked at is as good as not there. */
function statsOf(path: string): ReturnType<typeof statSync> | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

function shown(answer: string): string {
  return `\`${escapeText(answer.slice(0, 60))}\``
}

/** What may be answered that is no path. `live` is for the config to refuse, with its reason. */
function wordsFor({ flag, choices = [] }: Question): readonly string[] {
  return flag === 'feed' ? ['simulated', 'live'] : choices.map(({ value }) => value)
}

function isWord(question: Question, answer: string): boolean {
  return wordsFor(question).includes(answer)
}

function problemsOfConfig(answers: Answers, place: InitPlace): Problem[] {
  const isSimulated = isPaper(answers) && (answers.feed ?? 'simulated') === 'simulated'
  const market = (isSimulated ? place.simulated : null) ?? { instrument: null, price: null }
  const evidence = { durationUs: HALF_AN_HOUR_US, ...market, rehearsal: null, parts: [], askedVenue: null }
  const { findings } = auditConfig(readingOf(answers, place), { ...evidence, seen: { readersOf: () => [], isWhole: false } })
  return findings.filter(({ severity }) => severity !== 'note').map(({ text, keys }) => ({ text, keys }))
}

const HALF_AN_HOUR_US = 1_800_000_000

/** The keys that the answers set, as they are to be written. */
export function chosenOf(answers: Answers, place: InitPlace): ConfigMap {
  return readingOf(answers, place).tree
}

function readingOf(answers: Answers, place: InitPlace): ReturnType<typeof readConfig> {
  const environment: Record<string, string> = {}
  for (const question of QUESTIONS) {
    const answer = answers[question.flag]
    if (answer === undefined || answer === '' || !question.applies(answers)) continue
    if (question.isAddress) Object.assign(environment, addressesOf(answer))
    else environment[variableOf(question.path(answers))] = question.isPath !== undefined ? fromFolder(question, answer, place) : answer
  }
  // A venue's own market is the only one that orders there may go by.
  if (!isPaper(answers)) environment[variableOf(['feed', 'source'])] = 'live'
  return readConfig({ file: null, environment })
}

/** Both of an exchange of one's own: where it is called, and where it is listened to. */
function addressesOf(answer: string): Record<string, string> {
  if (!isOwnExchange(answer)) return {}
  const { origin, host } = new URL(answer)
  return { [variableOf(['venue', 'rest_url'])]: origin, [variableOf(['venue', 'stream_url'])]: `ws://${host}${BINGX_STREAM_PATH}` }
}

/** A path as it is written in a file of the folder; a word that is no path stays. */
function fromFolder(question: Question, answer: string, { folder, workingFolder }: InitPlace): string {
  if (isWord(question, answer) || answer.startsWith('/')) return answer
  const path = relative(resolve(folder), resolve(workingFolder, answer))
  return path.startsWith('.') ? path : `./${path}`
}

/** @throws DitaError BAD_ANSWER (exit 2) for flags that do not apply or that make no good config */
export function checkFlags(answers: Answers, place: InitPlace): void {
  for (const { flag, applies, when } of QUESTIONS) {
    if (answers[flag] === undefined || applies(answers)) continue
    throw badAnswer(`--${flag} is only for a workspace ${when ?? 'of another kind'}.`, 'Leave it out, or give what it goes with.')
  }
  const problems = problemsOf(answers, place)
  if (problems.length > 0) {
    throw badAnswer(
      problems.map((problem) => `${flagsOf(problem, answers)}${problem.text}`).join('\n'),
      'Give other values; docs/CONFIG.md says what each key can be.',
    )
  }
}

/** The flags that a problem comes from, since nobody has typed the names of keys. */
function flagsOf({ keys }: Problem, answers: Answers): string {
  const flags = QUESTIONS.filter(({ flag, path }) => answers[flag] !== undefined && keys.includes(path(answers).join('.')))
  return flags.length === 0 ? '' : `${flags.map(({ flag }) => `--${flag}`).join(', ')}: `
}

function badAnswer(message: string, next: string): DitaError {
  return new DitaError('BAD_ANSWER', { fault: 'user', exitCode: EXIT.usage, message, next })
}
