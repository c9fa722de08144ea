internal import Domain

extension ReceiptAcknowledgement {
    /// The acknowledgement as admi.007.001.01. When the message that came had an application
    /// header, one stands before it, both in the envelope of that message.
    ///
    /// - Throws: ``MessageWritingError`` when a text is too long, empty or has control characters;
    ///   never for references that were read from a message.
    /// - Complexity: O(length of the result).
    package func xml() throws(MessageWritingError) -> String {
        let header = original.answeringHeader(
            from: sender, identifier: messageIdentification,
            definition: ReceiptAcknowledgement.definition, creationDate: creationDateTime)
        return try writeMessage(
            envelope: original.envelope, header: header, related: original.header,
            namespace: isoNamespacePrefix + ReceiptAcknowledgement.definition
        ) { writer throws(MessageWritingError) in
            try writer.element("RctAck") { writer throws(MessageWritingError) in
                try writer.element("MsgId") { writer throws(MessageWritingError) in
                    try writer.leaf("MsgId", messageIdentification, max: 35)
                    try writer.leaf("CreDtTm", creationDateTime.isoDateTime, max: 35)
                }
                try writer.element("Rpt") { writer throws(MessageWritingError) in
                    try writer.report(of: self)
                }
            }
        }
    }
}

extension XMLWriter {
    fileprivate mutating func report(
        of acknowledgement: ReceiptAcknowledgement
    ) throws(MessageWritingError) {
        let original = acknowledgement.original
        try element("RltdRef") { writer throws(MessageWritingError) in
            try writer.leaf(
                "Ref", original.messageIdentification ?? PaymentStatusReport.notProvided, max: 35)
            try writer.leaf("MsgNm", original.messageNameIdentification, max: 35)
        }
        try element("ReqHdlg") { writer throws(MessageWritingError) in
            try writer.leaf("StsCd", ReceiptAcknowledgement.statusCode, max: 4)
            try writer.leaf("StsDtTm", acknowledgement.creationDateTime.isoDateTime, max: 35)
            try writer.leaf("Desc", acknowledgement.description, max: 140)
        }
    }
}
