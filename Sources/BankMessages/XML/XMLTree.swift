/// A parsed document as a plain value: no parser memory is behind it.
///
/// All elements stand in one array in the order of the document, all texts in one buffer, and every
/// name is there once, so that a document costs a few words an element however it is made.
/// ``XMLElement`` is how one looks at it.
final class XMLTree: Sendable {
    /// A name or namespace; equal texts have equal numbers. 0 is the empty text.
    typealias Symbol = UInt32

    struct Node: BitwiseCopyable {
        var name: Symbol
        var namespace: Symbol
        /// The element around it; the root's is its own.
        var parent: UInt32
        /// The first node after the element and everything inside it.
        var end: UInt32 = 0
        /// Where the character data is, when the element has no other elements inside.
        var textStart: UInt32
        var textEnd: UInt32 = 0
        /// It has text beside other elements. That is kept nowhere.
        var isMixed = false
        /// Its attributes begin here and end where those of the next node begin.
        var attributes: UInt32
    }

    struct Attribute: BitwiseCopyable {
        var name: Symbol
        var namespace: Symbol
        var valueStart: UInt32
        var valueEnd: UInt32
    }

    let nodes: [Node]
    let attributes: [Attribute]
    /// Character data and the values of attributes, entities resolved.
    let text: [UInt8]
    let symbols: XMLSymbols

    init(nodes: [Node], attributes: [Attribute], text: [UInt8], symbols: XMLSymbols) {
        self.nodes = nodes
        self.attributes = attributes
        self.text = text
        self.symbols = symbols
    }

    /// The elements right inside another, in order.
    func children(of element: Int) -> XMLChildren {
        XMLChildren(tree: self, place: element + 1, end: Int(nodes[element].end))
    }

    /// The elements of this name right inside another, in order. O(number of children).
    func children(of element: Int, named name: Symbol) -> [Int] {
        var found: [Int] = []
        var place = element + 1
        let end = Int(nodes[element].end)
        while place < end {
            if nodes[place].name == name { found.append(place) }
            place = Int(nodes[place].end)
        }
        return found
    }

    func attributes(of element: Int) -> ArraySlice<Attribute> {
        let next = element + 1 < nodes.count ? Int(nodes[element + 1].attributes) : attributes.count
        return attributes[Int(nodes[element].attributes)..<next]
    }

    func string(_ start: UInt32, _ end: UInt32) -> String {
        String(decoding: text[Int(start)..<Int(end)], as: UTF8.self)
    }
}

/// The places of the elements right inside another.
struct XMLChildren: Sequence, IteratorProtocol {
    fileprivate let tree: XMLTree
    fileprivate var place: Int
    fileprivate let end: Int

    mutating func next() -> Int? {
        guard place < end else { return nil }
        defer { place = Int(tree.nodes[place].end) }
        return place
    }
}

/// Every name and namespace of a document once.
///
/// They are looked up some dozens of times a transaction, so the table is a plain one: open
/// addressing, doubled when half full. Its seed is drawn for each document.
struct XMLSymbols: Sendable {
    private(set) var texts = [""]
    private let seed = UInt64.random(in: 1...UInt64.max)
    /// Numbers by hashes of their texts; 0 for none.
    private var places = [XMLTree.Symbol](repeating: 0, count: 256)

    /// The number of a text that may be new. O(length).
    mutating func symbol(for text: String) -> XMLTree.Symbol {
        guard !text.isEmpty else { return 0 }
        let place = place(of: text)
        guard places[place] == 0 else { return places[place] }
        let number = XMLTree.Symbol(texts.count)
        texts.append(text)
        places[place] = number
        if texts.count * 2 > places.count { grow() }
        return number
    }

    /// The number of a text; nil when the document has it nowhere. O(length).
    func symbol(of text: String) -> XMLTree.Symbol? {
        guard !text.isEmpty else { return 0 }
        let number = places[place(of: text)]
        return number == 0 ? nil : number
    }

    /// Where the number of a text is, or where it would go.
    private func place(of text: String) -> Int {
        let hash = text.utf8.reduce(seed) { NameCensus.mix($0, $1) }
        var place = Int(truncatingIfNeeded: hash) & (places.count - 1)
        // Byte by byte: names that only look alike are two.
        while places[place] != 0, !texts[Int(places[place])].utf8.elementsEqual(text.utf8) {
            place = (place + 1) & (places.count - 1)
        }
        return place
    }

    private mutating func grow() {
        places = Array(repeating: 0, count: places.count * 2)
        for number in texts.indices.dropFirst() {
            places[place(of: texts[number])] = XMLTree.Symbol(number)
        }
    }
}

