import BankMessages
internal import Chance
import Domain

/// Draws the messages beside credit transfers, with every field that they carry.
extension RandomMessages {
    /// A version with or without a header; header and document name the message alike.
    mutating func frame(_ definition: MessageDefinition) -> MessageFrame {
        guard Bool.random(using: &generator) else { return MessageFrame(definition: definition) }
        let header = BusinessApplicationHeader(
            version: .random(in: BusinessApplicationHeader.versions, using: &generator),
            from: maybe { $0.bic() }, to: maybe { $0.bic() }, businessMessageIdentifier: text(35),
            messageDefinitionIdentifier: definition.name, businessService: maybe { $0.text(35) },
            creationDate: time() / 1_000_000 * 1_000_000,
            copyDuplicate: maybe { CopyDuplicate.allCases.randomElement(using: &$0.generator)! },
            possibleDuplicate: maybe { Bool.random(using: &$0.generator) })
        return MessageFrame(definition: definition, envelope: .standard, header: header)
    }

    mutating func paymentReturns(_ definition: MessageDefinition) -> PaymentReturnMessage {
        PaymentReturnMessage(
            frame: frame(definition), messageIdentification: text(35), creationDateTime: time(),
            settlementMethod: SettlementMethod.allCases.randomElement(using: &generator)!,
            returns: (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                paymentReturn(definition.version)
            })
    }

    /// A return with what its version has.
    private mutating func paymentReturn(_ version: Int) -> PaymentReturn {
        var value = PaymentReturn(
            returnIdentification: text(35), original: originalTransaction(),
            returnedInterbankSettlementAmount: money())
        value.originalGroup = maybe { $0.originalGroup() }
        value.originalInterbankSettlementAmount = maybe { $0.money() }
        value.originalInterbankSettlementDate = maybe { $0.day() }
        value.interbankSettlementDate = maybe { $0.day() }
        value.settlementPriority = maybe {
            SettlementPriority.allCases.randomElement(using: &$0.generator)!
        }
        value.returnedInstructedAmount = maybe { $0.money() }
        value.exchangeRate = maybe { ExchangeRate(digits: $0.number(99_999), fractionDigits: 4)! }
        value.chargeBearer = maybe { ChargeBearer.allCases.randomElement(using: &$0.generator)! }
        value.charges = several(3) { random in
            ReturnCharge(
                amount: random.money(orZero: true), agent: random.bank(),
                type: version < PaymentReturnMessage.Since.chargeType
                    ? nil : random.maybe { $0.choice(4) })
        }
        value.instructingAgent = maybe { $0.bic() }
        value.instructedAgent = maybe { $0.bic() }
        value.chain = maybe { $0.chain(version) }
        value.reasons = several(2) { $0.reason(["AC04", "FOCR", "NARR"]) }
        value.originalReference = originalReference()
        return value
    }

    private mutating func chain(_ version: Int) -> ReturnChain {
        let hasAccounts = version >= PaymentReturnMessage.Since.accountsInChain
        var chain = ReturnChain(debtor: side(), creditor: side())
        chain.ultimateDebtor = maybe { $0.side() }
        chain.debtorAccount = hasAccounts ? maybe { $0.account() } : nil
        chain.debtorAgent = maybe { $0.bank() }
        chain.previousInstructingAgents = several(3) { $0.bank() }
        chain.intermediaryAgents = several(3) { $0.bank() }
        chain.creditorAgent = maybe { $0.bank() }
        chain.creditorAccount = hasAccounts ? maybe { $0.account() } : nil
        chain.ultimateCreditor = maybe { $0.side() }
        return chain
    }

    mutating func cancellationRequests(
        _ definition: MessageDefinition
    ) -> CancellationRequestMessage {
        CancellationRequestMessage(
            frame: frame(definition), assignment: assignment(),
            requests: (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                var request = CancellationRequest(original: originalTransaction())
                request.cancellationIdentification = maybe { $0.text(35) }
                request.investigationCase = maybe { $0.investigationCase() }
                request.originalGroup = maybe { $0.originalGroup() }
                request.originalInterbankSettlementAmount = maybe { $0.money() }
                request.originalInterbankSettlementDate = maybe { $0.day() }
                request.reasons = several(2) { $0.reason(["DUPL", "CUST", "FRAD"]) }
                request.originalReference = originalReference()
                return request
            })
    }

