internal import Domain

extension CancellationRequestMessage {
    /// The message in its version, with the application header before it when there is one. All
    /// transactions stand in one `Undrlyg`; reading the text again gives an equal message.
    ///
    /// - Throws: ``MessageWritingError`` when a text is too long, empty or has control characters,
    ///   there is no request, or the version is not written.
    /// - Complexity: O(length of the result).
    package func xml() throws(MessageWritingError) -> String {
        try frame.write { writer throws(MessageWritingError) in
            guard !requests.isEmpty else {
                throw writer.error(at: "Undrlyg/TxInf", "The message has no transaction.")
            }
            try writer.assignment(assignment)
            try writer.element("CtrlData") { writer throws(MessageWritingError) in
                try writer.leaf("NbOfTxs", String(requests.count), max: 15)
            }
            try writer.element("Undrlyg") { writer throws(MessageWritingError) in
                for request in requests {
                    try writer.request(request, frame.definition)
                }
            }
        }
    }
}

extension XMLWriter {
    /// One `TxInf`, in the order of its type.
    fileprivate mutating func request(
        _ request: CancellationRequest, _ definition: MessageDefinition
    ) throws(MessageWritingError) {
        try element("TxInf") { writer throws(MessageWritingError) in
            try writer.leaf("CxlId", request.cancellationIdentification, max: 35)
            try writer.investigationCase("Case", request.investigationCase)
            try writer.originalGroup("OrgnlGrpInf", request.originalGroup)
            try writer.originalTransaction(request.original)
            if let amount = request.originalInterbankSettlementAmount {
                try writer.money("OrgnlIntrBkSttlmAmt", amount)
            }
            try writer.day("OrgnlIntrBkSttlmDt", request.originalInterbankSettlementDate)
            try writer.reasons("CxlRsnInf", request.reasons)
            try writer.originalTransactionReference(request.originalReference, definition)
        }
    }
}
