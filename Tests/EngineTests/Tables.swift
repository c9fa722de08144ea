internal import Domain

/// The ledger tables as a node would keep them: the latest row of everything, from effects alone.
struct Tables {
    var position = LedgerPosition()
    private var timestamps: [Timestamp] = []
    var declared = DeclaredRowLists()
    var accounts: [AccountRow] = []
    var payments: [PaymentRow] = []
    var fills: [FillRow] = []

    var participants: [ParticipantRow] { declared[ParticipantRow.self] }
    var corridors: [CorridorRow] { declared[CorridorRow.self] }
    var fundings: [FundingRow] { declared[FundingRow.self] }
    var nostros: [NostroRow] { declared[NostroRow.self] }
    var withdrawals: [WithdrawalRow] { declared[WithdrawalRow.self] }
    var openCases: [CaseRow] { declared[CaseRow.self].filter { $0.state.isOpen } }
    var entries: [AgentEntryRow] { declared[AgentEntryRow.self] }

    mutating func absorb(_ effects: Effects) throws {
        position = effects.position
        timestamps.append(position.timestamp)
        for type in DeclaredRows.all { try absorb(type, effects) }
        for row in effects.accounts.sorted(by: { $0.id < $1.id }) {
            put(row, at: Int(row.id), in: &accounts)
        }
        for row in effects.payments.sorted(by: { $0.id < $1.id }) {
            try check("R1.6", row.isNew == (Int(row.id) > payments.count), "newness \(row.id)")
            put(row, at: Int(row.id), in: &payments)
        }
        fills += effects.fills
        try check("R1.6", Set(effects.payments.map(\.id)).count == effects.payments.count, "twice")
    }

    /// Takes in the changed rows of one declared table.
    private mutating func absorb<Row: DeclaredRow>(_ type: Row.Type, _ effects: Effects) throws {
        let changed = effects.declared[type]
        guard !changed.isEmpty else { return }
        try check("R1.6", Set(changed.map(\.key)).count == changed.count, "\(Row.table) twice")
        var rows = declared[type]
        var places = Dictionary(uniqueKeysWithValues: zip(rows.map(\.key), rows.indices))
        for row in changed {
            if let place = places[row.key] {
                rows[place] = row
            } else {
                places[row.key] = rows.count
                rows.append(row)
            }
        }
        declared[type] = rows
    }

    private func put<Row>(_ row: Row, at id: Int, in rows: inout [Row]) {
        if id == rows.count + 1 { rows.append(row) } else { rows[id - 1] = row }
    }

    var balances: [Int64] { accounts.map(\.balance) }

    var image: LedgerImage { image() }

    /// What an engine starts from that knows final payments for so many batches.
    func image(finalBatches: Int = Limits.finalBatches) -> LedgerImage {
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
        let cases = declared[CaseRow.self]
        image.declared[CaseRow.self] = cases.filter { $0.state.isOpen || $0.id == cases.count }
        image.accounts = accounts
        image.payments = payments.filter { !$0.status.isFinal || $0.updatedAt >= oldest }
        return image
    }

    /// Whether a return is an order that can still bring something.
    func isOpen(_ row: ReturnRow) -> Bool {
        row.order > 0 && !payments[Int(row.order) - 1].status.isFinal
    }

    /// What followed a payment, of which a case or a return order is open.
    var waiting: Set<PaymentID> {
        let cases = declared[FollowUpRow.self].filter { $0.caseState.isOpen }.map(\.payment)
        return Set(cases).union(declared[ReturnRow.self].filter(isOpen).map(\.payment))
    }

    /// The state hash from all rows there are.
    var hash: UInt64 {
        var hash: UInt64 = 0
        for type in DeclaredRows.all { hash &+= self.hash(of: type) }
        for row in accounts { hash &+= row.stateHash }
        for row in payments { hash &+= row.stateHash }
        for row in fills { hash &+= row.stateHash }
        return hash
    }

    private func hash<Row: DeclaredRow>(of type: Row.Type) -> UInt64 {
        declared[type].reduce(0) { $0 &+ $1.stateHash }
    }

    func debitAccount(_ payment: PaymentRow) -> Int? {
        let owner = participants[Int(payment.payer) - 1].settlementParticipant
        return accounts.firstIndex {
            $0.kind == .settlement && $0.participant == owner
                && $0.currency == payment.payCurrency
        }
    }
}

/// A sentence of `docs/rulebook.md` that did not hold.
struct Violation: Error, CustomStringConvertible {
    var description: String
}

func check(_ rule: String, _ holds: Bool, _ detail: @autoclosure () -> String) throws {
    if !holds { throw Violation(description: "\(rule): \(detail())") }
}
