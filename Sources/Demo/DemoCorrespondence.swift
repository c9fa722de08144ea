internal import BankMessages
internal import Clients
internal import Domain
internal import Foundation
internal import Gateway

/// Two banks that use ISO 20022 messages alone: they pay, are told, confirm, cancel and return.
struct DemoCorrespondence: Sendable {
    /// What a bank sent and was answered, or what it was told.
    struct Line: Codable, Sendable {
        let bank: String
        let sends: String
        let gets: String
    }

    private(set) var lines: [Line] = []
    /// What was not as expected; empty when all was.
    private(set) var faults: [String] = []
    private let stage: DemoStage

    private static let payer = DemoWorld.kunming
    private static let creditor = DemoWorld.nongKhai
    private static let paid = Money(minorUnits: 500_000, currency: .cny)
    private static let received = Money(minorUnits: 2_310_000, currency: .thb)

    private init(_ stage: DemoStage) { self.stage = stage }

    /// Lets the two banks write to each other through the gateway.
    ///
    /// - Throws: whatever the calls throw; an unexpected answer is a fault.
    static func happen(at stage: DemoStage) async throws -> DemoCorrespondence {
        var letters = DemoCorrespondence(stage)
        try await letters.open()
        let uetr = UUID().uuidString.lowercased()
        try await letters.pay(uetr)
        try await letters.askBack(uetr)
        try await letters.announce()
        try await letters.sendFaultyBulk()
        try await letters.askForReport()
        return letters
    }

    // MARK: The scenes

    /// The operator puts both on record with what they want to be told of, and their money.
    private func open() async throws {
        for (bank, wish, funds) in [
            (Self.payer, ProtoMessageWish.statusReports, DemoCorrespondence.paid),
            (Self.creditor, .creditTransfers, DemoCorrespondence.received),
        ] {
            try await stage.register(bank, name: DemoWorld.names[bank] ?? "")
            var messaging = ProtoSetMessagingRequest()
            messaging.participant = bank.description
            messaging.wishes = [wish]
            let _: ProtoCommandAnswer = try await stage.operation.call(
                "OperatorService/SetMessaging", messaging)
            // Twice the amount covers fees and what is cancelled.
            try await stage.fund(
                bank, Money(minorUnits: funds.minorUnits * 2, currency: funds.currency),
                "to begin with")
            try await stage.bank(bank).forgetMessages(of: bank)
        }
    }

    /// Two payments settle each other; the creditor's bank credits its customer.
    private mutating func pay(_ uetr: String) async throws {
        let (paid, received) = (DemoCorrespondence.paid, DemoCorrespondence.received)
        try await say(
            Self.payer, "pacs.008: \(received.text) to \(Self.creditor)",
            try transfers([(uetr, paid, received)]), "pacs.002 PDNG")
        try await say(
            Self.creditor, "pacs.008: \(paid.text) to \(Self.payer)",
            try transfers([(UUID().uuidString.lowercased(), received, paid)], from: Self.creditor),
            "pacs.002 ACSC")
        try await hear(Self.payer, "pacs.002 ACSC", uetr)
        try await hear(Self.creditor, "pacs.008 \(received.text)", uetr)
        try await say(
            Self.creditor, "pacs.002: ACCC, the customer has it",
            try confirmation(uetr), "admi.007 RCVD")
        try await hear(Self.payer, "pacs.002 ACCC", uetr)
    }

    /// The payer's bank wants its money back, and gets it.
    private mutating func askBack(_ uetr: String) async throws {
        let received = DemoCorrespondence.received
        try await say(
            Self.payer, "camt.056: DUPL, sent twice", try cancellation([uetr]), "camt.029 PDCR")
        try await hear(Self.creditor, "camt.056 DUPL", uetr)
        try await say(
            Self.creditor, "pacs.004: \(received.text) back", try paymentReturn(uetr),
            "pacs.002 ACSC")
        try await hear(Self.payer, "pacs.004 \(received.text)", uetr)
    }

    /// An advice moves no money.
    private mutating func announce() async throws {
        try await say(
            Self.payer, "pacs.009: ADV, the money comes otherwise", try advice(), "admi.007 RCVD")
    }

