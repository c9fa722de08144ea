internal import Domain
internal import Store
internal import Synchronization

/// What the tables told of finished payments, so that they are not asked again.
///
/// A finished payment does not change; what can still happen under its UETR (a return, a case, the
/// payment of another bank, an erasure) the node notes, and what was told before that counts no
/// more (``RecentPayments/isUnchanged(_:since:)``).
///
/// After an erasure the next question forgets all of it, so that what is erased does not stay here.
///
/// Two generations: what is asked for moves to the younger one; when that has its half of the room
/// the older one is forgotten.
final class FinishedPayments: Sendable {
    static let mostBytes = 32 << 20

    fileprivate struct Generation {
        var entries: [UETR: LookedUpPayments] = [:]
        var bytes = 0
    }

    fileprivate struct Shared {
        var young = Generation()
        var old = Generation()
        var hits: UInt64 = 0
        var misses: UInt64 = 0
        /// Nothing here was told at or before this batch.
        var floor: UInt64 = 0
    }

    private let shared = Mutex(Shared())

    /// What the tables told, if the node knows of nothing that happened since.
    ///
    /// - Complexity: O(1).
    func payments(_ uetr: UETR, _ recent: RecentPayments) -> [LookedUpPayment]? {
        let floor = recent.floor
        let (payments, left) = shared.withLock { shared -> ([LookedUpPayment]?, [Generation]) in
            var left = shared.forget(upTo: floor)
            guard let found = shared.take(uetr), recent.isUnchanged(uetr, since: found.logIndex)
            else {
                shared.misses += 1
                return (nil, left)
            }
            shared.hits += 1
            left += shared.put(uetr, found)
            return (found.payments, left)
        }
        FinishedPayments.free(left)
        return payments
    }

    /// Frees what is left on another thread: it may take milliseconds.
    private static func free(_ left: [Generation]) {
        guard !left.isEmpty else { return }
        Task.detached(priority: .background) { withExtendedLifetime(left) {} }
    }

    /// Remembers what the tables told, if all of it is finished and told whole, and no details are
    /// still to be erased.
    func remember(_ uetr: UETR, _ found: LookedUpPayments) {
        guard !found.payments.isEmpty, !found.isErasing,
            found.payments.allSatisfy({
                $0.record.row.status.isFinal && !$0.hasFollowUp && $0.hasAllFills
            })
        else { return }
        let left = shared.withLock {
            _ = $0.take(uetr)
            return $0.put(uetr, found)
        }
        FinishedPayments.free(left)
    }

    /// Questions answered and not answered, and about how many bytes are here.
    var counts: (hits: UInt64, misses: UInt64, bytes: Int) {
        shared.withLock { ($0.hits, $0.misses, $0.young.bytes + $0.old.bytes) }
    }
}

extension FinishedPayments.Shared {
    fileprivate mutating func take(_ uetr: UETR) -> LookedUpPayments? {
        young.take(uetr) ?? old.take(uetr)
    }

    /// Gives what is not remembered any more.
    fileprivate mutating func put(
        _ uetr: UETR, _ found: LookedUpPayments
    ) -> [FinishedPayments.Generation] {
        young.put(uetr, found)
        guard young.bytes > FinishedPayments.mostBytes / 2 else { return [] }
        let left = old
        old = young
        young = FinishedPayments.Generation()
        return [left]
    }

    /// Everything that was told up to this batch counts no more: details may have been erased, and
    /// are not to stay here either. Gives what is not remembered any more.
    fileprivate mutating func forget(upTo floor: UInt64) -> [FinishedPayments.Generation] {
        guard floor > self.floor else { return [] }
        let left = [young, old]
        young = FinishedPayments.Generation()
        old = FinishedPayments.Generation()
        self.floor = floor
        return left
    }
}

extension FinishedPayments.Generation {
    fileprivate mutating func take(_ uetr: UETR) -> LookedUpPayments? {
        guard let found = entries.removeValue(forKey: uetr) else { return nil }
        bytes -= found.bytes
        return found
    }

    fileprivate mutating func put(_ uetr: UETR, _ found: LookedUpPayments) {
        entries[uetr] = found
        bytes += found.bytes
    }
}

extension LookedUpPayments {
    /// About so many, its place among others included.
    fileprivate var bytes: Int {
        payments.reduce(160) {
            $0 + MemoryLayout<LookedUpPayment>.stride + 64
                + $1.fills.count * MemoryLayout<PaymentFill>.stride
                + ($1.record.details?.utf8.count ?? 0)
        }
    }
}
