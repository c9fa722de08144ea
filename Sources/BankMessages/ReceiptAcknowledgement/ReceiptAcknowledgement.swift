package import Domain

/// Tells a bank that its message came and was noted (ISO 20022 `admi.007.001.01`): the answer to a
/// message that moves no money, which no payment status report could describe.
package struct ReceiptAcknowledgement: Equatable, Sendable {
    /// `MsgId/MsgId`, at most 35 characters; also the header's `BizMsgIdr`.
    package var messageIdentification: String
    /// `MsgId/CreDtTm`, nanoseconds since 1970 UTC; also the header's `CreDt`.
    package var creationDateTime: Timestamp
    /// The gateway's own BIC: the header's `Fr`.
    package var sender: BIC
    /// The message that came. Its header, if any, decides that the answer has one too, to whom it
    /// goes, and what both are wrapped in.
    package var original: OriginalMessage
    /// `Rpt/ReqHdlg/Desc`: what was done with the message, at most 140 characters.
    package var description: String

    package init(
        messageIdentification: String, creationDateTime: Timestamp, sender: BIC,
        original: OriginalMessage, description: String
    ) {
        self.messageIdentification = messageIdentification
        self.creationDateTime = creationDateTime
        self.sender = sender
        self.original = original
        self.description = description
    }

    /// The name of the message.
    package static let definition = "admi.007.001.01"

    /// `Rpt/ReqHdlg/StsCd`: received. ISO 20022 leaves the code to the parties; this one means the
    /// same in status reports.
    static let statusCode = "RCVD"
}
