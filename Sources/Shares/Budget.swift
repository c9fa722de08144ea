internal import Synchronization

/// What callers may use of something scarce, bytes of memory or places: counted while it grows, for
/// each owner and in all.
///
/// An owner may use a stated number of units, and never more than what is left for everybody else.
/// So a few owners together cannot take all of it: with n of them as greedy as they may be, one
/// part in n + 1 stays free.
package final class Budget: Sendable {
    fileprivate struct Use {
        var left: Int
        var byOwner: [Owner: Int] = [:]
        /// The most that was in use since ``takePeak()``.
        var peak = 0
        var refusals = 0
    }

    /// Units there are: for all, and at most for one owner.
    package let units: Int
    package let unitsPerOwner: Int
    private let use: Mutex<Use>

    package init(_ units: Int, perOwner: Int) {
        precondition(units > 0 && perOwner > 0, "a budget has something to give")
        self.units = units
        unitsPerOwner = perOwner
        use = Mutex(Use(left: units))
    }

    /// Units in use now.
    package var inUse: Int { use.withLock { units - $0.left } }

    package func inUse(by owner: Owner) -> Int { use.withLock { $0.byOwner[owner] ?? 0 } }

    /// How often somebody was refused.
    package var refusals: Int { use.withLock { $0.refusals } }

    /// The most units in use since the last call, now included.
    package func takePeak() -> Int {
        use.withLock {
            let peak = $0.peak
            $0.peak = units - $0.left
            return peak
        }
    }

    /// What the owner could take now.
    package func room(for owner: Owner) -> Int {
        use.withLock { max(0, min(unitsPerOwner - ($0.byOwner[owner] ?? 0), $0.left)) }
    }

    /// Counts units for an owner; false when they are more than it may use.
    package func take(_ count: Int, for owner: Owner) -> Bool {
        use.withLock {
            let own = $0.byOwner[owner] ?? 0
            guard own + count <= min(unitsPerOwner, $0.left) else {
                $0.refusals += 1
                return false
            }
            $0.add(count, to: own, of: owner, units)
            return true
        }
    }

    /// Counts units that are in use anyway, though they be too many.
    package func force(_ count: Int, for owner: Owner) {
        use.withLock { $0.add(count, to: $0.byOwner[owner] ?? 0, of: owner, units) }
    }

    /// Uncounts what was taken for the owner.
    package func giveBack(_ count: Int, for owner: Owner) {
        use.withLock {
            let own = ($0.byOwner[owner] ?? 0) - count
            precondition(own >= 0, "no more is given back than was taken")
            $0.left += count
            $0.byOwner[owner] = own > 0 ? own : nil
        }
    }
}

extension Budget.Use {
    fileprivate mutating func add(_ count: Int, to own: Int, of owner: Owner, _ units: Int) {
        left -= count
        byOwner[owner] = own + count
        peak = max(peak, units - left)
    }
}

/// A bound of its own within a budget, for a connection for instance.
package final class Ceiling: Sendable {
    package let units: Int
    private let inUse = Atomic<Int>(0)

    package init(_ units: Int) {
        self.units = units
    }

    fileprivate func take(_ count: Int) -> Bool {
        let after = inUse.add(count, ordering: .relaxed).newValue
        if after > units { inUse.subtract(count, ordering: .relaxed) }
        return after <= units
    }

    fileprivate func giveBack(_ count: Int) {
        inUse.subtract(count, ordering: .relaxed)
    }
}

/// What one piece of work uses of a budget, a request for instance. The last reference gives back
/// what is left of it.
package final class Holding: Sendable {
    package let owner: Owner
    private let budget: Budget
    private let ceiling: Ceiling?
    private let held = Atomic<Int>(0)

    /// - Parameters:
    ///   - ceiling: a narrower bound that holds as well.
    ///   - first: units used from the beginning.
    /// - Throws: ``BudgetExceeded`` when there is no room for them.
    package init(
        _ budget: Budget, _ owner: Owner, within ceiling: Ceiling? = nil, first: Int = 0
    ) throws(BudgetExceeded) {
        self.budget = budget
        self.owner = owner
        self.ceiling = ceiling
        try grow(by: first)
    }

    deinit {
        shrink(by: held.load(ordering: .acquiring))
    }

    /// Units used now.
    package var units: Int { held.load(ordering: .relaxed) }

    /// Uses more.
    ///
    /// - Throws: ``BudgetExceeded``; then nothing more is used than before.
    package func grow(by count: Int) throws(BudgetExceeded) {
        guard count > 0 else { return }
        guard ceiling?.take(count) ?? true else { throw BudgetExceeded() }
        guard budget.take(count, for: owner) else {
            ceiling?.giveBack(count)
            throw BudgetExceeded()
        }
        held.add(count, ordering: .relaxed)
    }

    /// Uses less.
    package func shrink(by count: Int) {
        guard count > 0 else { return }
        let left = held.subtract(count, ordering: .relaxed).newValue
        precondition(left >= 0, "no more is let go than was held")
        ceiling?.giveBack(count)
        budget.giveBack(count, for: owner)
    }
}

/// The owner, or everybody together, uses as much as is allowed.
package struct BudgetExceeded: Error, Sendable, Hashable {
    package init() {}
}
