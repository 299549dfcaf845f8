// What `dita reconcile` does and how it says so. The comparison itself is the session's and recovery's.

import { type FindingView, type ReconcileView, reconcileAccount } from '../core/session/reconcile-account.ts'
import { withAccountCare } from './account-care.ts'
import { counted, labelled, paragraph, placeLines, SHOWN, utcText } from './account-text.ts'

export interface ReconcileRequest {
  readonly configPath: string | null
  readonly storePath: string
  readonly fixOrphans: boolean
  readonly dryRun: boolean
  /** Every order of ours is taken back as well. */
  readonly cancel: boolean
  /** What no order of ours explains becomes the account's own. */
  readonly assign: boolean
  readonly live: boolean
}

/** @throws DitaError where the config, the store or the venue are in the way */
export function runReconcileCommand({ fixOrphans, dryRun, cancel, assign, ...request }: ReconcileRequest): Promise<ReconcileView> {
  const fix = fixOrphans && !dryRun
  return withAccountCare({ ...request, changes: fix }, (parts) =>
    reconcileAccount({ ...parts, fix, cancel: fix && cancel, assign: fix && assign }),
  )
}

type Action = FindingView['action']

/** In words: what it takes, and what was done. */
const ACTIONS: Readonly<Record<Action, readonly [proposed: string, done: string]>> = {
  adopt: ['take the order on as live', 'taken on as live'],
  cancel: ['cancel the order at the venue', 'its cancel was sent'],
  book_fill: ['book the fill', 'the fill was booked'],
  mark_absent: ['mark the order absent', 'marked absent'],
  quarantine: ['quarantine the order', 'quarantined: a person decides'],
  settle_order: ['settle the order as the venue says', 'settled as the venue says'],
  adjust_position: ["set our position to the venue's", "our position was set to the venue's"],
  ask: ['ask again', 'asked again'],
  none: ['nothing by itself: a person decides', 'nothing'],
}

export function renderReconcile(view: ReconcileView): string {
  const { note, account, findings, alsoDone, notices, closedAsCrashed } = view
  if (account === null) return `${note}`
  const shown = findings.slice(0, SHOWN)
  const left = findings.length - shown.length
  return [
    ...paragraph(`Reconcile: ${verdictOf(view)}.`),
    ...placeLines(view),
    ...labelled('we hold', holdingsText(view)),
    ...(note === null ? [] : ['', ...paragraph(note)]),
    ...closedAsCrashed.flatMap((id) => paragraph(`Session ${id} had no end: it was closed as crashed.`)),
    ...shown.flatMap((found) => ['', ...findingLines(found, view)]),
    ...(left > 0 ? ['', `and ${counted(left, 'more finding')}; --json lists all`] : []),
    ...(alsoDone.length > 0 ? ['', 'Came up on the way:'] : []),
    ...alsoDone.slice(0, SHOWN).flatMap(({ kind, subject, action, refused }) => labelled(kind, `${subject}: ${doneText(action, refused)}`)),
    ...takenBackLines(view),
    ...assignedLines(view),
    ...(notices.length > 0 ? ['', 'The venue had to say:'] : []),
    ...notices.slice(0, SHOWN).flatMap((text) => paragraph(text, '  ')),
    ...nextLines(view),
  ].join('\n')
}

function takenBackLines({ takenBack }: ReconcileView): string[] {
  if (takenBack === null) return []
  const { asked, left } = takenBack
  const cancels = asked === 0 ? 'no order was live' : `the cancel of ${counted(asked, 'order')} was sent`
  const rests = left === 0 ? 'nothing of ours rests at the venue now' : `${counted(left, 'order')} may STILL REST at the venue`
  return ['', ...paragraph(`Taken back: ${cancels}; ${rests}.`)]
}

function assignedLines({ assigned, remaining, holdings, mode, fixed }: ReconcileView): string[] {
  const live = mode === 'live' ? ' --live' : ''
  if (assigned === null) {
    const isLoose = holdings?.positions.some(({ unassigned }) => unassigned !== '0') ?? false
    if (!fixed || !isLoose) return []
    return [
      '',
      ...paragraph(
        `What no order of ours explains keeps new trades back. To make it the account's own: dita reconcile --fix-orphans --assign${live}`,
      ),
    ]
  }
  if (assigned.length === 0) return ['', `Assigned: nothing${remaining === 0 ? ', for every part of the position is explained' : ''}.`]
  const parts = assigned.map(({ instrument, quantity }) => `${quantity} ${instrument}`).join(', ')
  return ['', ...paragraph(`Assigned: ${parts} is the account's own now. \`dita run --strategy flatten${live}\` closes what is held.`)]
}