/// One element of a document.
struct XMLElement {
    let tree: XMLTree
    /// Its place in the order of the document, from 0.
    let index: Int

    init(tree: XMLTree, index: Int) {
        self.tree = tree
        self.index = index
    }

    private var node: XMLTree.Node { tree.nodes[index] }

    /// The name without its prefix.
    var name: String { tree.symbols.texts[Int(node.name)] }

    /// The namespace the name belongs to; empty for none.
    var namespace: String { tree.symbols.texts[Int(node.namespace)] }

    /// The element around it; the root's is its own.
    var parent: XMLElement { XMLElement(tree: tree, index: Int(node.parent)) }

    /// The character data of an element without children, not trimmed; empty for others.
    var text: String { tree.string(node.textStart, node.textEnd) }

    /// The same as UTF-8.
    var textBytes: ArraySlice<UInt8> { tree.text[Int(node.textStart)..<Int(node.textEnd)] }

    /// Whether there are other elements inside.
    var hasChildren: Bool { node.end > index + 1 }

    var firstChild: XMLElement? {
        hasChildren ? XMLElement(tree: tree, index: index + 1) : nil
    }

    /// The first node after the element and everything inside it.
    var end: Int { Int(node.end) }

    /// How many elements of its name its parent has up to it.
    var number: Int {
        var (count, place) = (1, Int(node.parent) + 1)
        while place < index {
            if tree.nodes[place].name == node.name { count += 1 }
            place = Int(tree.nodes[place].end)
        }
        return count
    }

    /// Whether the other element is this one, or inside of it.
    func contains(_ other: XMLElement) -> Bool { (index..<end).contains(other.index) }

    func isInNamespace(of other: XMLElement) -> Bool {
        node.namespace == other.node.namespace
    }

    /// The value of an attribute without a prefix; nil when the element does not have it.
    func attribute(_ name: String) -> String? {
        guard let wanted = tree.symbols.symbol(of: name) else { return nil }
        let found = tree.attributes(of: index).first { $0.name == wanted && $0.namespace == 0 }
        return found.map { tree.string($0.valueStart, $0.valueEnd) }
    }

    /// The first two children with this name.
    ///
    /// - Complexity: O(number of children), as for all that follow; texts are compared once.
    func firstChildren(named name: String) -> (first: XMLElement?, second: XMLElement?) {
        guard let wanted = tree.symbols.symbol(of: name),
            let first = child(named: wanted, from: index + 1)
        else { return (nil, nil) }
        return (first, child(named: wanted, from: first.end))
    }

    func countChildren(named name: String) -> Int {
        var count = 0
        forEachChild(named: name) { _ in count += 1 }
        return count
    }

    /// Visits the children with this name, in order.
    func forEachChild<Failure: Error>(
        named name: String, _ body: (XMLElement) throws(Failure) -> Void
    ) throws(Failure) {
        guard let wanted = tree.symbols.symbol(of: name) else { return }
        var place = index + 1
        while let found = child(named: wanted, from: place) {
            try body(found)
            place = found.end
        }
    }

    private func child(named name: XMLTree.Symbol, from place: Int) -> XMLElement? {
        var place = place
        let end = end
        while place < end {
            let node = tree.nodes[place]
            if node.name == name { return XMLElement(tree: tree, index: place) }
            place = Int(node.end)
        }
        return nil
    }

    /// Whether there are children with other names than these. O(number of children).
    func hasChildren(besides names: [String]) -> Bool {
        var place = index + 1
        while place < end {
            let node = tree.nodes[place]
            guard names.contains(tree.symbols.texts[Int(node.name)]) else { return true }
            place = Int(node.end)
        }
        return false
    }

    /// Visits this element and all below, in order.
    ///
    /// - Complexity: O(number of elements below).
    func forEachElement(_ body: (XMLElement) -> Void) {
        for place in index..<end { body(XMLElement(tree: tree, index: place)) }
    }

    /// All elements of this name below, but for what is inside elements of the names given.
    ///
    /// - Complexity: O(number of elements below).
    func descendants(named name: String, notInside closed: [String]) -> [XMLElement] {
        guard let wanted = tree.symbols.symbol(of: name) else { return [] }
        let closed = closed.compactMap { tree.symbols.symbol(of: $0) }
        var found: [XMLElement] = []
        var place = index + 1
        while place < end {
            let node = tree.nodes[place]
            if node.name == wanted { found.append(XMLElement(tree: tree, index: place)) }
            place = closed.contains(node.name) ? Int(node.end) : place + 1
        }
        return found
    }
}
