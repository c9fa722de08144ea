internal import Domain

/// An element of a schema that is not ours, as supplementary data has it.
///
/// It is carried as text that stands by itself: every name in its namespace without a prefix, no
/// comments, no white space between elements, marks escaped in one way. So the same data is the
/// same text, whatever declared its prefixes. A signature over the bytes that were sent does not
/// outlive that; one over the data does.
enum ForeignElement {
    /// Those of the text; it is parsed by itself when it came in JSON.
    private static let limits = MessageLimits(
        bytes: Limits.bytesPerAttachment, depth: 24, elements: 4_096)

    /// The text of the only element inside another.
    ///
    /// - Complexity: O(length of the result), which is bounded.
    static func text(inside node: Int, of tree: XMLTree) throws(FormFault) -> ArraySlice<UInt8> {
        let child = node + 1
        let end = tree.nodes[node].end
        guard end > child, tree.nodes[child].end == end, !tree.nodes[node].isMixed else {
            throw FormFault("must hold one element and nothing else")
        }
        var writer = ForeignElementWriter(tree)
        try writer.write(child)
        if let fault = fault(in: writer.text[...]) { throw fault }
        return writer.text[...]
    }

    /// Why a text is none of these; nil when it is.
    ///
    /// - Complexity: O(length).
    static func fault(in value: ArraySlice<UInt8>) -> FormFault? {
        guard value.count <= limits.bytes else { return tooLong }
        guard !value.contains(0),
            let root = try? XMLDocumentReader.read(utf8: value, limits: limits)
        else { return FormFault("must be one well-formed XML element of at most 24 levels") }
        var writer = ForeignElementWriter(root.tree)
        do {
            try writer.write(0)
        } catch {
            return error
        }
        return writer.text[...] == value
            ? nil
            : FormFault(
                "must be an XML element without prefixes, comments, a declaration and white space "
                    + "between elements, xmlns first in its tag and &amp; &lt; &gt; &quot; as marks"
            )
    }

    fileprivate static let tooLong = FormFault("has more than \(limits.bytes) bytes")
}

/// Writes elements of a document as text that stands by itself.
private struct ForeignElementWriter {
    private let tree: XMLTree
    private(set) var text: [UInt8] = []

    init(_ tree: XMLTree) { self.tree = tree }

    /// - Parameter namespace: the one that holds where the element stands; nil outside of all.
    mutating func write(_ place: Int, in namespace: XMLTree.Symbol? = nil) throws(FormFault) {
        let node = tree.nodes[place]
        guard text.count <= Limits.bytesPerAttachment else { throw ForeignElement.tooLong }
        guard !node.isMixed else { throw FormFault("has text beside elements; leave it out") }
        let name = tree.symbols.texts[Int(node.name)]
        add("<\(name)")
        if node.namespace != namespace {
            add(" xmlns=\"")
            escape(tree.symbols.texts[Int(node.namespace)].utf8)
            add("\"")
        }
        var prefixes = 0
        for attribute in tree.attributes(of: place) { try write(attribute, &prefixes) }
        let isEmpty = Int(node.end) == place + 1 && node.textStart == node.textEnd
        guard !isEmpty else { return add("/>") }
        add(">")
        escape(tree.text[Int(node.textStart)..<Int(node.textEnd)])
        var child = place + 1
        while child < node.end {
            try write(child, in: node.namespace)
            child = Int(tree.nodes[child].end)
        }
        add("</\(name)>")
    }

    private mutating func write(
        _ attribute: XMLTree.Attribute, _ prefixes: inout Int
    ) throws(FormFault) {
        let name = tree.symbols.texts[Int(attribute.name)]
        let namespace = tree.symbols.texts[Int(attribute.namespace)]
        switch namespace {
        case "": add(" \(name)=\"")
        case "http://www.w3.org/XML/1998/namespace": add(" xml:\(name)=\"")
        case "http://www.w3.org/2001/XMLSchema-instance" where name == "type":
            throw FormFault("has an xsi:type, whose value is a prefix's; leave it out")
        default:
            prefixes += 1
            add(" xmlns:n\(prefixes)=\"")
            escape(namespace.utf8)
            add("\" n\(prefixes):\(name)=\"")
        }
        escape(tree.text[Int(attribute.valueStart)..<Int(attribute.valueEnd)], inAttribute: true)
        add("\"")
    }

    private mutating func add(_ words: String) { text.append(contentsOf: words.utf8) }

    /// A parser makes blanks of line breaks in attributes, and one character of CR and LF.
    private mutating func escape(_ value: some Sequence<UInt8>, inAttribute: Bool = false) {
        for byte in value {
            switch byte {
            case 0x0D: add("&#xD;")
            case 0x09, 0x0A:
                if inAttribute { add(byte == 0x09 ? "&#x9;" : "&#xA;") } else { text.append(byte) }
            default: text.append(escaping: byte)
            }
        }
    }
}
