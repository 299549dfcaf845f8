-- What an account needs beside its sessions: capital that is moved while none runs, and the proof of what a session left.

-- 1 once capital was moved after the session's halt: the session ends before that, and what follows belongs to no session.
ALTER TABLE sessions ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0;

-- By how much the engine's own inventory and value were off from what the tables say when the session stopped: the largest
-- difference, an exact decimal; 0 where all agree, null where nobody has compared them. Cleared at every fresh start.
ALTER TABLE engine_state ADD COLUMN inventory_drift_at_shutdown TEXT;
