// One process for one truth log: two would write into one another's account. Owns a lock that ends with its process.

import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { DitaError, EXIT } from '../../errors.ts'

export class TruthLock {
  readonly #server: Server | null

  private constructor(server: Server | null) {
    this.#server = server
  }

  /**
   * Takes the lock of a file that need not exist yet. A name in the system's own table of sockets, which no crash leaves
   * behind; only Linux has it, elsewhere nothing is locked.
   * @throws DitaError TRUTH_BUSY
   */
  static async take(path: string): Promise<TruthLock> {
    if (process.platform !== 'linux') return new TruthLock(null)
    const server = createServer((socket) => socket.destroy())
    const name = createHash('sha256').update(whereabouts(path)).digest('hex')
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(busy(path, error)))
      server.listen(`\0dita-exchange-${name}`, resolve)
    })
    server.unref()
    return new TruthLock(server)
  }

  async release(): Promise<void> {
    const server = this.#server
    if (server?.listening !== true) return
    await new Promise((resolve) => server.close(resolve))
  }
}

/** One name for one file: links of folders are followed. A folder that is missing is told of when the file is opened. */
function whereabouts(path: string): string {
  try {
    return join(realpathSync(dirname(path)), basename(path))
  } catch {
    return path
  }
}

function busy(path: string, cause: Error): DitaError {
  return new DitaError('TRUTH_BUSY', {
    fault: 'user',
    exitCode: EXIT.storeBusy,
    message: `Another exchange is using the truth log ${path}.`,
    next: 'Stop it with Ctrl-C where it runs, or give another file with --truth.',
    cause,
  })
}
