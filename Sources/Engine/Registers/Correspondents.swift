internal import Domain

/// Which participants pay for banks that are none (R3.16).
struct Correspondents: ~Copyable {
    private let rows: Registry<CorrespondentRow>
    /// The participants that are or were a bank's correspondent, by the BIC on record.
    private var known: Set<BIC> = []

    /// - Parameter rows: the register, which is changed here alone.
    init(_ rows: Registry<CorrespondentRow>) { self.rows = rows }

    var isFull: Bool { rows.isFull }

    func row(_ correspondence: Correspondence) -> CorrespondentRow? {
        rows.find(correspondence.bits)
    }

    /// Whether the participant is named for this bank, or for its institution.
    ///
    /// - Complexity: O(1).
    func mayAct(_ correspondent: BIC, for bank: BIC) -> Bool {
        isNamed(correspondent, bank) || isNamed(correspondent, bank.primaryOfficeBIC)
    }

    /// The same, also of one that was named and is no more.
    ///
    /// - Complexity: O(1).
    func wasNamed(_ correspondent: BIC, for bank: BIC) -> Bool {
        row(Correspondence(correspondent, of: bank)) != nil
            || row(Correspondence(correspondent, of: bank.primaryOfficeBIC)) != nil
    }

    private func isNamed(_ correspondent: BIC, _ bank: BIC) -> Bool {
        row(Correspondence(correspondent, of: bank))?.isActive == true
    }

    func isOne(_ participant: BIC) -> Bool { known.contains(participant) }

    mutating func put(_ row: CorrespondentRow) {
        rows.put(row)
        known.insert(row.correspondence.correspondent)
    }

    /// Makes ready what the register was loaded with.
    mutating func adoptLoaded() {
        for number in 0..<UInt32(rows.count) {
            known.insert(rows[number + 1].correspondence.correspondent)
        }
    }
}
