import BankMessages
internal import Chance
import Domain
import Testing

@Suite("Returns, cancellations and requests are read as they were written")
struct FlowRoundTripTests {
    private func forEachVersion(
        of message: MessageDefinition.Message,
        _ check: (inout RandomMessages, MessageDefinition) throws -> Void
    ) throws {
        var random = RandomMessages(seed: 20_022)
        let definitions = MessageDefinition.all.filter { $0.message == message && $0.isWritten }
        #expect(!definitions.isEmpty)
        for definition in definitions {
            for _ in 0..<100 {
                try check(&random, definition)
            }
        }
    }

    @Test func paymentReturns() throws {
        try forEachVersion(of: .paymentReturn) { random, definition in
            let message = random.paymentReturns(definition)
            let read = try BankMessage(xml: Array(message.xml().utf8))
            #expect(read == .paymentReturns(message))
        }
    }

    @Test("What an older version lacks is left out, and nothing else")
    func olderVersion() throws {
        var random = RandomMessages(seed: 9)
        let newest = try #require(MessageDefinition(.paymentReturn, version: 14))
        for _ in 0..<100 {
            var message = random.paymentReturns(newest)
            message.frame = MessageFrame(definition: MessageDefinition(.paymentReturn))
            let text = try message.xml()
            for index in message.returns.indices {
                message.returns[index].chain?.debtorAccount = nil
                message.returns[index].chain?.creditorAccount = nil
                for place in message.returns[index].charges.indices {
                    message.returns[index].charges[place].type = nil
                }
            }
            let read = try BankMessage(xml: Array(text.utf8))
            #expect(read == .paymentReturns(message))
        }
    }

    @Test func cancellationRequests() throws {
        try forEachVersion(of: .cancellationRequest) { random, definition in
            let message = random.cancellationRequests(definition)
            let read = try BankMessage(xml: Array(message.xml().utf8))
            #expect(read == .cancellationRequests(message))
        }
    }

    @Test func investigationResolutions() throws {
        try forEachVersion(of: .investigationResolution) { random, definition in
            let message = random.resolution(definition)
            let read = try BankMessage(xml: Array(message.xml().utf8))
            #expect(read == .investigationResolution(message))
        }
    }

    @Test("What the gateway says in a pacs.002 is what a reader of it finds")
    func statusReports() throws {
        try forEachVersion(of: .statusReport) { random, definition in
            let written = random.statusReport(definition)
            guard case .statusReport(let read) = try BankMessage(xml: Array(written.xml().utf8))
            else {
                Issue.record("no pacs.002")
                return
            }
            #expect(read.frame.definition == definition)
            #expect(read.messageIdentification == written.messageIdentification)
            #expect(read.creationDateTime == written.creationDateTime)
            #expect(read.groups.map(\.status) == [written.groupStatus])
            #expect(read.refused.isEmpty && read.transactions.count == written.transactions.count)
            for (found, said) in zip(read.transactions, written.transactions) {
                expect(found, said)
            }
        }
    }

    private func expect(_ found: ReportedTransaction, _ said: TransactionStatusReport) {
        #expect(found.original == said.original && found.status == said.status)
        #expect(found.acceptanceDateTime == said.acceptanceDateTime)
        #expect(found.effectiveSettlement == said.effectiveSettlementDateTime.map { .time($0) })
        #expect(found.originalAmount == said.originalAmount)
        let code = found.reasons.first?.reason
        #expect(code == said.reason.map { .code($0.code.rawValue) })
        let settled = said.settledAmount.map { "SETTLED \($0.currency.code) \($0.decimal)" }
        let lines = [settled].compactMap { $0 } + (said.reason?.additionalInformation ?? [])
        #expect(found.reasons.flatMap(\.additionalInformation) == lines)
    }

    @Test("A pacs.028 in all its versions")
    func statusRequests() throws {
        for definition in MessageDefinition.all where definition.message == .statusRequest {
            guard
                case .statusRequest(let read) = try BankMessage(
                    xml: Array(sampleRequest(definition).utf8))
            else { continue }
            let group = OriginalGroup(
                messageIdentification: "MSG-1", messageNameIdentification: "pacs.008.001.08")
            #expect(read.frame.definition == definition && read.groups == [group])
            #expect(read.transactions.map(\.originalGroup) == [group, group])
            let first = try #require(read.transactions.first)
            #expect(first.requestIdentification == "ASK-1-1")
            #expect(first.original.uetr == UETR("0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"))
            #expect(read.transactions.last?.original.instructionIdentification == "INSTR-2")
        }
    }

    @Test("A camt.060 in all its versions")
    func reportRequests() throws {
        for definition in MessageDefinition.all where definition.message == .reportRequest {
            guard
                case .reportRequest(let read) = try BankMessage(
                    xml: Array(sampleRequest(definition).utf8))
            else { continue }
            let request = try #require(read.requests.first)
            #expect(request.messageNameIdentification == "camt.052.001.08")
            #expect(request.account?.identification == .other("CNY-1"))
            #expect(request.owner.bic == BIC("BKCHCNBJ"))
            #expect(request.period?.firstDay == CalendarDate("2026-03-01"))
            #expect(request.period?.firstTime == TimeOfDay("08:00:00+08:00"))
            #expect(request.period?.kind == .all && request.direction == .credit)
            #expect(request.sequence == .ranges([ReportSequence.Range(from: "3", to: "7")]))
            #expect(request.balances == [.code("ITBD")])
            #expect(read.requests.last?.owner == .party(Party(name: "Bank")))
        }
    }

    @Test("Entries are asked for one by one, and handed over one by one")
    func streaming() throws {
        var random = RandomMessages(seed: 1)
        let report = random.accountReport(MessageDefinition(.accountNotification))
        let entry = random.entry()
        var (asked, pieces, text) = (0, 0, "")
        let entries = (0..<AccountReport.entriesPerPage).lazy.map { _ in
            asked += 1
            return entry
        }
        try report.write(entries: AnySequence(entries)) { piece in
            pieces += 1
            let isInStep = pieces > AccountReport.entriesPerPage || asked == pieces
            #expect(isInStep)
            text += piece
        }
        #expect(pieces == AccountReport.entriesPerPage + 1)
        #expect(text.split(separator: "<Ntry>").count == AccountReport.entriesPerPage + 1)
        #expect(throws: MessageWritingError.self) {
            try report.xml(entries: repeatElement(entry, count: AccountReport.entriesPerPage + 1))
        }
    }
}
