/// A look at a document before the parser sees it, which bounds everything that costs the parser
/// more than its bytes.
///
/// The scanner cuts the text into tokens as the parser will: text, tags with their quotes,
/// comments, sections and processing instructions. At the first byte that no well-formed document
/// could have there it stops, and the parser is given the bytes up to this one, where it must stop
/// too. So the two never disagree about what is a tag. What goes beyond a bound, and every document
/// type declaration, is refused here.
///
/// - Complexity: O(number of bytes), whatever they are; memory for the different names alone.
struct XMLScanner {
    private(set) var bytes: UnsafeBufferPointer<UInt8>
    let limits: MessageLimits
    private(set) var position = 0
    private var elements = 0
    private var attributes = 0
    private var marks = 0
    /// For each open element, how many namespace declarations are in scope.
    private var scopes: [Int] = []
    private var namespaces = 0
    private var names: NameCensus

    /// Why scanning ends before the document does.
    enum Stop: Error {
        /// The byte at ``XMLScanner/position`` cannot stand there, or is lacking.
        case malformed
        case refused(MessageRejection)
    }

    private init(bytes: UnsafeBufferPointer<UInt8>, limits: MessageLimits) {
        self.bytes = bytes
        self.limits = limits
        names = NameCensus(limit: limits.names)
    }

    /// Looks through `bytes`, which must be UTF-8 without zero bytes.
    ///
    /// - Throws: ``MessageRejection`` with path `/` when a bound is exceeded or a document type
    ///   declared.
    static func scan(
        _ bytes: UnsafeBufferPointer<UInt8>, limits: MessageLimits
    ) throws(MessageRejection) -> ScannedDocument {
        let end = endOfCharacters(bytes)
        var scanner = XMLScanner(
            bytes: UnsafeBufferPointer(rebasing: bytes.prefix(end)), limits: limits)
        do throws(Stop) {
            try scanner.document()
            return ScannedDocument(
                bytes: end, elements: scanner.elements, isComplete: end == bytes.count)
        } catch {
            switch error {
            case .malformed:
                return ScannedDocument(
                    bytes: scanner.endOfCharacter(), elements: scanner.elements, isComplete: false)
            case .refused(let rejection):
                throw rejection
            }
        }
    }

    private mutating func document() throws(Stop) {
        while position < bytes.count { try token() }
    }

    private mutating func token() throws(Stop) {
        if bytes[position] == UInt8(ascii: "<") {
            try markup()
        } else if scopes.isEmpty {
            try blanksOutside()
        } else {
            try text()
        }
    }

    /// Outside of the root element only white space may stand between the marks.
    private mutating func blanksOutside() throws(Stop) {
        skipBlanks(before: bytes.count)
        guard position == bytes.count || bytes[position] == UInt8(ascii: "<") else {
            throw .malformed
        }
    }

    private mutating func text() throws(Stop) {
        while position < bytes.count, bytes[position] != UInt8(ascii: "<") {
            if bytes[position] == UInt8(ascii: "&") { try countReference() }
            position += 1
        }
    }

    private mutating func markup() throws(Stop) {
        let start = position
        position += 1
        guard position < bytes.count else { throw .malformed }
        switch bytes[position] {
        case UInt8(ascii: "!"): try declaration(from: start)
        case UInt8(ascii: "?"): try instruction()
        case UInt8(ascii: "/"): try endTag(from: start)
        default: try startTag(from: start)
        }
    }

    /// A comment, a section or a document type declaration.
    private mutating func declaration(from start: Int) throws(Stop) {
        try countMark()
        if takes("!--") {
            try skip(past: "--")
            guard takes(">") else { throw .malformed }
        } else if !scopes.isEmpty, takes("![CDATA[") {
            try skip(past: "]]>")
        } else if elements == 0, takes("!DOCTYPE") {
            throw .refused(
                .document(
                    .documentType, "The document has a DOCTYPE declaration; send it without one."))
        } else {
            throw .malformed
        }
    }

    private mutating func instruction() throws(Stop) {
        try countMark()
        position += 1
        let tagEnd = endOfTag(from: position)
        _ = try name(before: tagEnd)
        try skip(past: "?>")
    }

    private mutating func endTag(from start: Int) throws(Stop) {
        guard !scopes.isEmpty else { throw .malformed }
        position += 1
        let end = endOfTag(from: start)
        _ = try name(before: end)
        skipBlanks(before: end)
        try need(">", before: end, from: start)
        scopes.removeLast()
    }

