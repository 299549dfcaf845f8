import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createFramePacer } from '../../src/tui/frame-pacer.ts'

describe('frame pacer', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  function pacerThatCosts(costMs: number) {
    const drawnAtMs: number[] = []
    const draw = () => {
      drawnAtMs.push(Date.now())
      vi.setSystemTime(Date.now() + costMs)
    }
    vi.setSystemTime(0)
    return { drawnAtMs, pacer: createFramePacer({ intervalMs: 100, now: () => Date.now(), draw }) }
  }

  test('many requests in one interval are one drawing, and the first comes at once', () => {
    const { drawnAtMs, pacer } = pacerThatCosts(0)
    for (let index = 0; index < 100; index += 1) pacer.request()
    vi.advanceTimersByTime(1)
    for (let index = 0; index < 100; index += 1) pacer.request()
    vi.advanceTimersByTime(500)
    expect(drawnAtMs).toEqual([0, 100])
  })

  test('requests without end are drawn ten times a second', () => {
    const { drawnAtMs, pacer } = pacerThatCosts(0)
    for (let elapsed = 0; elapsed < 950; elapsed += 1) {
      pacer.request()
      vi.advanceTimersByTime(1)
    }
    expect(drawnAtMs).toHaveLength(10)
  })

  test('nothing is drawn while the last drawing has not been taken, and then the last state at once', () => {
    const drawnAtMs: number[] = []
    let isTaken = false
    vi.setSystemTime(0)
    const pacer = createFramePacer({
      intervalMs: 100,
      now: () => Date.now(),
      draw: () => drawnAtMs.push(Date.now()),
      isTaken: () => isTaken,
    })
    for (let elapsed = 0; elapsed < 950; elapsed += 1) {
      pacer.request()
      vi.advanceTimersByTime(1)
    }
    pacer.flush()
    expect(drawnAtMs).toEqual([])
    isTaken = true
    vi.advanceTimersByTime(100)
    expect(drawnAtMs).toHaveLength(1)
    isTaken = false
    pacer.request()
    pacer.stop()
    isTaken = true
    vi.advanceTimersByTime(1_000)
    expect(drawnAtMs).toHaveLength(1)
  })

  test('a drawing that is dear leaves the session most of the time', () => {
    const { drawnAtMs, pacer } = pacerThatCosts(50)
    for (let elapsed = 0; elapsed < 1_000; elapsed += 1) {
      pacer.request()
      vi.advanceTimersByTime(1)
    }
    expect(drawnAtMs.length).toBeGreaterThan(1)
    expect(drawnAtMs.length).toBeLessThanOrEqual(4)
  })

  test('flush draws what is waiting, once, and nothing where nothing waits', () => {
    const { drawnAtMs, pacer } = pacerThatCosts(0)
    pacer.flush()
    expect(drawnAtMs).toEqual([])
    pacer.request()
    pacer.flush()
    vi.advanceTimersByTime(500)
    expect(drawnAtMs).toEqual([0])
  })

  test('after stop nothing is drawn', () => {
    const { drawnAtMs, pacer } = pacerThatCosts(0)
    pacer.request()
    pacer.stop()
    pacer.request()
    pacer.flush()
    vi.advanceTimersByTime(500)
    expect(drawnAtMs).toEqual([])
  })
})
