// A page: each panel that its layout has, with the part of the model that it shows and the place its list stands at.

import type { SessionViewModel } from '../core/session/view-model.ts'
import { EntriesPanel } from './entries-panel.tsx'
import { FillsPanel } from './fills-panel.tsx'
import { InventoryPanel } from './inventory-panel.tsx'
import { CallsPanel, DoubtsPanel, doubtParagraphs, StorePanel, VenuePanel } from './journal-panels.tsx'
import type { Layout } from './layout.ts'
import { LimitsPanel } from './limits-panel.tsx'
import { MarketPanel } from './market-panel.tsx'
import { MessagesPanel, messagePieces, piecesAsParagraphs } from './messages-panel.tsx'
import { OrdersPanel } from './orders-panel.tsx'
import { type ListName, PAGE } from './pages.ts'
import { insideOf } from './panel.tsx'
import { furthestParagraph, inSight, type Paragraphs } from './paragraphs.ts'
import { PnlPanel } from './pnl-panel.tsx'
import { MarkoutsPanel, QuotingPanel } from './quoting-panels.tsx'
import type { KeyContext, ScreenState } from './screen-state.ts'
import { FIRST_PLACE, filtered, furthestOf, type ListPlace } from './scroll.ts'
import { SessionPanel } from './session-panel.tsx'
import { SlotsPanel } from './slots-panel.tsx'
import { ROWS_FOR_TITLES } from './table.ts'

interface PageProps {
  readonly layout: Layout
  readonly model: SessionViewModel
  readonly state: ScreenState
}

export function Page({ layout: { panels }, model, state }: PageProps) {
  const words = wordsOf(state)
  const at = (list: ListName): ListPlace => placeOf(list, model, state)
  return (
    <>
      {panels.market && <MarketPanel rect={panels.market} model={model} />}
      {panels.pnl && <PnlPanel rect={panels.pnl} pnl={model.pnl} course={model.course} />}
      {panels.inventory && <InventoryPanel rect={panels.inventory} inventory={model.inventory} position={model.position} />}
      {panels.limits && <LimitsPanel rect={panels.limits} limits={model.limits} />}
      {panels.strategy && (
        <EntriesPanel
          rect={panels.strategy}
          title={model.strategy}
          entries={model.figures.map(({ name, value }) => [name, value] as const)}
          none="it says nothing of itself"
        />
      )}
      {panels.quoting && <QuotingPanel rect={panels.quoting} quoting={model.quoting} />}
      {panels.markouts && <MarkoutsPanel rect={panels.markouts} quoting={model.quoting} />}
      {panels.store && <StorePanel rect={panels.store} model={model} />}
      {panels.venue && <VenuePanel rect={panels.venue} model={model} />}
      {panels.calls && <CallsPanel rect={panels.calls} calls={model.calls} place={at('calls')} />}
      {panels.doubts && <DoubtsPanel rect={panels.doubts} doubts={model.doubts} place={at('doubts')} />}
      {panels.slots && <SlotsPanel rect={panels.slots} slots={model.slots} />}
      {panels.orders && (
        <OrdersPanel rect={panels.orders} orders={filtered(model.orders, words)} counts={model.counts} place={at('orders')} />
      )}
      {panels.fills && (
        <FillsPanel rect={panels.fills} fills={filtered(model.fills, words)} count={model.counts.fills} place={at('fills')} />
      )}
      {panels.messages && <MessagesPanel rect={panels.messages} messages={filtered(model.messages, words)} place={at('messages')} />}
      {panels.session && <SessionPanel rect={panels.session} model={model} />}
    </>
  )
}

function wordsOf({ page, filters }: ScreenState): string {
  return PAGE[page].canFilter ? (filters[page] ?? '') : ''
}

function placeOf(list: ListName, model: SessionViewModel, state: ScreenState): ListPlace {
  const { lists } = PAGE[state.page]
  if (!lists.includes(list)) return FIRST_PLACE
  const filter = wordsOf(state)
  const hidden = model[list].length - filtered<object>(model[list], filter).length
  return { scroll: state.scroll[list] ?? 0, hasFocus: lists.length > 1 && lists[state.focus] === list, filter, hidden }
}

/** How far the lists of the page can be moved, from what is drawn of them. */
export function reachOf({ layout: { panels }, model, state }: PageProps): KeyContext['reach'] {
  const words = wordsOf(state)
  const found: Partial<Record<ListName, Reach>> = {}
  for (const list of PAGE[state.page].lists) {
    const rect = panels[list]
    if (rect === undefined) continue
    const { width, rows } = insideOf(rect)
    const from = state.scroll[list] ?? 0
    const titled = rows >= ROWS_FOR_TITLES ? rows - 1 : rows
    if (list === 'orders' || list === 'fills') found[list] = lineReach(filtered<object>(model[list], words).length, titled)
    else if (list === 'calls') found[list] = lineReach(model.calls.length, rows - 1)
    else if (list === 'doubts') found[list] = paragraphReach(doubtParagraphs(model.doubts, width), from, rows)
    else found[list] = paragraphReach(piecesAsParagraphs(messagePieces(filtered(model.messages, words)), width), from, rows)
  }
  return found
}

interface Reach {
  readonly furthest: number
  readonly page: number
}

function lineReach(length: number, rows: number): Reach {
  return { furthest: furthestOf(length, rows), page: Math.max(1, rows) }
}

/** The last one in sight may be there in part only: it is the first of the next page. */
function paragraphReach(paragraphs: Paragraphs, from: number, rows: number): Reach {
  return { furthest: furthestParagraph(paragraphs, rows), page: Math.max(1, inSight(paragraphs, from, rows) - 1) }
}
