// A second signal, while the first one is still being answered: real processes, an exchange that is slow to cancel.

import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openRehearsal } from '../../src/core/exchange/bingx/open-rehearsal.ts'
import { ORDER_LIVE, type OrderStatus } from '../../src/core/kernel/order-table.ts'
import { BIN } from '../cli/dita.ts'
import { Tmux } from '../tui/tmux.ts'
import { query, queryOne, temporaryFolder } from './harness.ts'
import { startDita } from './processes.ts'

const SLOW_CANCELS = 'faults:\n  - fault: delay\n    on: { endpoint: cancel }\n    ms: 20000\n    side: admission\n'

/** A workspace whose sessions trade at an exchange of the test's own. */
async function workspace(): Promise<string> {
  const cwd = temporaryFolder()
  writeFileSync(join(cwd, 'plan.yaml'), SLOW_CANCELS)
  const exchange = await openRehearsal({
    ...{ port: 0, feed: 'simulated', seed: 7, speed: 1, faultPlanPath: join(cwd, 'plan.yaml'), faultSeed: null },
    truthPath: join(cwd, 'truth.jsonl'),
    credentials: { apiKey: 'test-key', secret: 'test-secret' },
    controlToken: 'token',
    balance: '10000',
    onFailure: (error) => {
      throw error
    },
  })
  onTestFinished(() => exchange.close())
  writeFileSync(join(cwd, 'keys'), 'api_key=test-key\napi_secret=test-secret\n', { mode: 0o600 })
  const venue = { rest_url: exchange.restUrl, stream_url: exchange.streamUrl, credentials_file: './keys' }
  writeFileSync(join(cwd, 'dita.yaml'), JSON.stringify({ mode: 'demo', feed: { source: 'live' }, venue, risk: { max_leverage: 20 } }))
  return cwd
}

const waitFor = async (holds: () => boolean): Promise<void> => {
  for (let round = 0; round < 600 && !holds(); round += 1) await new Promise((resolve) => setTimeout(resolve, 50))
  expect(holds()).toBe(true)
}

const LEFT =
  /^Left at once: the books still hold (1 order as live, and nobody watches it\. To take it|\d+ orders as live, and nobody watches them\. To take them) back: `dita reconcile --fix-orphans --cancel`$/m

test('L02 a second signal leaves at once: what rests is left, said, and found by the next start', async () => {
  const cwd = await workspace()
  const store = join(cwd, '.dita', 'dita.db')
  const dita = startDita(['run', '--duration', '10m', '--session', 'first', '--json'], { cwd })
  const statuses = (): OrderStatus[] => {
    const [table] = query(store, "SELECT 1 FROM sqlite_schema WHERE name = 'orders'")
    return table === undefined ? [] : query<{ status: OrderStatus }>(store, 'SELECT status FROM orders').map(({ status }) => status)
  }
  await waitFor(() => existsSync(store) && statSync(store).size > 0 && statuses().includes('acked'))
  dita.process.kill('SIGTERM')
  // The system may hand over two that are pending in another order: the first has to be heard.
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  dita.process.kill('SIGINT')
  const { code, stderr } = await dita.ended
  expect(code).toBe(130)
  expect(stderr).toMatch(LEFT)
  expect(queryOne(store, "SELECT halt_reason FROM sessions WHERE session_id = 'first'")).toEqual({ halt_reason: null })
  expect(statuses().some((status) => ORDER_LIVE[status])).toBe(true)
})

test.skipIf(!Tmux.isInstalled())('L02 a second Ctrl-C on the screen gives the terminal back and says what is left', async () => {
  const cwd = await workspace()
  const terminal = new Tmux({
    name: `dita-twice-${process.pid}`,
    columns: 160,
    rows: 30,
    environment: { CI: '', LC_ALL: 'C.UTF-8', TERM: 'screen-256color' },
    command: `cd '${cwd}'; '${process.execPath}' '${BIN}' run --duration 10m --session first; echo "left with $?"`,
  })
  onTestFinished(() => terminal.close())
  const first = await terminal.until((picture) => /our ask +\d.*acked/.test(picture) && picture.includes('● running'))
  expect(first.join('\n')).toContain('config dita.yaml, store .dita/dita.db')
  terminal.press('C-c')
  await terminal.until((picture) => picture.includes('leave now, orders stay'))
  terminal.press('C-c')
  const left = await terminal.until((picture) => picture.includes('left with 130'))
  expect(left.join('\n')).toMatch(LEFT)
  expect([terminal.isOnAlternateScreen(), terminal.isCursorVisible()]).toEqual([false, true])
})
