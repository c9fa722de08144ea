/// Puts the parser's events together to an ``XMLTree``.
///
/// Pure of C but for the addresses of names: the parser keeps every name once, so equal addresses
/// are equal names, and only a new one is looked at.
struct XMLTreeBuilder {
    private let limits: MessageLimits
    private var nodes: [XMLTree.Node] = []
    private var attributes: [XMLTree.Attribute] = []
    private var text: [UInt8] = []
    private var symbols = XMLSymbols()
    private var known = AddressTable()
    private var open: [OpenElement] = []

    private struct OpenElement: BitwiseCopyable {
        var node: Int
        /// Bytes of character data that count: white space between elements does not.
        var textBytes = 0
        var hasText = false
        /// The text begins like XML: it may be a message, as long as a document may be.
        var isPayload = false
        var hasChildren = false
    }

    init(limits: MessageLimits, elements: Int, bytes: Int) {
        self.limits = limits
        nodes.reserveCapacity(elements)
        text.reserveCapacity(bytes)
    }

    var elements: Int { nodes.count }

    var innermostOpen: String? {
        open.last.map { symbols.texts[Int(nodes[$0.node].name)] }
    }

    /// The document, once its root element is closed; nil before.
    consuming func tree() -> XMLTree? {
        guard !nodes.isEmpty, open.isEmpty else { return nil }
        return XMLTree(nodes: nodes, attributes: attributes, text: text, symbols: symbols)
    }

    mutating func start(name: UnsafePointer<UInt8>?, namespace: UnsafePointer<UInt8>?) {
        if let parent = open.indices.last { closeText(of: parent) }
        let node = nodes.count
        nodes.append(
            XMLTree.Node(
                name: symbol(name), namespace: symbol(namespace),
                parent: UInt32(open.last?.node ?? node), textStart: 0,
                attributes: UInt32(attributes.count)))
        open.append(OpenElement(node: node))
    }

    /// An attribute of the element that was started last.
    mutating func attribute(
        name: UnsafePointer<UInt8>?, namespace: UnsafePointer<UInt8>?,
        value: UnsafeBufferPointer<UInt8>
    ) throws(MessageRejection) {
        guard value.count <= limits.textBytes else {
            throw .document(
                .textTooLong,
                "An attribute of \(innermostOpen ?? "") holds more than \(limits.textBytes) bytes.")
        }
        let start = UInt32(text.count)
        text.append(contentsOf: value)
        attributes.append(
            XMLTree.Attribute(
                name: symbol(name), namespace: symbol(namespace), valueStart: start,
                valueEnd: UInt32(text.count)))
    }

    /// To be called after the last attribute of a start tag.
    mutating func finishStartTag() {
        guard let current = open.last else { return }
        nodes[current.node].textStart = UInt32(text.count)
    }

    mutating func append(_ characters: UnsafeBufferPointer<UInt8>) throws(MessageRejection) {
        guard let current = open.indices.last else { return }
        open[current].textBytes += characters.count
        if !open[current].hasText, let first = characters.first(where: { !isBlank($0) }) {
            open[current].hasText = true
            open[current].isPayload = first == UInt8(ascii: "<")
        }
        let most = open[current].isPayload ? limits.bytes : limits.textBytes
        guard open[current].textBytes <= most else {
            throw .document(
                .textTooLong,
                "Element \(innermostOpen ?? "") holds more than \(most) bytes of text.")
        }
        if !open[current].hasChildren { text.append(contentsOf: characters) }
    }

    mutating func end() {
        guard let done = open.popLast() else { return }
        nodes[done.node].end = UInt32(nodes.count)
        nodes[done.node].isMixed = done.hasChildren && done.hasText
        nodes[done.node].textEnd = UInt32(
            done.hasChildren ? Int(nodes[done.node].textStart) : text.count)
    }

    /// A child begins. The text of an element with children is nothing that the gateway uses, but
    /// what is not white space still counts against its bound.
    private mutating func closeText(of parent: Int) {
        if !open[parent].hasText { open[parent].textBytes = 0 }
        guard !open[parent].hasChildren else { return }
        open[parent].hasChildren = true
        text.removeLast(text.count - Int(nodes[open[parent].node].textStart))
    }

    private mutating func symbol(_ address: UnsafePointer<UInt8>?) -> XMLTree.Symbol {
        guard let address else { return 0 }
        if let symbol = known[address] { return symbol }
        let symbol = symbols.symbol(for: String(cString: address))
        known.insert(symbol, at: address)
        return symbol
    }
}

/// Numbers by addresses: open addressing, doubled when half full. O(1) on average.
struct AddressTable {
    private struct Place: BitwiseCopyable {
        var address: UInt = 0
        var symbol: XMLTree.Symbol = 0
    }

    private var places = Array(repeating: Place(), count: 512)
    private var count = 0

    subscript(_ address: UnsafePointer<UInt8>) -> XMLTree.Symbol? {
        let place = places[self.place(of: UInt(bitPattern: address))]
        return place.address == 0 ? nil : place.symbol
    }

    /// Adds an address that is not there yet.
    mutating func insert(_ symbol: XMLTree.Symbol, at address: UnsafePointer<UInt8>) {
        count += 1
        if count * 2 > places.count { grow() }
        let address = UInt(bitPattern: address)
        places[place(of: address)] = Place(address: address, symbol: symbol)
    }

    /// Where the address is, or where it would go.
    private func place(of address: UInt) -> Int {
        let mixed = (UInt64(address) &* 0x9E37_79B9_7F4A_7C15) >> 32
        var place = Int(mixed) & (places.count - 1)
        while places[place].address != address, places[place].address != 0 {
            place = (place + 1) & (places.count - 1)
        }
        return place
    }

    private mutating func grow() {
        let old = places
        places = Array(repeating: Place(), count: old.count * 2)
        for entry in old where entry.address != 0 {
            places[place(of: entry.address)] = entry
        }
    }
}
