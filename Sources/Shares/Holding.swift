internal import Synchronization

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

/// What one piece of work uses of an account, a request for instance. The last reference gives back
/// what is left of it.
package final class Holding: Sendable {
    private let account: Account
    private let ceiling: Ceiling?
    private let held = Atomic<Int>(0)

    /// - Parameters:
    ///   - ceiling: a narrower bound that holds as well.
    ///   - first: units used from the beginning.
    /// - Throws: ``BudgetExceeded`` when there is no room for them.
    package init(
        _ account: Account, within ceiling: Ceiling? = nil, first: Int = 0
    ) throws(BudgetExceeded) {
        self.account = account
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
        guard account.take(count) else {
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
        account.giveBack(count)
    }
}

/// The owner, or everybody together, uses as much as is allowed.
package struct BudgetExceeded: Error, Sendable, Hashable {
    package init() {}
}
