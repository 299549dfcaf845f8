// The running screen: the newest model, the terminal's size and the keys. Draws through Screen; decides nothing about
// the session but to ask it to stop.

import { useInput, useStdin, useWindowSize } from 'ink'
import { useRef, useState } from 'react'
import type { SessionViewModel } from '../core/session/view-model.ts'
import { Screen } from './screen.tsx'

/** What asked: the key that ends a session in good order, the kill switch, or Ctrl-C, which in raw mode is a key and no signal. */
export type StopCause = 'quit' | 'kill' | 'interrupt'

interface LiveAppProps {
  /** Null until the session has published for the first time. */
  readonly model: SessionViewModel | null
  readonly colour: boolean
  readonly watching: boolean
  readonly stop: (cause: StopCause) => void
  readonly redraw: () => void
}

export function LiveApp({ model, colour, watching, stop, redraw }: LiveAppProps) {
  const { columns, rows } = useWindowSize()
  const { isRawModeSupported } = useStdin()
  const [stopAsked, setStopAsked] = useState(false)
  const [help, setHelp] = useState(false)

  // Two keys may come before the next drawing: the ref knows of the first at once, the state only after it.
  const asked = useRef(false)
  const askToStop = (cause: StopCause): void => {
    asked.current = true
    // Who only watches leaves the screen: the session itself goes on.
    if (!watching) setStopAsked(true)
    stop(cause)
  }

  useInput(
    (input, key) => {
      if (key.eventType === 'release') return
      // Every Ctrl-C reaches the session: what a second one means is for the session to say.
      if (key.ctrl && input === 'c') askToStop('interrupt')
      else if (key.ctrl && input === 'l') redraw()
      else if (key.escape) setHelp(false)
      else if (key.ctrl || key.meta) return
      else if (input === 'q' && !asked.current) askToStop('quit')
      // A capital letter: nobody presses it in passing. Who only watches has `dita halt`.
      else if (input === 'K' && !asked.current && !watching) askToStop('kill')
      else if (input === '?' || input === 'h') setHelp((shown) => !shown)
    },
    { isActive: isRawModeSupported },
  )

  return (
    <Screen
      model={model}
      columns={columns}
      rows={rows}
      colour={colour}
      stopAsked={stopAsked}
      help={help}
      keys={isRawModeSupported}
      watching={watching}
    />
  )
}
