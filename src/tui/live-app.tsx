// The running screen: the newest model, the terminal's size and the keys. Draws through Screen; decides nothing about
// the session but to ask it for something.

import { type Key, useInput, useStdin, useWindowSize } from 'ink'
import { useRef, useState } from 'react'
import type { SessionViewModel } from '../core/session/view-model.ts'
import { heldPlaces } from './held-places.ts'
import { reachOf } from './page.tsx'
import { layoutFor, Screen } from './screen.tsx'
import { FIRST_STATE, type KeyPress, onKey } from './screen-state.ts'

/** What asked: the key that ends a session in good order, the kill switch, or Ctrl-C, which in raw mode is a key and no signal. */
export type StopCause = 'quit' | 'kill' | 'interrupt'

/** What an operator wants of trading. */
export type TradingKey = 'pause' | 'reduce_only' | 'resume'

/** The state that a key asks for; where trading is there already, the key ends it. */
const ASKS_FOR = { pause: 'halted', reduce_only: 'reducing' } as const

/** A held key, or two pressed at once, come in one piece. What is longer and of many letters was pasted, and means no key. */
const MOST_KEYS_AT_ONCE = 4

interface LiveAppProps {
  /** Null until the session has published for the first time. */
  readonly model: SessionViewModel | null
  readonly connectingTo: string | null
  readonly colour: boolean
  readonly watching: boolean
  readonly stop: (cause: StopCause) => void
  readonly trade: (wish: TradingKey) => void
  readonly redraw: () => void
}

export function LiveApp({ model, connectingTo, colour, watching, stop, trade, redraw }: LiveAppProps) {
  const { columns, rows } = useWindowSize()
  const { isRawModeSupported } = useStdin()
  const [stopAsked, setStopAsked] = useState(false)
  const [state, setState] = useState(FIRST_STATE)
  const [drawn, setDrawn] = useState(model)
  // Several keys may come before the next drawing: the refs know of each at once, the states only after it.
  const current = useRef(FIRST_STATE)
  const asked = useRef(false)
  if (model !== drawn) {
    current.current = heldPlaces(current.current, drawn, model)
    setDrawn(model)
    setState(current.current)
  }
  const askToStop = (cause: StopCause): void => {
    asked.current = true
    // Who only watches leaves the screen: the session itself goes on.
    if (!watching) setStopAsked(true)
    stop(cause)
  }

  const onPress = (press: KeyPress): void => {
    const layout = layoutFor(model, columns, rows, current.current.page)
    const reach = model === null || layout === null ? {} : reachOf({ layout, model, state: current.current })
    const { state: next, wish } = onKey(current.current, press, { watching, reach })
    current.current = next
    setState(next)
    if (wish === null || asked.current) return
    if (wish === 'quit' || wish === 'kill') askToStop(wish)
    else if (model?.phase === 'running') trade(model.trading === ASKS_FOR[wish] ? 'resume' : wish)
  }

  useInput(
    (input, key) => {
      if (key.eventType === 'release') return
      // Every Ctrl-C reaches the session: what a second one means is for the session to say.
      if (key.ctrl && input === 'c') return askToStop('interrupt')
      if (key.ctrl && input === 'l') return redraw()
      if (key.ctrl || key.meta) return
      for (const press of pressesOf(input, key, current.current.typing)) onPress(press)
    },
    { isActive: isRawModeSupported },
  )

  return (
    <Screen
      model={model}
      connectingTo={connectingTo}
      columns={columns}
      rows={rows}
      colour={colour}
      stopAsked={stopAsked}
      state={state}
      keys={isRawModeSupported}
      watching={watching}
    />
  )
}

/** The keys that came, one by one. */
function pressesOf(input: string, key: Key, typing: boolean): KeyPress[] {
  const name = nameOf(key)
  const { shift } = key
  if (name !== null) return [{ name, shift, text: '' }]
  const keys = [...input]
  const isWritten = typing || input.startsWith('/')
  const arePressed = keys.length <= MOST_KEYS_AT_ONCE || new Set(keys).size === 1
  return isWritten || arePressed ? keys.map((text) => ({ name, shift, text })) : []
}

function nameOf(key: Key): KeyPress['name'] {
  if (key.upArrow) return 'up'
  if (key.downArrow) return 'down'
  if (key.leftArrow) return 'left'
  if (key.rightArrow) return 'right'
  if (key.pageUp) return 'pageUp'
  if (key.pageDown) return 'pageDown'
  if (key.home) return 'home'
  if (key.end) return 'end'
  if (key.return) return 'enter'
  if (key.escape) return 'escape'
  // What a terminal sends for the backspace key is told as either.
  if (key.backspace || key.delete) return 'backspace'
  return key.tab ? 'tab' : null
}
