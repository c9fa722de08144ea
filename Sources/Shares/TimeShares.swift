/// Work of several parties that waits for its turn, shared out by the time that it takes. A value;
/// it has one user at a time.
///
/// Next comes the party that has had least time, so who asks for little does not wait for who asks
/// for much. Time that nobody else wanted is not held against a party: whoever begins to wait
/// begins with what the one served last has had.
///
/// Unlike ``FairQueue`` it does not bound how much waits, and does not take one piece for as much
/// as any other.
package struct TimeShares<Element> {
    /// Whose work it is. Valid from ``TimeShares/join(newestFirst:)`` to ``TimeShares/leave(_:)``.
    package struct Party: Hashable, Sendable {
        fileprivate let place: Int
    }

    private struct Line {
        var waiting = WaitingLine<Element>()
        let isNewestFirst: Bool
        /// The time it has had, in nanoseconds.
        var used: Int64
    }

    private var lines: [Line?] = []
    private var free: [Int] = []
    /// Places of those with work.
    private var active: [Int] = []
    /// What the party served last had had then.
    private var used: Int64 = 0

    package init() {}

    /// Nothing waits.
    package var isEmpty: Bool { active.isEmpty }

    // MARK: Parties

    /// - Parameter newestFirst: its last piece comes first; otherwise its first one.
    package mutating func join(newestFirst: Bool = false) -> Party {
        let line = Line(isNewestFirst: newestFirst, used: used)
        if let place = free.popLast() {
            lines[place] = line
            return Party(place: place)
        }
        lines.append(line)
        return Party(place: lines.count - 1)
    }

    /// The party asks for nothing any more, and what it has waiting is dropped.
    package mutating func leave(_ party: Party) {
        lines[party.place] = nil
        active.removeAll { $0 == party.place }
        free.append(party.place)
    }

    package func waiting(of party: Party) -> Int { lines[party.place]?.waiting.count ?? 0 }

    // MARK: Work

    /// - Complexity: O(1), amortised.
    package mutating func add(_ element: Element, of party: Party) {
        guard let line = lines[party.place] else { return }
        if line.waiting.isEmpty {
            lines[party.place]?.used = max(line.used, used)
            active.append(party.place)
        }
        lines[party.place]?.waiting.append(element)
    }

    /// Takes the next piece of the party that has had least.
    ///
    /// - Complexity: O(parties with work).
    package mutating func next() -> (party: Party, element: Element)? {
        let first = active.indices.min { used(at: active[$0]) < used(at: active[$1]) }
        guard let first else { return nil }
        let place = active[first]
        used = used(at: place)
        let isNewestFirst = lines[place]?.isNewestFirst == true
        let element =
            isNewestFirst
            ? lines[place]?.waiting.removeLast() : lines[place]?.waiting.removeFirst()
        if lines[place]?.waiting.isEmpty != false {
            active.swapAt(first, active.count - 1)
            active.removeLast()
        }
        return element.map { (Party(place: place), $0) }
    }

    /// The time that a piece took, in nanoseconds. One that did not wait counts as if it had been
    /// the next: what a party does alone it owes nobody.
    package mutating func charge(_ nanoseconds: Int64, to party: Party, hasWaited: Bool = true) {
        guard var had = lines[party.place]?.used else { return }
        if !hasWaited {
            had = max(had, used)
            used = had
        }
        lines[party.place]?.used = had + nanoseconds
    }

    /// Drops what fits of a party's work.
    ///
    /// - Complexity: O(pieces of the party).
    package mutating func removeAll(of party: Party, where fits: (Element) -> Bool) {
        lines[party.place]?.waiting.removeAll(where: fits)
        if waiting(of: party) == 0 { active.removeAll { $0 == party.place } }
    }

    private func used(at place: Int) -> Int64 { lines[place]?.used ?? 0 }
}
