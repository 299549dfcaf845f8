// What `dita orphan-cleanup` does and how it says so. What may be ended is recovery's to judge.

import { cleanAccount, type OrphansView, type OrphanView } from '../core/session/clean-account.ts'
import { withAccountCare } from './account-care.ts'
import { counted, labelled, paragraph, placeLines, SHOWN, utcText } from './account-text.ts'
import { parseDuration } from './duration.ts'

export interface CleanRequest {
  readonly configPath: string | null
  readonly storePath: string
  /** As it was typed: `7d`. */
  readonly olderThan: string
  readonly dryRun: boolean
  readonly live: boolean
}

/** @throws DitaError where the duration, the config, the store or the venue are in the way */
export async function runCleanupCommand({ olderThan, dryRun, ...request }: CleanRequest): Promise<OrphansView> {
  const olderThanUs = parseDuration(olderThan)
  return await withAccountCare({ ...request, changes: !dryRun }, (parts) => cleanAccount({ ...parts, dryRun, olderThanUs }))
}

/** In words: what was done, and what a dry run would do. */
const OUTCOMES: Readonly<Record<OrphanView['outcome'], readonly [done: string, proposed: string]>> = {
  ended: ['ended as canceled: the venue does not have it', 'would be ended as canceled: the venue does not have it'],
  cancelled: ['it rests at the venue, and its cancel was sent', 'it rests at the venue, and would be cancelled there'],
  known: [
    'the venue knows it: dita reconcile --fix-orphans follows its story',
    'the venue knows it: dita reconcile --fix-orphans follows its story',
  ],
  unclear: ['unclear: nothing is proved either way, and it stays as it is', 'unclear: nothing is proved either way, and it would stay'],
  refused: ['refused by the books', 'refused by the books'],
}

export function renderCleanup(view: OrphansView, olderThan: string): string {
  const { account, host, note, orphans, closedAsCrashed, notices, dryRun } = view
  if (account === null || host === null) return `${note}`
  const hidden = orphans.length - SHOWN
  return [
    ...paragraph(`Orphan cleanup${dryRun ? ', only looked' : ''}: ${verdictOf(view, olderThan)}.`),
    ...placeLines(view),
    ...(note === null ? [] : ['', ...paragraph(note)]),
    ...closedAsCrashed.flatMap((id) => paragraph(`Session ${id} had no end: it was closed as crashed.`)),
    ...orphans.slice(0, SHOWN).flatMap((orphan) => ['', ...orphanLines(orphan, dryRun)]),
    ...(hidden > 0 ? ['', `and ${counted(hidden, 'more order')}; --json lists all`] : []),
    ...youngerLines(view, olderThan),
    ...(notices.length > 0 ? ['', 'The venue had to say:'] : []),
    ...notices.slice(0, SHOWN).flatMap((text) => paragraph(text, '  ')),
  ].join('\n')
}

function verdictOf({ orphans, left, window }: OrphansView, olderThan: string): string {
  const incomplete = window?.complete === false ? '; the look was NOT COMPLETE' : ''
  if (orphans.length === 0)
    return `no order older than ${olderThan} without an answer, and none of ours that should not be there${incomplete}`
  return `${counted(orphans.length, 'order')}, ${left === 0 ? 'none left' : `${left} left`}${incomplete}`
}

/** Not looked at, and not to be forgotten. */
function youngerLines({ younger: { count, oldestSentUs, dueUs } }: OrphansView, olderThan: string): string[] {
  if (oldestSentUs === null || dueUs === null) return []
  const which = count === 1 ? 'It was' : 'The oldest was'
  const what = `Left alone: ${counted(count, 'order')} younger than ${olderThan} without an answer.`
  const when = `${which} sent ${utcText(oldestSentUs)} UTC, and is old enough for this at ${utcText(dueUs)} UTC.`
  return ['', ...paragraph(`${what} ${when} What the venue says of such orders now: dita reconcile`)]
}

function orphanLines({ clientOrderId, instrument, status, sentUs, outcome, words }: OrphanView, dryRun: boolean): string[] {
  return [
    instrument === null ? clientOrderId : `${clientOrderId}  ${instrument}`,
    ...labelled('we believe', status === null ? 'no journal of ours knows it' : status.replaceAll('_', ' ')),
    ...labelled('sent', sentUs === null ? 'not known' : `${utcText(sentUs)} UTC`),
    ...labelled('venue says', words),
    ...labelled('outcome', OUTCOMES[outcome][dryRun ? 1 : 0]),
  ]
}
