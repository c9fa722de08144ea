internal import Consensus
internal import Domain
internal import Engine

/// The ledger that all nodes have in common, as whoever sees everything would know it: what the
/// first node that applied an index made of it. Every later one has to make the same of it.
struct CommonLedger {
    /// What stands at an index of the log.
    struct Place {
        let id: EntryID
        let checksum: [UInt8]
        let contents: [UInt8]
        let effects: Effects
    }

    /// By index, from 1 on.
    private(set) var places: [Place] = []
    private(set) var accounts: [AccountRow] = []
    /// All that the tables ever showed of a payment, by its number, oldest first.
    private var payments: [[(index: UInt64, row: PaymentRow)]] = []
    private var byUETR: [UETR: [PaymentID]] = [:]
    /// The settlement dates that payments state, and what became of them.
    private(set) var dates: [PaymentID: DatedPaymentRow] = [:]
    /// Business days that have ended.
    private(set) var turns = 0
    private var attempts: [UETR: [(index: UInt64, row: AttemptRow)]] = [:]
    private var commands: [UETR: [(index: UInt64, row: OperatorCommandRow)]] = [:]
    private var proposals: [UETR: [(index: UInt64, row: ProposalRow)]] = [:]
    /// As they are now, at their numbers less one.
    private(set) var latestProposals: [ProposalRow] = []
    private var keys: [(index: UInt64, key: ContentKey)] = []
    /// Payments in the order in which they became final, each with its batch.
    private(set) var finals: [(index: UInt64, payment: PaymentRow)] = []

    var lastIndex: UInt64 { UInt64(places.count) }
    var paymentCount: UInt64 { UInt64(payments.count) }

    subscript(_ index: UInt64) -> Place { places[Int(index) - 1] }

    /// A node has applied an entry. Gives what does not hold.
    mutating func take(_ applied: AppliedBatch, _ entry: LogEntry) -> String? {
        let index = applied.logIndex
        guard index == lastIndex + 1 else { return compare(applied, entry) }
        if let last = places.last, last.effects.position.timestamp >= entry.timestamp {
            return "time stands still at \(index)"
        }
        places.append(
            Place(
                id: EntryID(term: entry.term, index: index), checksum: entry.checksum,
                contents: entry.contents, effects: applied.effects))
        if !applied.effects.declared.isEmpty {
            for row in applied.effects.declared[ContentKeyRow.self] {
                keys.append((index, ContentKey(row, in: applied.batch)))
            }
        }
        return takePayments(applied.effects) ?? takeDeclared(applied.effects)
            ?? takeAccounts(applied.effects)
    }

    private func compare(_ applied: AppliedBatch, _ entry: LogEntry) -> String? {
        let index = applied.logIndex
        guard index <= lastIndex else { return "\(index) is applied behind \(lastIndex)" }
        let place = self[index]
        guard place.checksum == entry.checksum, place.id.term == entry.term else {
            return "another entry at \(index) than somebody has applied there"
        }
        guard place.effects.position == applied.effects.position else {
            return "another state at \(index) than somebody has reached there"
        }
        guard place.effects.outcomes == applied.effects.outcomes else {
            return "other outcomes at \(index) than somebody has reached there"
        }
        return place.contents == entry.contents ? nil : "another content beside \(index)"
    }

    private mutating func takePayments(_ effects: Effects) -> String? {
        let index = effects.position.logIndex
        for row in effects.payments.sorted(by: { $0.id < $1.id }) {
            if row.isNew {
                guard row.id == payments.count + 1 else { return "payment \(row.id) is not next" }
                let known = byUETR[row.uetr, default: []]
                if known.contains(where: { latest($0).payer == row.payer }) {
                    return "two payments of one bank under \(row.uetr), the second at \(index)"
                }
                byUETR[row.uetr, default: []].append(row.id)
                payments.append([])
            } else if latest(row.id).status.isFinal {
                return "payment \(row.id) changed at \(index) though it was final"
            }
            payments[Int(row.id) - 1].append((index, row))
            if row.status.isFinal { finals.append((index, row)) }
        }
        return nil
    }

