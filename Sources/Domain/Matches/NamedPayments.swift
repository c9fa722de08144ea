/// The payments that the lines and the entries of one match name by their UETRs.
///
/// Two UETRs are two payments, whatever else their bearers share. A line that names some belongs to
/// entries that name some only when it shares one of them, and the other way round; who names none
/// agrees with everybody. Of a pair it is what ``Reference/differ(_:_:in:)`` says of UETRs.
public struct NamedPayments {
    private var lines: [Name] = []
    private var entries: [Name] = []

    private struct Name: BitwiseCopyable {
        var uetr: UInt128
        var item: Int32
    }

    public init() {}

    /// Takes what one item of a side bears.
    ///
    /// - Parameter item: Tells it from the others of its side.
    public mutating func add(_ references: [Reference], of item: Int, on side: MatchSide) {
        for reference in references where reference.kind == .uetr {
            let name = Name(uetr: reference.beginning, item: Int32(truncatingIfNeeded: item))
            switch side {
            case .line: lines.append(name)
            case .entry: entries.append(name)
            }
        }
    }

    /// An item that names payments of which the other side, which names some, knows none; nil:
    /// there is none.
    ///
    /// - Complexity: O(n log n) in the UETRs, O(1) where a side names none.
    public var stranger: (side: MatchSide, item: Int)? {
        guard !lines.isEmpty, !entries.isEmpty else { return nil }
        if let item = NamedPayments.stranger(among: entries, to: lines) { return (.entry, item) }
        return NamedPayments.stranger(among: lines, to: entries).map { (.line, $0) }
    }

    private static func stranger(among names: [Name], to others: [Name]) -> Int? {
        let known = others.map(\.uetr).sorted()
        var strange: Int?
        var next = names.startIndex
        while next < names.endIndex {
            let item = names[next].item
            var isKnown = false
            while next < names.endIndex, names[next].item == item {
                isKnown = isKnown || known.holds(names[next].uetr)
                next += 1
            }
            if !isKnown, strange == nil { strange = Int(item) }
        }
        return strange
    }
}

extension Array where Element == UInt128 {
    /// - Complexity: O(log n); the elements rise.
    fileprivate func holds(_ value: UInt128) -> Bool {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low] == value
    }
}
