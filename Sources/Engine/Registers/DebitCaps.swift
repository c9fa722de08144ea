internal import Domain

/// What banks may owe, in all and towards one another (R21).
///
/// A payment asks only where its account says that it is capped. Fills are booked when somebody
/// asks, and at the end of a batch: the way of a fill does not know of caps.
struct DebitCaps: ~Copyable {
    private let rows: Registry<DebitCapRow>
    /// Caps in force, by the account that they cap.
    private var inForce: [AccountID: Int] = [:]
    /// Fills of this batch that the positions know of.
    private(set) var fillsBooked = 0
    /// What open orders held before the command at this place of the batch, where a command asked
    /// that set a cap; good for those of its kind that follow at once.
    var heldBefore: (place: Int, held: [Exposure: Int64])?

    /// An account, and the bank in whose favour something is held there; 0 is all banks.
    struct Exposure: Hashable {
        let account: AccountID
        let towards: ParticipantID
    }

    /// - Parameter rows: the register, which is changed here alone.
    init(_ rows: Registry<DebitCapRow>) { self.rows = rows }

    var isFull: Bool { rows.isFull }

    /// Begins a batch.
    mutating func begin() {
        fillsBooked = 0
        if heldBefore != nil { heldBefore = nil }
    }

    /// The places of the batch's fills that the positions do not know of; then they do.
    mutating func takeUnbooked(of count: Int) -> Range<Int> {
        defer { fillsBooked = count }
        return fillsBooked..<count
    }

    /// Whether no cap is in force.
    var isEmpty: Bool { inForce.isEmpty }

    func row(
        of participant: ParticipantID, towards counterparty: ParticipantID, in currency: Currency
    ) -> DebitCapRow? {
        rows.find(UInt128(DebitCapRow.id(of: participant, towards: counterparty, in: currency)))
    }

    /// - Returns: whether any cap is in force for the account then.
    mutating func put(_ row: DebitCapRow, of account: AccountID) -> Bool {
        let before = self.row(of: row.participant, towards: row.counterparty, in: row.currency)
        rows.put(row)
        count(row.removed ? 0 : 1, insteadOf: before.map { $0.removed ? 0 : 1 } ?? 0, account)
        return inForce[account] != nil
    }

    private mutating func count(_ new: Int, insteadOf old: Int, _ account: AccountID) {
        let count = inForce[account, default: 0] + new - old
        inForce[account] = count == 0 ? nil : count
    }

    /// Changes those that stand over what this account pays to that one: in all, and to its owner.
    func change(
        of payer: AccountRow, towards other: ParticipantID, _ change: (inout DebitCapRow) -> Void
    ) {
        for counterparty in [0, other] {
            guard
                var row = self.row(
                    of: payer.participant, towards: counterparty, in: payer.currency),
                !row.removed
            else { continue }
            change(&row)
            rows.put(row)
        }
    }

    // MARK: Start

    /// Takes over what the register was loaded with.
    ///
    /// - Throws: ``LoadError/inconsistent(_:)`` for a key that does not fit, or without an account.
    mutating func adoptLoaded(_ accounts: inout Accounts) throws(LoadError) {
        for number in 0..<UInt32(rows.count) {
            let row = rows[number + 1]
            guard
                row.id
                    == DebitCapRow.id(
                        of: row.participant, towards: row.counterparty, in: row.currency),
                let account = accounts.known(row.participant, row.currency)
            else { throw .inconsistent("\(DebitCapRow.table) \(row.id)") }
            if !row.removed { count(1, insteadOf: 0, account) }
            accounts.setCapped(account, inForce[account] != nil)
        }
    }

    /// All caps in force.
    var allInForce: [DebitCapRow] {
        (0..<UInt32(rows.count)).map { rows[$0 + 1] }.filter { !$0.removed }
    }
}
