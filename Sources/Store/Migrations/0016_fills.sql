-- Fills come in the order of their numbers and never change. So a row holds up to 92 of them, a
-- page full: of what a row for each took, an entry of the index and the fields' reading were most.

ALTER TABLE fill_rows RENAME TO single_fills;
ALTER INDEX fill_rows_pkey RENAME TO single_fills_pkey;

CREATE TABLE fill_rows (
    first_fill       bigint     NOT NULL,
    last_fill        bigint     PRIMARY KEY,
    timestamp_ns     bigint[]   NOT NULL,
    renminbi_payment bigint[]   NOT NULL,
    foreign_payment  bigint[]   NOT NULL,
    renminbi_amount  bigint[]   NOT NULL,
    foreign_amount   bigint[]   NOT NULL,
    rate             bigint[]   NOT NULL,
    renminbi_fee     bigint[]   NOT NULL,
    foreign_fee      bigint[]   NOT NULL,
    renminbi_debit   integer[]  NOT NULL,
    renminbi_credit  integer[]  NOT NULL,
    foreign_debit    integer[]  NOT NULL,
    foreign_credit   integer[]  NOT NULL,
    codes            smallint[] NOT NULL CHECK (cardinality(codes) = last_fill - first_fill + 1)
) WITH (
    -- Never updated: a visit that freezes the rows, and takes away short ones that were joined, is
    -- all that they need.
    autovacuum_vacuum_insert_threshold = 50000, autovacuum_vacuum_insert_scale_factor = 0,
    autovacuum_freeze_min_age = 0,
    autovacuum_analyze_threshold = 50000, autovacuum_analyze_scale_factor = 1
);

DO $$
DECLARE
    list text;
BEGIN
    FOR list IN
        SELECT attname FROM pg_attribute WHERE attrelid = 'fill_rows'::regclass AND attndims > 0
    LOOP
        -- In its place and as it is; and nobody asks what is in it.
        EXECUTE format(
            'ALTER TABLE fill_rows ALTER COLUMN %1$I SET STORAGE PLAIN,'
            ' ALTER COLUMN %1$I SET STATISTICS 0', list);
    END LOOP;
END $$;

-- A fill that is missing is refused by the check: each list must be as long as its numbers say.
INSERT INTO fill_rows
SELECT first, least(first + 91, newest), lists.*
FROM (SELECT max(fill_id) AS newest FROM single_fills) AS numbers
CROSS JOIN LATERAL generate_series(1::bigint, newest, 92) AS first
CROSS JOIN LATERAL (
    SELECT
        array_agg(timestamp_ns),
        array_agg(renminbi_payment),
        array_agg(foreign_payment),
        array_agg(renminbi_amount),
        array_agg(foreign_amount),
        array_agg(rate),
        array_agg(renminbi_fee),
        array_agg(foreign_fee),
        array_agg(renminbi_debit),
        array_agg(renminbi_credit),
        array_agg(foreign_debit),
        array_agg(foreign_credit),
        array_agg(codes)
    FROM (
        SELECT * FROM single_fills WHERE fill_id >= first AND fill_id < first + 92
        ORDER BY fill_id
    ) AS singles
) AS lists;

COMMENT ON TABLE fill_rows IS
    'Fills as they are stored, with consecutive numbers from first_fill through last_fill: the n-th'
    ' element of each list is of fill first_fill + n - 1. fill_records shows each in a row of its'
    ' own, and fills in words.';
COMMENT ON COLUMN fill_rows.codes IS
    'Bits 0-7 foreign currency, bit 8 resting side, by their numbers in the log.';

CREATE VIEW fill_records AS
SELECT
    first_fill + place - 1 AS fill_id,
    fill.timestamp_ns,
    fill.renminbi_payment,
    fill.foreign_payment,
    fill.renminbi_amount,
    fill.foreign_amount,
    fill.rate,
    fill.renminbi_fee,
    fill.foreign_fee,
    fill.renminbi_debit,
    fill.renminbi_credit,
    fill.foreign_debit,
    fill.foreign_credit,
    fill.codes
FROM fill_rows CROSS JOIN LATERAL unnest(
    timestamp_ns, renminbi_payment, foreign_payment, renminbi_amount, foreign_amount, rate,
    renminbi_fee, foreign_fee, renminbi_debit, renminbi_credit, foreign_debit, foreign_credit, codes
) WITH ORDINALITY AS fill (
    timestamp_ns, renminbi_payment, foreign_payment, renminbi_amount, foreign_amount, rate,
    renminbi_fee, foreign_fee, renminbi_debit, renminbi_credit, foreign_debit, foreign_credit,
    codes, place
);

