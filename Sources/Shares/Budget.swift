internal import Synchronization

/// What callers may use of something scarce, bytes of memory or places: counted while it grows, for
/// each owner and in all.
///
/// An owner may use a stated number of units, and never more than what is left for everybody else.
/// So a few owners together cannot take all of it: with n of them as greedy as they may be, one
/// part in n + 1 stays free.
package final class Budget: Sendable {
    private let pool: Pool
    private let accounts = Mutex(OwnerTable<Account>())

    package init(_ units: Int, perOwner: Int) {
        precondition(units > 0 && perOwner > 0, "a budget has something to give")
        pool = Pool(units, perOwner)
    }

    /// Units there are: for all, and at most for one owner.
    package var units: Int { pool.units }
    package var unitsPerOwner: Int { pool.unitsPerOwner }

    /// Units in use now.
    package var inUse: Int { pool.units - pool.left.load(ordering: .relaxed) }

    /// How often somebody was refused.
    package var refusals: Int { pool.refusals.load(ordering: .relaxed) }

    /// The most units in use since the last call, now included.
    package func takePeak() -> Int {
        let now = pool.left.load(ordering: .relaxed)
        return pool.units - min(now, pool.leastLeft.exchange(now, ordering: .relaxed))
    }

    /// What the owner uses: the same for as long as anybody holds it.
    ///
    /// - Complexity: O(1), amortised.
    package func account(of owner: Owner) -> Account {
        accounts.withLock { $0.value(of: owner) { Account(owner, pool) } }
    }
}

/// What all accounts of a budget share. Everybody counts here all the time, so nobody waits for
/// anybody: of those who ask in the same moment for what is left for one, all may be refused.
private final class Pool: Sendable {
    let units: Int
    let unitsPerOwner: Int
    let left: Atomic<Int>
    /// The least that was left since ``Budget/takePeak()``.
    let leastLeft: Atomic<Int>
    let refusals = Atomic<Int>(0)

    init(_ units: Int, _ unitsPerOwner: Int) {
        self.units = units
        self.unitsPerOwner = unitsPerOwner
        left = Atomic(units)
        leastLeft = Atomic(units)
    }

    /// - Returns: what is left then.
    func take(_ count: Int) -> Int { left.subtract(count, ordering: .relaxed).newValue }
    func giveBack(_ count: Int) { left.add(count, ordering: .relaxed) }
    func note(left: Int) { leastLeft.min(left, ordering: .relaxed) }
}

/// What one owner uses of a ``Budget``. Whoever uses units holds the account meanwhile.
package final class Account: Sendable {
    package let owner: Owner
    private let pool: Pool
    private let own = Atomic<Int>(0)

    fileprivate init(_ owner: Owner, _ pool: Pool) {
        self.owner = owner
        self.pool = pool
    }

    /// Units in use now.
    package var inUse: Int { own.load(ordering: .relaxed) }

    /// What could be taken now.
    package var room: Int {
        max(0, min(pool.unitsPerOwner, pool.left.load(ordering: .relaxed)) - inUse)
    }

    /// Counts units; false when they are more than the owner may use.
    package func take(_ count: Int) -> Bool {
        guard count > 0 else { return true }
        // Who cannot have it does not take it from others even for a moment.
        guard count <= room else {
            pool.refusals.add(1, ordering: .relaxed)
            return false
        }
        let left = pool.take(count)
        let used = own.add(count, ordering: .relaxed).newValue
        guard used <= min(pool.unitsPerOwner, left + count) else {
            own.subtract(count, ordering: .relaxed)
            pool.giveBack(count)
            pool.refusals.add(1, ordering: .relaxed)
            return false
        }
        pool.note(left: left)
        return true
    }

    /// Counts units that are in use anyway, though they be too many.
    package func force(_ count: Int) {
        own.add(count, ordering: .relaxed)
        pool.note(left: pool.take(count))
    }

    /// Uncounts what was taken.
    package func giveBack(_ count: Int) {
        let left = own.subtract(count, ordering: .relaxed).newValue
        precondition(left >= 0, "no more is given back than was taken")
        pool.giveBack(count)
    }
}
