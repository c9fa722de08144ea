-- What the server does about the tables by itself, and one more kind of list.

-- Statistics of arrays are never used and cost more than all others together.
ALTER TABLE row_lists ALTER COLUMN offsets SET STATISTICS 0;
ALTER TABLE batches ALTER COLUMN ended SET STATISTICS 0;

-- Queries go through keys, whatever the statistics say. Under load these tables would be looked at
-- every ten seconds; now when they have doubled, and the open payments when somebody asks for it.
ALTER TABLE fill_rows SET (
    autovacuum_analyze_threshold = 1000000, autovacuum_analyze_scale_factor = 1
);
ALTER TABLE row_lists SET (
    autovacuum_analyze_threshold = 1000000, autovacuum_analyze_scale_factor = 1
);
ALTER TABLE open_payments SET (autovacuum_analyze_threshold = 2147483647);

COMMENT ON COLUMN row_lists.list IS
    '1 payer, 2 creditor, 3 account, 4 fee, 5 payment, 6 payments whose number / 64 is the owner.';
COMMENT ON COLUMN payment_rows.first_fill IS
    'Its first fill, so that the many payments with one fill need no list; null: see lists 5, 6.';