COMMENT ON VIEW fill_records IS
    'All fills as numbers, one in a row. A condition on fill_id reads all of them: see'
    ' fill_records_of().';

CREATE FUNCTION fill_records_of(numbers bigint[]) RETURNS SETOF fill_records
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT
        number,
        timestamp_ns[place],
        renminbi_payment[place],
        foreign_payment[place],
        renminbi_amount[place],
        foreign_amount[place],
        rate[place],
        renminbi_fee[place],
        foreign_fee[place],
        renminbi_debit[place],
        renminbi_credit[place],
        foreign_debit[place],
        foreign_credit[place],
        codes[place]
    FROM (SELECT DISTINCT unnest(numbers) AS number) AS wanted
    CROSS JOIN LATERAL (
        SELECT fill_rows.*, (number - first_fill + 1)::integer AS place FROM fill_rows
        WHERE last_fill >= number ORDER BY last_fill LIMIT 1
    ) AS lists
    WHERE first_fill <= number;
END;

COMMENT ON FUNCTION fill_records_of IS
    'The fills with these numbers as far as there are any, through the index.';

CREATE OR REPLACE VIEW fills AS
SELECT
    fill_id,
    time_of(timestamp_ns) AS occurred_at,
    timestamp_ns,
    currency_of(codes & 255) AS foreign_currency,
    CASE codes >> 8 WHEN 0 THEN 'pay-cny' ELSE 'pay-foreign' END AS resting_side,
    renminbi_payment,
    foreign_payment,
    renminbi_amount,
    foreign_amount,
    rate,
    renminbi_fee,
    foreign_fee,
    renminbi_debit,
    renminbi_credit,
    foreign_debit,
    foreign_credit
FROM fill_records;

CREATE FUNCTION fills_of(numbers bigint[]) RETURNS SETOF fills
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT
        fill_id,
        time_of(timestamp_ns),
        timestamp_ns,
        currency_of(codes & 255),
        CASE codes >> 8 WHEN 0 THEN 'pay-cny' ELSE 'pay-foreign' END,
        renminbi_payment,
        foreign_payment,
        renminbi_amount,
        foreign_amount,
        rate,
        renminbi_fee,
        foreign_fee,
        renminbi_debit,
        renminbi_credit,
        foreign_debit,
        foreign_credit
    FROM fill_records_of(numbers);
END;

COMMENT ON FUNCTION fills_of IS
    'The rows of fills with these numbers, through the index: SELECT * FROM fills_of(ARRAY[5]).';

-- What the view transfers says of fills.
CREATE FUNCTION transfers_of(fills bigint[]) RETURNS SETOF transfers
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT
        f.fill_id || '/' || t.part,
        f.occurred_at,
        f.timestamp_ns,
        t.kind,
        f.fill_id,
        t.part,
        NULL::uuid,
        t.debit_account,
        t.credit_account,
        t.currency,
        t.amount
    FROM fills_of(fills) f
    LEFT JOIN accounts renminbi_fees
        ON renminbi_fees.participant_id = 0
        AND renminbi_fees.currency = 'CNY'
        AND renminbi_fees.kind = 'fee-income'
    LEFT JOIN accounts foreign_fees
        ON foreign_fees.participant_id = 0
        AND foreign_fees.currency = f.foreign_currency
        AND foreign_fees.kind = 'fee-income'
    CROSS JOIN LATERAL (
        VALUES
            (1, 'leg', f.renminbi_debit, f.renminbi_credit, 'CNY', f.renminbi_amount),
            (2, 'leg', f.foreign_debit, f.foreign_credit, f.foreign_currency, f.foreign_amount),
            (3, 'fee', f.renminbi_debit, renminbi_fees.account_id, 'CNY', f.renminbi_fee),
            (4, 'fee', f.foreign_debit, foreign_fees.account_id, f.foreign_currency, f.foreign_fee)
    ) AS t (part, kind, debit_account, credit_account, currency, amount)
    WHERE t.kind = 'leg' OR t.amount > 0;
END;

COMMENT ON FUNCTION transfers_of IS
    'The transfers of the fills with these numbers, through the index:'
    ' SELECT * FROM transfers_of(ARRAY[5]).';

DROP TABLE single_fills;
