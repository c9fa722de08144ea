/// Elements as UTF-8, each on a line of its own, indented by two spaces for each around it.
struct ElementText {
    private(set) var bytes: [UInt8] = []
    private var depth: Int

    /// How far the text has come.
    struct Mark {
        fileprivate let count: Int
        fileprivate let depth: Int
    }

    /// - Parameter depth: how many elements there are around.
    init(depth: Int, capacity: Int) {
        self.depth = depth
        bytes.reserveCapacity(capacity)
    }

    var mark: Mark { Mark(count: bytes.count, depth: depth) }

    /// Takes away what was written since then.
    mutating func goBack(to mark: Mark) {
        bytes.removeLast(bytes.count - mark.count)
        depth = mark.depth
    }

    mutating func start(_ field: Field) {
        indent()
        bytes.append(contentsOf: field.startTag)
        bytes.append(UInt8(ascii: "\n"))
        depth += 1
    }

    /// - Parameter start: where the text was before the element.
    mutating func end(_ field: Field, since start: Mark) {
        depth -= 1
        let empty = start.count + 2 * depth + field.startTag.count + 1
        guard bytes.count > empty else {
            bytes.removeLast(2)
            bytes.append(contentsOf: "/>\n".utf8)
            return
        }
        indent()
        bytes.append(contentsOf: field.endTag)
    }

    /// An element with text inside.
    mutating func add(_ field: Field, _ value: some Collection<UInt8>) {
        indent()
        bytes.append(contentsOf: field.startTag)
        escape(value)
        bytes.append(contentsOf: field.endTag)
    }

    /// An amount of a currency.
    mutating func add(
        _ field: Field, _ value: some Collection<UInt8>, currency: some Collection<UInt8>
    ) {
        indent()
        bytes.append(contentsOf: field.startTag.dropLast())
        bytes.append(contentsOf: " Ccy=\"".utf8)
        bytes.append(contentsOf: currency)
        bytes.append(contentsOf: "\">".utf8)
        escape(value)
        bytes.append(contentsOf: field.endTag)
    }

    /// An element with another one inside that is text already.
    mutating func add(_ field: Field, element: some Collection<UInt8>) {
        indent()
        bytes.append(contentsOf: field.startTag)
        bytes.append(contentsOf: element)
        bytes.append(contentsOf: field.endTag)
    }

    private mutating func escape(_ value: some Collection<UInt8>) {
        guard value.contains(where: isMark) else { return bytes.append(contentsOf: value) }
        for byte in value { bytes.append(escaping: byte) }
    }

    private mutating func indent() {
        for _ in 0..<depth {
            bytes.append(0x20)
            bytes.append(0x20)
        }
    }
}

/// Whether a byte of UTF-8 is one that text of XML has an entity for.
func isMark(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""): true
    default: false
    }
}

extension [UInt8] {
    /// Adds a byte of text to XML.
    mutating func append(escaping byte: UInt8) {
        switch byte {
        case UInt8(ascii: "&"): append(contentsOf: "&amp;".utf8)
        case UInt8(ascii: "<"): append(contentsOf: "&lt;".utf8)
        case UInt8(ascii: ">"): append(contentsOf: "&gt;".utf8)
        case UInt8(ascii: "\""): append(contentsOf: "&quot;".utf8)
        default: append(byte)
        }
    }
}
