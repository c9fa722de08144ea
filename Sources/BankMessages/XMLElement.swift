/// One element of a parsed document as a plain value: no parser memory is behind it.
struct XMLElement: Equatable, Sendable {
    /// The name without its prefix.
    var name: String
    /// The namespace the name belongs to; empty for none.
    var namespace: String
    var attributes: [XMLAttribute] = []
    /// The character data directly inside the element, entities resolved, not trimmed.
    var text = ""
    var children: [XMLElement] = []
}

/// One attribute; its value has its entities resolved.
struct XMLAttribute: Equatable, Sendable {
    var name: String
    /// Empty for an attribute without a prefix.
    var namespace: String
    var value: String
}

/// The bounds that a received document must keep. Each excess is a ``MessageRejection``.
public struct MessageLimits: Equatable, Sendable {
    /// Bytes of the whole document.
    public var bytes: Int
    /// Elements inside each other; a full pacs.008 in an envelope needs about 15.
    public var depth: Int
    /// Bytes of character data in one element, or of one attribute's value.
    public var textBytes: Int
    /// Elements of the whole document.
    public var elements: Int
    /// Attributes of one element.
    public var attributes: Int
    /// Credit transfers of one message.
    public var transactions: Int

    public init(
        bytes: Int = 2 * 1_024 * 1_024, depth: Int = 48, textBytes: Int = 16_384,
        elements: Int = 200_000, attributes: Int = 32, transactions: Int = 1_000
    ) {
        self.bytes = bytes
        self.depth = depth
        self.textBytes = textBytes
        self.elements = elements
        self.attributes = attributes
        self.transactions = transactions
    }
}
