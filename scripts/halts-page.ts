// The page of halts and gates, its table made from the taxonomy: docs/HALTS.md is its text.

import { HALT_REASONS, type HaltReasonEntry } from '../src/core/halt-reasons.ts'

/** @param causes what makes a session end so, by reason: as the tests bring it about */
export function haltsPage(causes: Readonly<Record<string, string>>): string {
  const rows = Object.entries<HaltReasonEntry>(HALT_REASONS).map(
    ([reason, { exitCode, word, short, means }]) =>
      `| \`${reason}\` | ${word}: ${short} | ${exitCode} | ${means} | ${causes[reason] ?? ''} |`,
  )
  return [...HEAD, ...rows, ...GATES, ''].join('\n')
}

const HEAD = [
  '# Why sessions end, and the gates that end them',
  '',
  'The reason stands in `sessions.halt_reason`, with numbers in `halt_detail`. People are told it in words: a session that came to the end that was',
  'meant `ended`, a gate or the kill switch `halted` it, or it `failed`. `engine_requested_halt` stands for several: the detail tells whether it was',
  'stopped with q (`ended: stopped with q`), by its strategy (`ended: strategy asked`), or for a strategy that broke (`failed: strategy error`);',
  'that of `kill_switch`, whether by `dita halt`, the file HALT or a key of the screen. The exit',
  'code is that of `dita run`, unless the halt brings one of its own: a strategy that failed (4), a finding that remains (3), a start that the venue did not answer (7).',
  '',
  '| reason | told as | exit | means | for example |',
  '|---|---|---|---|---|',
]

const GATES = [
  '',
  '## Gates',
  '',
  'They look at every tick, before the strategy is asked; the first that is beyond its limit halts the session: nothing new leaves, what',
  'rests is taken back. A gate that spoke stands in `risk_events` under its reason with value and limit: `alarm` where it halted,',
  '`warning` where it only warned. The limits in force are in the journal from the start (`dita summarize --section limits`); 0 = none.',
  '',
  '| gate | key (`risk.`) | speaks when | before that |',
  '|---|---|---|---|',
  '| exposure, an asset each | `max_exposure` | the value of what is held is above it | orders that could lead there are denied |',
  '| loss of the session | `max_session_loss` | realised + unrealised since the start + funding − fees is a loss of that or more | |',
  '| drawdown | `max_drawdown`, `drawdown_since` | the equity is that much or more below its peak | |',
  '| feed silent | `stale_feed_seconds` | the book has said nothing for longer (`risk_stale_feed`); where the book was given up in a gap and the rest of the market goes on, `market_gap` | from half of it on everything that rests is taken back, with a warning |',
  '| venue silent | `venue_silence_seconds` | no call was answered for longer | the breaker stops new calls after five failures; warning at half |',
  "| venue's stream lost | `venue_stream_seconds` | the private stream is down for longer | the account is asked for every 5 s instead; warning at half |",
  '| venue failing | `max_venue_failures_percent` | a larger share of the last 50 calls was not answered, of 20 at least | |',
  '| account unseen | `venue_account_seconds` | every look at the account failed for longer (`risk_stale_ledger`) | looks come every 5 s; warning at half |',
  '| kill switch | | `dita halt`, a file `HALT` beside the store or `dita.yaml`, `K` or `h` on the [screen](SCREEN.md) | |',
  '',
  '**Drawdown** is counted on equity less capital flows: each deposit and withdrawal is taken out at its worth when it moved, so that none',
  "of them opens or hides a fall. The peak is the account's, over all its sessions, and is found again from the journal: no restart gets",
  'round it. After it spoke a person decides: raise `max_drawdown`, or set `drawdown_since`, from when on peaks count.',
  '',
  'A venue in this process cannot be lost: its gates are in force in `demo` and `live` mode only. A refusal is an answer; time-outs, lost',
  'connections and 5xx are none.',
  '',
  'Sources: Commission Delegated Regulation (EU) 2017/589 (RTS 6), articles 12 (kill functionality), 15 (pre-trade controls) and 16',
  '(real-time monitoring); FIA, *Best practices for automated trading risk controls and system safeguards* (2024); Nygard, *Release It!*',
  '(2nd edition, 2018) on breakers.',
]
