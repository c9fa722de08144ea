-- Who may give which command, and what waits for a second person.
CREATE TABLE policy_lines (
    policy_line_id integer  PRIMARY KEY,
    command        text     NOT NULL,
    currency       text,
    from_amount    bigint   NOT NULL,
    roles          text     NOT NULL,
    persons        smallint NOT NULL,
    hours          integer  NOT NULL,
    removed        smallint NOT NULL,
    details        text
);

COMMENT ON TABLE policy_lines IS
    'Which operators may give commands of a kind, and whether they take one person or two. For what'
    ' no line is about the standing policy holds, once there is any line (rulebook, R17).';
COMMENT ON COLUMN policy_lines.currency IS 'Null is any.';
COMMENT ON COLUMN policy_lines.from_amount IS 'Minor units: the line is about amounts from here on.';
COMMENT ON COLUMN policy_lines.hours IS 'How long a proposal waits; 0 is 24.';
COMMENT ON COLUMN policy_lines.removed IS '1: it holds no more.';

CREATE TABLE proposals (
    proposal_id  integer     PRIMARY KEY,
    kind         text        NOT NULL,
    state        text        NOT NULL,
    code         text        NOT NULL,
    proposer_id  integer     NOT NULL,
    decided_by   integer     NOT NULL,
    command_id   uuid        NOT NULL,
    content_hash bytea       NOT NULL,
    proposed_at  timestamptz NOT NULL,
    proposed_ns  bigint      NOT NULL,
    deadline_at  timestamptz NOT NULL,
    deadline_ns  bigint      NOT NULL,
    decided_ns   bigint      NOT NULL,
    decided_in   bigint      NOT NULL,
    body_1       bytea       NOT NULL,
    body_2       bytea       NOT NULL,
    body_3       bytea       NOT NULL,
    body_4       bytea       NOT NULL,
    body_5       bytea       NOT NULL,
    body_6       bytea       NOT NULL,
    body_7       bytea       NOT NULL,
    body_8       bytea       NOT NULL,
    details      text
);

-- What a node reads when it starts.
CREATE INDEX proposals_open ON proposals (proposal_id) WHERE state = 'open';
CREATE INDEX proposals_by_decision ON proposals (decided_in);
CREATE INDEX proposals_by_command ON proposals (command_id);

COMMENT ON TABLE proposals IS
    'Commands of operators that take two persons: one proposed it, another one approves it by number'
    ' and content hash, and then it is carried out.';
COMMENT ON COLUMN proposals.state IS 'open, approved, refused, withdrawn or expired.';
COMMENT ON COLUMN proposals.code IS 'What the command led to; PROPOSED while it is open.';
COMMENT ON COLUMN proposals.decided_by IS 'Operator who approved or refused it; 0 for nobody.';
COMMENT ON COLUMN proposals.decided_ns IS 'When it was decided; 0 while it is open.';
COMMENT ON COLUMN proposals.decided_in IS 'Log index of the batch that decided it.';
COMMENT ON COLUMN proposals.body_1 IS
    'The command as the log has it, 16 bytes a column, the last byte first, zeros behind its end.';
COMMENT ON COLUMN proposals.details IS 'JSON that came with the command.';

CREATE TABLE proposal_refusals (
    proposal_id  integer     PRIMARY KEY,
    refused_at   timestamptz NOT NULL,
    timestamp_ns bigint      NOT NULL,
    details      text
);

COMMENT ON TABLE proposal_refusals IS 'Why proposals were refused or withdrawn.';

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
    'Certificates and keys of participants, operators, nodes and witnesses.';
COMMENT ON COLUMN registered_keys.owner IS 'participant, operator, node or witness.';
COMMENT ON COLUMN registered_keys.name_beginning IS
    'The first 17 characters of the BIC or name; name_rest holds those behind them.';
COMMENT ON COLUMN registered_keys.state IS 'active, retiring or revoked.';
COMMENT ON COLUMN registered_keys.fingerprint_high IS
    'The first 16 bytes of SHA-256 over the certificate or key; fingerprint_low has the last 16.';
COMMENT ON COLUMN registered_keys.until_ns IS 'When it ends by itself; 0 is never.';
COMMENT ON COLUMN registered_keys.revoked_ns IS 'When it was revoked; 0 while it is not.';
