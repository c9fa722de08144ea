-- Whose certificates and keys are whose.
CREATE TABLE registered_keys (
    key_id           integer     PRIMARY KEY,
    owner            text        NOT NULL,
    name_beginning   text        NOT NULL,
    name_rest        text        NOT NULL,
    purpose          text        NOT NULL,
    state            text        NOT NULL,
    fingerprint_high bytea       NOT NULL,
    fingerprint_low  bytea       NOT NULL,
    valid_from       timestamptz NOT NULL,
    from_ns          bigint      NOT NULL,
    until_ns         bigint      NOT NULL,
    revoked_ns       bigint      NOT NULL,
    details          text
);

COMMENT ON TABLE registered_keys IS
    'Certificates and keys of participants, operators, nodes and witnesses. None is ever taken'
    ' away.';
COMMENT ON COLUMN registered_keys.key_id IS 'Given in log order from 1.';
COMMENT ON COLUMN registered_keys.owner IS 'participant, operator, node or witness.';
COMMENT ON COLUMN registered_keys.name_beginning IS
    'The first 17 characters of the BIC or name; name_rest holds those behind them.';
COMMENT ON COLUMN registered_keys.purpose IS 'tls or signing.';
COMMENT ON COLUMN registered_keys.state IS 'active, retiring or revoked.';
COMMENT ON COLUMN registered_keys.fingerprint_high IS
    'The first 16 bytes of SHA-256 over the certificate or key; fingerprint_low has the last 16.';
COMMENT ON COLUMN registered_keys.from_ns IS 'Nanoseconds since 1970 UTC, as the two behind it.';
COMMENT ON COLUMN registered_keys.until_ns IS 'When it ends by itself; 0 is never.';
COMMENT ON COLUMN registered_keys.revoked_ns IS 'When it was revoked; 0 while it is not.';
