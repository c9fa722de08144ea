internal import Domain

/// What a row of `row_lists` lists.
enum RowList: Int16 {
    /// Payments that a participant paid.
    case payer = 1
    /// Payments that a participant receives.
    case creditor = 2
    /// Fills that moved an account, fees apart from their payer.
    case account = 3
    /// Fills with a fee in a currency; the owner is the currency's number.
    case fee = 4
    /// Fills of a payment that are not its `first_fill`.
    case payment = 5
    /// The same of new payments that have few, those of neighbours together: a row for each would
    /// cost more than its numbers. Whose a fill is stands in the fill.
    case neighbours = 6

    /// Numbers of one row. With these a row is below the size from which PostgreSQL would store it
    /// elsewhere.
    static let maximumLength = 480
}

/// 64 payments with consecutive numbers.
struct Neighbours {
    static let bits: UInt64 = 6
    /// Later fills that a payment may have among its neighbours': all of them fit one row.
    static let most = RowList.maximumLength >> Int(bits)

    /// The owner of their list.
    static func owner(of payment: PaymentID) -> UInt32 {
        UInt32(truncatingIfNeeded: payment >> bits)
    }
}

/// Rows gathered by their owners: one list of one write.
///
/// Owners are small numbers, so a counting sort does it. Storage is used again.
struct RowListBuilder {
    private var entries: [(owner: UInt32, row: UInt64)] = []
    /// By owner: how many rows, and then where the next one goes. Zero between writes.
    private var places: [UInt32] = []
    private var owners: [(owner: UInt32, count: Int)] = []
    private var sorted: [UInt64] = []

    /// - Parameter row: not smaller than the owner's row before.
    @inline(__always)
    mutating func add(_ row: UInt64, to owner: UInt32) {
        if Int(owner) >= places.count {
            places.append(contentsOf: repeatElement(0, count: Int(owner) + 1 - places.count))
        }
        if places[Int(owner)] == 0 { owners.append((owner, 0)) }
        places[Int(owner)] += 1
        entries.append((owner, row))
    }

    /// Hands out every owner's rows, in pieces of bounded length, and forgets them.
    mutating func drain(_ body: (UInt32, UnsafeBufferPointer<UInt64>) -> Void) {
        var start: UInt32 = 0
        for index in owners.indices {
            let owner = Int(owners[index].owner)
            owners[index].count = Int(places[owner])
            places[owner] = start
            start += UInt32(owners[index].count)
        }
        if sorted.count < entries.count {
            sorted.append(contentsOf: repeatElement(0, count: entries.count - sorted.count))
        }
        for entry in entries {
            sorted[Int(places[Int(entry.owner)])] = entry.row
            places[Int(entry.owner)] += 1
        }
        sorted.withUnsafeBufferPointer { rows in
            var next = 0
            for (owner, count) in owners {
                let end = next + count
                while next < end {
                    let piece = next..<min(next + RowList.maximumLength, end)
                    body(owner, UnsafeBufferPointer(rebasing: rows[piece]))
                    next = piece.upperBound
                }
                places[Int(owner)] = 0
            }
        }
        owners.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
    }
}

extension CopyWriter {
    /// A row of `row_lists`.
    mutating func list(
        _ list: RowList, of owner: UInt32, _ rows: UnsafeBufferPointer<UInt64>
    ) {
        beginRow()
        int2(list.rawValue)
        int4(owner)
        int8(rows[0])
        int8(rows[rows.count - 1])
        offsets(rows)
    }

    /// The lists of fills that are not their payment's first. Payments are too many for a table by
    /// number; their fills come sorted instead.
    ///
    /// - Parameter firstNew: payments from this number on are new.
    mutating func laterFills(_ fills: [(payment: PaymentID, fill: FillID)], firstNew: PaymentID) {
        var rest = fills[...]
        var shared: [FillID] = []
        while let payment = rest.first?.payment {
            let own = rest.prefix { $0.payment == payment }
            rest = rest[own.endIndex...]
            if payment >= firstNew, own.count <= Neighbours.most {
                for later in own { shared.append(later.fill) }
            } else {
                let owner = UInt32(truncatingIfNeeded: payment)
                pieces(.payment, of: owner, own.map(\.fill))
            }
            let owner = Neighbours.owner(of: payment)
            if let next = rest.first, Neighbours.owner(of: next.payment) == owner { continue }
            // Two neighbours may have met each other.
            shared.sort()
            var distinct: [FillID] = []
            for fill in shared where fill != distinct.last { distinct.append(fill) }
            pieces(.neighbours, of: owner, distinct)
            shared.removeAll(keepingCapacity: true)
        }
    }

    private mutating func pieces(_ list: RowList, of owner: UInt32, _ fills: [FillID]) {
        fills.withUnsafeBufferPointer { fills in
            for start in stride(from: 0, to: fills.count, by: RowList.maximumLength) {
                let piece = start..<min(start + RowList.maximumLength, fills.count)
                self.list(list, of: owner, UnsafeBufferPointer(rebasing: fills[piece]))
            }
        }
    }
}
