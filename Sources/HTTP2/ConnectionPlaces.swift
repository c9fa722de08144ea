/// Who has which of a server's places. A value; its owner drops whom it names.
///
/// Connections have numbers in the order of their arrival, so the smallest is the oldest.
///
/// - Complexity: O(log n) a step among connections of one kind; O(owners) when an owner's place is
///   given to another, which happens only when all are taken.
package struct ConnectionPlaces {
    /// Why a place was refused or taken away.
    package enum Reason: Sendable, Hashable, CaseIterable {
        /// All places are taken by connections that may keep them.
        case full
        /// The oldest handshake made room for a new one.
        case handshaking
        /// The oldest connection of unknown callers made room for a new one.
        case anonymous
        /// The owner has his share.
        case share
        /// An owner with more connections than others made room for one of them.
        case displaced
    }

    /// A connection that has to go.
    package struct Dropped: Equatable {
        package var number: UInt64
        package var reason: Reason
    }

    package enum Decision: Equatable {
        case placed(dropping: Dropped?)
        case refused(Reason)
        /// It was dropped meanwhile: an expected race, its end is on its way.
        case gone
    }

    private enum Standing {
        case handshaking
        case anonymous
        case owned(String)
    }

    private let bounds: ConnectionBounds
    private var standings: [UInt64: Standing] = [:]
    package private(set) var handshaking = SortedNumbers()
    package private(set) var anonymous = SortedNumbers()
    private var owners: [String: SortedNumbers] = [:]
    private var ownedCount = 0
    private var last: UInt64 = 0

    package init(_ bounds: ConnectionBounds) {
        self.bounds = bounds
    }

    /// Owners with at least one connection.
    package var ownerCount: Int { owners.count }

    /// A new connection, which begins to shake hands; its number is valid when it was placed.
    package mutating func arrive() -> (number: UInt64, decision: Decision) {
        var dropped: Dropped?
        if handshaking.count >= bounds.handshaking || standings.count >= bounds.total {
            dropped =
                handshaking.first.map { Dropped(number: $0, reason: .handshaking) }
                ?? anonymous.first.map { Dropped(number: $0, reason: .anonymous) }
            guard dropped != nil else { return (0, .refused(.full)) }
        }
        if let dropped { leave(dropped.number) }
        last += 1
        standings[last] = .handshaking
        handshaking.insert(last)
        return (last, .placed(dropping: dropped))
    }

    /// The handshake told whose connection it is; nil is nobody known.
    ///
    /// A refused connection has no place any more.
    package mutating func identify(_ number: UInt64, owner: String?) -> Decision {
        guard case .handshaking? = standings[number] else { return .gone }
        leave(number)
        guard let owner else { return placeAnonymous(number) }
        let own = owners[owner]?.count ?? 0
        guard own < bounds.ofOneOwner else { return .refused(.share) }
        var dropped: Dropped?
        if own >= bounds.owned - ownedCount {
            guard let other = newestOfLargest(than: own) else { return .refused(.share) }
            dropped = Dropped(number: other, reason: .displaced)
            leave(other)
        }
        standings[number] = .owned(owner)
        owners[owner, default: SortedNumbers()].insert(number)
        ownedCount += 1
        return .placed(dropping: dropped)
    }

    private mutating func placeAnonymous(_ number: UInt64) -> Decision {
        var dropped: Dropped?
        if anonymous.count >= bounds.anonymous, let oldest = anonymous.first {
            dropped = Dropped(number: oldest, reason: .anonymous)
            leave(oldest)
        }
        standings[number] = .anonymous
        anonymous.insert(number)
        return .placed(dropping: dropped)
    }

    /// The newest connection of who has most, if that is more than `own` would be afterwards.
    private func newestOfLargest(than own: Int) -> UInt64? {
        let largest = owners.values.max { ($0.count, $0.last ?? 0) < ($1.count, $1.last ?? 0) }
        guard let largest, largest.count >= own + 2 else { return nil }
        return largest.last
    }

    /// Takes the places of the older half of the handshakes or, when there are none, of the unknown
    /// callers.
    package mutating func spare() -> [Dropped] {
        let (numbers, reason) =
            handshaking.count > 0 ? (handshaking, Reason.handshaking) : (anonymous, .anonymous)
        let dropped = numbers.olderHalf.map { Dropped(number: $0, reason: reason) }
        for one in dropped { leave(one.number) }
        return dropped
    }

    /// The connection is gone; false when it had no place any more.
    @discardableResult
    package mutating func leave(_ number: UInt64) -> Bool {
        guard let standing = standings.removeValue(forKey: number) else { return false }
        switch standing {
        case .handshaking:
            handshaking.remove(number)
        case .anonymous:
            anonymous.remove(number)
        case .owned(let owner):
            owners[owner]?.remove(number)
            if owners[owner]?.count == 0 { owners[owner] = nil }
            ownedCount -= 1
        }
        return true
    }
}

/// Numbers in ascending order, mostly added at the end.
package struct SortedNumbers {
    private var numbers: [UInt64] = []

    package var count: Int { numbers.count }
    var first: UInt64? { numbers.first }
    var last: UInt64? { numbers.last }

    var olderHalf: ArraySlice<UInt64> { numbers.prefix((numbers.count + 1) / 2) }

    mutating func insert(_ number: UInt64) {
        numbers.insert(number, at: place(of: number))
    }

    mutating func remove(_ number: UInt64) {
        let index = place(of: number)
        guard index < numbers.count, numbers[index] == number else { return }
        numbers.remove(at: index)
    }

    private func place(of number: UInt64) -> Int {
        var low = 0
        var high = numbers.count
        while low < high {
            let middle = (low + high) / 2
            if numbers[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