    private mutating func startTag(from start: Int) throws(Stop) {
        guard !scopes.isEmpty || elements == 0 else { throw .malformed }
        let end = endOfTag(from: start)
        _ = try name(before: end)
        try countElement()
        let inScope = try attributeList(from: start, before: end)
        if takes("/") {
            try need(">", before: end, from: start)
        } else {
            try need(">", before: end, from: start)
            scopes.append(inScope)
        }
    }

    /// The attributes of a start tag; leaves `position` at its `>` or `/`.
    ///
    /// - Returns: how many namespace declarations are in scope inside the element.
    private mutating func attributeList(from start: Int, before end: Int) throws(Stop) -> Int {
        var inScope = scopes.last ?? 0
        var count = 0
        while true {
            let blanks = skipBlanks(before: end)
            guard position < end else { throw unfinished(start) }
            let byte = bytes[position]
            if byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/") { return inScope }
            guard blanks > 0 else { throw .malformed }
            count += 1
            try countAttribute(count)
            if try attribute(from: start, before: end) {
                inScope += 1
                try countNamespace(inScope)
            }
        }
    }

    /// - Returns: whether it declares a namespace.
    private mutating func attribute(from start: Int, before end: Int) throws(Stop) -> Bool {
        let name = try name(before: end)
        skipBlanks(before: end)
        try need("=", before: end, from: start)
        skipBlanks(before: end)
        guard position < end else { throw unfinished(start) }
        let quote = bytes[position]
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { throw .malformed }
        position += 1
        while position < end, bytes[position] != quote {
            guard bytes[position] != UInt8(ascii: "<") else { throw .malformed }
            if bytes[position] == UInt8(ascii: "&") { try countReference() }
            position += 1
        }
        guard position < end else { throw unfinished(start) }
        position += 1
        return declaresNamespace(name)
    }

    private func declaresNamespace(_ name: Range<Int>) -> Bool {
        guard name.count >= 5, bytes[name.prefix(5)].elementsEqual("xmlns".utf8) else {
            return false
        }
        return name.count == 5 || bytes[name.lowerBound + 5] == UInt8(ascii: ":")
    }

    /// The bytes that may belong to a name. Which characters beyond ASCII do is left to the parser:
    /// where its name ends before ours, it finds a fault.
    private mutating func name(before end: Int) throws(Stop) -> Range<Int> {
        let start = position
        var hash = names.seed
        while position < end, isNameByte(bytes[position]) {
            hash = NameCensus.mix(hash, bytes[position])
            position += 1
        }
        guard position > start else { throw .malformed }
        guard position - start <= limits.nameBytes else {
            throw tooLarge("A name has more than \(limits.nameBytes) bytes at byte \(start).")
        }
        guard names.count(hash) else {
            throw tooLarge("The document has more than \(limits.names) different names.")
        }
        return start..<position
    }
}

/// What the scanner found.
struct ScannedDocument: Equatable {
    /// How many bytes, from the first on, may be given to the parser.
    var bytes: Int
    /// How many elements begin in them.
    var elements: Int
    /// False when the parser must find a fault in these bytes, or after them.
    var isComplete: Bool
}

// A document that comes in pieces.
extension XMLScanner {
    /// For a document of which nothing has come yet.
    init(limits: MessageLimits) {
        self.init(bytes: UnsafeBufferPointer(start: nil, count: 0), limits: limits)
    }

    /// How many elements have begun.
    var elementsSeen: Int { elements }

    /// Looks through what was held and what has come, which must be whole characters of UTF-8.
    ///
    /// - Returns: how many bytes may be given to the parser. The others have to come again, before
    ///   what follows them: a tag, a comment or a section that has not ended yet. And whether the
    ///   parser must find a fault in what it is given, or after it.
    /// - Throws: ``MessageRejection`` as ``scan(_:limits:)`` does, and when something that begins
    ///   with `<` is longer than ``MessageLimits/heldBytes``.
    /// - Complexity: O(number of bytes).
    mutating func scan(
        next piece: UnsafeBufferPointer<UInt8>, isLast: Bool
    ) throws(MessageRejection) -> (count: Int, isMalformed: Bool) {
        let end = endOfCharacters(piece)
        bytes = UnsafeBufferPointer(rebasing: piece.prefix(end))
        position = 0
        let mayGoOn = !isLast && end == piece.count
        var before = (position, elements, attributes, marks, namespaces)
        do throws(Stop) {
            while position < bytes.count {
                before = (position, elements, attributes, marks, namespaces)
                // Half a name is none of the document's names.
                if mayGoOn, bytes[position] == UInt8(ascii: "<"), !hasEnd(from: position) {
                    throw .malformed
                }
                try token()
            }
            return (end, end < piece.count)
        } catch {
            if case .refused(let rejection) = error { throw rejection }
        }
        guard mayGoOn else { return (endOfCharacter(), true) }
        (position, elements, attributes, marks, namespaces) = before
        guard end - position <= limits.heldBytes else {
            throw .document(
                .tooLarge,
                "A tag, comment or section has more than \(limits.heldBytes) bytes.")
        }
        return (position, false)
    }

