-- How much a participant may owe in a currency, in all or towards one other.
CREATE TABLE debit_caps (
    debit_cap_id    bigint   PRIMARY KEY,
    participant_id  integer  NOT NULL,
    counterparty_id integer  NOT NULL,
    currency        text     NOT NULL,
    removed         smallint NOT NULL,
    day             integer  NOT NULL,
    cap             bigint   NOT NULL,
    position        bigint   NOT NULL,
    held            bigint   NOT NULL
);

COMMENT ON TABLE debit_caps IS
    'Orders are taken while what fills of the business day moved, and orders hold, is within the cap.';
COMMENT ON COLUMN debit_caps.debit_cap_id IS
    'Number of the participant * 2^32, of the other one * 256, and the currency''s.';
COMMENT ON COLUMN debit_caps.counterparty_id IS '0 is all banks together.';
COMMENT ON COLUMN debit_caps.removed IS '1: it holds no more.';
COMMENT ON COLUMN debit_caps.day IS 'Number of the business day of which the position is.';
COMMENT ON COLUMN debit_caps.position IS
    'Minor units that fills of the day moved out, with fees, less those that they moved in.';
COMMENT ON COLUMN debit_caps.held IS 'Minor units that open orders hold.';
