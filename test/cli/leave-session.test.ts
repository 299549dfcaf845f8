// What is said by a session that is left at once, for each place that it may be left at. Real signals and keys to real processes are sent
// in test/session/second-signal.test.ts.

import { describe, expect, test } from 'vitest'
import { Leaving } from '../../src/cli/leave-session.ts'
import { SessionControl } from '../../src/core/session/control.ts'

const HALT = { reason: 'interrupted_sigint', detail: null } as const
const OUTCOME = { sessionId: 's', halt: HALT, exitCode: 130, crashedBefore: [], warnings: [] } as const

function rig({ isRehearsed = false, namedStore = null as string | null } = {}) {
  const did: string[] = []
  const time = { ms: 0 }
  const control = new SessionControl()
  const leaving = new Leaving({
    sessionId: 's',
    namedStore,
    isRehearsed,
    control,
    nowMs: () => time.ms,
    write: (line) => did.push(line),
    exit: (exitCode) => did.push(`exit ${exitCode}`),
  })
  leaving.restore = () => did.push('restored')
  return { leaving, control, time, did }
}

describe('a session that is left at once', () => {
  test('L02 in the world says how many orders it leaves, after it gave the terminal back', () => {
    const said = (liveOrders: number): string[] => {
      const { leaving, did } = rig()
      leaving.standing = () => ({ isOver: false, liveOrders })
      leaving.leave(143)
      return did
    }
    const next = '`dita reconcile --fix-orphans --cancel`'
    expect(said(1)).toEqual([
      'restored',
      `Left at once: the books still hold 1 order as live, and nobody watches it. To take it back: ${next}`,
      'exit 143',
    ])
    expect(said(3)[1]).toBe(`Left at once: the books still hold 3 orders as live, and nobody watches them. To take them back: ${next}`)
    expect(said(0)[1]).toBe('Left at once: the books hold no order as live, and the next session in this store writes the end of s.')
  })

  test('of a store that was named names it in what is to be typed', () => {
    const { leaving, did } = rig({ namedStore: '/a b/dita.db' })
    leaving.standing = () => ({ isOver: false, liveOrders: 1 })
    leaving.leave(130)
    expect(did[1]).toMatch(/: `dita reconcile --fix-orphans --cancel --store '\/a b\/dita\.db'`$/)
  })

  test('rehearsed leaves nothing anywhere, and one that had not begun says so', () => {
    const { leaving, did } = rig({ isRehearsed: true })
    leaving.leave(130)
    leaving.standing = () => ({ isOver: false, liveOrders: 2 })
    leaving.leave(130)
    expect(did.filter((line) => line.startsWith('Left'))).toEqual([
      'Left at once: session s had not begun to trade.',
      'Left at once: nothing rests anywhere, and the next session in this store writes the end of s.',
    ])
  })

  test('that ended between two presses goes on to its summary; later it says that it is over', () => {
    const { leaving, control, time, did } = rig()
    control.requestStop(HALT)
    leaving.standing = () => ({ isOver: true, liveOrders: 0 })
    time.ms = 999
    leaving.leave(130)
    leaving.ended(OUTCOME)
    leaving.leave(130)
    expect(did).toEqual([])
    time.ms = 1_000
    leaving.leave(130)
    expect(did).toEqual(['restored', 'Session s ended: Ctrl-C, exit code 130. What happened in it: `dita summarize s`.', 'exit 130'])
  })

  test('whose end is written, and which is not closed yet, says that as well', () => {
    const { leaving, control, time, did } = rig()
    control.requestStop(HALT)
    leaving.standing = () => ({ isOver: true, liveOrders: 0 })
    time.ms = 5_000
    leaving.leave(130)
    expect(did[1]).toBe('Session s is over, and its end is written. What happened in it: `dita summarize s`.')
  })
})
