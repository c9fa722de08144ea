package import Domain

/// A pacs.008 or pacs.009 as far as the gateway carries it, read or to be written.
package struct CreditTransferMessage: Equatable, Sendable {
    package var definition: MessageDefinition
    package var envelope: MessageEnvelope
    package var header: BusinessApplicationHeader?
    package var groupHeader: GroupHeader
    /// In the order of the message; `NbOfTxs` is their count. A transaction that could not be read
    /// stands as its rejection, with what could be read of its references.
    package var transactions: [Result<CreditTransfer, MessageRejection>]

    package init(
        definition: MessageDefinition = MessageDefinition(.customerCreditTransfer),
        envelope: MessageEnvelope = .none, header: BusinessApplicationHeader? = nil,
        groupHeader: GroupHeader, transactions: [Result<CreditTransfer, MessageRejection>]
    ) {
        self.definition = definition
        self.envelope = envelope
        self.header = header
        self.groupHeader = groupHeader
        self.transactions = transactions
    }

    package init(
        definition: MessageDefinition = MessageDefinition(.customerCreditTransfer),
        envelope: MessageEnvelope = .none, header: BusinessApplicationHeader? = nil,
        groupHeader: GroupHeader, transactions: [CreditTransfer]
    ) {
        self.init(
            definition: definition, envelope: envelope, header: header, groupHeader: groupHeader,
            transactions: transactions.map { .success($0) })
    }

    /// The references that an answer repeats.
    package var original: OriginalMessage {
        OriginalMessage(
            messageIdentification: groupHeader.messageIdentification,
            messageNameIdentification: definition.name,
            creationDateTime: groupHeader.creationDateTime,
            numberOfTransactions: transactions.count, header: header, envelope: envelope)
    }

    /// The references of the transaction at `index` (from 0) that its status repeats.
    package func originalTransaction(at index: Int) -> OriginalTransaction {
        switch transactions[index] {
        case .success(let transfer): transfer.original
        case .failure(let rejection): rejection.transaction ?? OriginalTransaction()
        }
    }

    /// Where the transaction at `index` (from 0) stands.
    func path(ofTransaction index: Int) -> String {
        "/Document/\(definition.rootName)/CdtTrfTxInf[\(index + 1)]"
    }
}

/// The group header of a credit transfer message (ISO 20022 `GroupHeader93`).
package struct GroupHeader: Equatable, Sendable {
    /// `MsgId`, at most 35 characters.
    package var messageIdentification: String
    /// `CreDtTm`, nanoseconds since 1970 UTC.
    package var creationDateTime: Timestamp
    /// `SttlmInf/SttlmMtd`.
    package var settlementMethod: SettlementMethod

    package init(
        messageIdentification: String, creationDateTime: Timestamp,
        settlementMethod: SettlementMethod
    ) {
        self.messageIdentification = messageIdentification
        self.creationDateTime = creationDateTime
        self.settlementMethod = settlementMethod
    }
}

/// ISO 20022 `SettlementMethod1Code`. What each means for a message stands in ``NoticeKind``.
package enum SettlementMethod: String, CaseIterable, Hashable, Sendable {
    case instructedAgent = "INDA"
    case instructingAgent = "INGA"
    case cover = "COVE"
    case clearingSystem = "CLRG"
}
