// The two who may look on at a session: its own screen or its plain lines, and the control socket. One that fails is told of and left out; the other goes on.

import type { SessionObserver } from '../port.ts'
import type { SessionViewModel } from '../view-model.ts'

export interface LookingOn {
  /** Whether a model is worth building now. */
  wants(hasNews: boolean, nowUs: number): boolean
  publish(model: SessionViewModel): void
}

export interface LookingOnOptions {
  readonly screen: SessionObserver | null
  readonly socket: SessionObserver
  readonly failed: (error: unknown) => void
}

export function observeTogether({ screen, socket, failed }: LookingOnOptions): LookingOn {
  const left = new Set(screen === null ? [socket] : [screen, socket])
  const asks = (observer: SessionObserver, work: () => boolean): boolean => {
    if (!left.has(observer)) return false
    try {
      return work()
    } catch (thrown) {
      left.delete(observer)
      failed(thrown)
      return false
    }
  }
  return {
    wants(hasNews, nowUs) {
      // Both are asked, each counts its own time.
      const forScreen = screen !== null && asks(screen, () => screen.wants(hasNews, nowUs))
      const forSocket = asks(socket, () => socket.wants(hasNews, nowUs))
      return forScreen || forSocket
    },
    publish(model) {
      for (const observer of [...left]) {
        asks(observer, () => {
          observer.publish(model)
          return true
        })
      }
    },
  }
}
