-- What came with a batch but stands outside its hash chain, so that it can be erased: names,
-- addresses, remittance information. Batches of version 2 have theirs in the payload.
CREATE TABLE raft_contents (
    log_index bigint PRIMARY KEY,
    contents  bytea  NOT NULL
);

-- Written once and in bulk, like the payloads.
ALTER TABLE raft_contents ALTER COLUMN contents SET STORAGE EXTERNAL;

COMMENT ON TABLE raft_contents IS
    'Beside raft_log, in the same transaction: what its commands brought that no rule reads.';
COMMENT ON COLUMN raft_contents.contents IS
    'For each command with an attachment, in their order: 16 bytes of salt and the attachment. The'
    ' payload has SHA-256 over both. Erased ones are zeros.';

-- The key of the content hashes: in details, as 64 hexadecimal digits.
CREATE TABLE content_keys (
    number        integer     PRIMARY KEY,
    valid_from    timestamptz NOT NULL,
    timestamp_ns  bigint      NOT NULL,
    payment_count bigint      NOT NULL,
    details       text
);

COMMENT ON TABLE content_keys IS
    'Keys that go into content hashes: who knows the chain alone cannot guess what was erased.';
COMMENT ON COLUMN content_keys.payment_count IS
    'Payments on record before it: their content hashes have no key.';

-- Wishes that the contents of a payment be erased.
CREATE TABLE erasures (
    erasure_id   bigint      PRIMARY KEY,
    asked_at     timestamptz NOT NULL,
    timestamp_ns bigint      NOT NULL,
    uetr         uuid        NOT NULL,
    payer_id     integer     NOT NULL,
    details      text
);

COMMENT ON TABLE erasures IS 'Payments whose parties and remittance information are erased.';
COMMENT ON COLUMN erasures.erasure_id IS
    'Log index of its batch * 16384, and its place among the erasures of the batch.';
COMMENT ON COLUMN erasures.details IS 'Who asked, and why.';

-- How far this node has come with them; not part of the ledger.
CREATE TABLE erased (
    key        boolean PRIMARY KEY DEFAULT true CHECK (key),
    erasure_id bigint  NOT NULL
);

INSERT INTO erased VALUES (true, 0);

COMMENT ON TABLE erased IS 'The last of the erasures that this node has carried out.';
