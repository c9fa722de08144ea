/// Application header and document as they were found in their envelope.
struct MessageParts {
    let envelope: MessageEnvelope
    let header: MessageElement?
    let document: MessageElement

    /// Reads the text and finds both in it, at any depth and under any names.
    ///
    /// Where no element is a `Document`, or an `AppHdr` in an envelope, elements whose text is XML
    /// itself (a CDATA section, or with its marks escaped) are read once more, under the same
    /// bounds; what is found there may not hide anything in texts of its own.
    init(_ bytes: [UInt8], limits: MessageLimits) throws(MessageRejection) {
        let root = try XMLDocumentReader.read(bytes, limits: limits)
        let found = FoundParts(in: root)
        guard found.documents.isEmpty || found.headers.isEmpty && !found.isBare,
            let payload = EmbeddedPayload(in: root, beside: found.documents.first)
        else {
            try self.init(found, in: root)
            return
        }
        let inner: XMLElement
        do {
            inner = try XMLDocumentReader.read(utf8: payload.text[...], limits: limits)
        } catch {
            throw payload.rejection(error)
        }
        var parts = FoundParts(in: inner)
        parts.headers += found.headers
        parts.documents += found.documents
        try self.init(parts, in: found.documents.isEmpty ? inner : root)
    }

    private init(_ found: FoundParts, in root: XMLElement) throws(MessageRejection) {
        guard let document = found.documents.first else {
            throw .document(.envelope, "There is no element Document in \(cut(root.name, to: 64)).")
        }
        guard found.documents.count == 1, found.headers.count < 2 else {
            throw .document(
                .envelope, "The text holds several messages; send one AppHdr and one Document.")
        }
        envelope = MessageParts.envelope(of: document, in: root)
        header = found.headers.first.map { MessageElement(element: $0, path: "/AppHdr") }
        self.document = MessageElement(element: document, path: "/Document")
    }

    private static func envelope(of document: XMLElement, in root: XMLElement) -> MessageEnvelope {
        if document.index == root.index { return .none }
        guard document.parent.index == root.index else { return .standard }
        return .element(name: root.name, namespace: root.namespace)
    }

    /// Which message it is, by the namespace of the document alone.
    func definition() throws(MessageRejection) -> MessageDefinition {
        let namespace = document.element.namespace
        guard namespace.hasPrefix(isoNamespacePrefix) else {
            throw MessageRejection(
                cause: .wrongNamespace, code: .invalidFileFormat, path: "/Document",
                sentence: "Document must be in the ISO 20022 namespace of "
                    + "\(MessageDefinition.accepted).")
        }
        let name = String(namespace.dropFirst(isoNamespacePrefix.count))
        if let known = MessageDefinition(name: name), known.message.isTaken { return known }
        throw MessageRejection(
            cause: .unsupportedMessage, code: .invalidFileFormat, path: "/Document",
            sentence: "Message \(cut(name, to: 35)) is not taken here; send "
                + "\(MessageDefinition.accepted).")
    }

    func message(
        limits: MessageLimits, banks: (any BankRegister)?
    ) throws(MessageRejection) -> BankMessage {
        let definition = try definition()
        let header = try header?.known(to: banks).applicationHeader(for: definition)
        let document = document.known(to: banks)
        let body = try document.required(definition.rootName)
        try body.checkHasNoSupplement()
        let frame = MessageFrame(definition: definition, envelope: envelope, header: header)
        switch definition.message {
        case .customerCreditTransfer, .financialInstitutionCreditTransfer:
            return .creditTransfers(
                try body.creditTransferMessage(
                    definition, header: header, envelope: envelope, limits: limits))
        case .paymentReturn:
            return .paymentReturns(try .init(body, frame: frame, limits: limits))
        case .statusReport:
            return .statusReport(try .init(body, frame: frame, limits: limits))
        case .statusRequest:
            return .statusRequest(try .init(body, frame: frame, limits: limits))
        case .cancellationRequest:
            return .cancellationRequests(try .init(body, frame: frame, limits: limits))
        case .investigationResolution:
            return .investigationResolution(try .init(body, frame: frame, limits: limits))
        case .reportRequest:
            return .reportRequest(try .init(body, frame: frame, limits: limits))
        case .accountReport, .accountNotification, .accountStatement:
            preconditionFailure("a message that is not taken was refused by its name")
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
        let assignment = try? message.child("Assgnmt")
        original.messageIdentification =
            try? (group?.child("MsgId") ?? assignment?.child("Id"))?.text(max: 35)
        original.creationDateTime =
            try? (group ?? assignment)?.child("CreDtTm")?.dateTime()
        original.numberOfTransactions = try? group?.child("NbOfTxs")?.count()
        return original
    }
}

extension MessageElement {
    /// The same top, whose banks somebody knows.
    fileprivate func known(to banks: (any BankRegister)?) -> MessageElement {
        MessageElement(element: element, path: path, banks: banks)
    }
}

/// All headers and documents of a text.
private struct FoundParts {
    var documents: [XMLElement]
    /// Those that belong to no document and to no other header.
    var headers: [XMLElement]
    /// The text is a document and nothing else.
    let isBare: Bool

    init(in root: XMLElement) {
        isBare = root.name == "Document"
        guard !isBare else {
            documents = [root]
            headers = []
            return
        }
        documents = root.descendants(named: "Document", notInside: ["Document", "AppHdr"])
        headers = root.descendants(named: "AppHdr", notInside: ["Document", "AppHdr"])
    }
}
