internal import CLibXML2

/// Reads a document into an ``XMLTree`` with libxml2's SAX2 interface.
///
/// No other file than this touches the parser's memory. The way is bytes, UTF-8
/// (``DocumentText``), bounds (``XMLScanner``), parser. The reader owns the parser context and
/// frees it. The parser ends at the first fault it finds, and at the first event that is refused:
/// no entity is ever declared, no external subset opened, no network touched, nothing written to
/// standard error.
struct XMLDocumentReader: ~Copyable {
    private let context: xmlParserCtxtPtr

    /// Nil when libxml2 has no memory for a parser. The parser copies the bytes.
    private init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        prepareLibrary()
        let start = UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self)
        guard let created = xmlCreateMemoryParserCtxt(start, Int32(bytes.count)) else { return nil }
        context = created
        context.pointee.sax.pointee = saxEvents()
        readAsUTF8(context)
    }

    deinit {
        xmlFreeParserCtxt(context)
    }

    /// The root element of `bytes`.
    ///
    /// - Throws: ``MessageRejection`` with path `/` when the document is too large, is not
    ///   well-formed, has a document type declaration or exceeds a bound.
    /// - Complexity: O(number of bytes).
    static func read(
        _ bytes: [UInt8], limits: MessageLimits
    ) throws(MessageRejection) -> XMLElement {
        // C holds 31 bits; a caller's own larger limit is cut to them.
        let most = min(limits.bytes, Int(Int32.max))
        guard bytes.count <= most else {
            throw .document(
                .tooLarge, "The document has \(bytes.count) bytes; at most \(most) are accepted.")
        }
        guard !bytes.isEmpty else {
            throw .document(.notWellFormed, "The document is empty.")
        }
        return try read(utf8: try DocumentText.utf8(bytes), limits: limits)
    }

    /// The root element of a text that is UTF-8 without zero bytes; else as above.
    static func read(
        utf8 text: ArraySlice<UInt8>, limits: MessageLimits
    ) throws(MessageRejection) -> XMLElement {
        // Other encodings grow: a letter of one byte may become two.
        let most = min(limits.bytes, Int(Int32.max))
        guard text.count <= most else {
            throw .document(
                .tooLarge,
                "The document has \(text.count) bytes as UTF-8; at most \(most) are accepted.")
        }
        let result = text.withUnsafeBufferPointer { text in
            Result { () throws(MessageRejection) in try tree(text, limits: limits) }
        }
        return XMLElement(tree: try result.get(), index: 0)
    }

    private static func tree(
        _ text: UnsafeBufferPointer<UInt8>, limits: MessageLimits
    ) throws(MessageRejection) -> XMLTree {
        let scanned = try XMLScanner.scan(text, limits: limits)
        let checked = UnsafeBufferPointer(rebasing: text.prefix(scanned.bytes))
        guard !checked.isEmpty else { throw .document(.notWellFormed, "The document is empty.") }
        guard let reader = XMLDocumentReader(checked) else {
            throw .document(.tooLarge, "There is no memory to read the document.")
        }
        return try reader.parse(scanned, limits: limits)
    }

    private func parse(
        _ scanned: ScannedDocument, limits: MessageLimits
    ) throws(MessageRejection) -> XMLTree {
        var events = ParserEvents(
            context: context,
            builder: XMLTreeBuilder(
                limits: limits, elements: scanned.elements, bytes: scanned.bytes))
        withUnsafeMutablePointer(to: &events) { events in
            // The context refers to the events for the time of this call alone.
            context.pointee.userData = UnsafeMutableRawPointer(events)
            _ = xmlParseDocument(context)
            context.pointee.userData = nil
        }
        if let refusal = events.end.refusal { throw refusal }
        if let complaint = events.end.complaint {
            throw .document(
                .notWellFormed, complaint.sentence(wasCut: !scanned.isComplete))
        }
        // Parser and scanner must have seen the same elements, or the bounds bounded nothing.
        let elements = events.builder.elements
        guard scanned.isComplete, context.pointee.wellFormed == 1,
            elements == scanned.elements, let tree = events.builder.tree()
        else { throw .document(.notWellFormed, "The document is not well-formed XML.") }
        return tree
    }
}

