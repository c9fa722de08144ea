internal import Domain

/// A part of `payment_rows`: 2^20 consecutive numbers.
struct PaymentSegment {
    let number: UInt64

    private static let bits: UInt64 = 20

    init(number: UInt64) { self.number = number }

    init(of id: PaymentID) { number = id >> PaymentSegment.bits }

    var start: PaymentID { number << PaymentSegment.bits }
    /// Behind the last number.
    var end: PaymentID { (number + 1) << PaymentSegment.bits }
    var table: String { "payment_rows_\(number)" }

    func contains(_ id: PaymentID) -> Bool { id >= start && id < end }

    /// Numbers in order, ascending or descending, in parts of one segment each.
    static func parts(of numbers: [PaymentID]) -> [ArraySlice<PaymentID>] {
        var parts: [ArraySlice<PaymentID>] = []
        var rest = numbers[...]
        while let first = rest.first {
            let segment = PaymentSegment(of: first)
            let part = rest.prefix { segment.contains($0) }
            parts.append(part)
            rest = rest[part.endIndex...]
        }
        return parts
    }
}

/// Numbers of payments roughly in the order of their UETRs: by the first 14 bits, which is enough
/// to visit each page of the index once or twice. Storage is used again.
struct UETROrder {
    private var entries: [(key: UInt16, number: Int32)] = []
    private var places = [UInt32](repeating: 0, count: 1 << 14)

    var isEmpty: Bool { entries.isEmpty }

    @inline(__always)
    mutating func add(_ number: Int, _ uetr: UETR) {
        let key = UInt16(truncatingIfNeeded: uetr.bits >> (128 - 14))
        entries.append((key, Int32(number)))
    }

    /// Hands out the numbers, behind what is there, and forgets them.
    ///
    /// - Complexity: O(entries + 2^14).
    mutating func drain(into order: inout [Int32]) {
        for key in places.indices { places[key] = 0 }
        for entry in entries { places[Int(entry.key)] += 1 }
        var start = UInt32(order.count)
        for key in places.indices {
            (places[key], start) = (start, start + places[key])
        }
        order.append(contentsOf: repeatElement(0, count: entries.count))
        for entry in entries {
            order[Int(places[Int(entry.key)])] = entry.number
            places[Int(entry.key)] += 1
        }
        entries.removeAll(keepingCapacity: true)
    }
}
