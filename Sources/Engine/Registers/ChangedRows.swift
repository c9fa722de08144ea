internal import Domain

/// The rows of one table that change in a batch and that no register keeps: each is written once,
/// in its last state.
struct ChangedRows<Row: DeclaredRow>: ~Copyable {
    private var places: [UInt128: Int] = [:]
    /// In the order of their first change.
    private(set) var rows: [Row] = []
    /// The sum of their hashes before this batch; a new row had none.
    private var hashesBefore: UInt64 = 0

    /// A row that comes again without details keeps those that it came with.
    ///
    /// - Parameter before: the row as it was on record; nil of a new one.
    mutating func put(_ row: Row, before: Row?) {
        if let place = places[row.key] {
            let details = rows[place].attachment
            rows[place] = row.attachment == .none ? row.withDetails(details) : row
            return
        }
        places[row.key] = rows.count
        rows.append(row)
        hashesBefore &+= before?.stateHash ?? 0
    }

    /// The row with a key as it is now, if it changed in this batch.
    func find(_ key: UInt128) -> Row? { places[key].map { rows[$0] } }

    /// Ends the batch: gives the rows, and the change of the state hash.
    ///
    /// - Complexity: O(changed rows).
    mutating func take(into effects: inout Effects) -> UInt64 {
        guard !rows.isEmpty else { return 0 }
        var change = 0 &- hashesBefore
        for row in rows {
            change &+= row.stateHash
            effects.declared.append(row)
        }
        rows.removeAll()
        places.removeAll()
        hashesBefore = 0
        return change
    }
}
