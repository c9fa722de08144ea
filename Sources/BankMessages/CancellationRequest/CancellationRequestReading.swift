internal import Domain

extension CancellationRequestMessage {
    /// Reads what stands below `Document/FIToFIPmtCxlReq`.
    init(
        _ body: MessageElement, frame: MessageFrame, limits: MessageLimits
    ) throws(MessageRejection) {
        let shared = try body.child("Case")?.investigationCase()
        var requests: [CancellationRequest] = []
        var refused: [MessageRejection] = []
        let underlying = try body.children("Undrlyg")
        guard !underlying.isEmpty else { throw body.missing("Undrlyg") }
        for element in underlying {
            let found = try element.cancellationRequests(
                frame.definition, shared, limits: limits)
            requests += found.values
            refused += found.refused
        }
        let count = requests.count + refused.count
        try body.checkCount(count, of: "TxInf", limits: limits)
        if let control = try body.child("CtrlData") {
            try control.check("NbOfTxs", is: count, of: "TxInf")
        }
        self.init(
            frame: frame, assignment: try body.required("Assgnmt").caseAssignment(),
            requests: requests)
        self.refused = refused
    }
}

extension MessageElement {
    /// Reads one `Undrlyg`.
    fileprivate func cancellationRequests(
        _ definition: MessageDefinition, _ shared: InvestigationCase?, limits: MessageLimits
    ) throws(MessageRejection) -> (values: [CancellationRequest], refused: [MessageRejection]) {
        let group = try child("OrgnlGrpInfAndCxl")
        if element.countChildren(named: "TxInf") == 0, let group {
            throw .malformed(
                group.path,
                "A message is not cancelled as a whole; name each transaction in TxInf.")
        }
        let original = try group?.originalGroup()
        let sharedHere = try group?.child("Case")?.investigationCase() ?? shared
        let reasons = try group?.reasons("CxlRsnInf", of: .cancellationReason) ?? []
        return try separately("TxInf", limits: limits) { element throws(MessageRejection) in
            var request = try element.cancellationRequest(definition)
            request.originalGroup = request.originalGroup ?? original
            request.investigationCase = request.investigationCase ?? sharedHere
            request.reasons = request.reasons.isEmpty ? reasons : request.reasons
            return request
        }
    }

    private func cancellationRequest(
        _ definition: MessageDefinition
    ) throws(MessageRejection) -> CancellationRequest {
        var request = CancellationRequest(original: try originalTransaction())
        request.cancellationIdentification = try child("CxlId")?.text(max: 35)
        request.investigationCase = try child("Case")?.investigationCase()
        request.originalGroup = try child("OrgnlGrpInf")?.originalGroup()
        request.originalInterbankSettlementAmount = try child("OrgnlIntrBkSttlmAmt")?.money()
        request.originalInterbankSettlementDate = try child("OrgnlIntrBkSttlmDt")?.date()
        request.reasons = try reasons("CxlRsnInf", of: .cancellationReason)
        request.originalReference = try child("OrgnlTxRef")?
            .originalTransactionReference(definition)
        return request
    }
}
