// The live screen as one picture: a frame, the header, the panels, the footer. Draws a view model at a given size; owns
// no time, no keys, no terminal.

import { Box } from 'ink'
import type { SessionViewModel } from '../core/session/view-model.ts'
import { hasAlarm } from './alarms.ts'
import { FillsPanel } from './fills-panel.tsx'
import { Footer } from './footer.tsx'
import { Frame } from './frame.tsx'
import { Header } from './header.tsx'
import { InventoryPanel } from './inventory-panel.tsx'
import { type Layout, layoutScreen } from './layout.ts'
import { LimitsPanel } from './limits-panel.tsx'
import { MarketPanel } from './market-panel.tsx'
import { MessagesPanel } from './messages-panel.tsx'
import { OrdersPanel } from './orders-panel.tsx'
import { PnlPanel, pnlRows } from './pnl-panel.tsx'
import { SessionPanel } from './session-panel.tsx'
import { SlotsPanel } from './slots-panel.tsx'
import { ColourContext, Line, span } from './theme.tsx'
import { TooSmall } from './too-small.tsx'

export interface ScreenProps {
  /** Null until the session has published for the first time. */
  readonly model: SessionViewModel | null
  readonly columns: number
  readonly rows: number
  readonly colour: boolean
  /** A person asked the session to stop. */
  readonly stopAsked: boolean
  readonly help: boolean
  readonly keys: boolean
  /** The session runs in another process: the keys leave the screen, and no key stops the session. */
  readonly watching?: boolean
}

export function Screen(props: ScreenProps) {
  return (
    <ColourContext value={props.colour}>
      <Picture {...props} />
    </ColourContext>
  )
}

function Picture({ model, columns, rows, stopAsked, help, keys, watching = false }: ScreenProps) {
  const layout =
    model === null
      ? null
      : layoutScreen(columns, rows, {
          quotes: model.quotes.length,
          pnl: pnlRows(model.pnl),
          assets: model.inventory.length,
          limits: model.limits.length,
          slots: model.slots.length,
          alarm: hasAlarm(model),
        })
  if (model !== null && layout !== null) {
    return (
      <Box width={columns} height={rows}>
        <Frame rects={[layout.header, ...Object.values(layout.panels)]} columns={columns} rows={rows} />
        <Header layout={layout} model={model} stopAsked={stopAsked} />
        <Panels layout={layout} model={model} />
        <Footer layout={layout} counts={model.counts} help={help} keys={keys} watching={watching} />
      </Box>
    )
  }
  const fits = layoutScreen(columns, rows, { quotes: 0, pnl: 0, assets: 0, limits: 0, slots: 0, alarm: false }) !== null
  const waiting = watching ? 'waiting for the session…' : 'dita is starting…'
  if (model === null && fits) return <Line spans={[span(stopAsked ? 'dita is stopping…' : waiting)]} width={columns} />
  return <TooSmall columns={columns} model={model} stopAsked={stopAsked} keys={keys} watching={watching} />
}

interface PanelsProps {
  readonly layout: Layout
  readonly model: SessionViewModel
}

function Panels({ layout: { panels }, model }: PanelsProps) {
  return (
    <>
      {panels.market && <MarketPanel rect={panels.market} model={model} />}
      {panels.pnl && <PnlPanel rect={panels.pnl} pnl={model.pnl} />}
      {panels.inventory && <InventoryPanel rect={panels.inventory} inventory={model.inventory} position={model.position} />}
      {panels.limits && <LimitsPanel rect={panels.limits} limits={model.limits} />}
      {panels.slots && <SlotsPanel rect={panels.slots} slots={model.slots} />}
      {panels.orders && <OrdersPanel rect={panels.orders} orders={model.orders} counts={model.counts} />}
      {panels.fills && <FillsPanel rect={panels.fills} fills={model.fills} count={model.counts.fills} />}
      {panels.messages && <MessagesPanel rect={panels.messages} messages={model.messages} />}
      {panels.session && <SessionPanel rect={panels.session} model={model} />}
    </>
  )
}
