internal import Domain

extension InvestigationResolution {
    /// The message in its version, with the application header before it when there is one.
    /// Reading the text again gives an equal message, but that a case of the message becomes that
    /// of each answer without one.
    ///
    /// - Parameter related: the header of the camt.056 that is answered.
    /// - Throws: ``MessageWritingError`` when a text is too long, empty or has control characters,
    ///   or the version is not written.
    /// - Complexity: O(length of the result).
    package func xml(
        answering related: BusinessApplicationHeader? = nil
    ) throws(MessageWritingError) -> String {
        try frame.write(answering: related) { writer throws(MessageWritingError) in
            try writer.assignment(assignment)
            try writer.investigationCase("RslvdCase", resolvedCase)
            try writer.element("Sts") { writer throws(MessageWritingError) in
                try writer.leaf("Conf", outcome.rawValue, max: 4)
            }
            guard !answers.isEmpty else { return }
            try writer.element("CxlDtls") { writer throws(MessageWritingError) in
                for answer in answers {
                    try writer.answer(answer)
                }
            }
        }
    }
}

extension XMLWriter {
    /// One `TxInfAndSts`, in the order of its type.
    fileprivate mutating func answer(_ answer: CancellationAnswer) throws(MessageWritingError) {
        try element("TxInfAndSts") { writer throws(MessageWritingError) in
            try writer.leaf("CxlStsId", answer.statusIdentification, max: 35)
            try writer.investigationCase("RslvdCase", answer.resolvedCase)
            try writer.originalGroup("OrgnlGrpInf", answer.originalGroup)
            try writer.originalTransaction(answer.original)
            try writer.leaf("TxCxlSts", answer.status?.rawValue, max: 4)
            try writer.reasons("CxlStsRsnInf", answer.reasons)
            if let amount = answer.originalInterbankSettlementAmount {
                try writer.money("OrgnlIntrBkSttlmAmt", amount)
            }
            try writer.day("OrgnlIntrBkSttlmDt", answer.originalInterbankSettlementDate)
        }
    }
}
