internal import Domain

/// The certificates and keys on record, by their fingerprints.
struct Keys: ~Copyable {
    private let rows: Registry<KeyRow>
    private var numbers: [KeyFingerprint: UInt32] = [:]

    /// - Parameter rows: the register, which is changed here alone.
    init(_ rows: Registry<KeyRow>) { self.rows = rows }

    var count: Int { rows.count }
    var isFull: Bool { rows.isFull }

    /// - Complexity: O(1).
    func find(_ fingerprint: KeyFingerprint) -> KeyRow? { numbers[fingerprint].map { rows[$0] } }

    mutating func put(_ row: KeyRow) {
        rows.put(row)
        numbers[row.fingerprint] = row.id
    }

    /// Makes ready what the register was loaded with.
    ///
    /// - Throws: ``LoadError/inconsistent(_:)`` when numbers or fingerprints do not fit.
    mutating func adoptLoaded() throws(LoadError) {
        for number in 0..<UInt32(rows.count) {
            let row = rows[number + 1]
            guard row.id == number + 1,
                numbers.updateValue(row.id, forKey: row.fingerprint) == nil
            else { throw .inconsistent("\(KeyRow.table) \(row.id)") }
        }
    }
}
