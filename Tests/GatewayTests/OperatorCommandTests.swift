internal import Chance
internal import Domain
internal import Gateway
internal import Scenarios
internal import SwiftProtobuf
internal import Testing

/// The declared commands and the messages that mean them.
@Suite struct OperatorCommandTests {
    /// What no request holds because the gateway finds it out itself.
    private static let ownFields: Set = ["content_hash"]
    /// What a request says in one field and the log in two.
    private static let splitFields: Set = [
        "account_beginning", "account_rest", "name_beginning", "name_rest",
        "fingerprint_high", "fingerprint_low", "old_fingerprint_high", "old_fingerprint_low",
    ]
    /// Commands of banks, and of nodes.
    private static let ofOthers = [
        RequestWithdrawal.name, SetContentKey.name, AcknowledgeMessages.name, ConfirmCredit.name,
        ReturnPayment.name, ReturnByOrder.name, RequestCancellation.name, AnswerCancellation.name,
        RecordNotice.name,
    ]

    @Test func everyCommandHasItsRequest() {
        #expect(
            OperatorCommands.fieldNames.map(\.command)
                == DeclaredCommands.all.map { $0.name }.filter { !Self.ofOthers.contains($0) })
        for (command, fields, request) in OperatorCommands.fieldNames {
            let missing = Set(fields).subtracting(request).subtracting(Self.ownFields)
                .subtracting(Self.splitFields)
            #expect(missing.isEmpty, "\(command) has fields that its request does not name")
        }
    }

    /// A command that a caller could have sent is written as a line of a replay that means it: with
    /// the hashes that the line states, or those that the key gives.
    @Test func everyCommandIsALineOfAReplay() throws {
        var seen: Set<CommandKind> = []
        for batch in RandomHistory(seed: 23, commands: 20_000).batches {
            for command in batch.commands where command.canBeSent {
                let note = Array(command.attachedForTests.utf8)
                let one = Batch(
                    fake: [EncodedCommand(command, attachment: note)], timestamp: 1_000_000_000)
                let stated = try #require(try ReplayMapping.lines(of: one).first)
                let same = Batch(
                    fake: [try #require(try mapped(stated).command)], timestamp: 1_000_000_000)
                same.forEachCommand { _, item in #expect(item.command == command) }
                #expect(!stated.contains("\"key\""))
                let line = try #require(try ReplayMapping.lines(of: one, tellsKey: true).first)
                let again = try #require(try mapped(line).command)
                seen.insert(command.kind)
                let decoded = Batch(fake: [again], timestamp: 1_000_000_000)
                decoded.forEachCommand { _, item in
                    #expect(item.command.withoutHash == command.withoutHash)
                    guard case .declared(let fund as Fund, by: _) = item.command else { return }
                    #expect(line.contains("a note") && fund.contentHash != 0)
                }
            }
        }
        #expect(seen == Set(DeclaredCommands.all.map { $0.kind }))
    }

    /// R2.15 What a node counted is written with the order, and read with it.
    @Test func anOrderKeepsItsCount() throws {
        func line(_ more: String) -> String {
            "{\"time\":\"2026-01-05T01:00:00Z\",\(more)\"submitter\":\"BKCHCNBJXXX\","
                + "\"submitPayment\":{\"payCurrency\":\"CNY\","
                + "\"uetr\":\"eb6305c9-1f7f-49de-aed0-16487c27b42d\","
                + "\"creditorParticipant\":\"BKKBTHBK\",\"receiveCurrency\":\"THB\","
                + "\"payAmount\":\"1.00\",\"details\":{\"endToEndId\":\"E2E-1\"}}}"
        }
        let plain = try #require(try mapped(line("")).command)
        let counted = try #require(try mapped(line("\"forgottenAttempts\":8,")).command)
        #expect(counted.bytes == plain.stating(forgottenAttempts: 8).bytes)
        #expect(counted.bytes != plain.bytes)
        let exported = try ReplayMapping.lines(of: Batch(fake: [counted], timestamp: 1))[0]
        #expect(exported.contains("\"forgottenAttempts\":8"))
        #expect(try mapped(exported).command?.bytes == counted.bytes)
        #expect(throws: GatewayError.self) { try mapped(line("\"forgottenAttempts\":9,")) }
        #expect(throws: GatewayError.self) {
            let read = try ReplayMapping.read(line("\"forgottenAttempts\":1,"), number: 1)
            let command = try ReplayMapping.command(on: read, under: .v2)
            if command.since > .v2 { throw GatewayError(.rulesTooOld) }
        }
    }

    /// R15.2 What a gateway had on record of a payment is on the line too.
    @Test func aRecordStandsOnTheLine() throws {
        var random = SplitMix64(seed: 29)
        let reason = try #require(ReasonCode("AC04"))
        for number in 1...100 {
            var row = random.declared(FollowUpRow.self)
            row.uetr = random.uetr()
            let about = RecordedFollowUp(
                submitter: Banks.bangkok, payer: Banks.beijing, row: row, asOf: UInt64(number))
            var notice = RecordNotice()
            (notice.submitter, notice.asOf) = (Banks.beijing, UInt64(number))
            let commands: [any DeclaredCommand] = [
                notice,
                ConfirmCredit(about, .rejected, reason: reason),
                ReturnPayment(about, returnKey: 7, amount: 1_234_567, reason: reason),
                ReturnByOrder(
                    about, returnKey: 7, amount: 1_234_567, reason: reason,
                    limit: Rate(scaled: 493_000_000), timeInForce: .goodTillDate,
                    expiresAt: 1_000_000_000),
                RequestCancellation(about, requestKey: 8, reason: reason),
                AnswerCancellation(about, caseID: 9, isRefused: true, reason: reason),
            ]
            for command in commands.map({ Command.declared($0) }) {
                let one = Batch(fake: [EncodedCommand(command)], timestamp: 1_000_000_000)
                let line = try #require(try ReplayMapping.lines(of: one).first)
                let again = Batch(
                    fake: [try #require(try mapped(line).command)], timestamp: 1_000_000_000)
                again.forEachCommand { _, item in
                    #expect(item.command.withoutHash == command.withoutHash)
                }
            }
        }
    }

    private func mapped(_ line: String) throws -> ReplayMapping.Mapped {
        try ReplayMapping.command(
            on: try ReplayMapping.read(line, number: 1), under: .current)
    }

    /// A line that names nobody is given by `replay`, under its number; R13.4 the same line at
    /// another place is so another command.
    @Test func aLineMayLeaveItsSenderOut() throws {
        func actor(_ more: String, _ number: UInt32, _ rules: RuleVersion) throws -> CommandActor? {
            let line = try ReplayMapping.read(
                "{\"time\":\"2026-01-05T01:00:00Z\"\(more),\"setReferenceRate\":"
                    + "{\"foreignCurrency\":\"THB\",\"rate\":\"4.93\"}}", number: number)
            let command = try ReplayMapping.command(on: line, under: rules).command
            return Batch(fake: [try #require(command)], timestamp: 1).withCommands { views in
                var views = views
                return views.next()?.actor
            }
        }
        let first = try #require(try actor("", 7, .v3))
        #expect(first.name.description == "replay")
        #expect(UETR(bits: first.commandID).description == "00000000-0000-4000-8000-000000000007")
        #expect(try actor("", 8, .v3)?.commandID != first.commandID)
        #expect(try actor("", 8, .v3)?.contentHash == first.contentHash)
        #expect(try actor(",\"operator\":\"li\"", 7, .v3)?.name.description == "li")
        #expect(try actor(",\"operator\":\"\"", 7, .v3) == nil)
        #expect(try actor("", 7, .v2) == nil)
        #expect(throws: GatewayError.self) { try actor(",\"operator\":\"li\"", 7, .v2) }
        #expect(throws: GatewayError.self) { try actor(",\"operator\":\"l i\"", 7, .v3) }
    }

    /// What is too long for its place on record is refused, not a reason to stop.
    @Test func aLongNoteIsRefused() throws {
        let most = Limits.bytesPerAttachment
        for length in [most - 84, most, most + 1, 100_000] {
            let line = """
                {"time":"2026-01-05T01:00:00Z",\
                "fund":{"reference":"\(UETR(bits: 0x4 << 76 | 0x2 << 62))",\
                "participant":"BKKBTHBK","currency":"THB","amount":"1.00",\
                "note":"\(String(repeating: "n", count: length))"}}
                """
            let isTaken = (try? mapped(line)) != nil
            // Who gave it stands beside the note.
            #expect(isTaken == (length < most))
        }
    }
}

extension ReasonCode {
    fileprivate var canBeWritten: Bool { self == .none || isValid }
}

extension Command {
    /// Whether a request can say it: a payment's has a form of its own, and so have wrong numbers.
    fileprivate var canBeSent: Bool {
        guard case .declared(let command, by: _) = self else { return false }
        switch command {
        case let it as SetReferenceRate: return it.rate.scaled > 0 && it.foreign != .cny
        case let it as ConfigureCorridor:
            return it.corridor.tick.scaled > 0 && it.corridor.referenceRate.scaled > 0
                && it.corridor.foreign != .cny && it.corridor.weekdays < 128
        case let it as RegisterParticipant: return it.registration.firstInvalidParameter == nil
        case let it as SetCorridorState: return it.foreign != .cny
        case let it as Fund: return it.amount > .min
        case let it as FundNostro: return it.funding.amount > .min
        case let it as RequestWithdrawal: return it.amount > .min
        case let it as BookAgentEntry: return it.amount > .min
        case let it as OpenNostro: return it.account.isValid
        case let it as ReverseWithdrawal: return it.reason != .none
        case let it as SetIdentifier: return ClearingCode("\(it.identifier)") == it.identifier
        case let it as SetCreditLimit: return it.limit.minorUnits > .min
        case let it as SetContentKey: return it.number == 1
        case let it as SetMessaging: return MessageWishes.all.isSuperset(of: it.wishes)
        case let it as ConfirmCredit: return it.credit != .none && it.reason.canBeWritten
        case let it as ReturnPayment: return it.amount > .min && it.reason.canBeWritten
        case let it as ReturnByOrder:
            return it.amount > .min && it.reason.canBeWritten && it.limit.scaled > 0
                && it.expiresAt >= 0
        case let it as RequestCancellation: return it.reason.canBeWritten
        case let it as AnswerCancellation: return it.reason.canBeWritten
        case let it as RecordNotice: return it.amount > .min
        case let it as RegisterKey: return it.owner.name.isValid && it.until >= 0
        case let it as RotateKey: return it.retires >= 0 && it.until >= 0
        case let it as SetPolicy: return OperatorRoles.all.isSuperset(of: it.roles)
        case let it as SetOperator:
            return it.name.isValid && OperatorRoles.all.isSuperset(of: it.roles)
        default: return true
        }
    }

    fileprivate var attachedForTests: String {
        kind == SetContentKey.kind
            ? String(repeating: "5e", count: 32) : #"{"note":"a note","operator":"alice"}"#
    }

    /// Content hashes are the gateway's own.
    fileprivate var withoutHash: Command {
        switch self {
        case .declared(let command, by: var actor) where actor.contentHash != 0:
            actor.contentHash = 0
            return Command.declared(command, by: actor).withoutHash
        case .declared(var fund as Fund, by: let actor):
            fund.contentHash = 0
            return .declared(fund, by: actor)
        case .declared(var fund as FundNostro, by: let actor):
            fund.funding.contentHash = 0
            return .declared(fund, by: actor)
        case .declared(var wish as RequestWithdrawal, by: let actor):
            wish.contentHash = 0
            return .declared(wish, by: actor)
        case .declared(var wish as ReturnPayment, by: let actor):
            wish.contentHash = 0
            return .declared(wish, by: actor)
        case .declared(var notice as RecordNotice, by: let actor):
            notice.contentHash = 0
            return .declared(notice, by: actor)
        case .declared(var wish as ReturnByOrder, by: let actor):
            wish.contentHash = 0
            return .declared(wish, by: actor)
        case .declared(var entry as BookAgentEntry, by: let actor):
            entry.contentHash = 0
            return .declared(entry, by: actor)
        default: return self
        }
    }
}
