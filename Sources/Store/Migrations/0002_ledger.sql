-- The ledger as rows for people. Every table can be rebuilt from raft_log and compared.
--
-- Payments and fills are many, so their tables hold numbers and no derivable columns, and have the
-- fewest indexes; the views payments and fills show them in words.
--
-- Amounts are integers in minor units (fen, satang, dong) of the currency named beside them.
-- Rates are foreign units for one renminbi, times 10^8. Columns ending in _ns are nanoseconds since
-- 1970-01-01 UTC and exact; the column ending in _at beside them is the same to the microsecond.
-- There are no foreign keys: rows come from the engine, which has checked them, and a check here
-- would read other tables for every row of the hot path.

CREATE TABLE applied (
    key           boolean     PRIMARY KEY DEFAULT true CHECK (key),
    log_index     bigint      NOT NULL,
    applied_at    timestamptz NOT NULL,
    timestamp_ns  bigint      NOT NULL,
    state_hash    bytea       NOT NULL,
    fills_hash    bytea       NOT NULL,
    finals_hash   bytea       NOT NULL,
    fill_count    bigint      NOT NULL,
    payment_count bigint      NOT NULL
);

INSERT INTO applied
VALUES (
    true, 0, 'epoch', 0, '\x0000000000000000', '\x0000000000000000', '\x0000000000000000', 0, 0
);

COMMENT ON TABLE applied IS
    'How far the ledger tables have come; changed in the same transaction as the rows.';
COMMENT ON COLUMN applied.log_index IS 'The last row of raft_log that is applied; 0 before it.';
COMMENT ON COLUMN applied.applied_at IS 'The timestamp of that batch.';
COMMENT ON COLUMN applied.state_hash IS 'Hash of the whole state after that batch.';
COMMENT ON COLUMN applied.fills_hash IS 'The part of state_hash that stands for all fills.';
COMMENT ON COLUMN applied.finals_hash IS
    'The part of state_hash that stands for all final payments.';

CREATE TABLE batches (
    log_index     bigint   PRIMARY KEY,
    timestamp_ns  bigint   NOT NULL,
    payment_count bigint   NOT NULL,
    fill_count    bigint   NOT NULL,
    ended         bigint[] NOT NULL
);

ALTER TABLE batches ALTER COLUMN ended SET STORAGE EXTERNAL;

-- Payments and fills are numbered in the order of batches, so this is their index by time.
CREATE UNIQUE INDEX batches_by_time ON batches (timestamp_ns);

COMMENT ON TABLE batches IS 'Where each batch of the log stands among payments, fills and time.';
COMMENT ON COLUMN batches.payment_count IS 'Payments on record after it: the newest one''s number.';
COMMENT ON COLUMN batches.fill_count IS 'Fills on record after it: the newest one''s number.';
COMMENT ON COLUMN batches.ended IS 'Payments of earlier batches that this one ended.';

CREATE TABLE participants (
    participant_id            integer PRIMARY KEY,
    bic                       text    NOT NULL UNIQUE,
    lei                       text,
    country                   text    NOT NULL,
    roles                     text    NOT NULL,
    settles_through           text,
    settlement_participant_id integer NOT NULL,
    state                     text    NOT NULL,
    details                   text
);

COMMENT ON TABLE participants IS 'The banks that take part.';
COMMENT ON COLUMN participants.roles IS 'payer, liquidity-provider, receive-only; joined by +.';
COMMENT ON COLUMN participants.settles_through IS
    'BIC of the direct participant of an indirect one.';
COMMENT ON COLUMN participants.settlement_participant_id IS
    'The participant through whose accounts this one settles: itself when direct.';
COMMENT ON COLUMN participants.details IS 'JSON that came with the registration.';

CREATE TABLE corridors (
    foreign_currency      text     PRIMARY KEY,
    state                 text     NOT NULL,
    self_match            text     NOT NULL,
    weekdays              smallint NOT NULL,
    utc_offset_minutes    smallint NOT NULL,
    opens_at_minute       integer  NOT NULL,
    cut_off_minute        integer  NOT NULL,
    collar_basis_points   integer  NOT NULL,
    fee_parts_per_million bigint   NOT NULL,
    tick                  bigint   NOT NULL,
    reference_rate        bigint   NOT NULL,
    minimum_size          bigint   NOT NULL,
    maximum_size          bigint   NOT NULL
);

COMMENT ON TABLE corridors IS 'Renminbi against one foreign currency each.';
COMMENT ON COLUMN corridors.weekdays IS 'Days with a session: bit 0 Monday … bit 6 Sunday.';
COMMENT ON COLUMN corridors.opens_at_minute IS 'Minute of the local day.';
COMMENT ON COLUMN corridors.cut_off_minute IS 'Minute of the local day.';
COMMENT ON COLUMN corridors.minimum_size IS 'Fen.';
COMMENT ON COLUMN corridors.maximum_size IS 'Fen.';

