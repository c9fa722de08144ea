-- What banks have only announced. Nothing of it moves money.
CREATE TABLE notices (
    notice_id       bigint      PRIMARY KEY,
    noticed_at      timestamptz NOT NULL,
    timestamp_ns    bigint      NOT NULL,
    sender_id       integer     NOT NULL,
    notice          text        NOT NULL,
    message         text,
    uetr            uuid        NOT NULL,
    content_hash    bytea       NOT NULL,
    amount          bigint      NOT NULL,
    currency        text        NOT NULL,
    settlement_date text,
    bank            text,
    details         text
);

CREATE UNIQUE INDEX notices_by_content ON notices (content_hash, sender_id);
CREATE INDEX notices_by_uetr ON notices (uetr, notice_id);

COMMENT ON TABLE notices IS
    'Advices, copies, and payments whose cover comes by another message.';
COMMENT ON COLUMN notices.notice_id IS
    'Log index of its batch * 16384, and its place among the notices of the batch.';
COMMENT ON COLUMN notices.notice IS 'advice, announced-cover or copy.';
COMMENT ON COLUMN notices.uetr IS 'All zero where the message names no payment.';
COMMENT ON COLUMN notices.amount IS 'Minor units of the currency; 0 where none is stated.';
COMMENT ON COLUMN notices.bank IS 'The other bank, as far as the message names it.';
COMMENT ON COLUMN notices.details IS
    'JSON: identifications of the message and of the transaction; empty when they are erased.';

ALTER TABLE messaging ADD COLUMN usage_rules text NOT NULL DEFAULT 'none';
COMMENT ON COLUMN messaging.usage_rules IS
    'none, warn or refuse: what happens with messages of the bank that break a rule of CBPR+.';
