// What we can see of the account at BingX: whether its stream is open, and whether looks at it succeed. It asks nothing itself.

import type { VenueHealth } from '../port.ts'

export class Sight {
  #streamLostUs: number | null = null
  #isAccountLost = false
  #accountSeenUs: number | null = null

  streamOpened(): void {
    this.#streamLostUs = null
  }

  streamLost(nowUs: number): void {
    this.#streamLostUs ??= nowUs
  }

  looked(isWhole: boolean, nowUs: number): void {
    this.#isAccountLost = !isWhole
    if (isWhole) this.#accountSeenUs = nowUs
  }

  get isAccountLost(): boolean {
    return this.#isAccountLost
  }

  view(): Pick<VenueHealth, 'streamLostUs' | 'accountLostUs'> {
    return { streamLostUs: this.#streamLostUs, accountLostUs: this.#isAccountLost ? this.#accountSeenUs : null }
  }
}
