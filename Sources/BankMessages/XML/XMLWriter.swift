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
    private(set) var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    private var open: [String] = []

    /// An element with other elements inside.
    ///
    /// - Parameter namespace: becomes the default namespace from here on; nil keeps it.
    mutating func element(
        _ name: String, namespace: String? = nil,
        _ body: (inout XMLWriter) throws(MessageWritingError) -> Void
    ) throws(MessageWritingError) {
        indent()
        let declaration = namespace.map { " xmlns=\"\(escaped($0))\"" } ?? ""
        text += "<\(name)\(declaration)>\n"
        open.append(name)
        try body(&self)
        open.removeLast()
        indent()
        text += "</\(name)>\n"
    }

    /// An element with nothing inside.
    mutating func empty(_ name: String) {
        indent()
        text += "<\(name)/>\n"
    }

    /// An element with text of 1 to `length` characters inside.
    mutating func leaf(
        _ name: String, _ value: String, max length: Int, currency: String? = nil
    ) throws(MessageWritingError) {
        guard (1...length).contains(value.unicodeScalars.count) else {
            throw error(at: name, "The text must have 1 to \(length) characters.")
        }
        guard isPrintable(value) else {
            throw error(at: name, "The text holds a line break or a control character.")
        }
        indent()
        text += "<"
        text += name
        if let currency { text += " Ccy=\"\(currency)\"" }
        text += ">"
        text += escaped(value)
        text += "</"
        text += name
        text += ">\n"
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
        defer { text = "" }
        return text
    }

    /// Elements that were made elsewhere, with their indents.
    mutating func add(_ elements: [UInt8]) {
        text += String(decoding: elements, as: UTF8.self)
    }

    /// How many elements are open.
    var depth: Int { open.count }

    func error(at name: String, _ sentence: String) -> MessageWritingError {
        MessageWritingError(
            path: "/" + (open + [name]).joined(separator: "/"), sentence: sentence)
    }

    private mutating func indent() {
        for _ in open { text += "  " }
    }
}

private func escaped(_ value: String) -> String {
    guard value.utf8.contains(where: isMark) else { return value }
    var text = ""
    text.reserveCapacity(value.utf8.count)
    for scalar in value.unicodeScalars {
        switch scalar {
        case "&": text += "&amp;"
        case "<": text += "&lt;"
        case ">": text += "&gt;"
        case "\"": text += "&quot;"
        default: text.unicodeScalars.append(scalar)
        }
    }
    return text
}