CREATE TABLE accounts (
    account_id     integer PRIMARY KEY,
    kind           text    NOT NULL,
    participant_id integer NOT NULL,
    currency       text    NOT NULL,
    balance        bigint  NOT NULL,
    held           bigint  NOT NULL,
    credit_limit   bigint  NOT NULL
) WITH (fillfactor = 50); -- room for new row versions beside the old ones: balances change often

-- One account of each kind for a participant and currency; the transfers view relies on it.
CREATE UNIQUE INDEX accounts_by_owner ON accounts (participant_id, currency, kind);

COMMENT ON TABLE accounts IS
    'Credits are positive, so the balances of a currency sum to zero: what the gateway owes its'
    ' participants is positive, what the settlement agent owes the gateway (nostro) negative.';
COMMENT ON COLUMN accounts.participant_id IS '0 for the gateway''s own accounts.';
COMMENT ON COLUMN accounts.held IS 'Held for open orders.';
COMMENT ON COLUMN accounts.credit_limit IS 'How far balance less holds may fall below zero.';

-- Payments that have ended. Segment n holds the numbers from n * 2^20 on. A UETR is random, so its index is cheap to extend
-- only while it is small; every segment has its own and is never written again once it is old.
-- The writer makes segments as they are needed: payment_rows_0, payment_rows_1 and so on.
--
-- Null stands for the usual value: it costs nothing on the way in and on disk.
CREATE TABLE payment_rows (
    payment_id       bigint   NOT NULL,
    uetr             uuid     NOT NULL,
    content_hash     uuid     NOT NULL,
    accepted_ns      bigint   NOT NULL,
    amount           bigint   NOT NULL,
    codes            bigint   NOT NULL,
    payer_id         integer  NOT NULL,
    creditor_id      integer  NOT NULL,
    fee_parts_per_million integer NOT NULL,
    paid             bigint,
    received         bigint,
    fee              bigint,
    stated_limit     bigint,
    limit_rate       bigint,
    updated_ns       bigint,
    expires_ns       bigint,
    remaining        bigint,
    held             bigint,
    minimum_fill     bigint,
    first_fill       bigint,
    details          text,
    PRIMARY KEY (payment_id)
) PARTITION BY RANGE (payment_id);

CREATE INDEX payment_rows_by_uetr ON payment_rows (uetr) WITH (deduplicate_items = off);

COMMENT ON TABLE payment_rows IS 'Payments that cannot change any more.';
COMMENT ON COLUMN payment_rows.codes IS
    'Bits 0-7 status, 8-15 end reason, 16-23 foreign currency, 24-27 time in force, 28-29 fill'
    ' policy, 30 side, 31 fixed amount, 32-47 result code, by their numbers in the log.';
COMMENT ON COLUMN payment_rows.limit_rate IS 'Null: as stated_limit.';
COMMENT ON COLUMN payment_rows.updated_ns IS 'Null: as accepted_ns.';
COMMENT ON COLUMN payment_rows.first_fill IS
    'Its first fill, so that the many payments with one fill need no list; null: see list 5.';
COMMENT ON COLUMN payment_rows.remaining IS 'Null here and in all other columns: 0.';
COMMENT ON COLUMN payment_rows.content_hash IS '128 bits; of type uuid for its fixed size.';

-- Payments that can still change. They move to payment_rows when they end, so that rows there are
-- written once.
CREATE TABLE open_payments (
    LIKE payment_rows INCLUDING COMMENTS,
    PRIMARY KEY (payment_id)
) WITH (
    -- Rows come and go all the time: their room is soon used again, and the table stays small.
    fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50000,
    autovacuum_vacuum_cost_delay = 0
);

CREATE INDEX open_payments_by_uetr ON open_payments (uetr);

COMMENT ON TABLE open_payments IS 'Payments that can still change; otherwise as payment_rows.';

CREATE VIEW payment_records AS
SELECT * FROM payment_rows UNION ALL SELECT * FROM open_payments;

COMMENT ON VIEW payment_records IS 'All payments as they are stored.';

CREATE TABLE fill_rows (
    fill_id          bigint   PRIMARY KEY,
    timestamp_ns     bigint   NOT NULL,
    renminbi_payment bigint   NOT NULL,
    foreign_payment  bigint   NOT NULL,
    renminbi_amount  bigint   NOT NULL,
    foreign_amount   bigint   NOT NULL,
    rate             bigint   NOT NULL,
    renminbi_fee     bigint   NOT NULL,
    foreign_fee      bigint   NOT NULL,
    renminbi_debit   integer  NOT NULL,
    renminbi_credit  integer  NOT NULL,
    foreign_debit    integer  NOT NULL,
    foreign_credit   integer  NOT NULL,
    codes            smallint NOT NULL
) WITH (
    -- Never updated: one visit that freezes the rows is all that they need.
    autovacuum_vacuum_insert_threshold = 1000000, autovacuum_vacuum_insert_scale_factor = 0,
    autovacuum_freeze_min_age = 0
);

