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
