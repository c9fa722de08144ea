-- Names of banks beside the BIC, and banks that pay through a correspondent.
CREATE TABLE identifiers (
    identifier     text    PRIMARY KEY,
    participant_id integer NOT NULL
);

COMMENT ON TABLE identifiers IS
    'Codes by which clearing systems know participants, such as CNAPS:102100099996.';
COMMENT ON COLUMN identifiers.participant_id IS '0 when the code was taken away.';

CREATE INDEX identifiers_by_participant ON identifiers (participant_id);

CREATE TABLE correspondents (
    correspondence text     PRIMARY KEY,
    is_active      smallint NOT NULL
);

COMMENT ON TABLE correspondents IS
    'Banks that are no participants, and the participants that pay for them.';
COMMENT ON COLUMN correspondents.correspondence IS
    'BIC of the participant, a slash, and BIC of the bank.';
COMMENT ON COLUMN correspondents.is_active IS '0 when the participant acts for the bank no more.';
