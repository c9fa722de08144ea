/// Work of many owners that waits for its turn. A value; it has one user at a time.
///
/// Within an owner the oldest goes first; between owners turns go round, so that the wait of one
/// owner does not depend on how much another one has waiting. Bounded: an owner may have so many
/// waiting, and never more than are left for all the others.
///
/// Adding and taking cost O(1) each while every owner may run; an owner that may not is passed
/// over, which costs O(owners that wait).
package struct FairQueue<Element> {
    private struct Line {
        var waiting = WaitingLine<Element>()
        /// Taken and not yet finished.
        var running = 0
        var isIdle: Bool { running == 0 && waiting.isEmpty }
    }

    package let capacity: Int
    package let capacityPerOwner: Int
    /// Elements that wait.
    package private(set) var count = 0
    private var lines: [Owner: Line] = [:]
    /// Owners with waiting elements, whose turn it is first; each once.
    private var turns: [Owner] = []

    package init(capacity: Int, perOwner: Int) {
        precondition(capacity > 0 && perOwner > 0, "a queue has room")
        self.capacity = capacity
        capacityPerOwner = perOwner
    }

    package func waiting(of owner: Owner) -> Int { lines[owner]?.waiting.count ?? 0 }
    package func running(of owner: Owner) -> Int { lines[owner]?.running ?? 0 }

    /// Puts an element at the end of its owner's line; false when there is no room for it.
    package mutating func add(_ element: Element, for owner: Owner) -> Bool {
        let own = waiting(of: owner)
        guard own < min(capacityPerOwner, capacity - count) else { return false }
        lines[owner, default: Line()].waiting.append(element)
        count += 1
        if own == 0 { turns.append(owner) }
        return true
    }

    /// Takes the next element of the first owner in turn that may run one more.
    ///
    /// - Parameters:
    ///   - limit: how many of an owner's may run at once; see ``finished(_:)``.
    ///   - mayRun: what else has to be true of an owner.
    package mutating func next(
        limit: Int = .max, mayRun: (Owner) -> Bool = { _ in true }
    ) -> (owner: Owner, element: Element)? {
        for (place, owner) in turns.enumerated()
        where running(of: owner) < limit && mayRun(owner) {
            guard let element = lines[owner]?.waiting.removeFirst() else { continue }
            lines[owner]?.running += 1
            count -= 1
            turns.remove(at: place)
            if waiting(of: owner) > 0 { turns.append(owner) }
            return (owner, element)
        }
        return nil
    }

    /// One element of the owner that was taken has been dealt with.
    package mutating func finished(_ owner: Owner) {
        guard var line = lines[owner] else { return }
        precondition(line.running > 0, "what finishes was taken")
        line.running -= 1
        lines[owner] = line.isIdle ? nil : line
    }

    /// Takes the first waiting element of the owner that fits out of the queue.
    ///
    /// - Complexity: O(elements of the owner).
    package mutating func remove(
        of owner: Owner, where fits: (Element) -> Bool
    ) -> Element? {
        guard var line = lines[owner], let element = line.waiting.remove(where: fits) else {
            return nil
        }
        count -= 1
        if line.waiting.isEmpty { turns.removeAll { $0 == owner } }
        lines[owner] = line.isIdle ? nil : line
        return element
    }

    /// Takes everything that waits.
    package mutating func removeAll() -> [Element] {
        let all = lines.values.flatMap(\.waiting.all)
        for owner in lines.keys { lines[owner]?.waiting = WaitingLine() }
        lines = lines.filter { $0.value.running > 0 }
        turns = []
        count = 0
        return all
    }
}
