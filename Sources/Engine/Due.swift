package import Domain

/// What can happen by itself. The numbers order what falls due at one time, so they never change.
package enum DueKind: UInt8, BitwiseCopyable, CaseIterable {
    /// A resting order ends. Its number is the payment's, its place the order's slot.
    case orderExpiry = 1
    /// What was booked on an account is told. Number and place are the account's.
    case notification = 2
    /// A bank's accounts are reported. Number and place are the bank's.
    case report = 3
    /// An open case expires. Its number is the case's, its place among those that are open.
    case caseDeadline = 4
    /// An open proposal expires. Its number is the proposal's, its place among the open ones.
    case proposalDeadline = 5
    /// The business day of a currency turns. Number and place are the currency's.
    case dayTurn = 6
    /// A corridor opens for payments that wait for it. Number and place are the currency's.
    case datedEntry = 7
}

/// Something that happens by itself when its time comes: 16 bytes.
///
/// The soonest comes first; at one time the kind decides, then the number, so that every node does
/// what falls due together in the same order.
package struct Due: BitwiseCopyable, Comparable {
    package let time: Timestamp
    /// From the top: kind (8 bits), number (32), place (24). The place decides nothing, for no two
    /// that fall due have kind and number in common.
    private let key: UInt64
    private static var placeBits: UInt64 { 24 }

    /// - Parameters:
    ///   - number: tells it from others of its kind.
    ///   - place: where its owner keeps what it is about; below 2²⁴.
    @inline(__always)
    package init(_ kind: DueKind, _ number: UInt32, at time: Timestamp, place: UInt32) {
        require(place >> Self.placeBits == 0, "a place has 24 bits")
        self.time = time
        key = UInt64(kind.rawValue) << 56 | UInt64(number) << Self.placeBits | UInt64(place)
    }

    @inline(__always)
    package var kind: DueKind { DueKind(rawValue: UInt8(truncatingIfNeeded: key >> 56))! }

    @inline(__always)
    package var number: UInt32 { UInt32(truncatingIfNeeded: key >> Self.placeBits) }

    @inline(__always)
    package var place: UInt32 { UInt32(truncatingIfNeeded: key) & (1 << Self.placeBits - 1) }

    @inline(__always)
    package static func < (a: Due, b: Due) -> Bool { (a.time, a.key) < (b.time, b.key) }
}
