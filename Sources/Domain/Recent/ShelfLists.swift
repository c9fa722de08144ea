/// Which payments the batches of a shelf put on record, for everybody who pays or receives one.
struct ShelfLists: Sendable {
    /// A row among the payments of a batch.
    private struct Place: BitwiseCopyable {
        let batch: Int32
        let row: Int32
    }

    /// By number, the smallest first.
    private var places: [PaymentList: [Place]] = [:]
    /// Batches taken in.
    private var covered = 0

    /// Takes in the batches that are new.
    ///
    /// - Complexity: O(their rows × log).
    mutating func bringUp(_ batches: [AppliedBatch]) {
        for batch in covered..<batches.count {
            let rows = batches[batch].effects.payments
            var new = rows.indices.filter { rows[$0].isNew }
            // A batch gives its rows in any order.
            new.sort { rows[$0].id < rows[$1].id }
            for row in new {
                let place = Place(batch: Int32(batch), row: Int32(row))
                places[.all, default: []].append(place)
                places[.paid(by: rows[row].payer), default: []].append(place)
                places[.received(by: rows[row].creditor), default: []].append(place)
            }
        }
        covered = batches.count
    }

    func listed(
        _ list: PaymentList, in batches: [AppliedBatch], below: PaymentID, upTo moment: UInt64,
        limit: Int
    ) -> [PaymentRow] {
        guard let own = places[list] else { return [] }
        func row(_ place: Place) -> PaymentRow {
            batches[Int(place.batch)].effects.payments[Int(place.row)]
        }
        var (low, high) = (0, own.count)
        while low < high {
            let middle = (low + high) / 2
            if row(own[middle]).id < below { low = middle + 1 } else { high = middle }
        }
        let known = own[..<low].reversed().lazy.filter {
            batches[Int($0.batch)].logIndex <= moment
        }
        return known.prefix(limit).map { row($0) }
    }
}
