-- Who gives commands to the ledger, and which.
CREATE TABLE operators (
    operator_id    integer PRIMARY KEY,
    name_beginning text    NOT NULL,
    name_rest      text    NOT NULL,
    roles          text    NOT NULL,
    state          text    NOT NULL,
    details        text
);

COMMENT ON TABLE operators IS
    'Persons, or programs of theirs, whose certificates name them as operators.';
COMMENT ON COLUMN operators.name_beginning IS
    'The first 17 characters of the name; name_rest holds those behind them.';
COMMENT ON COLUMN operators.roles IS
    'payments, limits, reconciliation, security and read, joined by plus signs.';
COMMENT ON COLUMN operators.details IS 'The full name, for people.';

CREATE TABLE operator_commands (
    operator_command_id bigint      PRIMARY KEY,
    given_at            timestamptz NOT NULL,
    timestamp_ns        bigint      NOT NULL,
    operator_id         integer     NOT NULL,
    kind                text        NOT NULL,
    code                text        NOT NULL,
    command_id          uuid        NOT NULL,
    content_hash        bytea       NOT NULL
);

CREATE UNIQUE INDEX operator_commands_by_identification
    ON operator_commands (command_id, operator_id);

COMMENT ON TABLE operator_commands IS
    'What operators gave and what it led to; the same command again changes nothing.';
COMMENT ON COLUMN operator_commands.operator_command_id IS
    'Log index of its batch * 16384, and its place among the commands on record of the batch.';
COMMENT ON COLUMN operator_commands.command_id IS
    'The identification that the operator''s client chose.';
COMMENT ON COLUMN operator_commands.content_hash IS
    '128 bits of SHA-256 of the command without its operator and identification.';
