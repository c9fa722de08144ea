/// Puts elements of a document into words for findings.
struct UsagePaths {
    private let tree: XMLTree
    /// Where paths begin, and how.
    var tops: [Int: String]
    /// The transactions in the order of the document.
    var transactions: [Int] = []
    /// For each element its number among the siblings of its name, and how many these are. Counted
    /// when the first path is asked for, for most messages break no rule.
    private lazy var siblings = SiblingNumbers(tree)

    init(tree: XMLTree, tops: [Int: String]) {
        self.tree = tree
        self.tops = tops
    }

    /// - Complexity: O(depth), the first time O(elements).
    mutating func path(of element: Int) -> String {
        var steps: [String] = []
        var place = element
        while true {
            if let top = tops[place] {
                return ([top] + steps.reversed()).joined(separator: "/")
            }
            let node = tree.nodes[place]
            let name = tree.symbols.texts[Int(node.name)]
            steps.append(siblings[place].map { "\(name)[\($0)]" } ?? name)
            guard Int(node.parent) != place else { return steps.reversed().joined(separator: "/") }
            place = Int(node.parent)
        }
    }

    /// The number of the transaction that the element is or is in, from 0. O(log transactions).
    func transaction(of element: Int) -> Int? {
        var (low, high) = (0, transactions.count)
        while low < high {
            let middle = (low + high) / 2
            if transactions[middle] <= element { low = middle + 1 } else { high = middle }
        }
        guard low > 0, element < Int(tree.nodes[transactions[low - 1]].end) else { return nil }
        return low - 1
    }
}

/// The places of elements among those siblings that have the same name.
private struct SiblingNumbers {
    private var numbers: [UInt32]
    private var counts: [UInt64: UInt32] = [:]
    private let keys: [UInt64]

    init(_ tree: XMLTree) {
        keys = tree.nodes.map { UInt64($0.parent) << 32 | UInt64($0.name) }
        numbers = []
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
