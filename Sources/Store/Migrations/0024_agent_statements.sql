-- What agents say of the gateway's accounts there.
CREATE TABLE agent_statements (
    statement_id integer     PRIMARY KEY,
    nostro_id    integer     NOT NULL,
    currency     text        NOT NULL,
    state        text        NOT NULL,
    way          text        NOT NULL,
    first_date   text,
    last_date    text,
    opening      bigint      NOT NULL,
    closing      bigint      NOT NULL,
    lines        integer     NOT NULL,
    received     integer     NOT NULL,
    sum          bigint      NOT NULL,
    identity     bytea       NOT NULL,
    digest       bytea       NOT NULL,
    begun_at     timestamptz NOT NULL,
    begun_ns     bigint      NOT NULL,
    taken_ns     bigint      NOT NULL,
    difference   bigint      NOT NULL,
    gap          bigint      NOT NULL,
    details      text
);

CREATE INDEX agent_statements_by_account ON agent_statements (nostro_id, currency, statement_id);
CREATE INDEX agent_statements_by_state ON agent_statements (state, statement_id);
CREATE INDEX agent_statements_taken ON agent_statements (nostro_id, currency, first_date)
    WHERE state = 'taken';
-- Behind the first one of these an account is not proven.
CREATE INDEX agent_statements_unproven ON agent_statements (nostro_id, currency, first_date)
    WHERE state = 'taken' AND (gap <> 0 OR difference <> 0);
CREATE INDEX agent_statements_by_digest ON agent_statements (digest);
CREATE INDEX agent_statements_by_identity ON agent_statements (identity);

COMMENT ON TABLE agent_statements IS
    'Statements of agents. Only those that are taken count; their days never overlap.';
COMMENT ON COLUMN agent_statements.nostro_id IS '0 is the currency''s default one.';
COMMENT ON COLUMN agent_statements.state IS 'receiving, then taken or abandoned.';
COMMENT ON COLUMN agent_statements.way IS
    'How it was taken: regular, opening (the first one of its account) or exception.';
COMMENT ON COLUMN agent_statements.opening IS
    'Minor units, as all amounts; positive is the gateway''s money at the agent.';
COMMENT ON COLUMN agent_statements.lines IS 'How many were announced; received have come.';
COMMENT ON COLUMN agent_statements.identity IS
    'First half of SHA-256 over identification and sequence; zeros where the agent gives none.';
COMMENT ON COLUMN agent_statements.digest IS 'First half of SHA-256 over the bytes that say it.';
COMMENT ON COLUMN agent_statements.taken_ns IS '0 before.';
COMMENT ON COLUMN agent_statements.difference IS 'Closing less opening less lines.';
COMMENT ON COLUMN agent_statements.gap IS
    'Opening less the closing of the statement before it; 0 of the first one.';
COMMENT ON COLUMN agent_statements.details IS
    'JSON: what the agent calls it, and where it was read.';

CREATE TABLE agent_statement_lines (
    line_id      bigint   PRIMARY KEY,
    amount       bigint   NOT NULL,
    booking_date text,
    value_date   text,
    reversal     smallint NOT NULL,
    state        text     NOT NULL,
    uetr         uuid     NOT NULL,
    details      text
);

CREATE INDEX agent_statement_lines_by_uetr ON agent_statement_lines (uetr)
    WHERE uetr <> '00000000-0000-0000-0000-000000000000';

COMMENT ON TABLE agent_statement_lines IS
    'Lines of statements; those of abandoned ones never counted.';
COMMENT ON COLUMN agent_statement_lines.line_id IS
    'Number of the statement * 2^32, and the position there, from 1.';
COMMENT ON COLUMN agent_statement_lines.amount IS 'Minor units; positive came in at the agent.';
COMMENT ON COLUMN agent_statement_lines.reversal IS
    '1: the agent says that it takes another line back.';
COMMENT ON COLUMN agent_statement_lines.state IS 'open: it is not accounted for.';
COMMENT ON COLUMN agent_statement_lines.uetr IS 'Zeros where the agent names none.';
COMMENT ON COLUMN agent_statement_lines.details IS 'JSON: what the agent says of it in words.';

CREATE TABLE agent_statement_exceptions (
    statement_id integer     PRIMARY KEY,
    taken_at     timestamptz NOT NULL,
    timestamp_ns bigint      NOT NULL,
    details      text
);

COMMENT ON TABLE agent_statement_exceptions IS
    'Why statements count that do not add up, or do not go on from the one before.';
