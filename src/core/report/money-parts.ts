// The parts of an explanation about amounts: profit as it was booked, what was traded, what is held. Words only.

import {
  type Block,
  type Cell,
  count,
  money,
  type NamedRow,
  namedRows,
  outside,
  type Part,
  plain,
  profit,
  quantity,
  UNKNOWN,
} from './document.ts'
import { amountText, oneLine, plainText, plural } from './format.ts'
import { alikeAmounts } from './sentence-amounts.ts'
import { amountsForSums, type ShownSum, showsSum } from './shown-sums.ts'
import type { SummaryView } from './summary-view.ts'

export function moneyParts(view: SummaryView): Part[] {
  return [
    { title: 'Money', blocks: [namedRows(profitRows(view)), { lines: [...equityLines(view), ...betweenLines(view)] }] },
    { title: 'Traded', blocks: [tradedTable(view)] },
    { title: 'Inventory', blocks: inventoryBlocks(view) },
  ]
}

/** Of what is open, where the session saw no price. */
function marked(amount: string | null): Cell {
  return amount === null ? plain('no mark') : profit(amount)
}

function profitRows(view: SummaryView): NamedRow[] {
  const { pnl } = view
  const rows: NamedRow[] = [
    ['realised', profit(pnl.realized), pnl.asset],
    ['unrealised', marked(pnl.unrealized), pnl.asset],
  ]
  if (pnl.unrealizedBefore !== '0') rows.push(['less unrealised at the start', marked(pnl.unrealizedBefore), pnl.asset])
  const fees = Object.entries(pnl.feesByAsset)
  if (fees.length === 0) rows.push(['fees', money(pnl.fees), pnl.asset])
  for (const [asset, fee] of fees) rows.push(['fees', money(fee), `${asset}${feeText(view, asset)}`])
  for (const [asset, amount] of Object.entries(pnl.fundingByAsset)) rows.push(['funding', profit(amount), asset])
  rows.push(['net', pnl.net === null ? plain('not known') : profit(pnl.net), pnl.asset])
  return rows
}

function equityLines({ pnl, equity }: SummaryView): string[] {
  if (equity.start === null || equity.end === null || equity.change === null) {
    return [`equity: ${pnl.mark === null ? 'no mark' : 'not known, as something that is owned has no price'}`]
  }
  const { fromTrading, fromHoldings, fromCapital } = equity
  const known = [equity.start, equity.end, equity.change, fromTrading, fromHoldings, fromCapital].filter((amount) => amount !== null)
  const moved = { total: equity.change, parts: [equity.end], less: [equity.start] }
  const parted = { total: equity.change, parts: [fromTrading, fromHoldings, fromCapital].filter((amount) => amount !== null) }
  const isParted = parted.parts.length === 3
  const { text, signed } = amountsForSums(alikeAmounts(known, { most: 6 }), known, isParted ? [moved, parted] : [moved])
  const about = (sum: ShownSum): string => (showsSum(sum, text) ? '' : 'about ')
  const line = `equity ${text(equity.start)} → ${text(equity.end)} ${equity.asset}: ${about(moved)}${signed(equity.change)}`
  const parts = [
    ['from trading', fromTrading],
    [`from the ${priceWord(equity.heldAssets)} of ${equity.heldAssets.join(' and ')} held beside the position`, fromHoldings],
    ['from capital moved', fromCapital],
  ] as const
  const told = parts.filter(([, value]) => value !== '0').map(([name, value]) => `${value === null ? UNKNOWN : signed(value)} ${name}`)
  return told.length === 0 ? [line] : [line, `  of which ${isParted ? about(parted) : ''}${told.join(', ')}`]
}

/** What was booked while no session ran, so that nobody looks for it in vain: it is in no session's figures. */
export function betweenLines({ between }: SummaryView): string[] {
  const { fills, realizedByAsset, feesByAsset, fundingByAsset, capitalByAsset } = between
  const kinds = [
    ['realised', realizedByAsset, 'signed'],
    ['fees', feesByAsset, 'text'],
    ['funding', fundingByAsset, 'signed'],
    ['capital', capitalByAsset, 'signed'],
  ] as const
  const amounts = kinds.flatMap(([word, byAsset, how]) =>
    Object.entries(byAsset).map(([asset, amount]) => {
      const alike = alikeAmounts(
        kinds.flatMap(([, all]) => all[asset] ?? []),
        { most: 6 },
      )
      return `${word} ${alike[how](amount)} ${oneLine(asset)}`
    }),
  )
  const booked = [...(fills === 0 ? [] : [plural(fills, 'fill')]), ...amounts]
  const since = between.sessionBefore === null ? 'before this session' : `between session ${oneLine(between.sessionBefore)} and this one`
  return booked.length === 0
    ? []
    : [`booked ${since}, in the figures of ${between.sessionBefore === null ? 'none' : 'neither'}: ${booked.join(', ')}`]
}

function priceWord(assets: readonly string[]): string {
  return assets.length === 1 ? 'price' : 'prices'
}

/** What fees in another asset than the profit were worth. */
export function feeText({ pnl }: SummaryView, asset: string, text: (amount: string) => string = amountText): string {
  if (asset === pnl.asset) return ''
  const value = pnl.feeValuesByAsset[asset] ?? null
  return value === null ? ' (no price stated)' : ` (${text(value)} ${pnl.asset} when booked)`
}

function tradedTable({ fills, instrument }: SummaryView): Block {
  const side = (name: string, totals: SummaryView['fills']['bought']): Cell[] => [
    plain(name),
    count(totals.count),
    quantity(totals.quantity),
    money(totals.value),
    quantity(totals.averagePrice),
  ]
  return {
    head: ['', 'fills', instrument.quantityAsset, instrument.settle, 'average price'],
    rows: [side('bought', fills.bought), side('sold', fills.sold)],
    right: [1, 2, 3, 4],
  }
}

/** A line an asset: what came from fills alone, what from capital, and what both come to. */
function inventoryBlocks(view: SummaryView): Block[] {
  const { inventory } = view
  const carried = inventory.some((line) => line.before !== '0')
  const funded = inventory.some((line) => line.fromFunding !== '0')
  const rows = inventory.map((line) => [
    outside(line.asset),
    ...(carried ? [money(line.before)] : []),
    profit(line.fromFills),
    profit(line.fromFees),
    ...(funded ? [profit(line.fromFunding)] : []),
    profit(line.fromCapital),
    money(line.total),
  ])
  const head = ['', ...(carried ? ['before'] : []), 'fills only', 'fees', ...(funded ? ['funding'] : []), 'capital', 'total']
  return [{ head, rows, right: [1, 2, 3, 4, 5, 6] }, { lines: view.position.sides.map((side) => positionLine(view, side)) }]
}

function positionLine({ instrument }: SummaryView, position: SummaryView['position']['sides'][number]): string {
  const side = position.side === 'net' ? '' : ` (${position.side})`
  const average = position.averagePrice === null ? '' : ` at ${plainText(position.averagePrice)} on average`
  const before = position.before === '0' ? '' : `, ${plainText(position.before)} before`
  const dust = position.endDust === '0' ? '' : ` (${plainText(position.endDust)} of it dust)`
  return (
    `position${side} ${plainText(position.end)} ${instrument.quantityAsset}${average}${before}: ${plainText(position.endInSlots)} in slots, ` +
    `${plainText(position.endQuoted)} quoted, ${plainText(position.endUnassigned)} unassigned${dust}`
  )
}