    mutating func resolution(_ definition: MessageDefinition) -> InvestigationResolution {
        let outcome = InvestigationOutcome.allCases.randomElement(using: &generator)!
        var resolution = InvestigationResolution(
            frame: frame(definition), assignment: assignment(), outcome: outcome,
            answers: several(3) { random in
                var answer = CancellationAnswer(original: random.originalTransaction())
                answer.statusIdentification = random.maybe { $0.text(35) }
                answer.resolvedCase = random.investigationCase()
                answer.originalGroup = random.maybe { $0.originalGroup() }
                answer.status = random.maybe {
                    CancellationStatus.allCases.randomElement(using: &$0.generator)!
                }
                answer.reasons = random.several(2) { $0.reason(["ARDT", "AGNT", "LEGL"]) }
                answer.originalInterbankSettlementAmount = random.maybe { $0.money() }
                answer.originalInterbankSettlementDate = random.maybe { $0.day() }
                return answer
            })
        resolution.resolvedCase = resolution.answers.isEmpty ? investigationCase() : nil
        return resolution
    }

    mutating func statusReport(_ definition: MessageDefinition) -> PaymentStatusReport {
        let message = message()
        var report = PaymentStatusReport(
            messageIdentification: text(35), creationDateTime: time(), sender: bic(),
            original: message.original,
            groupStatus: maybe { GroupStatus.allCases.randomElement(using: &$0.generator)! })
        report.definition = definition
        report.transactions = (0..<3).map { _ in
            var status = TransactionStatusReport(
                original: originalTransaction(),
                status: TransactionStatus.allCases.randomElement(using: &generator)!)
            status.reason = maybe { random in
                StatusReason(
                    code: StatusReasonCode.allCases.randomElement(using: &random.generator)!,
                    texts: [random.text(300)])
            }
            status.acceptanceDateTime = maybe { $0.time() }
            status.effectiveSettlementDateTime = maybe { $0.time() }
            status.settledAmount = maybe { $0.money(orZero: true) }
            status.originalAmount = maybe { $0.money() }
            return status
        }
        return report
    }

    mutating func accountReport(_ definition: MessageDefinition) -> AccountReport {
        var report = AccountReport(
            frame: frame(definition), messageIdentification: text(35), creationDateTime: time(),
            identification: text(35), account: account())
        report.page = Page(number: Int(number(99_999)), isLast: Bool.random(using: &generator))
        report.query = maybe { $0.originalGroup() }
        report.sequenceNumber = maybe { $0.number(1_000_000) }
        report.period = maybe { random in
            let first = random.time()
            return first...first + random.number(1_000_000_000)
        }
        report.owner = maybe { random in Party(name: random.text(140)) }
        report.servicer = maybe { $0.bic() }
        guard definition.message != .accountNotification else { return report }
        report.balances = several(3) { $0.balance() }
        guard definition.message == .accountStatement else { return report }
        report.balances.append(balance())
        report.summary = maybe { random in
            EntrySummary(currency: .thb, credits: random.side(), debits: random.side())
        }
        return report
    }

    private mutating func balance() -> AccountBalance {
        var balance = AccountBalance(
            type: choice(4), amount: money(orZero: true), direction: direction(),
            date: dateOrTime())
        balance.subType = maybe { $0.choice(4) }
        return balance
    }

    /// Also sums that the schema has no room for.
    private mutating func side() -> EntrySummary.Side {
        let sum = Int128(number(1_000_000_000_000)) * Int128(number(10_000_000))
        return EntrySummary.Side(count: Int(number(1_000)), sum: maybe { _ in sum } ?? 0)
    }

    mutating func entry() -> AccountEntry {
        var entry = AccountEntry(
            reference: text(35), amount: money(orZero: true), direction: direction(),
            status: EntryStatus.allCases.randomElement(using: &generator)!,
            transactionCode: BankTransactionCode.all.randomElement(using: &generator)!)
        entry.isReversal = maybe { Bool.random(using: &$0.generator) }
        entry.booking = maybe { $0.dateOrTime() }
        entry.value = maybe { $0.dateOrTime() }
        entry.servicerReference = maybe { $0.text(35) }
        entry.transactions = several(2) { $0.entryTransaction() }
        entry.additionalInformation = maybe { $0.text(500) }
        return entry
    }

