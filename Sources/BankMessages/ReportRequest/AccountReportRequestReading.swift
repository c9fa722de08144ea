internal import Domain

extension AccountReportRequest {
    /// Reads what stands below `Document/AcctRptgReq`.
    init(
        _ body: MessageElement, frame: MessageFrame, limits: MessageLimits
    ) throws(MessageRejection) {
        let header = try body.required("GrpHdr")
        self.frame = frame
        messageIdentification = try header.required("MsgId").text(max: 35)
        creationDateTime = try header.required("CreDtTm").dateTime()
        let elements = try body.children("RptgReq")
        guard !elements.isEmpty else { throw body.missing("RptgReq") }
        try body.checkCount(elements.count, of: "RptgReq", limits: limits)
        requests = []
        for element in elements {
            requests.append(try element.requestedReport(frame.definition))
        }
    }
}

extension MessageElement {
    fileprivate func requestedReport(
        _ definition: MessageDefinition
    ) throws(MessageRejection) -> RequestedReport {
        RequestedReport(
            identification: try child("Id")?.text(max: 35),
            messageNameIdentification: try required("ReqdMsgNmId").text(max: 35),
            account: try child("Acct")?.cashAccount(definition),
            owner: try required("AcctOwnr").partyOrAgent(),
            servicer: try child("AcctSvcr")?.institution(),
            period: try child("RptgPrd")?.reportingPeriod(),
            sequence: try child("RptgSeq")?.reportSequence(),
            direction: try requestedDirection(), balances: try requestedBalances())
    }

    private func requestedDirection() throws(MessageRejection) -> CreditDebit? {
        try descendant(["ReqdTxTp", "CdtDbtInd"])?.code(CreditDebit.self)
    }

    private func requestedBalances() throws(MessageRejection) -> [CodeOrProprietary] {
        var balances: [CodeOrProprietary] = []
        for balance in try children("ReqdBalTp") {
            balances.append(try balance.required("CdOrPrtry").codeOrProprietary(max: 4))
        }
        return balances
    }

    private func reportingPeriod() throws(MessageRejection) -> ReportingPeriod {
        let days = try required("FrToDt")
        let times = try child("FrToTm")
        return ReportingPeriod(
            firstDay: try days.required("FrDt").date(), lastDay: try days.child("ToDt")?.date(),
            firstTime: try times?.required("FrTm").time(),
            lastTime: try times?.child("ToTm")?.time(),
            kind: try required("Tp").code(ReportingPeriod.Kind.self))
    }

    private func reportSequence() throws(MessageRejection) -> ReportSequence {
        if let first = try child("FrSeq") { return .from(try first.text(max: 35)) }
        if let last = try child("ToSeq") { return .to(try last.text(max: 35)) }
        let equal = try texts("EQSeq")
        if !equal.isEmpty { return .equal(equal) }
        let different = try texts("NEQSeq")
        if !different.isEmpty { return .notEqual(different) }
        var ranges: [ReportSequence.Range] = []
        for range in try children("FrToSeq") {
            ranges.append(
                ReportSequence.Range(
                    from: try range.required("FrSeq").text(max: 35),
                    to: try range.required("ToSeq").text(max: 35)))
        }
        guard !ranges.isEmpty else { throw missing("FrSeq") }
        return .ranges(ranges)
    }

    private func texts(_ name: String) throws(MessageRejection) -> [String] {
        var texts: [String] = []
        for element in try children(name) {
            texts.append(try element.text(max: 35))
        }
        return texts
    }
}
