// What `dita halt` says. Text only.

import { haltText } from '../core/halt-reasons.ts'
import { type HaltView, nameOf } from '../core/session/socket/halt-running.ts'
import { killFileAt } from '../core/session/socket/kill-file.ts'
import { counted } from './account-text.ts'

interface HaltTextOptions {
  readonly clear: boolean
  /** Whether a flag or a workspace named the store, or nobody did and it is the one in the user's data folder. */
  readonly isNamed: boolean
}

export function renderHalt(view: HaltView, { clear, isNamed }: HaltTextOptions): string {
  const lines = clear ? clearText(view) : [...endLines(view), ...(isNamed ? [] : elsewhereText(view)), ...leftText(view)]
  if (view.killFile !== null)
    lines.push(`${view.killFile} is there: no session of this folder starts before you remove it or type \`dita halt --clear\`.`)
  return lines.join('\n')
}

/** A session of another folder has a store of its own, and whoever looks for it from here must not take this for a word about it. */
function elsewhereText({ running, sessionId, pid }: HaltView): string[] {
  if (running || sessionId !== null || pid !== null) return []
  return [
    'This folder has no dita.yaml, so that is the default store: a session of another folder is not seen from here.',
    'To halt one: `cd` into its folder, or name its store with `dita halt --store PATH`.',
  ]
}

function leftText({ ordersLeft: left }: HaltView): string[] {
  if (left === null || left.length === 0) return []
  const lines = left.map(({ account, orders }) => `The books still hold ${counted(orders, 'order')} of ${account} as live.`)
  const live = left.some(({ mode }) => mode === 'live') ? ' --live' : ''
  return [
    ...lines,
    'Nobody watches them now: they may rest at the venue, and be filled there.',
    `To take them back, and start nothing: dita reconcile --fix-orphans --cancel${live}`,
    'To only find out what became of them: dita reconcile',
  ]
}

function endLines({ store, running, sessionId, pid, haltReason, haltDetail }: HaltView): string[] {
  const name = nameOf({ sessionId, pid })
  if (running) return [`${name} was told to halt. It may still be taking back its orders.`]
  if (sessionId === null && pid === null) return [`Nothing was halted: no session runs on ${store}.`]
  const how = haltText(haltReason, haltDetail)
  return [`${name} ${how}.`, ...(sessionId === null ? [] : [`What happened in it: dita summarize ${sessionId}`])]
}

function clearText({ store, running, sessionId, pid, cleared }: HaltView): string[] {
  const what = cleared
    ? 'The kill switch is off: sessions may start again.'
    : `The kill switch was not on: there is no ${killFileAt(store)}.`
  return running ? [what, `${nameOf({ sessionId, pid })} is still running.`] : [what]
}
