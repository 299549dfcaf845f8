// The pages of the kernel, made from its tables: docs/STATE_MACHINES.md and docs/DENIALS.md are their texts.

import { DENIALS } from '../src/core/kernel/denials.ts'
import { CANCEL_PENDING, ORDER_LIVE, ORDER_TABLE } from '../src/core/kernel/order-table.ts'
import { SLOT_TABLE } from '../src/core/kernel/slot-table.ts'
import { TRADING_TABLE } from '../src/core/kernel/trading-table.ts'

type Table = Readonly<Record<string, Readonly<Record<string, string>>>>

export function stateMachinesPage(): string {
  const live = Object.entries(ORDER_LIVE).flatMap(([status, isLive]) => (isLive ? [`\`${status}\``] : []))
  const pending = Object.entries(CANCEL_PENDING).flatMap(([state, isPending]) => (isPending ? [`\`${state}\``] : []))
  return [
    '# State machines',
    '',
    'Made from `order-table.ts`, `slot-table.ts` and `trading-table.ts` in `src/core/kernel`, where every surprising cell says why. Rows are what is,',
    'columns are what happens. `·` changes nothing; `conflict` cannot both be true: recorded and alarmed; `refused` is denied before it',
    'becomes a fact. A fill is booked whatever the cell says, because the money moved.',
    '',
    '## Orders',
    '',
    ...tableOf(ORDER_TABLE),
    '',
    `May still be filled, or must be assumed to: ${live.join(', ')}. A cancel is a dimension of its own; it is under way while it is ${pending.join(', ')}.`,
    '',
    ...diagramOf(ORDER_TABLE, 'prepared'),
    '',
    '## Slots',
    '',
    'Stages only move forward. A closed slot is used again by a new trade, which starts from nothing at `idle`.',
    '',
    ...tableOf(SLOT_TABLE),
    '',
    ...diagramOf(SLOT_TABLE, 'idle'),
    '',
    '## Trading',
    '',
    'What an account may send at all. `active` holds nothing back; `reducing` lets only orders pass that lower the absolute position, all',
    'working orders counted; `halted` lets cancels pass, and nothing else. A session opens active. `halt` is for good: only the next session is',
    'active again. What changes nothing is denied, and every change is a fact.',
    '',
    ...tableOf(TRADING_TABLE),
    '',
    ...diagramOf(TRADING_TABLE, 'active'),
    '',
  ].join('\n')
}

export function denialsPage(): string {
  const rows = Object.entries<readonly [means: string, context?: string]>(DENIALS).map(([code, [meaning, context]]) => {
    const keys = (context?.split(' ') ?? []).map((key) => `\`${key}\``)
    return `| \`${code}\` | ${meaning} | ${keys.join(', ')} |`
  })
  return [
    '# Denials',
    '',
    'Why the kernel refuses an intent. A denial is a fact: it is journaled with the intent, the field that offended and its value, and shown',
    'as `field=value`. The context names the figures that it was judged by, as `key=value`. The codes and keys are part of the interface.',
    'Made from `src/core/kernel/denials.ts`.',
    '',
    '| code | meaning | context |',
    '|---|---|---|',
    ...rows,
    '',
    '## What is not counted, and why',
    '',
    '- A quote that its own replacement pushes out is not counted against the limits: its cancel leaves first, and counting both would',
    '  halve what may be quoted. A cancel that loses the race can so pass a limit by one quote, which the gates of the session then see.',
    '- Exits are held to the trading state, the shape of the order, the direction while reducing, the collar on its costly side, the',
    '  rate limit of the venue and the coins that are there. Sizes, rates, margin and the age of the market do not hold them up: there',
    '  must be a way out.',
    '- What lowers a position, or the exposure of its asset, passes the limit that it is above.',
    '- A position without a mark cannot be valued: nothing is added to it before there is one.',
    '- Taking back everything on an instrument is never refused, and counts against no rate.',
    '',
  ].join('\n')
}

function tableOf(table: Table): string[] {
  const triggers = Object.keys(Object.values(table)[0] ?? {})
  const rows = Object.entries(table).map(
    ([state, cells]) => `| **${state}** | ${triggers.map((trigger) => (cells[trigger] === 'same' ? '·' : cells[trigger])).join(' | ')} |`,
  )
  return [`| | ${triggers.join(' | ')} |`, `|---|${triggers.map(() => '---|').join('')}`, ...rows]
}

/** One arrow from a state to another, with all that leads there. */
function diagramOf(table: Table, start: string): string[] {
  const arrows = new Map<string, string[]>()
  for (const [from, cells] of Object.entries(table)) {
    for (const [trigger, to] of Object.entries(cells)) {
      if (!(to in table) || to === from) continue
      const arrow = `${from} --> ${to}`
      arrows.set(arrow, [...(arrows.get(arrow) ?? []), trigger])
    }
  }
  return ['```mermaid', 'stateDiagram-v2', `  [*] --> ${start}`, ...[...arrows].map(([arrow, by]) => `  ${arrow}: ${by.join(', ')}`), '```']
}
