-- Statements of business days.
ALTER TABLE bank_messages ADD COLUMN day integer NOT NULL DEFAULT 0;

COMMENT ON COLUMN bank_messages.day IS
    'The business day that a statement is of, in the currency of its account; 0 for other messages.';

CREATE TABLE statement_runs (
    number   integer PRIMARY KEY,
    currency text    NOT NULL,
    day      integer NOT NULL,
    accounts integer NOT NULL,
    told     integer NOT NULL
);

COMMENT ON TABLE statement_runs IS
    'Business days that have ended, in the order in which they did, and how far their statements'
    ' are told.';
COMMENT ON COLUMN statement_runs.accounts IS 'The last account that was open when the day ended.';
COMMENT ON COLUMN statement_runs.told IS
    'The last account that was looked at: all statements are told when it is the last one.';