    private mutating func entryTransaction() -> EntryTransaction {
        var value = EntryTransaction()
        value.messageIdentification = maybe { $0.text(35) }
        value.references = originalTransaction()
        value.returnIdentification = maybe { $0.text(35) }
        if Bool.random(using: &generator) {
            value.amount = money()
            value.direction = direction()
        }
        value.instructedAmount = maybe { $0.money() }
        value.transactionAmount = maybe { $0.money() }
        value.exchange = maybe { random in
            EntryExchange(
                source: .cny, target: .thb,
                rate: ExchangeRate(digits: random.number(99_999), fractionDigits: 4)!)
        }
        value.debtor = maybe { $0.side() }
        value.debtorAccount = maybe { $0.account() }
        value.creditor = maybe { $0.side() }
        value.creditorAccount = maybe { $0.account() }
        value.debtorAgent = maybe { $0.bank() }
        value.creditorAgent = maybe { $0.bank() }
        value.purpose = maybe { $0.choice(4) }
        value.remittanceInformation = RemittanceInformation(
            unstructured: several(2) { $0.text(140) },
            creditorReferences: several(2) { $0.text(35) })
        value.returnReason = maybe { $0.choice(4) }
        value.additionalInformation = maybe { $0.text(500) }
        return value
    }
}

extension RandomMessages {
    mutating func day() -> CalendarDate {
        CalendarDate(daysSince1970: Int(number(40_000)))
    }

    private mutating func dateOrTime() -> DateOrTime {
        Bool.random(using: &generator) ? .day(day()) : .time(time())
    }

    private mutating func number(_ most: Int64) -> Int64 {
        .random(in: 1...most, using: &generator)
    }

    mutating func money(orZero isZeroAllowed: Bool = false) -> Money {
        let currency = Currency.allCases.randomElement(using: &generator)!
        let isZero = isZeroAllowed && Bool.random(using: &generator)
        return Money(minorUnits: isZero ? 0 : number(1_000_000_000_000), currency: currency)
    }

    private mutating func direction() -> CreditDebit {
        CreditDebit.allCases.randomElement(using: &generator)!
    }

    private mutating func bank() -> Party {
        Party(name: maybe { $0.text(140) }, bic: maybe { $0.bic() })
    }

    mutating func side() -> PartyOrAgent {
        Bool.random(using: &generator)
            ? .agent(bank()) : .party(Party(name: maybe { $0.text(140) }))
    }

    mutating func originalGroup() -> OriginalGroup {
        OriginalGroup(
            messageIdentification: text(35), messageNameIdentification: text(35),
            creationDateTime: maybe { $0.time() })
    }

    mutating func originalTransaction() -> OriginalTransaction {
        OriginalTransaction(
            instructionIdentification: maybe { $0.text(35) },
            endToEndIdentification: maybe { $0.text(35) },
            transactionIdentification: maybe { $0.text(35) }, uetr: uetr())
    }

    /// Nil rather than empty: what says nothing is not written.
    private mutating func originalReference() -> OriginalTransactionReference? {
        var reference = OriginalTransactionReference()
        reference.interbankSettlementAmount = maybe { $0.money() }
        reference.interbankSettlementDate = maybe { $0.day() }
        reference.remittanceInformation.unstructured = several(2) { $0.text(140) }
        reference.remittanceInformation.creditorReferences = several(2) { $0.text(35) }
        reference.debtor = maybe { $0.side() }
        reference.debtorAccount = maybe { $0.account() }
        reference.debtorAgent = maybe { $0.bank() }
        reference.creditorAgent = maybe { $0.bank() }
        reference.creditor = maybe { $0.side() }
        reference.creditorAccount = maybe { $0.account() }
        reference.purpose = maybe { $0.choice(4) }
        return reference == OriginalTransactionReference() ? nil : reference
    }

    private mutating func reason(_ codes: [String]) -> ReasonInformation {
        ReasonInformation(
            maybe { random in
                Bool.random(using: &random.generator)
                    ? .code(codes.randomElement(using: &random.generator)!)
                    : .proprietary(random.text(35))
            },
            originator: maybe { random in Party(name: random.text(140)) },
            additionalInformation: several(2) { $0.text(105) })
    }

    private mutating func assignment() -> CaseAssignment {
        CaseAssignment(
            identification: text(35), assigner: side(), assignee: side(), creationDateTime: time())
    }

    private mutating func investigationCase() -> InvestigationCase {
        InvestigationCase(
            identification: text(35), creator: side(),
            isReopened: maybe { Bool.random(using: &$0.generator) })
    }
}
