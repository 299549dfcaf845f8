// What a session trades in: rehearsed in this process, or in the world. Chooses; the arenas do the work.

import type { Arena, ArenaOptions } from './port.ts'

/**
 * @throws DitaError with exit code 7 where a feed or a venue cannot be reached, 4 where what it says contradicts the config
 */
export async function openArena(options: ArenaOptions, signal: AbortSignal): Promise<Arena> {
  if (options.config.mode === 'paper') {
    const { openPaperArena } = await import('./paper-arena.ts')
    return openPaperArena(options)
  }
  const { openBingxArena } = await import('./bingx-arena.ts')
  return openBingxArena(options, signal)
}