    /// Of three transactions one has an account that cannot be; the others stand until they are
    /// cancelled.
    private mutating func sendFaultyBulk() async throws {
        let uetrs = (0..<3).map { _ in UUID().uuidString.lowercased() }
        let small = (
            paid: Money(minorUnits: 10_000, currency: .cny),
            received: Money(minorUnits: 46_200, currency: .thb)
        )
        try await say(
            Self.payer, "pacs.008: three, the second to an impossible IBAN",
            try transfers(uetrs.map { ($0, small.paid, small.received) }, faulty: 1),
            "pacs.002 PDNG, RJCT AC01, PDNG")
        try await say(
            Self.payer, "camt.056: DUPL, for both that stand",
            try cancellation([uetrs[0], uetrs[2]]), "camt.029 CNCL")
        for uetr in [uetrs[0], uetrs[2]] {
            try await hear(Self.payer, "pacs.002 RJCT DS02", uetr)
        }
    }

    private mutating func askForReport() async throws {
        var question = ProtoListAccountsRequest()
        question.participant = Self.payer.description
        let list: ProtoListAccountsResponse = try await stage.operation.call(
            "LedgerService/ListAccounts", question)
        guard let account = list.accounts.first(where: { $0.currency == "CNY" }) else {
            throw DemoError("\(Self.payer) has no account in CNY")
        }
        try await say(
            Self.payer, "camt.060: account \(account.accountID)?",
            reportRequest(account.accountID), "camt.052 \(account.balance) CNY")
    }

    // MARK: Saying and hearing

    private mutating func say(
        _ bank: BIC, _ words: String, _ xml: String, _ expected: String
    ) async throws {
        let answer = DemoReply(xml: try await stage.bank(bank).answer(to: xml)).text
        lines.append(Line(bank: "\(bank)", sends: words, gets: answer))
        if answer != expected {
            faults.append("\(bank) sent \(words) and got \(answer), not \(expected)")
        }
    }

    /// The next message to a bank, which it acknowledges.
    private mutating func hear(_ bank: BIC, _ expected: String, _ uetr: String) async throws {
        guard let (number, xml) = try await stage.bank(bank).nextMessage() else {
            faults.append("\(bank) was not told \(expected)")
            return
        }
        let told = DemoReply(xml: xml).text
        lines.append(Line(bank: "\(bank)", sends: "", gets: "\(told), message \(number)"))
        if told != expected || !xml.contains(uetr) {
            faults.append("\(bank) was told \(told) instead of \(expected) about \(uetr)")
        }
    }
}

/// A message of the gateway in two words: which it is, and what it says.
struct DemoReply {
    let text: String

    init(xml: String) {
        let name =
            xml.firstMatch(of: /<Document[^>]*xsd:([a-z]{4}\.\d{3})/).map { "\($0.1)" } ?? "?"
        let words =
            switch name {
            case "pacs.002": DemoReply.statuses(xml)
            case "pacs.008": DemoReply.amount("IntrBkSttlmAmt", xml)
            case "pacs.004": DemoReply.amount("RtrdIntrBkSttlmAmt", xml)
            case "camt.052": DemoReply.amount("Amt", xml)
            case "camt.056": DemoReply.value("Cd", xml)
            case "camt.029": DemoReply.value("Conf", xml)
            case "admi.007": DemoReply.value("StsCd", xml)
            default: ""
            }
        text = "\(name) \(words)"
    }

    private static func statuses(_ xml: String) -> String {
        let blocks = xml.components(separatedBy: "<TxInfAndSts>").dropFirst()
        return blocks.map { block in
            let status = value("TxSts", block)
            return status == "RJCT" ? "\(status) \(value("Cd", block))" : status
        }.joined(separator: ", ")
    }

    private static func value(_ element: String, _ xml: String) -> String {
        DemoStatusReport.text(element, in: xml) ?? ""
    }

    /// `23100.00 THB`.
    private static func amount(_ element: String, _ xml: String) -> String {
        guard let start = xml.range(of: "<\(element) Ccy=\""),
            let end = xml.range(of: "</\(element)>", range: start.upperBound..<xml.endIndex)
        else { return "" }
        let parts = xml[start.upperBound..<end.lowerBound].split(separator: "\">")
        return parts.reversed().joined(separator: " ")
    }
}

extension Money {
    /// `23100.00 THB`.
    var text: String { "\(decimal) \(currency.code)" }
}
