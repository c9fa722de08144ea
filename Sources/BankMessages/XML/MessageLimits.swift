/// The bounds that a received document must keep. Each excess is a ``MessageRejection``.
///
/// Those of tags, attributes, names, namespaces and marks keep the parser's work in proportion to
/// the bytes: it compares the attributes of an element with each other, looks for a prefix through
/// all namespace declarations in scope, and keeps names in a table of limited width.
package struct MessageLimits: Equatable, Sendable {
    /// Bytes of the whole document.
    package var bytes: Int
    /// Elements inside each other; a full pacs.008 in an envelope needs about 15.
    package var depth: Int
    /// Bytes of character data in one element, or of one attribute's value; a text that begins like
    /// XML may be a message, which has the bound of the document.
    package var textBytes: Int
    /// Elements of the whole document; 1,000 transactions of the usual make need about 60,000.
    package var elements: Int
    /// Attributes of one element, namespace declarations included.
    package var attributes: Int
    /// Credit transfers of one message.
    package var transactions: Int
    /// Bytes of one tag, from `<` to `>`.
    package var tagBytes = 8_192
    /// Bytes of one name with its prefix.
    package var nameBytes = 256
    /// Different names of elements, attributes and processing instructions, prefixes included.
    package var names = 1_024
    /// Namespace declarations that are in scope at one place.
    package var namespacesInScope = 64
    /// Namespace declarations of the whole document.
    package var namespaces = 4_096
    /// Attributes and namespace declarations of the whole document.
    package var attributesInAll = 40_000
    /// Comments, processing instructions, CDATA sections and references to entities (`&amp;`) of
    /// the whole document. References to characters by their number cost little more than bytes.
    package var marks = 40_000
    /// Bytes of one comment or section of a document that is read in pieces.
    package var heldBytes = 65_536

    package init(
        bytes: Int = 2 * 1_024 * 1_024, depth: Int = 48, textBytes: Int = 16_384,
        elements: Int = 100_000, attributes: Int = 32, transactions: Int = 1_000
    ) {
        self.bytes = bytes
        self.depth = depth
        self.textBytes = textBytes
        self.elements = elements
        self.attributes = attributes
        self.transactions = transactions
    }
}
