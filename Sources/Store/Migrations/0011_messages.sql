-- What banks are told without asking.
CREATE TABLE messaging (
    participant_id  integer  PRIMARY KEY,
    wishes          text     NOT NULL,
    report_interval integer  NOT NULL,
    versions        text     NOT NULL,
    next_report_ns  bigint   NOT NULL,
    newest          bigint   NOT NULL,
    acknowledged    bigint   NOT NULL
);

COMMENT ON TABLE messaging IS
    'What a bank wants to be told of without asking, and how far it has been.';
COMMENT ON COLUMN messaging.wishes IS
    'status-reports, credit-transfers, credit-transfer-parts and notifications, joined by plus'
    ' signs.';
COMMENT ON COLUMN messaging.report_interval IS
    'Minutes from one report of each account to the next; 0 is none.';
COMMENT ON COLUMN messaging.versions IS 'Of messages that the bank wants in another than the usual.';
COMMENT ON COLUMN messaging.newest IS 'How many messages there are.';
COMMENT ON COLUMN messaging.acknowledged IS 'The last that the bank says it has.';

CREATE TABLE bank_messages (
    bank_message_id bigint      PRIMARY KEY,
    told_at         timestamptz NOT NULL,
    timestamp_ns    bigint      NOT NULL,
    kind            text        NOT NULL,
    status          text        NOT NULL,
    reason          text        NOT NULL,
    credit          text        NOT NULL,
    code            text,
    case_state      text        NOT NULL,
    subject         bigint      NOT NULL,
    fill_id         bigint      NOT NULL,
    paid            bigint      NOT NULL,
    received        bigint      NOT NULL,
    since_ns        bigint      NOT NULL,
    until_ns        bigint      NOT NULL,
    part            integer     NOT NULL,
    parts           integer     NOT NULL
);

COMMENT ON TABLE bank_messages IS
    'That a bank is to be told something. The message itself is made of what is on record whenever'
    ' it is read.';
COMMENT ON COLUMN bank_messages.bank_message_id IS
    'The participant''s number * 2^40, and the message''s number among that bank''s.';
COMMENT ON COLUMN bank_messages.credit IS 'What the creditor''s bank said of the money.';
COMMENT ON COLUMN bank_messages.code IS 'With which reason, by ISO 20022.';
COMMENT ON COLUMN bank_messages.subject IS 'The payment, the account, the case or the return it is about.';
COMMENT ON COLUMN bank_messages.fill_id IS
    'The fill that a credit transfer tells of; 0 for the whole payment.';
COMMENT ON COLUMN bank_messages.until_ns IS
    'A notification has the entries behind since_ns and up to this time.';

CREATE TABLE notifications (
    account_id integer PRIMARY KEY,
    entries    integer NOT NULL,
    since_ns   bigint  NOT NULL,
    first_ns   bigint  NOT NULL
);

COMMENT ON TABLE notifications IS
    'What was booked on an account whose bank wants to be told, and was not told yet.';
COMMENT ON COLUMN notifications.since_ns IS 'Entries up to this time are told; 0 when none is behind it.';
COMMENT ON COLUMN notifications.first_ns IS 'When the first was booked that is not; 0 for none.';
