package import Domain

/// The message by which an original transaction came (ISO 20022 `OriginalGroupInformation29`).
package struct OriginalGroup: Hashable, Sendable {
    /// `OrgnlMsgId`, at most 35 characters.
    package var messageIdentification: String
    /// `OrgnlMsgNmId`, for example `pacs.008.001.08`; at most 35 characters.
    package var messageNameIdentification: String
    /// `OrgnlCreDtTm`, nanoseconds since 1970 UTC.
    package var creationDateTime: Timestamp?

    package init(
        messageIdentification: String, messageNameIdentification: String,
        creationDateTime: Timestamp? = nil
    ) {
        self.messageIdentification = messageIdentification
        self.messageNameIdentification = messageNameIdentification
        self.creationDateTime = creationDateTime
    }
}

extension MessageElement {
    /// Reads `OrgnlGrpInf` and its kin.
    func originalGroup() throws(MessageRejection) -> OriginalGroup {
        OriginalGroup(
            messageIdentification: try required("OrgnlMsgId").text(max: 35),
            messageNameIdentification: try required("OrgnlMsgNmId").text(max: 35),
            creationDateTime: try child("OrgnlCreDtTm")?.dateTime())
    }

    /// The references of the original transaction, at least one of them.
    func originalTransaction() throws(MessageRejection) -> OriginalTransaction {
        let original = OriginalTransaction(
            instructionIdentification: try child("OrgnlInstrId")?.text(max: 35),
            endToEndIdentification: try child("OrgnlEndToEndId")?.text(max: 35),
            transactionIdentification: try child("OrgnlTxId")?.text(max: 35),
            uetr: try child("OrgnlUETR")?.uetr())
        guard original != OriginalTransaction() else { throw missing("OrgnlUETR") }
        return original
    }

    /// What can be read of the references; whatever is malformed is left out.
    var readableOriginalTransaction: OriginalTransaction {
        OriginalTransaction(
            instructionIdentification: try? child("OrgnlInstrId")?.text(max: 35),
            endToEndIdentification: try? child("OrgnlEndToEndId")?.text(max: 35),
            transactionIdentification: try? child("OrgnlTxId")?.text(max: 35),
            uetr: try? child("OrgnlUETR")?.uetr())
    }
}

extension XMLWriter {
    /// The element with its references inside, or nothing.
    mutating func originalGroup(
        _ name: String, _ group: OriginalGroup?
    ) throws(MessageWritingError) {
        guard let group else { return }
        try element(name) { writer throws(MessageWritingError) in
            try writer.leaf("OrgnlMsgId", group.messageIdentification, max: 35)
            try writer.leaf("OrgnlMsgNmId", group.messageNameIdentification, max: 35)
            try writer.time("OrgnlCreDtTm", group.creationDateTime)
        }
    }

    /// `OrgnlInstrId` to `OrgnlUETR`, those that there are.
    mutating func originalTransaction(
        _ original: OriginalTransaction
    ) throws(MessageWritingError) {
        try leaf("OrgnlInstrId", original.instructionIdentification, max: 35)
        try leaf("OrgnlEndToEndId", original.endToEndIdentification, max: 35)
        try leaf("OrgnlTxId", original.transactionIdentification, max: 35)
        try leaf("OrgnlUETR", original.uetr?.description, max: 36)
    }
}
