-- The log: one row an event, gapless from 1, never changed. docs/format.md says what each column holds.

CREATE TABLE migration (
  applied INTEGER PRIMARY KEY CHECK (applied > 0),
  name TEXT NOT NULL UNIQUE,
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64)
) STRICT;

CREATE TABLE event (
  seq INTEGER PRIMARY KEY CHECK (seq > 0),
  event_id BLOB NOT NULL UNIQUE CHECK (length(event_id) = 32),
  task_id BLOB NOT NULL UNIQUE CHECK (length(task_id) = 32),
  kind TEXT NOT NULL,
  core TEXT NOT NULL,
  attestation TEXT NOT NULL,
  attestation_hash BLOB NOT NULL CHECK (length(attestation_hash) = 32),
  obs TEXT,
  obs_hash BLOB NOT NULL CHECK (length(obs_hash) = 32),
  leaf BLOB NOT NULL CHECK (length(leaf) = 32)
) STRICT;

CREATE TRIGGER event_no_update BEFORE UPDATE ON event
BEGIN
  SELECT RAISE(ABORT, 'varve: events are never changed');
END;

CREATE TRIGGER event_no_delete BEFORE DELETE ON event
BEGIN
  SELECT RAISE(ABORT, 'varve: events are never deleted');
END;

-- Also stops INSERT OR REPLACE, which deletes rows without firing the trigger above.
CREATE TRIGGER event_only_next BEFORE INSERT ON event
BEGIN
  SELECT RAISE(ABORT, 'varve: the next seq must be the highest one plus 1')
    WHERE NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM event);
  SELECT RAISE(ABORT, 'varve: the event or its task is already recorded')
    WHERE EXISTS (SELECT 1 FROM event WHERE event_id = NEW.event_id)
       OR EXISTS (SELECT 1 FROM event WHERE task_id = NEW.task_id);
END;

CREATE TRIGGER migration_no_update BEFORE UPDATE ON migration
BEGIN
  SELECT RAISE(ABORT, 'varve: migrations are never changed');
END;

CREATE TRIGGER migration_no_delete BEFORE DELETE ON migration
BEGIN
  SELECT RAISE(ABORT, 'varve: migrations are never deleted');
END;

CREATE TRIGGER migration_only_next BEFORE INSERT ON migration
BEGIN
  SELECT RAISE(ABORT, 'varve: migrations are recorded in order, once')
    WHERE NEW.applied IS NOT (SELECT coalesce(max(applied), 0) + 1 FROM migration)
       OR EXISTS (SELECT 1 FROM migration WHERE name = NEW.name);
END;
