// The two who may look on at a session: its own screen, which is shown everything that happens, and the control socket,
// which is shown what somebody out there has time for. One that fails is told of and left out; the other goes on.

import type { SessionObserver } from '../run-session.ts'
import type { SessionViewModel } from '../view-model.ts'

export interface LookingOn {
  /** Whether a model is worth building now: `hasNews` says that something happened which the last one did not show. */
  wants(hasNews: boolean): boolean
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
    wants(hasNews) {
      // Both are asked, each counts its own time. News alone are no reason for the socket: with nobody there, a model is wasted.
      const forScreen = screen !== null && asks(screen, () => hasNews || screen.wants())
      const forSocket = asks(socket, () => socket.wants())
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
