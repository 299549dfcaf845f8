// Chains of update ids on both markets, and snapshots joined to them.

import { describe, expect, test } from 'vitest'
import { dec } from '../../../../src/core/kernel/decimal.ts'
import type { BookLevel } from '../../../../src/core/market/events.ts'
import { DepthChain } from '../../../../src/core/market/recorded/depth-chain.ts'
import type { Diff, Snapshot } from '../../../../src/core/market/recorded/message.ts'

type Pair = readonly [string, string]
const levels = (pairs: readonly Pair[]): BookLevel[] => pairs.map(([price, size]) => ({ price: dec(price), size: dec(size) }))

function spotDiff(firstId: number, lastId: number, bids: readonly Pair[] = [], asks: readonly Pair[] = []): Diff {
  return { timeUs: lastId, venueTimeUs: lastId, firstId, lastId, previousId: null, bids: levels(bids), asks: levels(asks) }
}
function futuresDiff(previousId: number, firstId: number, lastId: number): Diff {
  return { ...spotDiff(firstId, lastId), previousId }
}
function snapshot(updateId: number, bids: readonly Pair[] = [['9', '1']], asks: readonly Pair[] = [['11', '1']]): Snapshot {
  return { timeUs: 1_000, venueTimeUs: null, updateId, bids: levels(bids), asks: levels(asks) }
}
function chainAfter(...diffs: readonly Diff[]): DepthChain {
  const chain = new DepthChain()
  for (const diff of diffs) chain.link(diff)
  return chain
}

describe('spot', () => {
  test.each([
    [spotDiff(6, 9), 'follows'],
    [spotDiff(4, 9), 'follows'],
    [spotDiff(7, 9), 'gap'],
    [spotDiff(3, 5), 'stale'],
    [spotDiff(1, 4), 'stale'],
  ] as const)('after id 5 a diff %# is told rightly', (diff, link) => {
    expect(chainAfter(spotDiff(1, 5)).link(diff)).toBe(link)
  })

  test('the first diff of all begins the chain, and a gap begins it anew', () => {
    const chain = new DepthChain()
    expect([spotDiff(50, 60), spotDiff(70, 80), spotDiff(81, 90)].map((diff) => chain.link(diff))).toEqual(['follows', 'gap', 'follows'])
    expect(chain.lastId).toBe(90)
  })

  test.each([
    [spotDiff(90, 100), 'stale'],
    [spotDiff(95, 101), 'follows'],
    [spotDiff(101, 105), 'follows'],
    [spotDiff(102, 105), 'gap'],
  ] as const)('after a snapshot with id 100 a diff %# is told rightly', (diff, link) => {
    const chain = new DepthChain()
    chain.join(snapshot(100))
    expect(chain.link(diff)).toBe(link)
  })
})

describe('futures', () => {
  test.each([
    [futuresDiff(5, 8, 9), 'follows'],
    [futuresDiff(6, 8, 9), 'gap'],
    [futuresDiff(3, 4, 5), 'stale'],
    [futuresDiff(1, 2, 3), 'stale'],
  ] as const)('after id 5 a diff %# is told rightly', (diff, link) => {
    expect(chainAfter(futuresDiff(0, 1, 5)).link(diff)).toBe(link)
  })

  test.each([
    [futuresDiff(80, 90, 99), 'stale'],
    [futuresDiff(80, 90, 100), 'follows'],
    [futuresDiff(80, 90, 110), 'follows'],
    [futuresDiff(100, 105, 110), 'follows'],
    [futuresDiff(101, 105, 110), 'gap'],
  ] as const)('after a snapshot with id 100 a diff %# is told rightly', (diff, link) => {
    const chain = new DepthChain()
    chain.join(snapshot(100))
    expect(chain.link(diff)).toBe(link)
  })
})

describe('snapshots that come late', () => {
  test('the diffs that are newer are already in it, the older ones are not', () => {
    const chain = chainAfter(
      spotDiff(1, 5, [['8', '7']], [['11', '9']]),
      spotDiff(
        6,
        9,
        [
          ['9', '0'],
          ['8.5', '2'],
        ],
        [['12', '3']],
      ),
      spotDiff(10, 12, [['8.5', '4']], []),
    )
    const joined = chain.join(
      snapshot(
        6,
        [
          ['9', '1'],
          ['7', '1'],
        ],
        [['11', '1']],
      ),
    )
    expect(joined).toMatchObject({ type: 'snapshot', timeUs: 1_000, updateId: 12 })
    expect(joined?.bids).toEqual(
      levels([
        ['8.5', '4'],
        ['7', '1'],
      ]),
    )
    expect(joined?.asks).toEqual(
      levels([
        ['11', '1'],
        ['12', '3'],
      ]),
    )
    expect(chain.link(spotDiff(13, 14))).toBe('follows')
  })

  test('one that does not reach the first diff we have is too old', () => {
    expect(chainAfter(spotDiff(10, 12), spotDiff(13, 15)).join(snapshot(8))).toBeNull()
    expect(chainAfter(spotDiff(10, 12)).join(snapshot(9))).not.toBeNull()
    expect(chainAfter(futuresDiff(5, 10, 12)).join(snapshot(8))).toBeNull()
    expect(chainAfter(futuresDiff(5, 10, 12)).join(snapshot(5))).not.toBeNull()
  })

  test('one as old as before a gap is too old', () => {
    expect(chainAfter(spotDiff(1, 5), spotDiff(8, 9)).join(snapshot(6))).toBeNull()
  })

  test('one that is as new as the last diff, or newer, stands as it is', () => {
    expect(chainAfter(spotDiff(1, 5)).join(snapshot(5))?.bids).toEqual(levels([['9', '1']]))
    const chain = chainAfter(spotDiff(1, 5))
    expect(chain.join(snapshot(9))?.updateId).toBe(9)
    expect(chain.link(spotDiff(6, 9))).toBe('stale')
  })

  test('memory is bounded: after thousands of diffs only the newest can be joined', () => {
    const chain = new DepthChain()
    for (let id = 1; id <= 5_000; id += 1) chain.link(spotDiff(id, id))
    expect(chain.join(snapshot(1_000))).toBeNull()
    expect(chain.join(snapshot(4_500))?.updateId).toBe(5_000)
  })
})
