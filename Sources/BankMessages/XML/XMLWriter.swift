/// A value that cannot be written into a message: too long, empty, or with control characters.
package struct MessageWritingError: Error, Equatable, Sendable {
    /// The element that would have held the value.
    package var path: String
    package var sentence: String

    package init(path: String, sentence: String) {
        self.path = path
        self.sentence = sentence
    }
}

/// Writes a document element by element, indented by two spaces, always the same for the same
/// calls.
struct XMLWriter {
    private var bytes = Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8)
    private var open: [String] = []

    /// What is written so far.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// An element with other elements inside.
    ///
    /// - Parameter namespace: becomes the default namespace from here on; nil keeps it.
    mutating func element(
        _ name: String, namespace: String? = nil,
        _ body: (inout XMLWriter) throws(MessageWritingError) -> Void
    ) throws(MessageWritingError) {
        indent()
        add("<", name)
        if let namespace {
            add(" xmlns=\"")
            add(escaping: namespace)
            add("\"")
        }
        add(">\n")
        open.append(name)
        try body(&self)
        open.removeLast()
        indent()
        add("</", name, ">\n")
    }

    /// An element with nothing inside.
    mutating func empty(_ name: String) {
        indent()
        add("<", name, "/>\n")
    }

    /// An element with text of 1 to `length` characters inside.
    mutating func leaf(
        _ name: String, _ value: String, max length: Int, currency: String? = nil
    ) throws(MessageWritingError) {
        // A character has at least one byte, so short texts need no counting.
        guard !value.isEmpty, value.utf8.count <= length || value.unicodeScalars.count <= length
        else {
            throw error(at: name, "The text must have 1 to \(length) characters.")
        }
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) || isPrintable(value) else {
            throw error(at: name, "The text holds a line break or a control character.")
        }
        indent()
        add("<", name)
        if let currency { add(" Ccy=\"", currency, "\"") }
        add(">")
        add(escaping: value)
        add("</", name, ">\n")
    }

    /// Like ``leaf(_:_:max:currency:)``, or nothing when there is no value.
    mutating func leaf(
        _ name: String, _ value: String?, max length: Int
    ) throws(MessageWritingError) {
        if let value {
            try leaf(name, value, max: length, currency: nil)
        }
    }

    /// A text inside of elements inside each other, the outermost first.
    mutating func chain(
        _ names: [String], _ value: String, max length: Int
    ) throws(MessageWritingError) {
        guard names.count > 1 else { return try leaf(names[0], value, max: length) }
        try element(names[0]) { writer throws(MessageWritingError) in
            try writer.chain(Array(names.dropFirst()), value, max: length)
        }
    }

    /// Hands over what is written so far and goes on behind it.
    mutating func take() -> String {
        defer { bytes.removeAll(keepingCapacity: true) }
        return text
    }

    /// Elements that were made elsewhere, with their indents.
    mutating func add(_ elements: [UInt8]) {
        bytes += elements
    }

    /// How many elements are open.
    var depth: Int { open.count }

    func error(at name: String, _ sentence: String) -> MessageWritingError {
        MessageWritingError(
            path: "/" + (open + [name]).joined(separator: "/"), sentence: sentence)
    }

    private mutating func indent() {
        for _ in open { add("  ") }
    }

    private mutating func add(_ words: String) { bytes += words.utf8 }

    private mutating func add(_ first: String, _ second: String) {
        add(first)
        add(second)
    }

    private mutating func add(_ first: String, _ second: String, _ third: String) {
        add(first, second)
        add(third)
    }

    private mutating func add(escaping value: String) {
        guard value.utf8.contains(where: isMark) else { return add(value) }
        for byte in value.utf8 { bytes.append(escaping: byte) }
    }
}
