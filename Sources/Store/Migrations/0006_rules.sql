-- A payment is known by its payer and its UETR: two banks may carry a leg of one customer payment.
DO $$
DECLARE
    segment regclass;
    former regclass;
BEGIN
    FOR segment IN
        SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'payment_rows'::regclass
    LOOP
        SELECT indexrelid::regclass INTO STRICT former
        FROM pg_index
        WHERE indrelid = segment AND indisunique AND indnatts = 1
            AND pg_get_indexdef(indexrelid, 1, true) = 'uetr';
        EXECUTE format('CREATE UNIQUE INDEX ON %s (uetr, payer_id)', segment);
        EXECUTE format('DROP INDEX %s', former);
    END LOOP;
END
$$;

-- The rules by which the ledger's batches are applied: the greatest version here, or 2.
CREATE TABLE rule_versions (
    version      integer     PRIMARY KEY,
    valid_from   timestamptz NOT NULL,
    timestamp_ns bigint      NOT NULL
);

COMMENT ON TABLE rule_versions IS
    'Rules that the ledger has had since its first batch or was raised to; none while it is at 2.';

-- Orders that were refused for a passing reason: no payments, and nothing stands in their way later.
CREATE TABLE attempts (
    attempt_id   bigint      PRIMARY KEY,
    refused_at   timestamptz NOT NULL,
    timestamp_ns bigint      NOT NULL,
    uetr         uuid        NOT NULL,
    attempt      bytea       NOT NULL,
    content_hash bytea       NOT NULL,
    payer_id     integer     NOT NULL,
    code         text        NOT NULL,
    details      text
);

CREATE INDEX attempts_by_uetr ON attempts (uetr);

COMMENT ON TABLE attempts IS 'Refusals that bind nothing; the same attempt again is refused again.';
COMMENT ON COLUMN attempts.attempt_id IS
    'Log index of its batch * 16384, and its place among the attempts of the batch.';
COMMENT ON COLUMN attempts.attempt IS
    '128 bits of SHA-256 of its identification, or its content_hash when it had none.';
