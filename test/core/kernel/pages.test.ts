// The kernel's pages are its tables: a page that is stale fails here. `npx vitest run test/core/kernel/pages.test.ts -u` writes them.

import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { denialsPage, stateMachinesPage } from '../../../scripts/kernel-pages.ts'
import { DENIALS } from '../../../src/core/kernel/denials.ts'
import { ORDER_TABLE } from '../../../src/core/kernel/order-table.ts'
import { SLOT_TABLE } from '../../../src/core/kernel/slot-table.ts'
import { TRADING_TABLE } from '../../../src/core/kernel/trading-table.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const TABLES: readonly Readonly<Record<string, Readonly<Record<string, string>>>>[] = [ORDER_TABLE, SLOT_TABLE, TRADING_TABLE]

test('T01 docs/STATE_MACHINES.md is what the tables say, every cell of all three, with a diagram of each', async () => {
  const page = stateMachinesPage()
  for (const table of TABLES) {
    const triggers = Object.keys(Object.values(table)[0] ?? {})
    expect(page).toContain(`| | ${triggers.join(' | ')} |`)
    for (const [state, cells] of Object.entries(table)) {
      expect(page).toContain(
        `| **${state}** | ${triggers.map((trigger) => (cells[trigger] === 'same' ? '·' : cells[trigger])).join(' | ')} |`,
      )
      for (const [trigger, to] of Object.entries(cells)) {
        if (to in table && to !== state) expect(page).toMatch(new RegExp(`^  ${state} --> ${to}:.* ${trigger}(,|$)`, 'm'))
      }
    }
  }
  expect(page.split('stateDiagram-v2')).toHaveLength(1 + TABLES.length)
  await expect(page).toMatchFileSnapshot(`${ROOT}docs/STATE_MACHINES.md`)
})

test('docs/DENIALS.md names every code with what it means and the keys of its context', async () => {
  const page = denialsPage()
  for (const [code, [meaning, context = '']] of Object.entries<readonly [string, string?]>(DENIALS)) {
    const keys = context === '' ? [] : context.split(' ').map((key) => `\`${key}\``)
    expect(page).toContain(`| \`${code}\` | ${meaning} | ${keys.join(', ')} |`)
  }
  await expect(page).toMatchFileSnapshot(`${ROOT}docs/DENIALS.md`)
})