/** What was found, what became of it, and whether anything waits for somebody. */
function verdictOf({ findings, remaining, drift, fixed, window }: ReconcileView): string {
  const blind = window?.complete === false ? '; the look was NOT COMPLETE' : ''
  if (findings.length === 0) return `our books and the venue agree${blind}`
  const found = counted(findings.length, 'finding')
  const parts = [
    [findings.length - remaining, fixed ? 'mended' : 'gone at the second look'],
    [remaining - drift, 'only shown, with nothing to do'],
    [drift, fixed ? 'not mended' : 'to see to'],
  ] as const
  const told = parts.filter(([count]) => count > 0)
  const [only] = told.length === 1 ? told : []
  const what = only === undefined ? `: ${told.map(([count, each]) => `${count} ${each}`).join(', ')}` : ` ${only[1]}`
  return `${found}${what}${fixed || drift === 0 ? '' : '; this only looked and changed nothing'}${blind}`
}

function holdingsText({ holdings }: ReconcileView): string {
  const { liveOrders = {}, positions = [] } = holdings ?? {}
  const orders = Object.entries(liveOrders).map(([status, count]) => `${count} ${status.replaceAll('_', ' ')}`)
  const open = positions.map(({ instrument, quantity, unassigned }) => {
    return `position ${quantity} ${instrument}${unassigned === '0' ? '' : ` (${unassigned} of it unassigned)`}`
  })
  return [orders.length === 0 ? 'no live orders' : `live orders: ${orders.join(', ')}`, ...(open.length === 0 ? ['flat'] : open)].join('; ')
}

function findingLines(found: FindingView, { fixed, mode }: ReconcileView): string[] {
  const { kind, severity, means, instrument, subject, ours, venues, sinceUs, action, advice, taken, remains, counts } = found
  const what = remains ? (counts ? `remains (${severity})` : 'only shown') : fixed ? 'mended' : 'gone at the second look'
  const proposal = ACTIONS[action][0]
  const live = mode === 'live' ? ' --live' : ''
  const how = action === 'none' || action === 'ask' || fixed ? proposal : `${proposal} (dita reconcile --fix-orphans${live})`
  return [
    `${kind}  ${what}`,
    ...paragraph(means, '  '),
    ...labelled('what', instrument === null || subject === instrument ? subject : `${subject} (${instrument})`),
    ...labelled('we believe', ours),
    ...labelled('venue says', venues),
    ...labelled('since', sinceUs === null ? 'not known' : `${utcText(sinceUs)} UTC`),
    ...taken.flatMap(({ action: done, refused }) => labelled('done', doneText(done, refused))),
    ...(remains && (counts || advice !== null) ? labelled('to do', advice ?? how) : []),
  ]
}

function doneText(action: Action, refused: string | null): string {
  return refused === null ? ACTIONS[action][1] : `could not ${ACTIONS[action][0]}: ${refused}`
}

function nextLines({ drift, fixed, findings, mode, takenBack, holdings }: ReconcileView): string[] {
  const live = mode === 'live' ? ' --live' : ''
  if (drift === 0) {
    const isLeft = Object.keys(holdings?.liveOrders ?? {}).length > 0
    if (!fixed || !isLeft) return []
    const again = 'Look at the account at the venue, then type it again: it asks about each order anew.'
    const rests = `Orders of ours go on resting, and the next session takes them over. To take them back: dita reconcile --fix-orphans --cancel${live}`
    return ['', ...paragraph(takenBack === null ? rests : again)]
  }
  const open = findings.filter(({ remains, counts }) => remains && counts)
  const mendable = fixed ? 0 : open.filter(({ action }) => action !== 'none').length
  const mend = `To mend ${mendable === open.length ? (open.length === 1 ? 'it' : 'them') : `${mendable} of them`}, as far as evidence allows: dita reconcile --fix-orphans${live}`
  const person = 'What remains needs a person: do what stands behind its "to do", then look again: dita reconcile'
  return mendable > 0 ? ['', ...paragraph(mend)] : ['', ...paragraph(person)]
}
