// What follows a session's money: where the result came from, what it returned, how deep it fell, how much was at stake. Lead its
// sinks through the session, then ask for the summary.

import type { AttributionSummary, DrawdownSummary, ExposureSummary, ReturnsSummary } from './account-view.ts'
import { attributionSummary, returnsSummary } from './attribution.ts'
import { Drawdown } from './drawdown.ts'
import { EquityCourse, type EquitySink } from './equity-course.ts'
import { Exposure } from './exposure.ts'
import type { MoneyInputs } from './money.ts'
import type { TickSink } from './tick-pass.ts'

export interface AccountSummary {
  readonly attribution: AttributionSummary
  readonly returns: ReturnsSummary
  readonly drawdown: DrawdownSummary
  readonly exposure: ExposureSummary
}

export class AccountCourse {
  readonly #inputs: MoneyInputs
  readonly #equity: EquityCourse
  readonly #drawdown = new Drawdown()
  readonly #exposure: Exposure

  constructor(inputs: MoneyInputs) {
    this.#inputs = inputs
    this.#equity = new EquityCourse(inputs)
    this.#equity.listen(this.#drawdown)
    this.#exposure = new Exposure(inputs)
  }

  get sinks(): readonly TickSink[] {
    return [this.#equity, this.#exposure]
  }

  /** Before the session is led through: tells of equity less capital flows at every tick, and at the end. */
  listen(sink: EquitySink): void {
    this.#equity.listen(sink)
  }

  /**
   * Once, after the last fact, which was at `endUs`; every listener is told of the end. Where the attribution says `why` it is not
   * known, what listeners were told was not known either.
   */
  summary({ strategy, endUs }: { readonly strategy: string; readonly endUs: number }): AccountSummary {
    const equity = this.#equity
    equity.end(endUs)
    const returns = returnsSummary(equity)
    return {
      attribution: attributionSummary(this.#inputs, strategy, equity),
      returns,
      drawdown: this.#drawdown.summary(this.#inputs.own.settle, { why: equity.why, indexWhy: returns.why }),
      exposure: this.#exposure.summary(endUs),
    }
  }
}
