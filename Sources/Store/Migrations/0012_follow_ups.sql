-- What follows a payment after it is settled. The payment's own row never changes.
CREATE TABLE follow_ups (
    payment_id       bigint      PRIMARY KEY,
    uetr             uuid        NOT NULL,
    payer_id         integer     NOT NULL,
    creditor_id      integer     NOT NULL,
    pay_currency     text        NOT NULL,
    receive_currency text        NOT NULL,
    credit           text        NOT NULL,
    case_state       text        NOT NULL,
    credit_reason    text,
    paid             bigint      NOT NULL,
    received         bigint      NOT NULL,
    credit_ns        bigint      NOT NULL,
    returned         bigint      NOT NULL,
    returns          integer     NOT NULL,
    case_id          integer     NOT NULL,
    case_reason      text,
    case_key         bytea       NOT NULL,
    changed_in       bigint      NOT NULL,
    updated_at       timestamptz NOT NULL,
    updated_ns       bigint      NOT NULL
);

-- What a node reads when it starts.
CREATE INDEX follow_ups_by_change ON follow_ups (changed_in);
CREATE INDEX follow_ups_with_open_case
    ON follow_ups (payment_id) WHERE case_state IN ('open', 'pending');

COMMENT ON TABLE follow_ups IS
    'What became of the money of a settled payment: the word of its creditor''s bank, what was'
    ' returned, and the last case about it.';
COMMENT ON COLUMN follow_ups.credit IS
    'none, pending, credited or rejected: what the creditor''s bank has said.';
COMMENT ON COLUMN follow_ups.credit_ns IS 'When it said so; 0 before.';
COMMENT ON COLUMN follow_ups.returned IS
    'Minor units of the receive currency, the sum of the returns; at most what was received.';
COMMENT ON COLUMN follow_ups.case_id IS 'The last case; 0 before the first.';
COMMENT ON COLUMN follow_ups.case_key IS
    '128 bits of SHA-256 of the identification of the request that opened it.';
COMMENT ON COLUMN follow_ups.changed_in IS 'Log index of the batch that last changed the row.';

CREATE TABLE returns (
    return_id      bigint      PRIMARY KEY,
    occurred_at    timestamptz NOT NULL,
    timestamp_ns   bigint      NOT NULL,
    returner_id    integer     NOT NULL,
    reason         text,
    return_key     bytea       NOT NULL,
    content_hash   bytea       NOT NULL,
    payment_id     bigint      NOT NULL,
    amount         bigint      NOT NULL,
    debit_account  integer     NOT NULL,
    credit_account integer     NOT NULL,
    details        text
);

CREATE UNIQUE INDEX returns_by_identification ON returns (return_key, returner_id);
CREATE INDEX returns_by_payment ON returns (payment_id, return_id);
CREATE INDEX returns_by_debit_account ON returns (debit_account, timestamp_ns);
CREATE INDEX returns_by_credit_account ON returns (credit_account, timestamp_ns);
-- A transfer has a UUID; that of a return is its number.
CREATE UNIQUE INDEX returns_by_reference
    ON returns ((lpad(to_hex(return_id), 32, '0')::uuid));

COMMENT ON TABLE returns IS
    'Money of settled payments that their creditors'' banks gave back, in the currency in which it'
    ' was received.';
COMMENT ON COLUMN returns.return_id IS
    'Log index of its batch * 16384, and its place among the returns of the batch.';
COMMENT ON COLUMN returns.return_key IS
    '128 bits of SHA-256 of its identification, which is in details.';

CREATE TABLE cases (
    case_id     integer     PRIMARY KEY,
    asked_by    integer     NOT NULL,
    payment_id  bigint      NOT NULL,
    uetr        uuid        NOT NULL,
    payer_id    integer     NOT NULL,
    creditor_id integer     NOT NULL,
    kind        text        NOT NULL,
    state       text        NOT NULL,
    reason      text,
    answer      text,
    opened_at   timestamptz NOT NULL,
    opened_ns   bigint      NOT NULL,
    deadline_at timestamptz NOT NULL,
    deadline_ns bigint      NOT NULL,
    closed_ns   bigint      NOT NULL,
    details     text
);

-- What a node reads when it starts.
CREATE INDEX cases_open ON cases (case_id) WHERE state IN ('open', 'pending');
CREATE INDEX cases_by_payer ON cases (payer_id, case_id);
CREATE INDEX cases_by_creditor ON cases (creditor_id, case_id);

COMMENT ON TABLE cases IS
    'What one bank asked about a settled payment and another has to answer before the deadline.';
COMMENT ON COLUMN cases.kind IS
    'cancellation: the payer''s bank wants the money back; credit-rejected: the creditor''s bank'
    ' cannot credit it.';
COMMENT ON COLUMN cases.state IS 'open, pending, refused, returned or expired.';
COMMENT ON COLUMN cases.closed_ns IS 'When it was closed; 0 while it is open.';
COMMENT ON COLUMN cases.details IS 'JSON that came with the request: its identification and words.';

DROP VIEW IF EXISTS account_entries;
DROP VIEW IF EXISTS transfers;

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
    ON nostro.participant_id = f.nostro
    AND nostro.currency = own.currency
    AND nostro.kind = 'nostro'
UNION ALL
SELECT
    e.reference::text,
    e.occurred_at,
    e.timestamp_ns,
    'agent-' || e.kind,
    0::bigint,
    0,
    e.reference,
    CASE WHEN e.amount > 0 THEN e.account_id ELSE e.counter_account_id END,
    CASE WHEN e.amount > 0 THEN e.counter_account_id ELSE e.account_id END,
    own.currency,
    abs(e.amount)
FROM agent_entries e
JOIN accounts own USING (account_id)
UNION ALL
SELECT
    r.return_id::text,
    r.occurred_at,
    r.timestamp_ns,
    'return',
    0::bigint,
    0,
    lpad(to_hex(r.return_id), 32, '0')::uuid,
    r.debit_account,
    r.credit_account,
    debited.currency,
    r.amount
FROM returns r
JOIN accounts debited ON debited.account_id = r.debit_account;

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