/// Reads a document that comes in pieces, of any length, with libxml2's push interface: holds what
/// one piece tells, and nothing of what was read before.
///
/// The way is the same: UTF-8, bounds (``XMLScanner``, which here sees a piece before the parser
/// does), parser.
struct XMLStreamReader: ~Copyable {
    private let context: xmlParserCtxtPtr
    /// The parser's user data, for as long as it lives.
    private let events: UnsafeMutablePointer<StreamEvents>
    private var scanner: XMLScanner
    /// What the scanner wants to see again.
    private var held: [UInt8] = []

    /// Nil when libxml2 has no memory for a parser.
    init?(table: XMLPathTable, limits: MessageLimits) {
        prepareLibrary()
        guard let created = xmlCreatePushParserCtxt(nil, nil, nil, 0, nil) else { return nil }
        context = created
        events = .allocate(capacity: 1)
        events.initialize(
            to: StreamEvents(
                context: created,
                path: XMLPathEvents(table: table, textBytes: limits.textBytes)))
        scanner = XMLScanner(limits: limits)
        context.pointee.sax.pointee = streamEvents()
        context.pointee.userData = UnsafeMutableRawPointer(events)
        readAsUTF8(context)
    }

    deinit {
        xmlFreeParserCtxt(context)
        events.deinitialize(count: 1)
        events.deallocate()
    }

    /// Takes the next bytes in: whole characters of UTF-8, at most 2^30 of them.
    ///
    /// - Returns: what they tell.
    /// - Throws: ``MessageRejection`` when the document is not well-formed, has a document type
    ///   declaration or exceeds a bound. The reader is of no use then.
    /// - Complexity: O(number of bytes).
    mutating func read(_ piece: ArraySlice<UInt8>) throws(MessageRejection) -> XMLPathBatch {
        held.append(contentsOf: piece)
        let count = try give(isLast: false)
        held.removeFirst(count)
        return events.pointee.path.takeBatch()
    }

    /// Ends the document.
    ///
    /// - Throws: as above; most of all when the document is not at its end.
    mutating func finish() throws(MessageRejection) -> XMLPathBatch {
        _ = try give(isLast: true)
        xmlParseChunk(context, nil, 0, 1)
        try check(wasCut: false)
        guard context.pointee.wellFormed == 1,
            scanner.elementsSeen == events.pointee.path.elements
        else { throw .document(.notWellFormed, "The document is not well-formed XML.") }
        return events.pointee.path.takeBatch()
    }

    /// The line of the document that the parser has reached.
    var line: Int { Int(lineNumber(context)) }

    private mutating func give(isLast: Bool) throws(MessageRejection) -> Int {
        let result = held.withUnsafeBufferPointer { bytes in
            Result { () throws(MessageRejection) in
                let seen = try scanner.scan(next: bytes, isLast: isLast)
                let start = UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(
                    to: CChar.self)
                if seen.count > 0 { xmlParseChunk(context, start, Int32(seen.count), 0) }
                try check(wasCut: seen.isMalformed)
                return seen
            }
        }
        let seen = try result.get()
        guard !seen.isMalformed else {
            xmlParseChunk(context, nil, 0, 1)
            try check(wasCut: true)
            throw .document(.notWellFormed, "The document is not well-formed XML: line \(line).")
        }
        return seen.count
    }

    private func check(wasCut: Bool) throws(MessageRejection) {
        if let refusal = events.pointee.end.refusal { throw refusal }
        guard let complaint = events.pointee.end.complaint else { return }
        throw .document(.notWellFormed, complaint.sentence(wasCut: wasCut))
    }
}

/// libxml2 sets up its global tables once, before the first parser of any thread.
private let libraryIsReady: Void = xmlInitParser()

private func prepareLibrary() {
    _ = libraryIsReady
    langqiao_xml_keep_silent()
}

/// Whatever the document declares.
private func readAsUTF8(_ context: xmlParserCtxtPtr) {
    xmlCtxtUseOptions(context, Int32(XML_PARSE_NONET.rawValue | XML_PARSE_IGNORE_ENC.rawValue))
    xmlSwitchEncoding(context, XML_CHAR_ENCODING_UTF8)
}

private func lineNumber(_ context: xmlParserCtxtPtr) -> UInt32 {
    guard let input = context.pointee.input else { return 0 }
    return UInt32(clamping: input.pointee.line)
}

