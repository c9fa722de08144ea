-- The log of committed batches. One row is one Raft entry; nothing here is ever updated.

CREATE TABLE raft_log (
    log_index     bigint      PRIMARY KEY CHECK (log_index > 0),
    term          bigint      NOT NULL,
    recorded_at   timestamptz NOT NULL,
    timestamp_ns  bigint      NOT NULL,
    command_count integer     NOT NULL,
    previous_hash bytea       NOT NULL,
    checksum      bytea       NOT NULL CHECK (octet_length(checksum) = 32),
    payload       bytea       NOT NULL
);

-- Batches are dense binary records: compressing them costs more time than it saves space.
ALTER TABLE raft_log ALTER COLUMN payload SET STORAGE EXTERNAL;

COMMENT ON TABLE raft_log IS
    'Everything that ever changed the ledger, one row a batch. All other tables follow from it.';
COMMENT ON COLUMN raft_log.recorded_at IS 'The batch timestamp, to the microsecond.';
COMMENT ON COLUMN raft_log.timestamp_ns IS
    'The batch timestamp: nanoseconds since 1970-01-01 UTC, the exact value.';
COMMENT ON COLUMN raft_log.previous_hash IS 'The checksum of the row before; it makes the chain.';
COMMENT ON COLUMN raft_log.checksum IS 'SHA-256 over this entry and previous_hash.';
COMMENT ON COLUMN raft_log.payload IS 'The encoded batch.';
