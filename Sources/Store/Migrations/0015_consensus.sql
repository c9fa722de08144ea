-- The log of a node among others: parts of a range of indices each, the commit index beside each
-- row, and what a node has promised. The rows that are there stay where they are.

ALTER TABLE raft_log
    ADD COLUMN kind smallint NOT NULL DEFAULT 0,
    ADD COLUMN commit_index bigint NOT NULL DEFAULT 0;

COMMENT ON COLUMN raft_log.kind IS
    '0 batch, 1 first entry of a leader, 2 change of members; the last two are empty batches.';
COMMENT ON COLUMN raft_log.commit_index IS
    'Known to be committed when the row was written; never less than in the row before. What is'
    ' committed is never replaced.';

-- A part holds 2^20 batches. The first one takes over the table as it is, which is looked through
-- once for its bounds and not written.
DO $$
DECLARE
    -- Behind the part in which the log ends now.
    bound bigint := ((SELECT coalesce(max(log_index), 0) FROM raft_log) >> 20) + 1 << 20;
    owner text;
BEGIN
    FOREACH owner IN ARRAY '{raft_log,raft_contents}'::text[] LOOP
        EXECUTE format('ALTER TABLE %I RENAME TO %I', owner, owner || '_1');
        EXECUTE format('ALTER INDEX %I RENAME TO %I', owner || '_pkey', owner || '_1_pkey');
        EXECUTE format(
            'CREATE TABLE %I (LIKE %I INCLUDING COMMENTS INCLUDING CONSTRAINTS'
            ' INCLUDING DEFAULTS INCLUDING STORAGE, PRIMARY KEY (log_index))'
            ' PARTITION BY RANGE (log_index)', owner, owner || '_1');
        EXECUTE format(
            'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (1) TO (%s)',
            owner, owner || '_1', bound);
        EXECUTE format(
            'COMMENT ON TABLE %I IS %L', owner,
            obj_description((owner || '_1')::regclass, 'pg_class'));
        EXECUTE format('COMMENT ON TABLE %I IS %L', owner || '_1', 'A part of ' || owner || '.');
    END LOOP;
END $$;

CREATE VIEW raft_log_parts AS
SELECT name, bounds[1]::bigint AS first_index, bounds[2]::bigint AS end_index
FROM (
    SELECT
        relname::text AS name,
        regexp_match(
            pg_get_expr(relpartbound, pg_class.oid),
            '^FOR VALUES FROM \(''(\d+)''\) TO \(''(\d+)''\)$'
        ) AS bounds
    FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'raft_log'::regclass
) AS parts;

COMMENT ON VIEW raft_log_parts IS
    'The parts of raft_log: each holds the batches from first_index up to before end_index.'
    ' raft_contents has the same.';

-- Nobody who reads or writes the log has to wait for it: the part is made beside the log and then
-- attached, and there is no part for all other indices, which would have to be looked through.
CREATE FUNCTION add_log_part(first_index bigint, end_index bigint) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    owner text;
    part text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(current_schema, 3));
    FOREACH owner IN ARRAY '{raft_log,raft_contents}'::text[] LOOP
        part := owner || '_' || first_index;
        CONTINUE WHEN to_regclass(part) IS NOT NULL;
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', part, owner);
        EXECUTE format(
            'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',
            owner, part, first_index, end_index);
        EXECUTE format('COMMENT ON TABLE %I IS %L', part, 'A part of ' || owner || '.');
    END LOOP;
END $$;

COMMENT ON FUNCTION add_log_part IS
    'Makes a part of raft_log and raft_contents for a range of batches; nothing when it is there.'
    ' The program makes the next one when the last one is half full.';

-- One row: what this node has promised, and where.
CREATE TABLE raft_state (
    key                boolean PRIMARY KEY DEFAULT true CHECK (key),
    node_id            bigint,
    term               bigint  NOT NULL,
    vote               bigint  NOT NULL,
    commit_index       bigint  NOT NULL,
    system_identifier  bigint,
    timeline           integer,
    remembered_outside boolean NOT NULL DEFAULT false
);

INSERT INTO raft_state (term, vote, commit_index) VALUES (0, 0, 0);

COMMENT ON TABLE raft_state IS
    'What this node has promised to others, and on which server. It belongs to no other node, and'
    ' a copy must not be served.';
COMMENT ON COLUMN raft_state.node_id IS 'This node; null before the first start.';
COMMENT ON COLUMN raft_state.term IS
    'The latest term that it has seen; the log can show a later one.';
COMMENT ON COLUMN raft_state.vote IS 'For whom it has voted in this term; 0 for nobody.';
COMMENT ON COLUMN raft_state.commit_index IS
    'Known to be committed when term or vote changed or rows were replaced; raft_log.commit_index'
    ' and applied say more.';
COMMENT ON COLUMN raft_state.system_identifier IS
    'Of the server on which the log was first written, as pg_control_system() has it.';
COMMENT ON COLUMN raft_state.timeline IS
    'Of that server: a restored or promoted one counts on.';
COMMENT ON COLUMN raft_state.remembered_outside IS
    'A file outside of the database knows how far the log had come.';

-- Whoever asks for it: what the tables show and what is committed stays.
CREATE FUNCTION keep_committed() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    known bigint;
BEGIN
    -- The last row has the greatest commit index, and may be about to go: it is noted first.
    SELECT greatest(
        (SELECT commit_index FROM raft_log ORDER BY log_index DESC LIMIT 1),
        (SELECT log_index FROM applied)
    ) INTO known;
    UPDATE raft_state SET commit_index = known WHERE commit_index < known;
    SELECT commit_index INTO STRICT known FROM raft_state;
    IF OLD.log_index <= known THEN
        RAISE EXCEPTION 'batch % is committed, as all up to %', OLD.log_index, known
            USING ERRCODE = 'LQ001';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;

COMMENT ON FUNCTION keep_committed IS
    'Refuses to change or delete what is committed, with SQLSTATE LQ001.';

CREATE TRIGGER keep_committed BEFORE UPDATE OR DELETE ON raft_log
    FOR EACH ROW EXECUTE FUNCTION keep_committed();
-- Erasing is an update.
CREATE TRIGGER keep_committed BEFORE DELETE ON raft_contents
    FOR EACH ROW EXECUTE FUNCTION keep_committed();

-- Well ahead of the first row that needs it.
SELECT add_log_part(end_index, end_index + (1 << 20)) FROM raft_log_parts;
