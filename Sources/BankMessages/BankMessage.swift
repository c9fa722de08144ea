/// The message definitions the gateway takes.
package enum MessageDefinition: String, CaseIterable, Hashable, Sendable {
    /// FI to FI customer credit transfer.
    case customerCreditTransfer = "pacs.008.001.08"
    /// Financial institution credit transfer.
    case financialInstitutionCreditTransfer = "pacs.009.001.08"

    /// `urn:iso:std:iso:20022:tech:xsd:` and the message's name.
    package var namespace: String { isoNamespacePrefix + rawValue }

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
package enum BankMessage: Equatable, Sendable {
    /// pacs.008.001.08
    case customerCreditTransfer(CreditTransferMessage)
    /// pacs.009.001.08
    case financialInstitutionCreditTransfer(CreditTransferMessage)

    package var definition: MessageDefinition {
        switch self {
        case .customerCreditTransfer: .customerCreditTransfer
        case .financialInstitutionCreditTransfer: .financialInstitutionCreditTransfer
        }
    }

    package var content: CreditTransferMessage {
        switch self {
        case .customerCreditTransfer(let content): content
        case .financialInstitutionCreditTransfer(let content): content
        }
    }

    /// The references that a status report repeats.
    package var original: OriginalMessage {
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
    package init(
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
