internal import BankMessages
internal import Domain
internal import Foundation

// The messages of the two banks.
extension DemoCorrespondence {
    private var now: Timestamp { Timestamp(Date().timeIntervalSince1970 * 1_000) * 1_000_000 }

    private var today: CalendarDate { CalendarDate(daysSince1970: Int(now / 86_400_000_000_000)) }

    private func name() -> String { "DEMO-\(UUID().uuidString.prefix(8))" }

    private func frame(_ message: MessageDefinition.Message) -> MessageFrame {
        MessageFrame(definition: MessageDefinition(message))
    }

    private func original(_ uetr: String) throws -> OriginalTransaction {
        guard let uetr = UETR(uetr) else { throw DemoError("\(uetr) is no UETR") }
        return OriginalTransaction(uetr: uetr)
    }

    /// pacs.008 of one bank to the other.
    ///
    /// - Parameter faulty: the transaction whose account has wrong check digits.
    func transfers(
        _ payments: [(uetr: String, paid: Money, received: Money)],
        from payer: BIC = DemoWorld.kunming, faulty: Int? = nil
    ) throws -> String {
        let rightIBAN = "DE89370400440532013000"
        let creditor = payer == DemoWorld.kunming ? DemoWorld.nongKhai : DemoWorld.kunming
        let transactions = try payments.enumerated().map { position, payment in
            guard let uetr = UETR(payment.uetr) else {
                throw DemoError("\(payment.uetr) is no UETR")
            }
            var transfer = CreditTransfer(
                endToEndIdentification: "INV-\(position + 1)", uetr: uetr,
                interbankSettlementAmount: payment.received, debtor: Party(name: "Dian Tea House"),
                debtorAgent: Party(bic: payer), creditorAgent: Party(bic: creditor),
                creditor: Party(name: "Mekong Silk Weavers"))
            transfer.instructedAmount = payment.paid
            transfer.chargeBearer = .shared
            if position == faulty {
                transfer.creditorAccount = CashAccount(identification: .iban(rightIBAN))
            }
            return transfer
        }
        // None is written with wrong check digits, so they are put in afterwards.
        return try message(.customerCreditTransfer, .clearingSystem, transactions)
            .replacing(rightIBAN, with: "DE00" + rightIBAN.dropFirst(4))
    }

    /// pacs.009 ADV: tells of money that comes by another message.
    func advice() throws -> String {
        let amount = Money(minorUnits: 1_000_000, currency: .thb)
        guard let uetr = UETR(UUID().uuidString.lowercased()) else {
            throw DemoError("a UUID is no UETR")
        }
        let transfer = CreditTransfer(
            endToEndIdentification: "ADV-1", uetr: uetr, interbankSettlementAmount: amount,
            debtor: Party(bic: DemoWorld.kunming), debtorAgent: Party(), creditorAgent: Party(),
            creditor: Party(bic: DemoWorld.nongKhai))
        return try message(.financialInstitutionCreditTransfer, .cover, [transfer])
    }

    private func message(
        _ message: MessageDefinition.Message, _ method: SettlementMethod,
        _ transactions: [CreditTransfer]
    ) throws -> String {
        try CreditTransferMessage(
            definition: MessageDefinition(message),
            groupHeader: GroupHeader(
                messageIdentification: name(), creationDateTime: now, settlementMethod: method),
            transactions: transactions
        ).xml()
    }

    /// pacs.002 of the creditor's bank: its customer has the money.
    func confirmation(_ uetr: String) throws -> String {
        let credited = TransactionStatusReport(
            original: try original(uetr), status: .acceptedCreditSettlementCompleted)
        return try PaymentStatusReport(
            messageIdentification: name(), creationDateTime: now, sender: DemoWorld.nongKhai,
            original: OriginalMessage(), transactions: [credited]
        ).xml()
    }

    /// camt.056: the payments were sent twice.
    func cancellation(_ uetrs: [String]) throws -> String {
        let requests = try uetrs.map { uetr in
            var request = CancellationRequest(original: try original(uetr))
            request.cancellationIdentification = name()
            request.originalGroup = OriginalGroup(
                messageIdentification: PaymentStatusReport.notProvided,
                messageNameIdentification: "pacs.008")
            request.reasons = [ReasonInformation(.code("DUPL"))]
            return request
        }
        return try CancellationRequestMessage(
            frame: frame(.cancellationRequest),
            assignment: CaseAssignment(
                identification: name(), assigner: .agent(Party(bic: DemoWorld.kunming)),
                assignee: .agent(Party(bic: DemoStage.ownBIC)), creationDateTime: now),
            requests: requests
        ).xml()
    }

    /// pacs.004: all of it comes back.
    func paymentReturn(_ uetr: String) throws -> String {
        var value = PaymentReturn(
            returnIdentification: name(), original: try original(uetr),
            returnedInterbankSettlementAmount: Money(minorUnits: 2_310_000, currency: .thb))
        value.interbankSettlementDate = today
        value.reasons = [ReasonInformation(.code("DUPL"))]
        return try PaymentReturnMessage(
            frame: frame(.paymentReturn), messageIdentification: name(), creationDateTime: now,
            settlementMethod: .clearingSystem, returns: [value]
        ).xml()
    }

    /// camt.060: how does the account stand?
    func reportRequest(_ account: UInt32) -> String {
        """
        <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.060.001.05"><AcctRptgReq><GrpHdr>\
        <MsgId>\(name())</MsgId><CreDtTm>\(Date().formatted(.iso8601))</CreDtTm></GrpHdr><RptgReq>\
        <ReqdMsgNmId>camt.052.001.08</ReqdMsgNmId><Acct><Id><Othr><Id>\(account)</Id></Othr></Id>\
        </Acct><AcctOwnr><Agt><FinInstnId><BICFI>\(DemoWorld.kunming)</BICFI></FinInstnId></Agt>\
        </AcctOwnr></RptgReq></AcctRptgReq></Document>
        """
    }
}
