internal import BankMessages
internal import Domain
internal import Store

// What follows a settled payment, as messages say it (R14.10).
extension MessageRenderer {
    /// pacs.004: money comes back to the payer.
    func paymentReturn(_ row: BankMessageRow) throws -> (MessageDefinition, String) {
        guard let record = try reader.return(id: row.subject) else {
            throw GatewayError(.internalError, "return \(row.subject) is not on record")
        }
        let payment = try payment(record.row.payment)
        let facts = PaymentFacts(payment, in: directory)
        let definition = definition(.paymentReturn, .paymentReturn)
        var returned = PaymentReturn(
            returnIdentification: identification(of: record), original: facts.original,
            returnedInterbankSettlementAmount: Money(
                minorUnits: row.received, currency: payment.row.receiveCurrency))
        if record.row.order != 0 { state(row, of: payment.row, in: &returned) }
        returned.originalGroup = facts.group
        returned.originalInterbankSettlementAmount = facts.received
        returned.interbankSettlementDate = CalendarDate(
            daysSince1970: Int(row.timestamp / 86_400_000_000_000))
        returned.instructingAgent = gateway
        returned.instructedAgent = bank
        returned.reasons = [ReasonInformation(.code("\(row.code)"))]
        let message = PaymentReturnMessage(
            frame: frame(definition, row), messageIdentification: identification(row),
            creationDateTime: row.timestamp, settlementMethod: .clearingSystem,
            returns: [returned])
        return (definition, try message.xml())
    }

    /// R15.17 What a return order brought: it may bring more later, and each has its own name.
    private func state(_ row: BankMessageRow, of payment: PaymentRow, in value: inout PaymentReturn)
    {
        let given = Money(minorUnits: row.paid, currency: payment.receiveCurrency)
        let brought = Money(minorUnits: row.received, currency: payment.payCurrency)
        value.returnIdentification = identification(row)
        value.returnedInterbankSettlementAmount = brought
        value.returnedInstructedAmount = given
        value.exchangeRate = ExchangeRate(from: given, to: brought)
    }

    private func identification(of record: DeclaredRecord<ReturnRow>) -> String {
        FollowUpDetails(json: record.details)?.id.nonEmpty ?? "R\(record.row.id)"
    }

    /// The facts of payments on record, those of return orders with what they return.
    func facts(of payments: [PaymentRecord]) throws -> [PaymentFacts] {
        let returns = try reader.returns(byOrders: payments.map(\.row.id))
        let byOrder = Dictionary(uniqueKeysWithValues: returns.map { ($0.row.order, $0) })
        return try payments.map { record in
            var facts = PaymentFacts(record, in: directory)
            guard let returned = byOrder[record.row.id] else { return facts }
            var original = PaymentFacts(try payment(returned.row.payment), in: directory).original
            original.transactionIdentification = identification(of: returned)
            facts.returned = original
            return facts
        }
    }

    /// camt.056: the payer's bank asks for its money.
    func cancellationRequest(_ row: BankMessageRow) throws -> (MessageDefinition, String) {
        let (record, facts) = try caseFacts(row)
        let definition = definition(.cancellationRequest, .cancellationRequest)
        var request = CancellationRequest(original: facts.original)
        request.cancellationIdentification = identification(row)
        request.investigationCase = investigationCase(record.row)
        request.originalGroup = facts.group
        request.originalInterbankSettlementAmount = facts.received
        request.reasons = [ReasonInformation(.code("\(row.code)"))]
        let message = CancellationRequestMessage(
            frame: frame(definition, row), assignment: assignment(row), requests: [request])
        return (definition, try message.xml())
    }

    /// camt.029: what became of the wish for cancellation.
    func resolution(_ row: BankMessageRow) throws -> (MessageDefinition, String) {
        let (record, facts) = try caseFacts(row)
        let definition = definition(.investigationResolution, .resolution)
        var answer = CancellationAnswer(original: facts.original)
        answer.originalGroup = facts.group
        answer.resolvedCase = investigationCase(record.row)
        answer.status = row.caseState == .pending ? .pending : .rejected
        // ISO has a code for silence.
        let code = row.caseState == .expired ? "NOAS" : "\(row.code)"
        if !code.isEmpty { answer.reasons = [ReasonInformation(.code(code))] }
        let message = InvestigationResolution(
            frame: frame(definition, row), assignment: assignment(row),
            outcome: row.caseState == .pending ? .pending : .rejected, answers: [answer])
        return (definition, try message.xml())
    }

    private func caseFacts(
        _ row: BankMessageRow
    ) throws -> (DeclaredRecord<CaseRow>, PaymentFacts) {
        guard let id = CaseID(exactly: row.subject), let record = try reader.case(id) else {
            throw GatewayError(.internalError, "case \(row.subject) is not on record")
        }
        return (record, PaymentFacts(try payment(record.row.payment), in: directory))
    }

    /// The gateway's number of the case is its name for both sides.
    private func investigationCase(_ row: CaseRow) -> InvestigationCase {
        InvestigationCase(identification: "\(row.id)", creator: .agent(Party(bic: gateway)))
    }

    private func assignment(_ row: BankMessageRow) -> CaseAssignment {
        CaseAssignment(
            identification: identification(row), assigner: .agent(Party(bic: gateway)),
            assignee: .agent(Party(bic: bank)), creationDateTime: row.timestamp)
    }
}
