// A BingX venue against the rehearsed exchange, with short times, and bad weather by seed.

import { type FaultRule, randomRules } from '../../../../src/core/exchange/fault-plan.ts'
import { Secret } from '../../../../src/core/secret.ts'
import { type BingxVenue, createBingxVenue } from '../../../../src/core/venue/bingx/bingx-venue.ts'
import { KEY, type Rehearsed, SECRET } from '../../exchange/bingx/rehearsed.ts'
import { INSTRUMENT } from './rig.ts'
import { worldClock } from './world-clock.ts'

/** As a plan by that seed, only worse. */
export function stormyRules(seed: number): FaultRule[] {
  return randomRules(seed).map((rule) => ({
    ...rule,
    where: { ...rule.where, probability: Math.min(0.5, (rule.where.probability ?? 0) * 3) },
  }))
}

export function venueAt({ exchange }: Rehearsed): BingxVenue {
  return createBingxVenue({
    restUrl: exchange.restUrl,
    streamUrl: exchange.streamUrl,
    kind: 'demo',
    credentials: { apiKey: new Secret(KEY), secret: new Secret(SECRET) },
    instrument: INSTRUMENT,
    maxLeverage: null,
    positionMode: 'one_way',
    clock: worldClock(),
    random: () => 0.5,
    log: () => undefined,
    tuning: {
      callTimeoutMs: 600,
      questionPauseMs: 50,
      longestQuestionPauseMs: 400,
      streamPauseMs: 50,
      snapshotIntervalMs: 1_000,
      longestLimitPauseMs: 1_000,
      banPauseMs: 1_000,
      breakerPauseMs: 200,
    },
  })
}
