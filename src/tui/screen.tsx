// The live screen as one picture: a frame, the header, a page, the footer. Draws a view model at a given size; owns no time, no keys,
// no terminal.

import { Box } from 'ink'
import type { SessionViewModel } from '../core/session/view-model.ts'
import { hasAlarm } from './alarms.ts'
import { HaltBox, HaltLine, HelpBox } from './boxes.tsx'
import { Footer, type SessionEnd } from './footer.tsx'
import { Frame } from './frame.tsx'
import { Header } from './header.tsx'
import { type LayoutNeeds, layoutScreen } from './layout.ts'
import { Page } from './page.tsx'
import { PAGE, type PageName } from './pages.ts'
import { isStopping } from './phase.ts'
import { pnlRows } from './pnl-panel.tsx'
import { FIRST_STATE, type ScreenState } from './screen-state.ts'
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
  readonly state?: ScreenState
  readonly keys: boolean
  /** The session runs in another process: the keys leave the screen, and no key stops the session. */
  readonly watching?: boolean
  /** Whom the session waits for, before there is anything to be shown. */
  readonly connectingTo?: string | null
}

const NOTHING: LayoutNeeds = {
  ...{ quotes: 0, pnl: 0, assets: 0, limits: 0, slots: 0, figures: 0, markouts: 0, orders: 0, doubts: 0, calls: 0 },
  alarm: false,
}

/** The layout of a page for a model; null where the terminal is too small for one. */
export function layoutFor(model: SessionViewModel | null, columns: number, rows: number, page: PageName) {
  if (model === null) return layoutScreen(columns, rows, NOTHING, page)
  const needs: LayoutNeeds = {
    quotes: model.quotes.length,
    pnl: pnlRows(model.pnl),
    assets: model.inventory.length,
    limits: model.limits.length,
    slots: model.slots.length,
    figures: model.figures.length,
    markouts: model.quoting?.markouts.length ?? 0,
    orders: model.orders.length,
    doubts: model.doubts.length,
    calls: model.calls.length,
    alarm: hasAlarm(model),
  }
  return layoutScreen(columns, rows, needs, page)
}

export function Screen(props: ScreenProps) {
  return (
    <ColourContext value={props.colour}>
      <Picture {...props} />
    </ColourContext>
  )
}

function Picture(props: ScreenProps) {
  const { model, columns, rows, stopAsked, state = FIRST_STATE, keys, watching = false, connectingTo = null } = props
  const { page, help, asking, typing, filters } = state
  const layout = layoutFor(model, columns, rows, page)
  if (layout === null)
    return <TooSmall columns={columns} model={model} stopAsked={stopAsked} asking={asking} keys={keys} watching={watching} />
  if (model === null) {
    if (asking) return <HaltLine columns={columns} />
    const starting = connectingTo === null ? 'dita is starting…' : `connecting to ${connectingTo} …  ${keys ? 'q' : 'Ctrl-C'} gives up`
    return <Line spans={[span(stopAsked ? 'dita is stopping…' : watching ? 'waiting for the session…' : starting)]} width={columns} />
  }
  return (
    <Box width={columns} height={rows}>
      <Frame rects={[layout.header, ...Object.values(layout.panels)]} columns={columns} rows={rows} />
      <Header layout={layout} model={model} stopAsked={stopAsked} watching={watching} keys={keys} />
      <Page layout={layout} model={model} state={state} />
      <Footer
        layout={layout}
        page={page}
        typed={typing ? (filters[page] ?? '') : null}
        keys={keys}
        watching={watching}
        filtered={PAGE[page].canFilter && (filters[page] ?? '') !== ''}
        end={endOf(model, stopAsked)}
      />
      {help && <HelpBox layout={layout} watching={watching} />}
      {asking && <HaltBox layout={layout} />}
    </Box>
  )
}

/** A rehearsed venue ends with the session: there no order stays. */
function endOf(model: SessionViewModel, stopAsked: boolean): SessionEnd {
  if (model.phase === 'halted') return 'over'
  if (!isStopping(model, stopAsked)) return 'not_yet'
  return model.venueHealth !== null && model.orders.length > 0 ? 'stopping_with_orders' : 'stopping'
}
