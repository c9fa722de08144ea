/// Elements in the order in which they came; taking the oldest costs O(1), amortised.
struct WaitingLine<Element> {
    private var elements: [Element?] = []
    /// Elements before this place were taken.
    private var head = 0

    var count: Int { elements.count - head }
    var isEmpty: Bool { count == 0 }
    /// All of them, the oldest first.
    var all: [Element] { elements[head...].compactMap { $0 } }

    mutating func append(_ element: Element) {
        elements.append(element)
    }

    mutating func removeFirst() -> Element? {
        guard head < elements.count else { return nil }
        let element = elements[head]
        elements[head] = nil
        head += 1
        // Half of the list is behind us: moving the rest costs no more than it took to get here.
        if head * 2 > elements.count {
            elements.removeFirst(head)
            head = 0
        }
        return element
    }

    /// Takes the oldest one that fits.
    ///
    /// - Complexity: O(elements).
    mutating func remove(where fits: (Element) -> Bool) -> Element? {
        let place = elements.indices.first { elements[$0].map(fits) ?? false }
        return place.flatMap { elements.remove(at: $0) }
    }
}
