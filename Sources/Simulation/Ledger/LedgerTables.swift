package import Domain

/// A change that no table could take.
package struct TablesFault: Error, CustomStringConvertible {
    package let description: String
}

/// The ledger tables as a node would keep them: the latest row of everything, from effects alone.
package struct LedgerTables: Sendable {
    package private(set) var position = LedgerPosition()
    private var timestamps: [Timestamp] = []
    package private(set) var declared = DeclaredRowLists()
    /// Where the rows of each declared table stand, by their keys.
    private var places: [String: [UInt128: Int]] = [:]
    package private(set) var accounts: [AccountRow] = []
    package private(set) var payments: [PaymentRow] = []
    package private(set) var fills: [FillRow] = []

    package init() {}

    /// Takes in what the next batch changed.
    ///
    /// - Throws: ``TablesFault`` when a row is there twice, or is new and is not.
    /// - Complexity: O(rows changed), and O(rows) of a declared table in which one is replaced.
    package mutating func absorb(_ effects: Effects) throws(TablesFault) {
        position = effects.position
        timestamps.append(position.timestamp)
        if !effects.declared.isEmpty {
            for type in DeclaredRows.all { try absorb(type, effects) }
        }
        for row in effects.accounts.sorted(by: { $0.id < $1.id }) {
            LedgerTables.put(row, at: Int(row.id), in: &accounts)
        }
        for row in effects.payments.sorted(by: { $0.id < $1.id }) {
            guard row.isNew == (Int(row.id) > payments.count) else {
                throw TablesFault(description: "payment \(row.id) is new: \(row.isNew)")
            }
            LedgerTables.put(row, at: Int(row.id), in: &payments)
        }
        fills += effects.fills
        guard Set(effects.payments.map(\.id)).count == effects.payments.count else {
            throw TablesFault(description: "a payment is there twice")
        }
    }

    /// Takes in the changed rows of one declared table.
    private mutating func absorb<Row: DeclaredRow>(
        _ type: Row.Type, _ effects: Effects
    ) throws(TablesFault) {
        let changed = effects.declared[type]
        guard !changed.isEmpty else { return }
        guard Set(changed.map(\.key)).count == changed.count else {
            throw TablesFault(description: "a row of \(Row.table) is there twice")
        }
        for row in changed {
            let key = row.key
            if let place = places[Row.table]?[key] {
                declared[type][place] = row
            } else {
                let count = places[Row.table]?.count ?? 0
                places[Row.table, default: [:]][key] = count
                declared.append(row)
            }
        }
    }

    private static func put<Row>(_ row: Row, at id: Int, in rows: inout [Row]) {
        if id == rows.count + 1 { rows.append(row) } else { rows[id - 1] = row }
    }

    // MARK: What an engine starts from

    /// What an engine starts from that knows final payments for so many batches.
    ///
    /// - Complexity: O(rows).
    package func image(finalBatches: Int = Limits.finalBatches) -> LedgerImage {
        var image = LedgerImage()
        image.recentTimestamps = timestamps.suffix(finalBatches)
        let oldest = image.recentTimestamps.first ?? 0
        image.position = position
        image.declared = declared
        image.declared[AttemptRow.self] = declared[AttemptRow.self].filter {
            $0.timestamp >= oldest
        }
        image.declared[OperatorCommandRow.self] = declared[OperatorCommandRow.self].filter {
            $0.timestamp >= oldest
        }
        let index = position.logIndex
        let waiting = waiting
        image.declared[FollowUpRow.self] = declared[FollowUpRow.self].filter {
            $0.changedIn + UInt64(finalBatches) > index || waiting.contains($0.payment)
        }
        image.declared[ReturnRow.self] = declared[ReturnRow.self].filter {
            $0.timestamp >= oldest || isOpen($0)
        }
        image.declared[NoticeRow.self] = declared[NoticeRow.self].filter {
            $0.timestamp >= oldest
        }
        let proposals = declared[ProposalRow.self]
        image.declared[ProposalRow.self] = proposals.filter {
            $0.state == .open || $0.decidedIn + UInt64(finalBatches) > index
                || $0.id == proposals.count
        }
        let counting = Set(
            declared[AgentStatementRow.self].filter { $0.state != .abandoned }.map(\.id))
        image.declared[AgentStatementLineRow.self] = declared[AgentStatementLineRow.self].filter {
            counting.contains($0.statement)
        }
        let cases = declared[CaseRow.self]
        image.declared[CaseRow.self] = cases.filter { $0.state.isOpen || $0.id == cases.count }
        let days = declared[AccountDayRow.self]
        image.declared[AccountDayRow.self] =
            Dictionary(days.map { ($0.account, $0) }) { $0.day > $1.day ? $0 : $1 }
            .values.sorted { $0.account < $1.account }
        image.accounts = accounts
        image.payments = payments.filter { !$0.status.isFinal || $0.updatedAt >= oldest }
        let known = Set(image.payments.map(\.id))
        image.declared[DatedPaymentRow.self] = declared[DatedPaymentRow.self].filter {
            known.contains($0.payment)
        }
        return image
    }

    /// Whether a return is an order that can still bring something.
    package func isOpen(_ row: ReturnRow) -> Bool {
        row.order > 0 && !payments[Int(row.order) - 1].status.isFinal
    }

    /// What followed a payment, of which a case or a return order is open.
    package var waiting: Set<PaymentID> {
        let cases = declared[FollowUpRow.self].filter { $0.caseState.isOpen }.map(\.payment)
        return Set(cases).union(declared[ReturnRow.self].filter(isOpen).map(\.payment))
    }
}
