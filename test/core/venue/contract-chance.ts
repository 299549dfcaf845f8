// The last part of the venue's contract: an account that is traded by chance. Whatever happened, both books end as one.

import { expect, test } from 'vitest'
import { abs, formatDecimal, ZERO } from '../../../src/core/kernel/decimal.ts'
import { ORDER_LIVE } from '../../../src/core/kernel/order-table.ts'
import { Random } from '../../simulation/random.ts'
import type { Trader } from './contract-trader.ts'

const STEPS = 14
/** CONTRACT_SEEDS sets how many accounts are traded by chance, CONTRACT_FIRST which is the first. */
const { CONTRACT_SEEDS = '2', CONTRACT_FIRST = '1' } = process.env

export function wholeTests(connected: () => Promise<Trader>): void {
  test.each(Array.from({ length: Number(CONTRACT_SEEDS) }, (_, index) => Number(CONTRACT_FIRST) + index))(
    'whatever is traded, the kernel ends with the books of the venue: position, fills, fees, money (seed %i)',
    async (seed) => {
      const trader = await connected()
      const random = new Random(seed)
      for (let step = 0; step < STEPS; step += 1) {
        const side = random.pick(['buy', 'sell'] as const)
        const kind = random.pick(['market', 'resting', 'crossing', 'ioc', 'cancel'] as const)
        const quantity = `0.${random.between(1, 9)}`
        const touch = side === 'buy' ? 60_000 : 60_001
        const away = (ticks: number): string => String(side === 'buy' ? touch - ticks : touch + ticks)
        const live = trader.orders().filter(({ status }) => ORDER_LIVE[status])
        if (kind === 'market') trader.enter({ side, orderType: 'market', quantity })
        else if (kind === 'resting') trader.enter({ side, price: away(random.between(1, 9)), quantity })
        else if (kind === 'crossing') trader.enter({ side, price: away(-1), quantity: `1${quantity.slice(1)}` })
        else if (kind === 'ioc') trader.enter({ side, price: away(-1), quantity: `1${quantity.slice(1)}`, timeInForce: 'ioc' })
        else if (live.length > 0) trader.cancel(random.pick(live).request.clientOrderId)
        if (random.chance(0.4)) trader.world.prints('sell', '59990', '0.4')
        if (random.chance(0.4)) trader.world.prints('buy', '60010', '0.4')
        if (random.chance(0.5)) await trader.listen()
      }
      await trader.expectAgreement()
      for (const { request, status } of trader.orders()) if (ORDER_LIVE[status]) trader.cancel(request.clientOrderId)
      await trader.until('the end of all orders', () => trader.orders().every(({ status }) => !ORDER_LIVE[status]))
      expect(trader.orders().length).toBeGreaterThan(STEPS / 2)
      await flatten(trader)
      await trader.expectAgreement()
    },
  )
}

/** Until nothing is held: only then is the money a matter of the fills alone, and not of the order in which they were told. */
async function flatten(trader: Trader): Promise<void> {
  const held = trader.position
  if (held === ZERO) return
  const side = held > ZERO ? 'sell' : 'buy'
  const id = trader.enter({ side, price: side === 'sell' ? '60010' : '59990', quantity: formatDecimal(abs(held)) })
  await trader.untilStatus(id, 'acked')
  trader.world.prints(side === 'sell' ? 'buy' : 'sell', side === 'sell' ? '60020' : '59980', '50')
  await trader.untilStatus(id, 'filled')
  expect(trader.position).toBe(ZERO)
}
