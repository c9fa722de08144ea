-- A payment is found by its UETR. Its number leads to the UETR, many of them packed in a row, so
-- that final payments need no second index: it was the costliest of all.

ALTER TABLE batches ADD COLUMN uetrs bytea NOT NULL DEFAULT '';
ALTER TABLE batches ALTER COLUMN uetrs SET STORAGE EXTERNAL;
ALTER TABLE batches ALTER COLUMN uetrs SET STATISTICS 0;

UPDATE batches SET uetrs = packed.uetrs
FROM (
    SELECT batch.log_index, string_agg(uuid_send(uetr), '' ORDER BY payment_id) AS uetrs
    FROM (
        SELECT
            log_index, payment_count,
            lag(payment_count, 1, 0::bigint) OVER (ORDER BY log_index) AS count_before
        FROM batches
    ) AS batch
    JOIN payment_records ON payment_id > count_before AND payment_id <= payment_count
    GROUP BY 1
) AS packed
WHERE packed.log_index = batches.log_index;

ALTER TABLE batches ALTER COLUMN uetrs DROP DEFAULT;

-- The first of several batches with the same count is the one that brought the payment.
CREATE INDEX batches_by_payment ON batches (payment_count, log_index);

ALTER TABLE payment_rows DROP CONSTRAINT payment_rows_pkey;

DO $$ BEGIN
    IF (SELECT coalesce(sum(octet_length(uetrs)), 0) FROM batches)
        <> 16 * (SELECT payment_count FROM applied)
    THEN
        RAISE 'payments are missing: the tables cannot be migrated, rebuild them from the log';
    END IF;
END $$;

-- A segment's index is unique: no UETR is there twice, and the planner, which has no statistics of
-- segments, knows that one leads to one row. An index of the whole table could not be unique.
DROP INDEX payment_rows_by_uetr;

DO $$
DECLARE
    segment regclass;
BEGIN
    FOR segment IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'payment_rows'::regclass LOOP
        EXECUTE format('CREATE UNIQUE INDEX ON %s (uetr)', segment);
    END LOOP;
END $$;

COMMENT ON COLUMN batches.uetrs IS
    'The UETRs of its new payments, 16 bytes each, in the order of their numbers.';
COMMENT ON COLUMN payment_rows.payment_id IS 'Its number; uetr_of() leads from it to the UETR.';

CREATE FUNCTION uetr_of(number bigint) RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (
        SELECT encode(
            substring(
                uetrs FROM (octet_length(uetrs) - 16 * (payment_count - number) - 15)::integer
                FOR 16
            ),
            'hex'
        )::uuid
        FROM batches WHERE number > 0 AND payment_count >= number
        ORDER BY payment_count, log_index LIMIT 1
    );

COMMENT ON FUNCTION uetr_of IS
    'The UETR of the payment with this number; null when there is none. Final payments are indexed'
    ' by UETR alone: SELECT * FROM payments WHERE uetr = uetr_of(5).';
