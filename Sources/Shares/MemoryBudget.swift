internal import Synchronization

/// Bytes of memory that callers make the gateway hold: counted while they grow, for each owner and
/// in all.
///
/// An owner may hold a stated number of bytes, and never more than what is left for everybody else.
/// So a few owners together cannot take all of it: with n of them as greedy as they may be, one
/// part in n + 1 stays free.
public final class MemoryBudget: Sendable {
    private struct Use {
        var left: Int
        var byOwner: [Owner: Int] = [:]
        /// The most that was in use since ``takePeak()``.
        var peak = 0
        var refusals = 0
    }

    public let bytes: Int
    public let bytesPerOwner: Int
    private let use: Mutex<Use>

    public init(bytes: Int, perOwner: Int) {
        precondition(bytes > 0 && perOwner > 0, "a budget has bytes")
        self.bytes = bytes
        bytesPerOwner = perOwner
        use = Mutex(Use(left: bytes))
    }

    /// Bytes in use now.
    public var inUse: Int { use.withLock { bytes - $0.left } }

    public func inUse(by owner: Owner) -> Int { use.withLock { $0.byOwner[owner] ?? 0 } }

    /// How often somebody was refused.
    public var refusals: Int { use.withLock { $0.refusals } }

    /// The most bytes in use since the last call, now included.
    public func takePeak() -> Int {
        use.withLock {
            let peak = $0.peak
            $0.peak = bytes - $0.left
            return peak
        }
    }

    /// What the owner could take now.
    public func room(for owner: Owner) -> Int {
        use.withLock { max(0, min(bytesPerOwner - ($0.byOwner[owner] ?? 0), $0.left)) }
    }

    /// Counts bytes for an owner; false when they are more than it may have.
    public func take(_ count: Int, for owner: Owner) -> Bool {
        use.withLock {
            let own = $0.byOwner[owner] ?? 0
            guard own + count <= min(bytesPerOwner, $0.left) else {
                $0.refusals += 1
                return false
            }
            $0.left -= count
            $0.byOwner[owner] = own + count
            $0.peak = max($0.peak, bytes - $0.left)
            return true
        }
    }

    /// Uncounts bytes that were taken for the owner.
    public func giveBack(_ count: Int, for owner: Owner) {
        use.withLock {
            let own = ($0.byOwner[owner] ?? 0) - count
            precondition(own >= 0, "no more is given back than was taken")
            $0.left += count
            $0.byOwner[owner] = own > 0 ? own : nil
        }
    }
}

/// The memory that one piece of work holds, a request for instance. It is given back with the last
/// reference at the latest.
public final class HeldMemory: Sendable {
    public let owner: Owner
    private let budget: MemoryBudget
    private let held: Atomic<Int>

    /// - Parameter first: bytes held from the beginning.
    /// - Returns: nil when there is no room for them.
    public init?(_ budget: MemoryBudget, _ owner: Owner, first: Int = 0) {
        guard first == 0 || budget.take(first, for: owner) else { return nil }
        self.budget = budget
        self.owner = owner
        held = Atomic(first)
    }

    deinit {
        let rest = held.load(ordering: .acquiring)
        if rest > 0 { budget.giveBack(rest, for: owner) }
    }

    /// Bytes held now.
    public var bytes: Int { held.load(ordering: .relaxed) }

    /// Holds more.
    ///
    /// - Throws: ``OutOfMemoryShare``; then nothing more is held than before.
    public func grow(by count: Int) throws(OutOfMemoryShare) {
        guard count > 0 else { return }
        guard budget.take(count, for: owner) else { throw OutOfMemoryShare() }
        held.add(count, ordering: .relaxed)
    }

    /// Holds less.
    public func shrink(by count: Int) {
        guard count > 0 else { return }
        let left = held.subtract(count, ordering: .relaxed).newValue
        precondition(left >= 0, "no more is let go than was held")
        budget.giveBack(count, for: owner)
    }
}

/// The owner, or everybody together, holds as much memory as is allowed.
public struct OutOfMemoryShare: Error, Sendable, Hashable {
    public init() {}
}
