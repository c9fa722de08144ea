/// Which elements and attributes of a document a stream reader tells of, by where they stand.
///
/// Everything else is passed over, at the cost of its bytes. Namespaces do not count: versions of a
/// message differ in little else, and what banks wrap a message in is not theirs.
struct XMLPathTable: Sendable {
    typealias Node = Int

    /// What is told of a node.
    enum Telling: Equatable, Sendable {
        case nothing
        /// Where it starts and ends.
        case bounds(field: UInt8)
        /// Its character data, or an attribute's value, unless it has elements inside.
        case value(field: UInt8)
    }

    struct Entry {
        fileprivate var name: [UInt8]
        var node: Node
        /// Which of the names it is that the node may have, from 0.
        var choice: UInt8
    }

    private(set) var tellings: [Telling] = [.nothing]
    private var children: [[Entry]] = [[]]

    /// What is outside of the elements that the table begins with.
    static let outside: Node = 0

    /// - Parameter paths: names from the outermost element on, parted by `/`; `A|B` for either of
    ///   two names, `@` before an attribute's. A `/` at the end asks for the bounds. Of the
    ///   elements inside one, those that come often stand first.
    init(_ paths: [(path: String, field: UInt8)]) {
        for (path, field) in paths {
            var node = XMLPathTable.outside
            for step in path.split(separator: "/") {
                node = self.node(below: node, step.split(separator: "|").map { Array($0.utf8) })
            }
            tellings[node] = path.hasSuffix("/") ? .bounds(field: field) : .value(field: field)
        }
    }

    private mutating func node(below parent: Node, _ names: [[UInt8]]) -> Node {
        if let known = children[parent].first(where: { $0.name == names.first }) {
            return known.node
        }
        let node = tellings.count
        tellings.append(.nothing)
        children.append([])
        children[parent] += names.indices.map {
            Entry(name: names[$0], node: node, choice: UInt8($0))
        }
        return node
    }

    /// What has that name inside another; nil when nothing is told of it.
    ///
    /// - Complexity: O(names inside the other).
    func entry(below parent: Node, _ name: UnsafeBufferPointer<UInt8>) -> Entry? {
        for entry in children[parent] where entry.name.count == name.count {
            if entry.name.elementsEqual(name) { return entry }
        }
        return nil
    }

    /// The same for an attribute.
    func attribute(of element: Node, _ name: UnsafeBufferPointer<UInt8>) -> Node? {
        for entry in children[element] where entry.name.first == UInt8(ascii: "@") {
            if entry.name.dropFirst().elementsEqual(name) { return entry.node }
        }
        return nil
    }
}
