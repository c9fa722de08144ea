-- The ledger as rows for people. Every table can be rebuilt from raft_log and compared.
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
    fill_count    bigint      NOT NULL,
    payment_count bigint      NOT NULL
);

INSERT INTO applied
VALUES (true, 0, 'epoch', 0, '\x0000000000000000', '\x0000000000000000', 0, 0);

COMMENT ON TABLE applied IS
    'How far the ledger tables have come; changed in the same transaction as the rows.';
COMMENT ON COLUMN applied.log_index IS 'The last row of raft_log that is applied; 0 before it.';
COMMENT ON COLUMN applied.applied_at IS 'The timestamp of that batch.';
COMMENT ON COLUMN applied.state_hash IS 'Hash of the whole state after that batch.';
COMMENT ON COLUMN applied.fills_hash IS 'The part of state_hash that stands for all fills.';

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

CREATE TABLE payments (
    payment_id       bigint      PRIMARY KEY,
    uetr             uuid        NOT NULL UNIQUE,
    status           text        NOT NULL,
    end_reason       text        NOT NULL,
    result_code      smallint    NOT NULL,
    payer_id         integer     NOT NULL,
    creditor_id      integer     NOT NULL,
    side             text        NOT NULL,
    foreign_currency text        NOT NULL,
    fixed_amount     text        NOT NULL,
    time_in_force    text        NOT NULL,
    fill_policy      text        NOT NULL,
    amount           bigint      NOT NULL,
    remaining        bigint      NOT NULL,
    held             bigint      NOT NULL,
    paid             bigint      NOT NULL,
    received         bigint      NOT NULL,
    fee              bigint      NOT NULL,
    stated_limit     bigint      NOT NULL,
    limit_rate       bigint      NOT NULL,
    minimum_fill     bigint      NOT NULL,
    fee_parts_per_million bigint NOT NULL,
    accepted_at      timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    expires_at       timestamptz,
    accepted_ns      bigint      NOT NULL,
    updated_ns       bigint      NOT NULL,
    expires_ns       bigint      NOT NULL,
    content_hash     bytea       NOT NULL,
    details          text
);

CREATE INDEX payments_by_payer ON payments (payer_id, payment_id);
CREATE INDEX payments_by_creditor ON payments (creditor_id, payment_id);
CREATE INDEX payments_open ON payments (payment_id)
    WHERE status NOT IN ('ACSC', 'CANC', 'RJCT');

COMMENT ON TABLE payments IS 'Every payment order on record, with how far it got.';
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

CREATE TABLE fills (
    fill_id          bigint      PRIMARY KEY,
    occurred_at      timestamptz NOT NULL,
    timestamp_ns     bigint      NOT NULL,
    foreign_currency text        NOT NULL,
    resting_side     text        NOT NULL,
    renminbi_payment bigint      NOT NULL,
    foreign_payment  bigint      NOT NULL,
    renminbi_amount  bigint      NOT NULL,
    foreign_amount   bigint      NOT NULL,
    rate             bigint      NOT NULL,
    renminbi_fee     bigint      NOT NULL,
    foreign_fee      bigint      NOT NULL,
    renminbi_debit   integer     NOT NULL,
    renminbi_credit  integer     NOT NULL,
    foreign_debit    integer     NOT NULL,
    foreign_credit   integer     NOT NULL
);

CREATE INDEX fills_by_renminbi_payment ON fills (renminbi_payment);
CREATE INDEX fills_by_foreign_payment ON fills (foreign_payment);
-- Statements of an account. All fills of a batch share a timestamp, so these stay small.
CREATE INDEX fills_by_renminbi_debit ON fills (renminbi_debit, timestamp_ns);
CREATE INDEX fills_by_renminbi_credit ON fills (renminbi_credit, timestamp_ns);
CREATE INDEX fills_by_foreign_debit ON fills (foreign_debit, timestamp_ns);
CREATE INDEX fills_by_foreign_credit ON fills (foreign_credit, timestamp_ns);
CREATE INDEX fills_by_corridor ON fills (foreign_currency, timestamp_ns);

COMMENT ON TABLE fills IS 'Two payments settled against each other, both legs in one step.';
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
