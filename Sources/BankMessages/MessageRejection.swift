package import Domain

/// Why a received message, or one transaction of it, is refused.
package struct MessageRejection: Error, Equatable, Sendable {
    package var cause: RejectionCause
    /// The code for `StsRsnInf/Rsn/Cd` of the answering pacs.002.
    package var code: StatusReasonCode
    /// The element or attribute at fault from `/Document` or `/AppHdr` on, for example
    /// `/Document/FIToFICstmrCdtTrf/CdtTrfTxInf[1]/IntrBkSttlmAmt/@Ccy`; `/` for the whole text.
    package var path: String
    /// What is wrong and what to do about it, for a person at the sending bank.
    package var sentence: String
    /// What could be read of the message, so that the answer can refer to it; nil if nothing.
    package var original: OriginalMessage?
    /// The transaction at fault; nil when the fault is not inside one.
    package var transaction: OriginalTransaction?
    /// The place of the transaction at fault among those of its message, from 0, where several are
    /// read, each by itself; nil when the fault is not inside one.
    package var position: Int?

    package init(
        cause: RejectionCause, code: StatusReasonCode, path: String, sentence: String,
        original: OriginalMessage? = nil, transaction: OriginalTransaction? = nil
    ) {
        self.cause = cause
        self.code = code
        self.path = path
        self.sentence = sentence
        self.original = original
        self.transaction = transaction
    }

    /// A fault of the whole text.
    static func document(_ cause: RejectionCause, _ sentence: String) -> MessageRejection {
        MessageRejection(cause: cause, code: .invalidFileFormat, path: "/", sentence: sentence)
    }

    /// Text that has not the form its type asks for.
    static func malformed(
        _ path: String, _ sentence: String,
        code: StatusReasonCode = .elementContentFormallyIncorrect
    ) -> MessageRejection {
        MessageRejection(cause: .malformedValue, code: code, path: path, sentence: sentence)
    }
}

/// The references of a received message that its status report repeats
/// (ISO 20022 `OriginalGroupHeader17`).
package struct OriginalMessage: Equatable, Sendable {
    /// `GrpHdr/MsgId`.
    package var messageIdentification: String?
    /// The message name, for example `pacs.008.001.08`.
    package var messageNameIdentification: String?
    /// `GrpHdr/CreDtTm`.
    package var creationDateTime: Timestamp?
    /// Transactions that the message has.
    package var numberOfTransactions: Int?
    /// The application header, when there was a readable one.
    package var header: BusinessApplicationHeader?
    /// What header and document were wrapped in.
    package var envelope: MessageEnvelope

    package init(
        messageIdentification: String? = nil, messageNameIdentification: String? = nil,
        creationDateTime: Timestamp? = nil, numberOfTransactions: Int? = nil,
        header: BusinessApplicationHeader? = nil, envelope: MessageEnvelope = .none
    ) {
        self.messageIdentification = messageIdentification
        self.messageNameIdentification = messageNameIdentification
        self.creationDateTime = creationDateTime
        self.numberOfTransactions = numberOfTransactions
        self.header = header
        self.envelope = envelope
    }
}

/// The references of one received transaction that its status repeats.
package struct OriginalTransaction: Equatable, Sendable {
    /// `PmtId/InstrId`, at most 35 characters.
    package var instructionIdentification: String?
    /// `PmtId/EndToEndId`, at most 35 characters.
    package var endToEndIdentification: String?
    /// `PmtId/TxId`, at most 35 characters.
    package var transactionIdentification: String?
    /// `PmtId/UETR`.
    package var uetr: UETR?

    package init(
        instructionIdentification: String? = nil, endToEndIdentification: String? = nil,
        transactionIdentification: String? = nil, uetr: UETR? = nil
    ) {
        self.instructionIdentification = instructionIdentification
        self.endToEndIdentification = endToEndIdentification
        self.transactionIdentification = transactionIdentification
        self.uetr = uetr
    }
}
