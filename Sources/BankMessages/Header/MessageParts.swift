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
        let documents = root.descendants(named: "Document", notInside: ["Document", "AppHdr"])
        guard let document = documents.first else {
            throw .document(.envelope, "There is no element Document in \(cut(root.name, to: 64)).")
        }
        let parent = document.parent
        let headers = parent.firstChildren(named: "AppHdr")
        guard documents.count == 1, headers.second == nil else {
            throw .document(
                .envelope, "The text holds several messages; send one AppHdr and one Document.")
        }
        self.init(
            envelope: parent.index == root.index
                ? .element(name: root.name, namespace: root.namespace) : .standard,
            header: headers.first, document: document)
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
        let name = cut(String(namespace.dropFirst(isoNamespacePrefix.count)), to: 35)
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
        guard let body = document.element.firstChild else { return original }
        let message = MessageElement(element: body, path: "")
        let group = try? message.child("GrpHdr")
        original.messageIdentification = try? group?.child("MsgId")?.text(max: 35)
        original.creationDateTime = try? group?.child("CreDtTm")?.dateTime()
        original.numberOfTransactions = try? group?.child("NbOfTxs")?.count()
        return original
    }
}
