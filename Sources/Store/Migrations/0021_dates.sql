-- Payments that state a settlement date, and when what they can cost is held.
CREATE TABLE dated_payments (
    payment_id       bigint PRIMARY KEY,
    foreign_currency text   NOT NULL,
    date             text   NOT NULL,
    funding          text   NOT NULL,
    state            text   NOT NULL,
    code             text   NOT NULL,
    entered_in       bigint NOT NULL,
    entered_ns       bigint NOT NULL
);

CREATE INDEX dated_payments_waiting
    ON dated_payments (foreign_currency, date, payment_id) WHERE state = 'waiting';

COMMENT ON TABLE dated_payments IS
    'The settlement dates that payments state. One that waits is open, and in no book.';
COMMENT ON COLUMN dated_payments.funding IS
    'at-acceptance or at-entry: when the funds of one that waits are held.';
COMMENT ON COLUMN dated_payments.state IS 'waiting, then entered or ended.';
COMMENT ON COLUMN dated_payments.code IS
    'ACCEPTED, or why it could not enter the book when its date came.';
COMMENT ON COLUMN dated_payments.entered_in IS
    'Log index of the batch in which it entered, and in entered_ns its time; 0 before.';

CREATE TABLE dated_funding (
    participant_id integer PRIMARY KEY,
    funding        text    NOT NULL
);

COMMENT ON TABLE dated_funding IS
    'When what payments for a later date can cost is held; without a row at acceptance.';

CREATE OR REPLACE VIEW payments AS
SELECT
    payment_id,
    uetr,
    ('{RCVD,ACTC,ACFC,PDNG,BLCK,ACSP,ACSC,CANC,RJCT}'::text[])[(codes & 255)::integer] AS status,
    ('{none,filled,cancelled-by-bank,expired,not-matched,killed,self-match,fill-limit,'
        'participant-suspended,corridor-closed,entry-refused}'::text[])[(codes >> 8 & 255)::integer + 1]
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
