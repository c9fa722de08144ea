internal import Domain

/// The ledger tables as a node would keep them: the latest row of everything, from effects alone.
struct Tables {
    var position = LedgerPosition()
    private var timestamps: [Timestamp] = []
    var participants: [ParticipantRow] = []
    var corridors: [Currency: CorridorRow] = [:]
    var accounts: [AccountRow] = []
    var payments: [PaymentRow] = []
    var fills: [FillRow] = []
    var fundings: [FundingRow] = []

    mutating func absorb(_ effects: Effects) throws {
        position = effects.position
        timestamps.append(position.timestamp)
        for row in effects.declared[ParticipantRow.self] {
            put(row, at: Int(row.id), in: &participants)
        }
        for row in effects.declared[CorridorRow.self] { corridors[row.corridor.foreign] = row }
        for row in effects.accounts.sorted(by: { $0.id < $1.id }) {
            put(row, at: Int(row.id), in: &accounts)
        }
        for row in effects.payments.sorted(by: { $0.id < $1.id }) {
            try check("R1.6", row.isNew == (Int(row.id) > payments.count), "newness \(row.id)")
            put(row, at: Int(row.id), in: &payments)
        }
        fills += effects.fills
        fundings += effects.declared[FundingRow.self]
        try check("R1.6", Set(effects.payments.map(\.id)).count == effects.payments.count, "twice")
        let corridors = Set(effects.declared[CorridorRow.self].map(\.corridor.foreign))
        try check(
            "R1.6", corridors.count == effects.declared[CorridorRow.self].count, "corridor twice")
        let ids = Set(effects.declared[ParticipantRow.self].map(\.id))
        try check(
            "R1.6", ids.count == effects.declared[ParticipantRow.self].count, "participant twice")
    }

    private func put<Row>(_ row: Row, at id: Int, in rows: inout [Row]) {
        if id == rows.count + 1 { rows.append(row) } else { rows[id - 1] = row }
    }

    var image: LedgerImage { image() }

    /// What an engine starts from that knows final payments for so many batches.
    func image(finalBatches: Int = Limits.finalBatches) -> LedgerImage {
        var image = LedgerImage()
        image.recentTimestamps = timestamps.suffix(finalBatches)
        let oldest = image.recentTimestamps.first ?? 0
        image.position = position
        image.declared[ParticipantRow.self] = participants
        image.declared[CorridorRow.self] = corridors.values.sorted {
            $0.corridor.foreign.rawValue < $1.corridor.foreign.rawValue
        }
        image.accounts = accounts
        image.payments = payments.filter { !$0.status.isFinal || $0.updatedAt >= oldest }
        image.declared[FundingRow.self] = fundings
        return image
    }

    /// The state hash from all rows there are.
    var hash: UInt64 {
        var hash: UInt64 = 0
        for row in participants { hash &+= row.stateHash }
        for row in corridors.values { hash &+= row.stateHash }
        for row in accounts { hash &+= row.stateHash }
        for row in payments { hash &+= row.stateHash }
        for row in fills { hash &+= row.stateHash }
        for row in fundings { hash &+= row.stateHash }
        return hash
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
