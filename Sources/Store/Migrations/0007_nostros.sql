-- Nostros have rows and accounts of their own; 0 is each currency's default one, which has no row.
CREATE TABLE nostros (
    nostro_id         integer PRIMARY KEY,
    agent             text,
    account_beginning text    NOT NULL,
    account_rest      text    NOT NULL,
    currency          text    NOT NULL,
    state             text    NOT NULL,
    details           text
);

COMMENT ON TABLE nostros IS 'Accounts of the gateway at settlement agents.';
COMMENT ON COLUMN nostros.agent IS 'BIC.';
COMMENT ON COLUMN nostros.account_beginning IS
    'The first 17 characters of the account''s identification at the agent; account_rest has those'
    ' behind them.';
COMMENT ON COLUMN nostros.details IS 'JSON that came with the command: its own name.';

COMMENT ON COLUMN accounts.participant_id IS
    'The owner; the number of a nostro; 0 for the gateway''s other accounts.';
COMMENT ON COLUMN accounts.held IS 'Held for open orders and withdrawals under way.';

CREATE TABLE withdrawals (
    reference    uuid        PRIMARY KEY,
    content_hash bytea       NOT NULL,
    account_id   integer     NOT NULL,
    nostro       integer     NOT NULL,
    amount       bigint      NOT NULL,
    state        text        NOT NULL,
    reason       text        NOT NULL,
    requested_at timestamptz NOT NULL,
    requested_ns bigint      NOT NULL,
    updated_at   timestamptz NOT NULL,
    updated_ns   bigint      NOT NULL,
    details      text
);

COMMENT ON TABLE withdrawals IS
    'Money that banks want to have at home. It is held until it is confirmed, and then a funding'
    ' that went out under the same reference, or reversed.';
COMMENT ON COLUMN withdrawals.amount IS 'Minor units, positive.';
COMMENT ON COLUMN withdrawals.reason IS 'Why it was reversed; none otherwise.';

CREATE TABLE agent_entries (
    reference          uuid        PRIMARY KEY,
    occurred_at        timestamptz NOT NULL,
    timestamp_ns       bigint      NOT NULL,
    kind               text        NOT NULL,
    account_id         integer     NOT NULL,
    counter_account_id integer     NOT NULL,
    amount             bigint      NOT NULL,
    content_hash       bytea       NOT NULL,
    details            text
);

CREATE INDEX agent_entries_by_account ON agent_entries (account_id, timestamp_ns);
CREATE INDEX agent_entries_by_counter_account
    ON agent_entries (counter_account_id, timestamp_ns);

COMMENT ON TABLE agent_entries IS
    'Fees and interest of agents, and transfers between nostros: came in at the agent (positive) or'
    ' went out (negative).';

ALTER TABLE fundings ADD COLUMN nostro integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN fundings.nostro IS 'Where the money came in or went out.';

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
JOIN accounts own USING (account_id);

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