    private func hasEnd(from start: Int) -> Bool {
        bytes[start...].contains(UInt8(ascii: ">"))
    }
}

extension XMLScanner {
    private mutating func countElement() throws(Stop) {
        elements += 1
        guard scopes.count < limits.depth else {
            throw .refused(
                .document(
                    .tooDeep, "Elements lie more than \(limits.depth) inside each other."))
        }
        guard elements <= limits.elements else {
            throw tooLarge("The document has more than \(limits.elements) elements.")
        }
    }

    private mutating func countMark() throws(Stop) {
        marks += 1
        guard marks <= limits.marks else {
            throw tooLarge(
                "The document has more than \(limits.marks) comments, processing instructions, "
                    + "sections and references to entities.")
        }
    }

    /// By its number (`&#65;`) a reference costs the parser little; by name it is looked up.
    private mutating func countReference() throws(Stop) {
        if position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "#") { return }
        try countMark()
    }

    private mutating func countAttribute(_ inElement: Int) throws(Stop) {
        attributes += 1
        guard inElement <= limits.attributes else {
            throw tooLarge("An element has more than \(limits.attributes) attributes.")
        }
        guard attributes <= limits.attributesInAll else {
            throw tooLarge("The document has more than \(limits.attributesInAll) attributes.")
        }
    }

    private mutating func countNamespace(_ inScope: Int) throws(Stop) {
        namespaces += 1
        guard inScope <= limits.namespacesInScope else {
            throw tooLarge(
                "More than \(limits.namespacesInScope) namespace declarations are in scope.")
        }
        guard namespaces <= limits.namespaces else {
            throw tooLarge("The document has more than \(limits.namespaces) namespaces declared.")
        }
    }

    private func tooLarge(_ sentence: String) -> Stop {
        .refused(.document(.tooLarge, sentence))
    }

    /// Where a tag that begins at `start` must have ended.
    private func endOfTag(from start: Int) -> Int {
        min(bytes.count, start + limits.tagBytes)
    }

    /// A tag did not end where it had to: with the document, or by its bound.
    private func unfinished(_ start: Int) -> Stop {
        guard position < bytes.count else { return .malformed }
        return tooLarge("A tag has more than \(limits.tagBytes) bytes at byte \(start).")
    }

    /// The end of the character at `position`, so that the parser is not given a part of it.
    private func endOfCharacter() -> Int {
        var end = min(position + 1, bytes.count)
        while end < bytes.count, bytes[end] & 0xC0 == 0x80 {
            end += 1
        }
        return end
    }
}

extension XMLScanner {
    /// - Returns: how many were skipped.
    @discardableResult
    private mutating func skipBlanks(before end: Int) -> Int {
        let start = position
        while position < end, isBlank(bytes[position]) {
            position += 1
        }
        return position - start
    }

    /// Whether these characters come next; if so, they are passed over.
    private mutating func takes(_ characters: StaticString) -> Bool {
        let wanted = UnsafeBufferPointer(
            start: characters.utf8Start, count: characters.utf8CodeUnitCount)
        guard bytes.count - position >= wanted.count,
            bytes[position..<position + wanted.count].elementsEqual(wanted)
        else { return false }
        position += wanted.count
        return true
    }

    private mutating func need(
        _ character: StaticString, before end: Int, from start: Int
    ) throws(Stop) {
        guard position < end else { throw unfinished(start) }
        guard takes(character) else { throw .malformed }
    }

    /// Passes over everything up to these characters and over them.
    private mutating func skip(past characters: StaticString) throws(Stop) {
        let first = characters.utf8Start.pointee
        while position < bytes.count {
            if bytes[position] == first, takes(characters) { return }
            position += 1
        }
        throw .malformed
    }
}

/// The end of the first character that XML does not have: control characters, U+FFFE and U+FFFF;
/// the end of the text when there is none. Zero bytes and surrogates are not in it.
private func endOfCharacters(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    for position in bytes.indices {
        let byte = bytes[position]
        if byte < 0x20, !isBlank(byte) { return position + 1 }
        if byte >= 0xBE, position >= 2, bytes[position - 1] == 0xBF, bytes[position - 2] == 0xEF {
            return position + 1
        }
    }
    return bytes.count
}

private func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: "-"),
        UInt8(ascii: "."), 0x80...:
        true
    default:
        false
    }
}
