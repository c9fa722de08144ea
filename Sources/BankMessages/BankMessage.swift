/// The message definitions the gateway takes.
public enum MessageDefinition: String, CaseIterable, Hashable, Sendable {
    /// FI to FI customer credit transfer.
    case customerCreditTransfer = "pacs.008.001.08"
    /// Financial institution credit transfer.
    case financialInstitutionCreditTransfer = "pacs.009.001.08"

    /// `urn:iso:std:iso:20022:tech:xsd:` and the message's name.
    public var namespace: String { isoNamespacePrefix + rawValue }

    /// The element below `Document`.
    var rootName: String {
        switch self {
        case .customerCreditTransfer: "FIToFICstmrCdtTrf"
        case .financialInstitutionCreditTransfer: "FICdtTrf"
        }
    }
}

let isoNamespacePrefix = "urn:iso:std:iso:20022:tech:xsd:"
let headerNamespace = isoNamespacePrefix + "head.001.001.02"

/// A payment message that a bank submitted.
public enum BankMessage: Equatable, Sendable {
    /// pacs.008.001.08
    case customerCreditTransfer(CreditTransferMessage)
    /// pacs.009.001.08
    case financialInstitutionCreditTransfer(CreditTransferMessage)

    public var definition: MessageDefinition {
        switch self {
        case .customerCreditTransfer: .customerCreditTransfer
        case .financialInstitutionCreditTransfer: .financialInstitutionCreditTransfer
        }
    }

    public var content: CreditTransferMessage {
        switch self {
        case .customerCreditTransfer(let content): content
        case .financialInstitutionCreditTransfer(let content): content
        }
    }

    /// The references that a status report repeats.
    public var original: OriginalMessage {
        let content = content
        return OriginalMessage(
            messageIdentification: content.groupHeader.messageIdentification,
            messageNameIdentification: definition.rawValue,
            creationDateTime: content.groupHeader.creationDateTime,
            numberOfTransactions: content.transactions.count, header: content.header,
            envelope: content.envelope)
    }
}

extension BankMessage {
    /// Reads a submitted document: a bare `Document`, or any element with `AppHdr` and `Document`
    /// side by side in either order, at any depth of envelopes.
    ///
    /// Elements that the gateway uses are checked as their schema says: presence, number, form and
    /// length. Elements it does not use are skipped without a look, and so is the order of
    /// elements.
    ///
    /// - Throws: ``MessageRejection``, with whatever references could be read for the answer.
    /// - Complexity: O(number of bytes).
    public init(
        xml bytes: [UInt8], limits: MessageLimits = MessageLimits()
    ) throws(MessageRejection) {
        let root = try XMLDocumentReader.read(bytes, limits: limits)
        let parts = try MessageParts(root: root)
        do {
            self = try parts.message(limits: limits)
        } catch {
            var rejection = error
            rejection.original = parts.original
            throw rejection
        }
    }
}

/// Application header and document as they were found in their envelope.
struct MessageParts {
    let envelope: MessageEnvelope
    let header: MessageElement?
    let document: MessageElement

    init(root: XMLElement) throws(MessageRejection) {
        if root.name == "Document" {
            self.init(envelope: .none, header: nil, document: root)
            return
        }
        var parents: [XMLElement] = []
        collectParents(of: "Document", below: root, into: &parents)
        guard let parent = parents.first else {
            throw .document(.envelope, "There is no element Document in \(root.name.prefix(64)).")
        }
        let documents = parent.children.filter { $0.name == "Document" }
        let headers = parent.children.filter { $0.name == "AppHdr" }
        guard parents.count == 1, documents.count == 1, headers.count <= 1 else {
            throw .document(
                .envelope, "The text holds several messages; send one AppHdr and one Document.")
        }
        self.init(
            envelope: parent == root
                ? .element(name: root.name, namespace: root.namespace) : .standard,
            header: headers.first, document: documents[0])
    }

    private init(envelope: MessageEnvelope, header: XMLElement?, document: XMLElement) {
        self.envelope = envelope
        self.header = header.map { MessageElement(element: $0, path: "/AppHdr") }
        self.document = MessageElement(element: document, path: "/Document")
    }

    /// Which message it is, by the namespace of the document alone.
    func definition() throws(MessageRejection) -> MessageDefinition {
        let namespace = document.element.namespace
        if let known = MessageDefinition.allCases.first(where: { $0.namespace == namespace }) {
            return known
        }
        let accepted = MessageDefinition.allCases.map(\.rawValue).joined(separator: " or ")
        guard namespace.hasPrefix(isoNamespacePrefix) else {
            throw MessageRejection(
                cause: .wrongNamespace, code: .invalidFileFormat, path: "/Document",
                sentence: "Document must be in the ISO 20022 namespace of \(accepted).")
        }
        let name = namespace.dropFirst(isoNamespacePrefix.count).prefix(35)
        throw MessageRejection(
            cause: .unsupportedMessage, code: .invalidFileFormat, path: "/Document",
            sentence: "Message \(name) is not taken here; send \(accepted).")
    }

    func message(limits: MessageLimits) throws(MessageRejection) -> BankMessage {
        let definition = try definition()
        let header = try header?.applicationHeader(for: definition)
        let body = try document.required(definition.rootName)
        let content = try body.creditTransferMessage(
            definition, header: header, envelope: envelope, limits: limits)
        return switch definition {
        case .customerCreditTransfer: .customerCreditTransfer(content)
        case .financialInstitutionCreditTransfer: .financialInstitutionCreditTransfer(content)
        }
    }

    /// What can be read of a message that is refused; whatever is malformed is left out.
    var original: OriginalMessage {
        var original = OriginalMessage(envelope: envelope)
        original.header = try? header?.applicationHeader(for: nil)
        let namespace = document.element.namespace
        if namespace.hasPrefix(isoNamespacePrefix) {
            let name = String(namespace.dropFirst(isoNamespacePrefix.count))
            original.messageNameIdentification =
                (1...35).contains(name.unicodeScalars.count) && isPrintable(name) ? name : nil
        }
        guard let body = document.element.children.first else { return original }
        let message = MessageElement(element: body, path: "")
        let group = try? message.child("GrpHdr")
        original.messageIdentification = try? group?.child("MsgId")?.text(max: 35)
        original.creationDateTime = try? group?.child("CreDtTm")?.dateTime()
        original.numberOfTransactions = try? group?.child("NbOfTxs")?.count()
        return original
    }
}

/// Finds the elements that have a child of this name, without looking inside such children.
private func collectParents(
    of name: String, below element: XMLElement, into found: inout [XMLElement]
) {
    if element.children.contains(where: { $0.name == name }) {
        found.append(element)
    }
    for child in element.children where child.name != name && child.name != "AppHdr" {
        collectParents(of: name, below: child, into: &found)
    }
}
