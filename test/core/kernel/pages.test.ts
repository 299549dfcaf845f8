// The kernel's pages are its tables: a page that is stale fails here. `npx vitest run test/core/kernel/pages.test.ts -u` writes them.

import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { denialsPage, stateMachinesPage } from '../../../scripts/kernel-pages.ts'
import { DENIALS } from '../../../src/core/kernel/denials.ts'
import { ORDER_TABLE } from '../../../src/core/kernel/order-table.ts'
import { SLOT_TABLE } from '../../../src/core/kernel/slot-table.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

test('docs/STATE_MACHINES.md is what the tables say, every row and every column of both', async () => {
  const page = stateMachinesPage()
  for (const state of [...Object.keys(ORDER_TABLE), ...Object.keys(SLOT_TABLE)]) expect(page).toContain(`| **${state}** |`)
  for (const trigger of [...Object.keys(ORDER_TABLE.prepared), ...Object.keys(SLOT_TABLE.idle)]) expect(page).toContain(` ${trigger} |`)
  await expect(page).toMatchFileSnapshot(`${ROOT}docs/STATE_MACHINES.md`)
})

test('docs/DENIALS.md names every code', async () => {
  const page = denialsPage()
  for (const code of Object.keys(DENIALS)) expect(page).toContain(`| \`${code}\` |`)
  await expect(page).toMatchFileSnapshot(`${ROOT}docs/DENIALS.md`)
})