/// What the parser found wrong.
private struct Complaint {
    var code: Int32
    var line: Int32
    /// Of the parser's own making; empty for what would quote the document.
    var words: String
    /// The innermost element that was open then, where it is known.
    var element: String?

    /// Nil for what does not end the document.
    init?(_ error: xmlError, element: String?) {
        guard error.level.rawValue >= XML_ERR_ERROR.rawValue else { return nil }
        code = error.code
        line = error.line
        words = Complaint.words(for: error)
        self.element = element
    }

    /// libxml2 quotes names. Where an escape was forgotten these are pieces of somebody's texts,
    /// and no answer may tell such.
    private static func words(for error: xmlError) -> String {
        let code = xmlParserErrors(rawValue: UInt32(error.code))
        if code == XML_ERR_TAG_NAME_MISMATCH { return "an end tag is not that of the open element" }
        if code == XML_ERR_ATTRIBUTE_REDEFINED { return "an attribute stands twice in one tag" }
        if code == XML_ERR_UNDECLARED_ENTITY { return "an entity is not one of XML's five" }
        if code == XML_NS_ERR_UNDEFINED_NAMESPACE { return "a prefix has no namespace" }
        guard error.str1 == nil, let message = error.message else { return "" }
        let words = String(cString: message).split(whereSeparator: \.isWhitespace)
        return cut(words.joined(separator: " "), to: 120)
    }

    /// - Parameter wasCut: the parser was not given the whole document, so what it misses at the
    ///   end is there, but wrong.
    func sentence(wasCut: Bool) -> String {
        if !wasCut, code == XML_ERR_TAG_NOT_FINISHED.rawValue, let element {
            return "The document ends before element \(cut(element, to: 64)) is closed."
        }
        if !wasCut, code == XML_ERR_DOCUMENT_END.rawValue {
            return "The document ends before its root element is closed: line \(line)."
        }
        let trouble = "The document is not well-formed XML"
        guard !words.isEmpty else { return "\(trouble): line \(line)." }
        return "\(trouble): line \(line): \(words)."
    }
}

/// Why a parser ends before its document does.
private struct ParserEnd {
    let context: xmlParserCtxtPtr
    /// Why an event was refused.
    private(set) var refusal: MessageRejection?
    /// The first fault that the parser found.
    private(set) var complaint: Complaint?
    /// There is one of both.
    private(set) var isStopped = false

    init(context: xmlParserCtxtPtr) { self.context = context }

    /// Ends the parser, which looks at the state after each step and says nothing more. Its buffers
    /// stay: it may still be reading in them when it calls a handler, so `xmlStopParser`, which
    /// frees them, is ruled out.
    private mutating func stop() {
        isStopped = true
        context.pointee.disableSAX = 1
        context.pointee.instate = XML_PARSER_EOF
    }

    mutating func refuse(_ refusal: MessageRejection) {
        self.refusal = refusal
        stop()
    }

    mutating func complain(_ error: xmlError, element: String? = nil) {
        guard let complaint = Complaint(error, element: element) else { return }
        // Again after the first: leaving a comment, the parser puts back the state it had before.
        let wasStopped = isStopped
        stop()
        if !wasStopped { self.complaint = complaint }
    }
}

/// What the parser's handlers work on; the parser holds its address as user data.
private struct ParserEvents {
    private(set) var builder: XMLTreeBuilder
    private(set) var end: ParserEnd

    init(context: xmlParserCtxtPtr, builder: consuming XMLTreeBuilder) {
        end = ParserEnd(context: context)
        self.builder = builder
    }

    /// Takes a step of the document in, unless the parser is to end.
    mutating func take(_ step: (inout XMLTreeBuilder) throws(MessageRejection) -> Void) {
        guard !end.isStopped else { return }
        do {
            try step(&builder)
        } catch {
            end.refuse(error)
        }
    }

    mutating func complain(_ error: xmlError) {
        end.complain(error, element: end.isStopped ? nil : builder.innermostOpen)
    }
}

/// The same for a document in pieces.
private struct StreamEvents {
    var path: XMLPathEvents
    private(set) var end: ParserEnd

    init(context: xmlParserCtxtPtr, path: consuming XMLPathEvents) {
        end = ParserEnd(context: context)
        self.path = path
    }

