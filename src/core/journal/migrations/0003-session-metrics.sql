-- What a session measured of itself while it ran: ticks on time and late, latencies, calls to the venue. Measurements of the wall,
-- no facts: nothing is chained to them and no replay gives them back. Written at every checkpoint and at the end, each time whole.
CREATE TABLE session_metrics (
  session_id TEXT NOT NULL,
  measure TEXT NOT NULL,
  subject TEXT NOT NULL,
  outcome TEXT NOT NULL,
  count INTEGER NOT NULL,
  -- A histogram in logarithmic buckets, as JSON; null where only the count is known.
  latencies TEXT,
  wall_us INTEGER NOT NULL,
  PRIMARY KEY (session_id, measure, subject, outcome)
) STRICT, WITHOUT ROWID;

-- What a summary asks of the transitions of a whole session, or of all sessions, and finds a few of: without it every question reads
-- them all. The condition stands in `report/transitions-of-note.ts` a second time, as SQLite must see the same words.
CREATE INDEX transitions_of_note ON transitions (account_id, seq)
  WHERE entity = 'trading' OR to_state = 'rejected'
    OR (to_state IN ('in_doubt', 'quarantined') OR from_state IN ('in_doubt', 'quarantined'));