    private mutating func takeDeclared(_ effects: Effects) -> String? {
        guard !effects.declared.isEmpty else { return nil }
        let index = effects.position.logIndex
        if let reason = takeDates(effects) { return reason }
        for row in effects.declared[AttemptRow.self] {
            let known = attempts[row.uetr, default: []].map(\.row).filter { $0.payer == row.payer }
            if known.contains(where: { $0.attempt == row.attempt }) {
                return "one attempt was recorded twice, the second time at \(index)"
            }
            if known.count >= Limits.attempts { return "more attempts than may be at \(index)" }
            attempts[row.uetr, default: []].append((index, row))
        }
        for row in effects.declared[OperatorCommandRow.self] {
            let known = commands[row.commandID, default: []]
            if known.contains(where: { $0.row.operatorID == row.operatorID }) {
                return "one command was recorded twice, the second time at \(index)"
            }
            commands[row.commandID, default: []].append((index, row))
        }
        return takeProposals(effects)
    }

    /// A payment for a later date enters once and never early; a business day begins when the one
    /// before has turned.
    private mutating func takeDates(_ effects: Effects) -> String? {
        let index = effects.position.logIndex
        for row in effects.declared[DatedPaymentRow.self] {
            if let known = dates[row.payment] {
                if known.date != row.date { return "payment \(row.payment) has another date" }
                if known.state != .waiting { return "payment \(row.payment) is there again" }
            }
            dates[row.payment] = row
            guard row.state == .entered else { continue }
            guard row.enteredIn == index, LedgerDays.mayEnter(row, at: row.enteredAt) else {
                return "payment \(row.payment) enters early at \(index)"
            }
        }
        for row in effects.declared[BusinessDayRow.self] {
            guard LedgerDays.mayBegin(row) else {
                return "day \(row.number) of \(row.currency.code) begins early at \(index)"
            }
            if row.number > 1 { turns += 1 }
        }
        return nil
    }

    /// A proposal is decided once, and carried out by two persons (R17.9).
    private mutating func takeProposals(_ effects: Effects) -> String? {
        let index = effects.position.logIndex
        for row in effects.declared[ProposalRow.self].sorted(by: { $0.id < $1.id }) {
            if row.id == latestProposals.count + 1 {
                latestProposals.append(row)
            } else {
                guard latestProposals[Int(row.id) - 1].state == .open else {
                    return "proposal \(row.id) is decided again at \(index)"
                }
                latestProposals[Int(row.id) - 1] = row
            }
            if row.state == .approved, row.decidedBy == 0 || row.decidedBy == row.proposer {
                return "proposal \(row.id) is carried out by one person at \(index)"
            }
            proposals[row.commandID, default: []].append((index, row))
        }
        return nil
    }

    /// All balances of a currency sum to zero (R1.3).
    private mutating func takeAccounts(_ effects: Effects) -> String? {
        guard !effects.accounts.isEmpty else { return nil }
        for row in effects.accounts.sorted(by: { $0.id < $1.id }) {
            if row.id > accounts.count { accounts.append(row) }
            accounts[Int(row.id) - 1] = row
        }
        var sums: [Currency: Int128] = [:]
        for row in accounts { sums[row.currency, default: 0] += Int128(row.balance) }
        let isBalanced = sums.allSatisfy { $0.value == 0 }
        return isBalanced ? nil : "sums are not zero at \(effects.position.logIndex)"
    }

    // MARK: Questions

    /// The key of the content hashes that tables at an index show.
    func contentKey(at index: UInt64) -> ContentKey {
        keys.last { $0.index <= index }?.key ?? .none
    }

    /// A payment as it is now.
    func latest(_ payment: PaymentID) -> PaymentRow {
        payments[Int(payment) - 1][payments[Int(payment) - 1].count - 1].row
    }

    /// Where a payment became final; nil while it is not.
    func finalIndex(_ payment: PaymentID) -> UInt64? {
        guard let last = payments[Int(payment) - 1].last, last.row.status.isFinal else {
            return nil
        }
        return last.index
    }

    /// What tables at an index show under a UETR: payments as far as they are final.
    func record(_ uetr: UETR, at index: UInt64) -> RecordedPayments {
        var record = RecordedPayments()
        for payment in byUETR[uetr, default: []] {
            guard let shown = payments[Int(payment) - 1].last(where: { $0.index <= index }),
                shown.row.status.isFinal
            else { continue }
            record.payments.append(shown.row)
            record.dates[payment] = dates[payment]?.date
        }
        for attempt in attempts[uetr, default: []] where attempt.index <= index {
            record.attempts.append(attempt.row)
        }
        for command in commands[uetr, default: []] where command.index <= index {
            record.commands.append(command.row)
        }
        for proposal in proposals[uetr, default: []] where proposal.index <= index {
            record.put(proposal.row)
        }
        return record
    }
}
