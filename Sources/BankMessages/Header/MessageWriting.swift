internal import Domain

/// Writes `AppHdr` and `Document` into their envelope.
///
/// A header needs something that holds it and the document together, so ``MessageEnvelope/none``
/// then becomes ``MessageEnvelope/standard``.
func writeMessage(
    envelope: MessageEnvelope, header: BusinessApplicationHeader?,
    related: BusinessApplicationHeader? = nil, namespace documentNamespace: String,
    _ document: (inout XMLWriter) throws(MessageWritingError) -> Void
) throws(MessageWritingError) -> String {
    var writer = XMLWriter()
    guard let header else {
        try writer.element("Document", namespace: documentNamespace, document)
        return writer.text
    }
    var name = "Envelope"
    var outer: String? = nil
    if case .element(let given, let space) = envelope {
        guard isElementName(given) else {
            throw writer.error(at: "", "The envelope's name is no element name.")
        }
        name = given
        outer = space.isEmpty ? nil : space
    }
    try writer.element(name, namespace: outer) { writer throws(MessageWritingError) in
        let namespace = BusinessApplicationHeader.namespace(version: header.version)
        try writer.element("AppHdr", namespace: namespace) { writer throws(MessageWritingError) in
            try writer.header(header, related: related)
        }
        try writer.element("Document", namespace: documentNamespace, document)
    }
    return writer.text
}

/// Letters, digits and the three marks that an element name may have; everything beyond ASCII
/// passes, since envelopes come from documents that libxml2 has accepted.
private func isElementName(_ name: String) -> Bool {
    guard let first = name.utf8.first, !(48...57).contains(first), first != 45, first != 46 else {
        return false
    }
    return name.utf8.allSatisfy { byte in
        switch byte {
        case 48...57, 65...90, 97...122, 45, 46, 95, 128...: true
        default: false
        }
    }
}

extension XMLWriter {
    /// The content of `AppHdr`, in the order of all versions of head.001.001. A related header is
    /// written in the version of the one it stands in.
    fileprivate mutating func header(
        _ header: BusinessApplicationHeader, related: BusinessApplicationHeader?
    ) throws(MessageWritingError) {
        try headerParty("Fr", header.from)
        try headerParty("To", header.to)
        try leaf("BizMsgIdr", header.businessMessageIdentifier, max: 35)
        try leaf("MsgDefIdr", header.messageDefinitionIdentifier, max: 35)
        try leaf("BizSvc", header.businessService, max: 35)
        try leaf("CreDt", header.creationDateText, max: 35)
        try leaf("CpyDplct", header.copyDuplicate?.rawValue, max: 4)
        try leaf("PssblDplct", header.possibleDuplicate.map(String.init(describing:)), max: 5)
        if let related {
            var related = related
            related.version = header.version
            try element("Rltd") { [related] writer throws(MessageWritingError) in
                try writer.header(related, related: nil)
            }
        }
    }

    /// A side without a BIC stays an organisation without particulars, which the schema allows.
    private mutating func headerParty(
        _ name: String, _ bic: BIC?
    ) throws(MessageWritingError) {
        try element(name) { writer throws(MessageWritingError) in
            guard let bic else { return writer.empty("OrgId") }
            try writer.institution("FIId", Party(bic: bic))
        }
    }

    /// A `BranchAndFinancialInstitutionIdentification6`.
    mutating func institution(_ name: String, _ party: Party) throws(MessageWritingError) {
        try element(name) { writer throws(MessageWritingError) in
            guard party.bic != nil || party.name != nil else {
                return writer.empty("FinInstnId")
            }
            try writer.element("FinInstnId") { writer throws(MessageWritingError) in
                try writer.leaf("BICFI", party.bic?.description, max: 11)
                try writer.leaf("Nm", party.name, max: 140)
            }
        }
    }

    /// An institution of which only the BIC is known, or nothing.
    mutating func institution(_ name: String, _ bic: BIC?) throws(MessageWritingError) {
        if let bic {
            try institution(name, Party(bic: bic))
        }
    }
}

extension BusinessApplicationHeader {
    /// head.001.001.01 wants `Z`; the CBPR+ guidelines for later versions an offset in figures.
    fileprivate var creationDateText: String {
        let text = creationDate.isoDateTime
        return version == 1 ? text.dropLast(6) + "Z" : text
    }
}
