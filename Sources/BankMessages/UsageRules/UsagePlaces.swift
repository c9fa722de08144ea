/// Puts elements of header and document into words for findings.
struct UsagePlaces {
    private let header: XMLElement?
    private let document: XMLElement
    /// The indices of the transactions, in the order of the document.
    var transactions: [Int] = []
    // Counted when the first path is asked for, for most messages break no rule.
    private lazy var numbersOfDocument = SiblingNumbers(document.tree)
    private lazy var numbersOfHeader = SiblingNumbers((header ?? document).tree)

    init(header: XMLElement?, document: XMLElement) {
        self.header = header
        self.document = document
    }

    /// - Complexity: O(depth), the first time O(elements).
    mutating func path(of element: XMLElement) -> String {
        if let header, header.tree === element.tree, contains(header, element) {
            return "/AppHdr" + steps(to: element, from: header, numbersOfHeader)
        }
        return "/Document" + steps(to: element, from: document, numbersOfDocument)
    }

    private func steps(
        to element: XMLElement, from top: XMLElement, _ numbers: SiblingNumbers
    ) -> String {
        var steps: [String] = []
        var place = element
        while place.index > top.index {
            steps.append(numbers[place.index].map { "/\(place.name)[\($0)]" } ?? "/\(place.name)")
            place = place.parent
        }
        return steps.reversed().joined()
    }

    private func contains(_ top: XMLElement, _ element: XMLElement) -> Bool {
        element.index >= top.index && element.index < top.end
    }

    /// The number of the transaction that the element is or is in, from 0. O(log transactions).
    func transaction(of element: XMLElement) -> Int? {
        guard element.tree === document.tree else { return nil }
        var (low, high) = (0, transactions.count)
        while low < high {
            let middle = (low + high) / 2
            if transactions[middle] <= element.index { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        let transaction = XMLElement(tree: document.tree, index: transactions[low - 1])
        return contains(transaction, element) ? low - 1 : nil
    }
}

/// The places of elements among those siblings that have the same name.
private struct SiblingNumbers {
    private var numbers: [UInt32] = []
    private var counts: [UInt64: UInt32] = [:]
    private let keys: [UInt64]

    init(_ tree: XMLTree) {
        keys = tree.nodes.map { UInt64($0.parent) << 32 | UInt64($0.name) }
        numbers.reserveCapacity(keys.count)
        for key in keys {
            counts[key, default: 0] += 1
            numbers.append(counts[key, default: 0])
        }
    }

    /// The number from 1; nil for an only one.
    subscript(_ element: Int) -> UInt32? {
        counts[keys[element], default: 0] > 1 ? numbers[element] : nil
    }
}
