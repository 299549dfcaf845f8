// The keys of the clockwork and of the limits: part of the one schema of dita.yaml.

import { decimal, LARGE, optionalText, plainNumber, section } from './fields.ts'

export function engineSection() {
  return section('The clockwork.', {
    tick_interval_seconds: decimal({
      default: '1',
      min: '0.01',
      max: '3600',
      step: '0.001',
      description: 'Time between two looks at the market, in seconds. `strategy.requote_interval_seconds` must be the same.',
    }),
    order_validity_seconds: decimal({
      default: '10',
      min: '0.1',
      max: '86400',
      step: '0.001',
      description: 'How long an order that nobody answered may still arrive at the venue, in seconds.',
    }),
    absence_margin_seconds: decimal({
      default: '5',
      min: '0.1',
      max: '3600',
      step: '0.001',
      description: 'How long after its validity an order must still be missing at the venue before it counts as absent, in seconds.',
    }),
    query_spacing_seconds: decimal({
      default: '2',
      min: '0.1',
      max: '3600',
      step: '0.001',
      description: 'How far apart the two questions must be that both find nothing of an order before it counts as absent, in seconds.',
    }),
    quarantine_after_seconds: decimal({
      default: '30',
      min: '1',
      max: '3600',
      step: '0.001',
      description:
        'How long an order may be in doubt before it is quarantined: frozen, with an alarm, until the venue or a person decides.',
    }),
    backups_kept: plainNumber({
      default: '5',
      min: '0',
      max: '1000',
      step: '1',
      description: 'How many copies of the store are kept; one is made before each session. 0 = none is made.',
    }),
    checkpoint_interval_seconds: plainNumber({
      default: '60',
      min: '0',
      max: '86400',
      description: "Time between two checkpoints of the store's write-ahead log, in seconds; 0 = off.",
    }),
  })
}

export function riskSection() {
  return section('Limits that halt a session or refuse an order. 0 = no limit.', { ...moneyLimits(), ...orderLimits(), ...wayLimits() })
}

/** What is held, lost and ordered. */
function moneyLimits() {
  return {
    max_exposure: decimal({
      default: '5000',
      min: '0',
      max: LARGE,
      description: 'Largest value held of an asset, in quote; 0 = no limit. More is denied beforehand, and halts the session if it comes.',
    }),
    max_position: decimal({
      default: '0',
      min: '0',
      max: LARGE,
      description: 'Largest position, long or short, in units of its orders; 0 = no limit. An order that could exceed it is denied.',
    }),
    max_session_loss: decimal({
      default: '500',
      min: '0',
      max: LARGE,
      description: 'Largest loss of a session, fees and open positions included, in quote; 0 = no limit. At it the session halts.',
    }),
    max_drawdown: decimal({
      default: '1000',
      min: '0',
      max: LARGE,
      description:
        "Largest fall of the account's equity below its peak, in quote; 0 = no limit. Deposits and withdrawals count for nothing; the peak is the account's, over all its sessions. At it the session halts.",
    }),
    drawdown_since: optionalText({
      pattern: /^20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?Z)?$/,
      expected: 'a time in UTC such as 2026-01-31 or 2026-01-31T14:05:00Z',
      description:
        'Peaks of the equity before this time, in UTC, do not count for `max_drawdown`: how a person goes on after that gate spoke. Not after the begin of the session; on paper the clock of the feed counts. Left out: all count.',
    }),
    max_order_notional: decimal({
      default: '2000',
      min: '0',
      max: LARGE,
      description: 'Largest price × quantity of one order, in quote; 0 = no limit. A larger one is denied.',
    }),
    max_leverage: decimal({
      default: '0',
      min: '0',
      max: '1000',
      description: "Largest leverage, where below the instrument's; 0 = no limit but that. More is denied; margin counts the lower one.",
    }),
  }
}

/** What one order and many may be. */
function orderLimits() {
  return {
    price_collar_bps: decimal({
      default: '1000',
      min: '0',
      max: '1000000',
      description:
        'Largest distance of a price from the mid, in bps; 0 = no limit. An order beyond it is denied; an exit only where it gives too much away.',
    }),
    max_open_orders: plainNumber({
      default: '20',
      min: '0',
      max: '1000',
      step: '1',
      description: 'Largest number of orders working at once; 0 = no limit. A further one is denied.',
    }),
    max_orders_per_second: plainNumber({
      default: '0',
      min: '0',
      max: '10000',
      step: '1',
      description: 'Largest number of orders within any one second; 0 = no limit. A further one is denied.',
    }),
    max_cancels_per_second: plainNumber({
      default: '0',
      min: '0',
      max: '10000',
      step: '1',
      description:
        'Largest number of cancels within any one second; 0 = no limit. A further one is denied, but never a cancel of all orders at once.',
    }),
  }
}

/** How long the ways to the market and to the venue may fail. */
function wayLimits() {
  return {
    stale_feed_seconds: decimal({
      default: '30',
      min: '0',
      max: '86400',
      step: '0.001',
      description: 'Longest silence of the feed, in seconds; 0 = no limit. Beyond it nothing is opened, and the session halts.',
    }),
    venue_silence_seconds: decimal({
      default: '60',
      min: '0',
      max: '86400',
      step: '0.001',
      description: 'Longest time in which the venue answers none of our calls, in seconds; 0 = no limit. Beyond it the session halts.',
    }),
    venue_stream_seconds: decimal({
      default: '120',
      min: '0',
      max: '86400',
      step: '0.001',
      description: "Longest time without the venue's private stream, in seconds; 0 = no limit. Beyond it the session halts.",
    }),
    venue_account_seconds: decimal({
      default: '120',
      min: '0',
      max: '86400',
      step: '0.001',
      description:
        'Longest time in which the account at the venue cannot be looked at, in seconds; 0 = no limit. Beyond it the session halts.',
    }),
    max_venue_failures_percent: decimal({
      default: '50',
      min: '0',
      max: '100',
      description:
        'Largest share of the last 50 calls that the venue did not answer, in percent, once there were 20; 0 = no limit. More halts the session.',
    }),
  }
}
