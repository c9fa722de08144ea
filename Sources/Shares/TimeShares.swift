/// Whose turn it is among parties with waiting work, shared out by the time that the work takes. A
/// value; it has one user at a time, who keeps the work itself in lines of his own.
///
/// Next comes the party that has had least time, so who asks for little does not wait for who asks
/// for much. Time that nobody else wanted is not held against a party: whoever begins to wait
/// begins with what the one served last has had.
///
/// Unlike ``FairQueue`` it does not bound how much waits, and does not take one piece for as much
/// as any other. It knows nothing of the pieces, so that it is the same code for all kinds of them:
/// event loops ask it several times a request.
package struct TimeShares {
    /// Whose work it is. Valid from ``TimeShares/join()`` to ``TimeShares/leave(_:)``.
    package struct Party: Hashable, Sendable {
        /// Counts from 0; places of parties that have left are used again.
        package let place: Int
    }

    private struct Account {
        /// Pieces that wait.
        var waiting = 0
        /// The time it has had, in nanoseconds.
        var used: Int64
    }

    private var accounts: [Account] = []
    private var free: [Int] = []
    /// Places of those with work.
    private var active: [Int] = []
    /// What the party served last had had then.
    private var used: Int64 = 0

    package init() {}

    /// Nothing waits.
    package var isEmpty: Bool { active.isEmpty }

    // MARK: Parties

    package mutating func join() -> Party {
        let account = Account(used: used)
        if let place = free.popLast() {
            accounts[place] = account
            return Party(place: place)
        }
        accounts.append(account)
        return Party(place: accounts.count - 1)
    }

    /// The party asks for nothing any more, and what it has waiting is forgotten.
    package mutating func leave(_ party: Party) {
        remove(accounts[party.place].waiting, of: party)
        free.append(party.place)
    }

    // MARK: Work

    /// The party has one piece more.
    ///
    /// - Complexity: O(1), amortised.
    package mutating func add(to party: Party) {
        let place = party.place
        accounts[place].waiting += 1
        guard accounts[place].waiting == 1 else { return }
        accounts[place].used = max(accounts[place].used, used)
        active.append(place)
    }

    /// The party that has had least; it has one piece less.
    ///
    /// - Complexity: O(parties with work).
    package mutating func next() -> Party? {
        let first = active.indices.min { accounts[active[$0]].used < accounts[active[$1]].used }
        guard let first else { return nil }
        let place = active[first]
        used = accounts[place].used
        accounts[place].waiting -= 1
        if accounts[place].waiting == 0 {
            active.swapAt(first, active.count - 1)
            active.removeLast()
        }
        return Party(place: place)
    }

    /// The time that a piece took, in nanoseconds. One that did not wait counts as if it had been
    /// the next: what a party does alone it owes nobody.
    package mutating func charge(_ nanoseconds: Int64, to party: Party, hasWaited: Bool = true) {
        let place = party.place
        if !hasWaited {
            used = max(used, accounts[place].used)
            accounts[place].used = used
        }
        accounts[place].used += nanoseconds
    }

    /// The party has given up so many pieces.
    ///
    /// - Complexity: O(parties with work).
    package mutating func remove(_ count: Int, of party: Party) {
        guard count > 0 else { return }
        accounts[party.place].waiting -= count
        if accounts[party.place].waiting == 0 { active.removeAll { $0 == party.place } }
    }
}
