-- Lists of withdrawals, newest first: of all, of one account, and of those that somebody still has
-- to do something about, which are few.

CREATE INDEX withdrawals_newest ON withdrawals (requested_ns, reference);
CREATE INDEX withdrawals_by_account ON withdrawals (account_id, requested_ns, reference);
CREATE INDEX withdrawals_under_way ON withdrawals (requested_ns, reference)
    WHERE state IN ('requested', 'ordered');
