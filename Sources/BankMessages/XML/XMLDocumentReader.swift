internal import CLibXML2

/// Reads a document into an ``XMLTree`` with libxml2's SAX2 interface.
///
/// This is the only file that touches C memory. The way is bytes, UTF-8 (``DocumentText``), bounds
/// (``XMLScanner``), parser. The reader owns the parser context and frees it. The parser ends at
/// the first fault it finds, and at the first event that is refused: no entity is ever declared, no
/// external subset opened, no network touched, nothing written to standard error.
struct XMLDocumentReader: ~Copyable {
    private let context: xmlParserCtxtPtr

    /// Nil when libxml2 has no memory for a parser. The parser copies the bytes.
    private init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        _ = libraryIsReady
        langqiao_xml_keep_silent()
        let start = UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self)
        guard let created = xmlCreateMemoryParserCtxt(start, Int32(bytes.count)) else { return nil }
        context = created
        context.pointee.sax.pointee = saxEvents()
        xmlCtxtUseOptions(
            context, Int32(XML_PARSE_NONET.rawValue | XML_PARSE_IGNORE_ENC.rawValue))
        xmlSwitchEncoding(context, XML_CHAR_ENCODING_UTF8)
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
        if let refusal = events.refusal { throw refusal }
        if let complaint = events.complaint {
            throw .document(
                .notWellFormed, events.sentence(complaint, wasCut: !scanned.isComplete))
        }
        // Parser and scanner must have seen the same elements, or the bounds bounded nothing.
        let elements = events.builder.elements
        guard scanned.isComplete, context.pointee.wellFormed == 1,
            elements == scanned.elements, let tree = events.builder.tree()
        else { throw .document(.notWellFormed, "The document is not well-formed XML.") }
        return tree
    }
}

/// libxml2 sets up its global tables once, before the first parser of any thread.
private let libraryIsReady: Void = xmlInitParser()

/// What the parser's handlers work on; the parser holds its address as user data.
private struct ParserEvents {
    private let context: xmlParserCtxtPtr
    private(set) var builder: XMLTreeBuilder
    /// Why an event was refused.
    private(set) var refusal: MessageRejection?
    /// The first fault that the parser found.
    private(set) var complaint: Complaint?

    init(context: xmlParserCtxtPtr, builder: consuming XMLTreeBuilder) {
        self.context = context
        self.builder = builder
    }

    struct Complaint {
        var code: Int32
        var line: Int32
        /// Of the parser's own making; empty for what would quote the document.
        var words: String
        /// The innermost element that was open then.
        var element: String?
    }

    /// Ends the parser, which looks at the state after each step and says nothing more. Its buffers
    /// stay: it may still be reading in them when it calls a handler, so `xmlStopParser`, which
    /// frees them, is ruled out.
    mutating func stop() {
        isStopped = true
        context.pointee.disableSAX = 1
        context.pointee.instate = XML_PARSER_EOF
    }

    /// There is a refusal or a complaint.
    private var isStopped = false

    /// Takes a step of the document in, unless the parser is to end.
    mutating func take(_ step: (inout XMLTreeBuilder) throws(MessageRejection) -> Void) {
        guard !isStopped else { return }
        do {
            try step(&builder)
        } catch {
            refusal = error
            stop()
        }
    }

    mutating func complain(_ error: xmlError) {
        guard error.level.rawValue >= XML_ERR_ERROR.rawValue else { return }
        // Again after the first: leaving a comment, the parser puts back the state it had before.
        let wasStopped = isStopped
        stop()
        guard !wasStopped else { return }
        complaint = Complaint(
            code: error.code, line: error.line, words: ParserEvents.words(for: error),
            element: builder.innermostOpen)
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
    func sentence(_ complaint: Complaint, wasCut: Bool) -> String {
        if !wasCut, complaint.code == XML_ERR_TAG_NOT_FINISHED.rawValue,
            let element = complaint.element
        {
            return "The document ends before element \(cut(element, to: 64)) is closed."
        }
        let trouble = "The document is not well-formed XML"
        guard !complaint.words.isEmpty else { return "\(trouble): line \(complaint.line)." }
        return "\(trouble): line \(complaint.line): \(complaint.words)."
    }
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

/// The first characters of a text. Scalars are counted: one grapheme may be of any length.
func cut(_ text: String, to count: Int) -> String {
    String(text.unicodeScalars.prefix(count))
}
