internal import CLibXML2

/// Reads a document into an ``XMLElement`` tree with libxml2's SAX2 interface.
///
/// This is the only file that touches C memory. The reader owns the parser context and frees it;
/// the tree builder gets every event before libxml2 acts on the next byte, so that a document type
/// declaration or an excess of a bound stops the parser at once: no entity is ever declared, no
/// external subset opened, no network touched.
struct XMLDocumentReader: ~Copyable {
    private let context: xmlParserCtxtPtr
    private let builder: XMLTreeBuilder

    /// Nil when libxml2 has no memory for a parser.
    private init?(limits: MessageLimits) {
        _ = libraryIsReady
        builder = XMLTreeBuilder(limits: limits)
        var events = saxEvents()
        // The builder outlives the context: the reader holds it and frees the context first.
        let user = Unmanaged.passUnretained(builder).toOpaque()
        guard let created = xmlCreatePushParserCtxt(&events, user, nil, 0, nil) else { return nil }
        context = created
        let silent = XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
        xmlCtxtUseOptions(context, Int32(XML_PARSE_NONET.rawValue | silent))
        builder.context = context
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
        guard bytes.count <= limits.bytes else {
            throw .document(
                .tooLarge,
                "The document has \(bytes.count) bytes; at most \(limits.bytes) are accepted.")
        }
        guard !bytes.isEmpty else {
            throw .document(.notWellFormed, "The document is empty.")
        }
        try StartTags.check(bytes)
        guard let reader = XMLDocumentReader(limits: limits) else {
            throw .document(.tooLarge, "There is no memory to read the document.")
        }
        return try reader.parse(bytes)
    }

    private func parse(_ bytes: [UInt8]) throws(MessageRejection) -> XMLElement {
        bytes.withUnsafeBytes { buffer in
            // Bounded by `MessageLimits.bytes`; a caller's own larger limit is cut to what C holds.
            let count = Int32(clamping: buffer.count)
            let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            _ = xmlParseChunk(context, start, count, 1)
        }
        if let refusal = builder.refusal { throw refusal }
        guard context.pointee.wellFormed == 1, context.pointee.nsWellFormed == 1,
            let root = builder.root
        else {
            throw .document(.notWellFormed, parserComplaint())
        }
        return root
    }

    private func parserComplaint() -> String {
        guard let error = xmlCtxtGetLastError(context), let message = error.pointee.message else {
            return "The document is not well-formed XML."
        }
        // The push parser speaks of extra content when in truth something is lacking.
        if error.pointee.code == XML_ERR_DOCUMENT_END.rawValue, let name = builder.innermostOpen {
            return "The document ends before element \(name.prefix(64)) is closed."
        }
        // libxml2 quotes names of the document; they may be long and hold line breaks.
        let words = String(cString: message).split(whereSeparator: { $0.isWhitespace })
        let complaint = words.joined(separator: " ").prefix(120)
        return "The document is not well-formed XML: line \(error.pointee.line): \(complaint)."
    }
}

/// libxml2 sets up its global tables once, before the first parser of any thread.
private let libraryIsReady: Void = xmlInitParser()

/// Collects the parser's events into a tree; the parser holds it as its user data.
private final class XMLTreeBuilder {
    let limits: MessageLimits
    /// Set by the reader for the time of one parse; needed to stop the parser.
    var context: xmlParserCtxtPtr?
    var root: XMLElement?
    var refusal: MessageRejection?
    private var open: [XMLElement] = []
    /// For each open element, whether text that counts was seen before one of its children.
    private var hasText: [Bool] = []
    private var elements = 0

    var innermostOpen: String? { open.last?.name }

    init(limits: MessageLimits) {
        self.limits = limits
    }

    func refuse(_ cause: RejectionCause, _ sentence: String) {
        if refusal == nil {
            refusal = .document(cause, sentence)
        }
        xmlStopParser(context)
    }

    func start(_ element: XMLElement) {
        elements += 1
        guard open.count < limits.depth else {
            return refuse(.tooDeep, "Elements lie more than \(limits.depth) inside each other.")
        }
        guard elements <= limits.elements else {
            return refuse(.tooLarge, "The document has more than \(limits.elements) elements.")
        }
        // Looked at once: text that is not white space stays, however many children follow.
        if let parent = open.indices.last, !hasText[parent] {
            hasText[parent] = !isXMLWhitespace(open[parent].text)
            if !hasText[parent] { open[parent].text = "" }
        }
        open.append(element)
        hasText.append(false)
    }

    func append(_ text: UnsafeBufferPointer<UInt8>) {
        guard let current = open.indices.last else { return }
        guard open[current].text.utf8.count + text.count <= limits.textBytes else {
            return refuse(
                .textTooLong,
                "Element \(open[current].name) holds more than \(limits.textBytes) bytes of text.")
        }
        open[current].text += String(decoding: text, as: UTF8.self)
    }

    func end() {
        guard var done = open.popLast() else { return }
        hasText.removeLast()
        if !done.children.isEmpty, isXMLWhitespace(done.text) {
            done.text = ""
        }
        if let parent = open.indices.last {
            open[parent].children.append(done)
        } else {
            root = done
        }
    }
}

private func builder(_ user: UnsafeMutableRawPointer?) -> XMLTreeBuilder? {
    user.map { Unmanaged<XMLTreeBuilder>.fromOpaque($0).takeUnretainedValue() }
}

private func string(_ text: UnsafePointer<xmlChar>?) -> String {
    text.map { String(cString: $0) } ?? ""
}

/// The handlers for the events we want; everything else, entity lookup included, is absent.
private func saxEvents() -> xmlSAXHandler {
    var events = xmlSAXHandler()
    events.initialized = UInt32(XML_SAX2_MAGIC)
    events.internalSubset = { user, _, _, _ in
        builder(user)?.refuse(
            .documentType, "The document has a DOCTYPE declaration; send it without one.")
    }
    events.startElementNs = { user, name, _, space, _, _, count, _, attributes in
        guard let builder = builder(user) else { return }
        guard count <= builder.limits.attributes else {
            return builder.refuse(
                .tooLarge, "An element has more than \(builder.limits.attributes) attributes.")
        }
        var element = XMLElement(name: string(name), namespace: string(space))
        element.attributes = readAttributes(attributes, count: Int(count))
        for attribute in element.attributes
        where attribute.value.utf8.count > builder.limits.textBytes {
            return builder.refuse(
                .textTooLong,
                "Attribute \(attribute.name) holds more than \(builder.limits.textBytes) bytes.")
        }
        builder.start(element)
    }
    events.endElementNs = { user, _, _, _ in builder(user)?.end() }
    events.characters = { user, text, count in
        builder(user)?.append(UnsafeBufferPointer(start: text, count: Int(count)))
    }
    events.cdataBlock = { user, text, count in
        builder(user)?.append(UnsafeBufferPointer(start: text, count: Int(count)))
    }
    return events
}

/// libxml2 passes attributes as rows of five pointers: name, prefix, namespace, value, end.
private func readAttributes(
    _ rows: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?, count: Int
) -> [XMLAttribute] {
    guard let rows else { return [] }
    return (0..<count).map { index in
        let row = rows + index * 5
        var value = ""
        if let start = row[3], let end = row[4] {
            value = String(
                decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self)
        }
        return XMLAttribute(name: string(row[0]), namespace: string(row[2]), value: value)
    }
}

/// Whether the text is nothing but the white space that XML allows between elements.
func isXMLWhitespace(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
}
