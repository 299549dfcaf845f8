// The world's clock, for tests over real sockets.

import type { BingxClock } from '../../../../src/core/venue/bingx/options.ts'

export function worldClock(): BingxClock {
  return {
    nowUs: () => Date.now() * 1_000,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) {
          resolve()
          return
        }
        const done = () => {
          clearTimeout(timer)
          signal.removeEventListener('abort', done)
          resolve()
        }
        const timer = setTimeout(done, Math.max(0, ms))
        signal.addEventListener('abort', done, { once: true })
      }),
  }
}
