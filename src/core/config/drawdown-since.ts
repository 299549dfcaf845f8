// From when on peaks of the equity count for the drawdown, and whether a session ever comes to that time. Reads a config, stops nothing.

import { DitaError, EXIT } from '../errors.ts'
import { ZERO } from '../kernel/decimal.ts'
import type { Config, RiskConfig } from './config.ts'

/** Null: all peaks count. */
export function drawdownSinceUs({ drawdownSince }: RiskConfig): number | null {
  return drawdownSince === null ? null : Date.parse(drawdownSince) * 1_000
}

/**
 * A sentence, where the gate would be off when a session begins at `startUs`: no peak counts before `drawdown_since`, so that nothing
 * is a fall, while everything says that the limit is in force. Null where it is on, or where there is no limit.
 */
export function gateOffText({ mode, risk }: Pick<Config, 'mode' | 'risk'>, startUs: number): string | null {
  const sinceUs = drawdownSinceUs(risk)
  if (sinceUs === null || sinceUs <= startUs || risk.maxDrawdown === ZERO) return null
  const clock = mode === 'paper' ? 'by the clock of its feed, which is the time that counts on paper' : 'now'
  const begin = `${new Date(startUs / 1_000).toISOString().slice(0, 19)}Z`
  return `\`risk.drawdown_since\` (${risk.drawdownSince}) is after the session's begin, ${begin} ${clock}: until then no peak would count, and \`risk.max_drawdown\` would stop nothing.`
}

/** @throws DitaError DRAWDOWN_SINCE_AHEAD (exit 4) */
export function refuseGateOff(config: Pick<Config, 'mode' | 'risk'>, startUs: number): void {
  const text = gateOffText(config, startUs)
  if (text === null) return
  throw new DitaError('DRAWDOWN_SINCE_AHEAD', {
    fault: 'user',
    exitCode: EXIT.config,
    message: text,
    next:
      config.mode === 'paper'
        ? 'Give a time that has passed there, in UTC; or leave `risk.drawdown_since` out, so that all peaks count, and begin anew with another `paper.account`.'
        : 'Give a time that has passed, in UTC; or leave `risk.drawdown_since` out, so that all peaks count.',
  })
}
