-- Calendars of currencies, their business days, and what accounts had when a day began.
CREATE TABLE calendar_days (
    calendar_day_id integer PRIMARY KEY,
    currency        text    NOT NULL,
    date            text,
    kind            text    NOT NULL,
    opens_ns        bigint  NOT NULL,
    cut_off_ns      bigint  NOT NULL,
    turn_ns         bigint  NOT NULL
);

COMMENT ON TABLE calendar_days IS
    'Each date of the calendars in force. A day that has begun never changes.';
COMMENT ON COLUMN calendar_days.calendar_day_id IS
    'Number of the currency * 65536, and the days since 1970-01-01.';
COMMENT ON COLUMN calendar_days.kind IS 'working, make-up or closed.';
COMMENT ON COLUMN calendar_days.opens_ns IS
    'Nanoseconds since 1970 UTC, as the two behind it; 0 on a closed day.';
COMMENT ON COLUMN calendar_days.turn_ns IS
    'The business day of this date ends there, and the next one begins.';

CREATE TABLE calendar_stages (
    calendar_day_id integer PRIMARY KEY,
    currency        text    NOT NULL,
    date            text,
    kind            text    NOT NULL,
    opens_ns        bigint  NOT NULL,
    cut_off_ns      bigint  NOT NULL,
    turn_ns         bigint  NOT NULL,
    state           text    NOT NULL
);

CREATE INDEX calendar_stages_waiting
    ON calendar_stages (calendar_day_id) WHERE state = 'staged';

COMMENT ON TABLE calendar_stages IS
    'Dates as they were staged last; they are in force once they are adopted.';
COMMENT ON COLUMN calendar_stages.state IS 'staged, adopted or removed.';

CREATE TABLE business_days (
    business_day_id bigint      PRIMARY KEY,
    currency        text        NOT NULL,
    number          integer     NOT NULL,
    date            text,
    began_in        bigint      NOT NULL,
    began_at        timestamptz NOT NULL,
    began_ns        bigint      NOT NULL
);

CREATE INDEX business_days_by_date ON business_days (currency, date);

COMMENT ON TABLE business_days IS
    'The business days of each currency. What is recorded from began_ns on, and before the next'
    ' day''s, belongs to it.';
COMMENT ON COLUMN business_days.business_day_id IS
    'Number of the currency * 2^32, and the day''s own, from 1 on.';
COMMENT ON COLUMN business_days.date IS
    'Null while the day runs and the calendar has no working day behind the last one.';
COMMENT ON COLUMN business_days.began_in IS
    'Log index of the batch in which it began, which is its first.';

CREATE TABLE account_days (
    account_day_id  bigint  PRIMARY KEY,
    account_id      integer NOT NULL,
    day             integer NOT NULL,
    opening_balance bigint  NOT NULL
);

COMMENT ON TABLE account_days IS
    'What an account had when a business day began on which it changed. On a day without a row it'
    ' did not change: it had what the next row says, or what it has now.';
COMMENT ON COLUMN account_days.account_day_id IS
    'Number of the account * 2^32, and that of the day in the account''s currency.';
COMMENT ON COLUMN account_days.opening_balance IS 'Minor units.';

ALTER TABLE corridors ADD COLUMN follows_calendars smallint NOT NULL DEFAULT 0;
COMMENT ON COLUMN corridors.follows_calendars IS
    '1 where sessions are those of both currencies'' calendars, 0 where they are the hours here.';