COMMENT ON TABLE fill_rows IS 'What the view fills shows, as it is stored.';
COMMENT ON COLUMN fill_rows.codes IS
    'Bits 0-7 foreign currency, bit 8 resting side, by their numbers in the log.';

-- An index of the writer's own: which payments a participant paid (list 1) or receives (2), which
-- fills moved an account (3), which fills had a fee in a foreign currency (4, owner is the
-- currency's number), which fills a payment had beside its first_fill (5). One entry for many rows
-- costs a fraction of an entry for each. How the numbers are spread over the rows follows from how
-- batches were grouped when they were written.
CREATE TABLE row_lists (
    list      smallint  NOT NULL,
    owner     integer   NOT NULL,
    first_row bigint    NOT NULL,
    last_row  bigint    NOT NULL,
    offsets   integer[] NOT NULL,
    PRIMARY KEY (list, owner, first_row)
) WITH (
    autovacuum_vacuum_insert_threshold = 1000000, autovacuum_vacuum_insert_scale_factor = 0,
    autovacuum_freeze_min_age = 0
);

ALTER TABLE row_lists ALTER COLUMN offsets SET STORAGE PLAIN;

COMMENT ON TABLE row_lists IS 'Payments by participant and fills by account, many to a row.';
COMMENT ON COLUMN row_lists.list IS '1 payer, 2 creditor, 3 account, 4 fee, 5 payment.';
COMMENT ON COLUMN row_lists.offsets IS 'Ascending; first_row + offset is a payment_id or fill_id.';

CREATE FUNCTION time_of(nanoseconds bigint) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN 'epoch'::timestamptz + floor(nanoseconds / 1000.0) * interval '1 microsecond';

COMMENT ON FUNCTION time_of IS 'Nanoseconds since 1970 as a time, rounded down to microseconds.';

CREATE FUNCTION currency_of(number integer) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ('{CNY,THB,MYR,SGD,IDR,PHP,KHR,LAK,MMK,BND,HKD,MOP,USD,EUR,INR,AED,ARS,ETB,VND,JPY,KRW,'
        'KWD,BHD}'::text[])[number + 1];

COMMENT ON FUNCTION currency_of IS 'The code of a currency by its number in the log.';

CREATE VIEW payments AS
SELECT
    payment_id,
    uetr,
    ('{RCVD,ACTC,ACFC,PDNG,BLCK,ACSP,ACSC,CANC,RJCT}'::text[])[(codes & 255)::integer] AS status,
    ('{none,filled,cancelled-by-bank,expired,not-matched,killed,self-match,fill-limit,'
        'participant-suspended,corridor-closed}'::text[])[(codes >> 8 & 255)::integer + 1]
        AS end_reason,
    (codes >> 32)::integer AS result_code,
    payer_id,
    creditor_id,
    CASE codes >> 30 & 1 WHEN 0 THEN 'pay-cny' ELSE 'pay-foreign' END AS side,
    currency_of((codes >> 16 & 255)::integer) AS foreign_currency,
    CASE codes >> 31 & 1 WHEN 0 THEN 'pay' ELSE 'receive' END AS fixed_amount,
    ('{IOC,FOK,DAY,GTC,GTD}'::text[])[(codes >> 24 & 15)::integer + 1] AS time_in_force,
    ('{any,minimum,complete}'::text[])[(codes >> 28 & 3)::integer + 1] AS fill_policy,
    amount,
    coalesce(remaining, 0) AS remaining,
    coalesce(held, 0) AS held,
    coalesce(paid, 0) AS paid,
    coalesce(received, 0) AS received,
    coalesce(fee, 0) AS fee,
    coalesce(stated_limit, 0) AS stated_limit,
    coalesce(limit_rate, stated_limit, 0) AS limit_rate,
    coalesce(minimum_fill, 0) AS minimum_fill,
    fee_parts_per_million & 4294967295 AS fee_parts_per_million,
    time_of(accepted_ns) AS accepted_at,
    time_of(coalesce(updated_ns, accepted_ns)) AS updated_at,
    CASE expires_ns
        WHEN 9223372036854775807 THEN 'infinity'::timestamptz
        ELSE time_of(expires_ns)
    END AS expires_at,
    accepted_ns,
    coalesce(updated_ns, accepted_ns) AS updated_ns,
    coalesce(expires_ns, 0) AS expires_ns,
    content_hash,
    details
FROM payment_records;

COMMENT ON VIEW payments IS 'Every payment order on record, with how far it got.';
COMMENT ON COLUMN payments.status IS 'ISO 20022: ACFC, PDNG, ACSP, ACSC, CANC, RJCT, BLCK.';
COMMENT ON COLUMN payments.result_code IS 'Number of the result code; 0 is accepted.';
COMMENT ON COLUMN payments.creditor_id IS '0 when the order named an unknown participant.';
COMMENT ON COLUMN payments.side IS
    'pay-cny gives renminbi for the foreign currency, pay-foreign the reverse.';
COMMENT ON COLUMN payments.fixed_amount IS 'Which amount is fixed by the order: pay or receive.';
COMMENT ON COLUMN payments.amount IS 'The fixed amount, in minor units of its currency.';
COMMENT ON COLUMN payments.remaining IS 'What is left of amount.';
COMMENT ON COLUMN payments.held IS 'Still held, fee included, in minor units of the pay currency.';
COMMENT ON COLUMN payments.paid IS 'Paid so far without fees, in the pay currency.';
COMMENT ON COLUMN payments.received IS 'Received so far, in the receive currency.';
COMMENT ON COLUMN payments.fee IS 'Fees so far, in the pay currency.';
COMMENT ON COLUMN payments.stated_limit IS 'Rate times 10^8 as submitted; 0 when none was.';
COMMENT ON COLUMN payments.limit_rate IS 'Rate times 10^8 in force.';
COMMENT ON COLUMN payments.fee_parts_per_million IS 'The fee in force for this order.';
COMMENT ON COLUMN payments.expires_at IS 'infinity: stands until cancelled; null: no time given.';
COMMENT ON COLUMN payments.content_hash IS 'Tells a repeated order from a conflicting one.';
COMMENT ON COLUMN payments.details IS 'JSON that came with the order: references and parties.';

CREATE VIEW fills AS
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
FROM fill_rows;

COMMENT ON VIEW fills IS 'Two payments settled against each other, both legs in one step.';
COMMENT ON COLUMN fills.resting_side IS 'The side of the order whose rate is the fill''s.';
COMMENT ON COLUMN fills.renminbi_payment IS 'The payment that gave renminbi.';
COMMENT ON COLUMN fills.foreign_payment IS 'The payment that gave foreign currency.';
COMMENT ON COLUMN fills.renminbi_fee IS 'Fen, from the payer of renminbi_payment.';
COMMENT ON COLUMN fills.foreign_fee IS 'Foreign minor units, from the payer of foreign_payment.';

CREATE TABLE fundings (
    reference    uuid        PRIMARY KEY,
    occurred_at  timestamptz NOT NULL,
    timestamp_ns bigint      NOT NULL,
    account_id   integer     NOT NULL,
    amount       bigint      NOT NULL,
    content_hash bytea       NOT NULL,
    details      text
);

CREATE INDEX fundings_by_account ON fundings (account_id, timestamp_ns);
CREATE INDEX fundings_by_time ON fundings (timestamp_ns);

COMMENT ON TABLE fundings IS 'Money that came in (positive) or went out (negative).';

CREATE VIEW transfers AS
SELECT
    f.fill_id || '/' || t.part AS transfer_id,
    f.occurred_at,
    f.timestamp_ns,
    t.kind,
    f.fill_id,
    t.part,
    NULL::uuid AS reference,
    t.debit_account,
    t.credit_account,
    t.currency,
    t.amount
FROM fills f
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
WHERE t.kind = 'leg' OR t.amount > 0
UNION ALL
SELECT
    f.reference::text,
    f.occurred_at,
    f.timestamp_ns,
    'funding',
    -- The type of fills.fill_id: conditions reach the indexes only through equal types.
    0::bigint,
    0,
    f.reference,
    CASE WHEN f.amount > 0 THEN nostro.account_id ELSE own.account_id END,
    CASE WHEN f.amount > 0 THEN own.account_id ELSE nostro.account_id END,
    own.currency,
    abs(f.amount)
FROM fundings f
JOIN accounts own USING (account_id)
LEFT JOIN accounts nostro
    ON nostro.participant_id = 0
    AND nostro.currency = own.currency
    AND nostro.kind = 'nostro';

COMMENT ON VIEW transfers IS
    'Double entry: every movement of money debits one account and credits another. A fill is a'
    ' renminbi leg (part 1), a foreign leg (2) and a fee in each currency where there is one (3, 4).';

CREATE VIEW account_entries AS
SELECT
    e.account_id, t.transfer_id, t.occurred_at, t.timestamp_ns, t.kind, t.fill_id, t.part,
    t.reference, t.currency, e.amount
FROM transfers t
CROSS JOIN LATERAL (
    VALUES (t.debit_account, -t.amount), (t.credit_account, t.amount)
) AS e (account_id, amount);

COMMENT ON VIEW account_entries IS
    'Each transfer as seen from its two accounts. The amounts of an account sum to its balance.';
