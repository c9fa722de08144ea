internal import Domain

extension InvestigationResolution {
    /// Reads what stands below `Document/RsltnOfInvstgtn`.
    init(
        _ body: MessageElement, frame: MessageFrame, limits: MessageLimits
    ) throws(MessageRejection) {
        let resolved = try body.child("RslvdCase")?.investigationCase()
        var answers: [CancellationAnswer] = []
        var refused: [MessageRejection] = []
        for details in try body.children("CxlDtls") {
            let found = try details.cancellationAnswers(resolved, limits: limits)
            answers += found.values
            refused += found.refused
        }
        try body.checkCount(answers.count + refused.count, of: "TxInfAndSts", limits: limits)
        guard resolved != nil || !answers.isEmpty || !refused.isEmpty else {
            throw body.missing("RslvdCase")
        }
        self.init(
            frame: frame, assignment: try body.required("Assgnmt").caseAssignment(),
            outcome: try body.required("Sts").required("Conf").code(InvestigationOutcome.self),
            answers: answers)
        self.resolvedCase = resolved
        self.refused = refused
    }
}

extension MessageElement {
    /// Reads one `CxlDtls`.
    fileprivate func cancellationAnswers(
        _ resolved: InvestigationCase?, limits: MessageLimits
    ) throws(MessageRejection) -> (values: [CancellationAnswer], refused: [MessageRejection]) {
        guard element.countChildren(named: "TxInfAndSts") > 0 else { return ([], []) }
        let group = try child("OrgnlGrpInfAndSts")
        let original = try group?.originalGroup()
        let resolvedHere = try group?.child("RslvdCase")?.investigationCase() ?? resolved
        return try separately("TxInfAndSts", limits: limits) {
            element throws(MessageRejection) in
            var answer = try element.cancellationAnswer()
            answer.originalGroup = answer.originalGroup ?? original
            answer.resolvedCase = answer.resolvedCase ?? resolvedHere
            return answer
        }
    }

    private func cancellationAnswer() throws(MessageRejection) -> CancellationAnswer {
        var answer = CancellationAnswer(original: try originalTransaction())
        answer.statusIdentification = try child("CxlStsId")?.text(max: 35)
        answer.resolvedCase = try child("RslvdCase")?.investigationCase()
        answer.originalGroup = try child("OrgnlGrpInf")?.originalGroup()
        answer.status = try child("TxCxlSts")?.code(CancellationStatus.self)
        answer.reasons = try reasons("CxlStsRsnInf", of: .cancellationRejection)
        answer.originalInterbankSettlementAmount = try child("OrgnlIntrBkSttlmAmt")?.money()
        answer.originalInterbankSettlementDate = try child("OrgnlIntrBkSttlmDt")?.date()
        return answer
    }
}
