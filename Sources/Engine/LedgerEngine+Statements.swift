internal import Domain

// R14.11 The statements of a business day that has ended: one for each settlement account of the
// currency that was open then, whatever its bank wants to be told of.

extension LedgerEngine where Book: ~Copyable {
    /// Tells of the next accounts, day by day in the order in which the days ended, in the order of
    /// their numbers. What an account had at the end of the day need not be known here: it stands
    /// in the rows of the accounts' days (R20.4).
    ///
    /// - Complexity: O(accounts looked at), which one batch bounds too.
    @inline(never)
    mutating func tellStatements() {
        var left = Limits.statementsPerBatch
        var looks = Limits.accountsPerStatementBatch
        while left > 0, looks > 0, var run = statements.current {
            while left > 0, looks > 0, run.isOpen {
                run.told += 1
                looks -= 1
                let account = accounts.row(run.told)
                guard account.kind == .settlement, account.currency == run.currency else {
                    continue
                }
                var message = BankMessageRow(.statement, about: UInt64(account.id), at: now)
                message.day = run.day
                tell(account.owner, message)
                left -= 1
            }
            statements.put(run)
        }
    }

    /// When the next statements are told: with the next batch, while some are left.
    var statementsDue: Timestamp {
        let (next, overflows) = position.timestamp.addingReportingOverflow(1)
        return statements.areOpen && !overflows ? next : .never
    }
}