    mutating func take(_ step: (inout XMLPathEvents, UInt32) throws(MessageRejection) -> Void) {
        guard !end.isStopped else { return }
        do {
            try step(&path, lineNumber(end.context))
        } catch {
            end.refuse(error)
        }
    }

    mutating func complain(_ error: xmlError) { end.complain(error) }
}

private func withEvents(
    _ user: UnsafeMutableRawPointer?, _ body: (inout ParserEvents) -> Void
) {
    guard let user else { return }
    body(&user.assumingMemoryBound(to: ParserEvents.self).pointee)
}

/// The handlers for the events we want; everything else, entity lookup included, is absent.
private func saxEvents() -> xmlSAXHandler {
    var events = xmlSAXHandler()
    events.initialized = UInt32(XML_SAX2_MAGIC)
    events.startElementNs = { user, name, _, space, _, _, count, _, rows in
        withEvents(user) {
            $0.take { builder throws(MessageRejection) in
                builder.start(name: name, namespace: space)
                try readAttributes(rows, count: Int(count), into: &builder)
                builder.finishStartTag()
            }
        }
    }
    events.endElementNs = { user, _, _, _ in withEvents(user) { $0.take { $0.end() } } }
    events.characters = takeCharacters
    events.ignorableWhitespace = takeCharacters
    events.cdataBlock = takeCharacters
    events.serror = { user, error in
        guard let error = error?.pointee else { return }
        withEvents(user) { $0.complain(error) }
    }
    return events
}

private func takeCharacters(
    _ user: UnsafeMutableRawPointer?, _ text: UnsafePointer<xmlChar>?, _ count: Int32
) {
    let characters = UnsafeBufferPointer(start: text, count: Int(count))
    withEvents(user) {
        $0.take { builder throws(MessageRejection) in try builder.append(characters) }
    }
}

/// libxml2 passes attributes as rows of five pointers: name, prefix, namespace, value, end.
private func readAttributes(
    _ rows: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?, count: Int,
    into builder: inout XMLTreeBuilder
) throws(MessageRejection) {
    guard let rows else { return }
    for index in 0..<count {
        let row = rows + index * 5
        guard let start = row[3], let end = row[4] else { continue }
        try builder.attribute(
            name: row[0], namespace: row[2],
            value: UnsafeBufferPointer(start: start, count: end - start))
    }
}

private func withStream(
    _ user: UnsafeMutableRawPointer?, _ body: (inout StreamEvents) -> Void
) {
    guard let user else { return }
    body(&user.assumingMemoryBound(to: StreamEvents.self).pointee)
}

private func streamEvents() -> xmlSAXHandler {
    var events = xmlSAXHandler()
    events.initialized = UInt32(XML_SAX2_MAGIC)
    events.startElementNs = { user, name, _, space, _, _, count, _, rows in
        withStream(user) {
            $0.take { path, line throws(MessageRejection) in
                try path.start(name: bytes(name), namespace: bytes(space), line: line)
                for index in 0..<Int(count) {
                    guard let row = rows.map({ $0 + index * 5 }), let start = row[3],
                        let end = row[4]
                    else { continue }
                    try path.attribute(
                        name: bytes(row[0]),
                        value: UnsafeBufferPointer(start: start, count: end - start), line: line)
                }
            }
        }
    }
    events.endElementNs = { user, _, _, _ in
        withStream(user) { $0.take { path, line in path.end(line: line) } }
    }
    events.characters = takeStreamCharacters
    events.ignorableWhitespace = takeStreamCharacters
    events.cdataBlock = takeStreamCharacters
    events.serror = { user, error in
        guard let error = error?.pointee else { return }
        withStream(user) { $0.complain(error) }
    }
    return events
}

private func takeStreamCharacters(
    _ user: UnsafeMutableRawPointer?, _ text: UnsafePointer<xmlChar>?, _ count: Int32
) {
    let characters = UnsafeBufferPointer(start: text, count: Int(count))
    withStream(user) {
        $0.take { path, line throws(MessageRejection) in try path.append(characters, line: line) }
    }
}

/// The bytes of a text that ends with zero.
private func bytes(_ text: UnsafePointer<xmlChar>?) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: text, count: text.map { Int(xmlStrlen($0)) } ?? 0)
}

/// The first characters of a text. Scalars are counted: one grapheme may be of any length.
func cut(_ text: String, to count: Int) -> String {
    String(text.unicodeScalars.prefix(count))
}
