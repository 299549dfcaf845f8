// Loads the live screen, and with it the libraries that draw it. Draws nothing.

import type { startLiveScreen } from '../tui/live-screen.tsx'

/**
 * React comes in two builds, and takes the one for those who work on it, at twice the price of a picture, unless the environment says
 * otherwise while it is loaded. Afterwards the environment is as it was: a strategy may read it.
 */
export async function loadScreen(): Promise<{ readonly startLiveScreen: typeof startLiveScreen }> {
  const { NODE_ENV: before } = process.env
  process.env['NODE_ENV'] = 'production'
  try {
    return await import('../tui/live-screen.tsx')
  } finally {
    if (before === undefined) delete process.env['NODE_ENV']
    else process.env['NODE_ENV'] = before
  }
}
