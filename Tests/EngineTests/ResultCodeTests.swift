internal import Domain
internal import Engine
internal import Scenarios
internal import Testing

/// One row for every result code (R10): the lines of a script that lead to it, or where it belongs.
@Suite struct ResultCodeTests {
    static let reached: [(ResultCode, String)] = [
        (.accepted, "pay U1 BKCHCNBJ -> BKKBTHBK 10.00 CNY for THB"),
        (.uetrConflict, pay("10.00 CNY for THB") + "\n" + pay("11.00 CNY for THB")),
        (.referenceConflict, "fund BKCHCNBJ CNY 1.00 ref=U7\nfund BKCHCNBJ CNY 2.00 ref=U7"),
        (.payerUnknown, "pay U1 ZZZZZZ22 -> BKKBTHBK 10.00 CNY for THB"),
        (.submitterNotPayer, pay("10.00 CNY for THB by=BKKBTHBK")),
        (.payerSuspended, "suspend BKCHCNBJ\n" + pay("10.00 CNY for THB")),
        (.payerMayNotPay, "pay U1 NBOKKWKW -> BKKBTHBK 10.00 CNY for THB"),
        (.creditorUnknown, "pay U1 BKCHCNBJ -> ZZZZZZ22 10.00 CNY for THB"),
        (.creditorSuspended, "suspend BKKBTHBK\n" + pay("10.00 CNY for THB")),
        (.corridorUnknown, pay("10.00 CNY for JPY")),
        (.corridorHalted, "halt THB\n" + pay("10.00 CNY for THB")),
        (.corridorClosed, "close THB\n" + pay("10.00 CNY for THB")),
        (
            .outsideSession,
            "corridor THB tick=0.0001 reference=4.93 cutoff=1\n" + pay("10.00 CNY for THB")
        ),
        (.amountNotPositive, pay("0.00 CNY for THB")),
        (.amountBelowMinimum, pay("0.99 CNY for THB")),
        (.amountAboveMaximum, pay("10000000.01 CNY for THB")),
        (.rateOffTick, pay("10.00 CNY for THB limit=4.93001")),
        (.rateOutsideCollar, pay("10.00 CNY for THB limit=6.00")),
        (.expiryInvalid, pay("10.00 CNY for THB until=2026-01-01T00:00")),
        (.minimumFillInvalid, pay("10.00 CNY for THB least=10.01")),
        (.insufficientFunds, pay("1000.01 CNY for THB")),
        (.balanceInsufficient, "fund BKCHCNBJ CNY -1000.01"),
        (
            .creditLimitInUse,
            "limit BKCHCNBJ CNY 1.00\n" + pay("1001.00 CNY for THB") + "\nlimit BKCHCNBJ CNY 0.00"
        ),
        (
            .currencyTotalExceeded,
            (0...400).map { _ in "fund BKCHCNBJ MYR 100000000000000.00" }.joined(separator: "\n")
        ),
        (.paymentUnknown, "cancel U1 by=BKCHCNBJ"),
        (.paymentFinal, pay("10.00 CNY for THB IOC") + "\ncancel U1 by=BKCHCNBJ"),
        (
            .attemptsExhausted,
            (1...9).map { pay("\(1_000 + $0).00 CNY for THB") }.joined(separator: "\n")
        ),
        (
            .paymentAmbiguous,
            pay("10.00 CNY for THB") + "\npay U1 ABOCCNBJ -> BKKBTHBK 10.00 CNY for THB"
                + "\ncancel U1 by=BKCHCNBJ"
        ),
        (.participantConflict, "participant BKCHCNBJ roles=payer"),
        (.registrationInvalid, "participant ICBKCNSH roles=payer,receive"),
        (.directParticipantInvalid, "participant ICBKCNSH through=ZZZZZZ22"),
        (.participantUnknown, "suspend ZZZZZZ22"),
        (.corridorInvalid, "corridor THB tick=0.0001 reference=4.93 collar=0"),
        (
            .corridorHasOpenOrders,
            pay("10.00 CNY for THB") + "\ncorridor THB tick=0.001 reference=4.93"
        ),
        (.participantNotDirect, "fund ABOCCNBJ CNY 1.00"),
        (.amountInvalid, "fund BKCHCNBJ CNY 0.00"),
        (.rulesInvalid, "raise 9"),
        (.nostroInvalid, "nostro BKCHCNBJ 12345678901234567890123456789012345 CNY"),
        (.nostroUnknown, "fund BKCHCNBJ CNY 1.00 at=1"),
        (.nostroClosed, nostro + "close-nostro 1\nfund BKCHCNBJ CNY 1.00 at=1"),
        (.nostroCurrencyDiffers, nostro + "fund BKCHCNBJ THB 1.00 at=1"),
        (.nostroInUse, nostro + "fund BKCHCNBJ CNY 1.00 at=1\nclose-nostro 1"),
        (.withdrawalUnknown, "order U7"),
        (.withdrawalNotInState, "withdraw BKCHCNBJ CNY 1.00 ref=U7\nconfirm U7"),
        (
            .withdrawalsFull,
            (0...1_000).map { "withdraw BKCHCNBJ CNY 0.01 ref=U\(1_000 + $0)" }
                .joined(separator: "\n")
        ),
        (.reasonMissing, "withdraw BKCHCNBJ CNY 1.00 ref=U7\nreverse U7"),
        (.participantSuspended, "suspend BKCHCNBJ\nwithdraw BKCHCNBJ CNY 1.00"),
        (.agentEntryInvalid, "transfer CNY 1.00"),
        (.identifierInvalid, "code CNAPS:10210009999 BKCHCNBJ"),
        (
            .identifierConflict,
            "code CNAPS:102100099996 BKCHCNBJ\ncode CNAPS:102100099996 BKKBTHBK"
        ),
        (.correspondentInvalid, "correspondent BKCHCNBJ BKKBTHBK100"),
        (
            .correspondentNotNamed,
            "correspondent BKCHCNBJ LDBBLALA\n"
                + "pay U1 ZZZZZZ22 -> BKKBTHBK 10.00 CNY for THB by=BKCHCNBJ"
        ),
        (.contentKeySet, "key\nkey"),
        (.paymentOpen, pay("10.00 CNY for THB") + "\nerase U1 BKCHCNBJ"),
        (.messagingInvalid, "tell BKCHCNBJ credit-transfers+credit-transfer-parts"),
        (.messageUnknown, "acknowledge BKCHCNBJ 1"),
        (
            .messagingInUse,
            pay("10.00 CNY for THB") + "\nfund BKKBTHBK THB 100.00\n"
                + "pay U2 BKKBTHBK -> BKCHCNBJ 5.00 THB for CNY\n"
                + "tell BKKBTHBK credit-transfer-parts"
        ),
        (.nothingSettled, pay("10.00 CNY for THB IOC") + "\n" + ask),
        (.paymentUnderWay, pay("10.00 CNY for THB") + "\ncredited U1" + sides),
        (.paymentReturned, settled + giveBack("49.30") + "\n" + ask),
        (
            .recordOutdated,
            String(repeating: "halt THB\n", count: 257) + "credited U1\(sides) asof=1"
        ),
        (.creditFinal, settled + "credited U1\(sides)\npending U1\(sides)"),
        (.caseNotOpen, settled + "refuse U1\(sides) case=1 reason=CUST"),
        (
            .caseNeedsReturn,
            settled + "rejected U1\(sides) reason=AC04\nrefuse U1\(sides) case=1 reason=CUST"
        ),
        (.reasonInvalid, settled + "rejected U1" + sides),
        (.sideSuspended, settled + "suspend BKCHCNBJ\n" + giveBack("1.00")),
        (.returnConflict, settled + giveBack("1.00") + "\n" + giveBack("2.00")),
        (.returnAboveReceived, settled + giveBack("49.31")),
        (.returnNotCovered, settled + "fund BKKBTHBK THB -1000.00\n" + giveBack("49.30")),
        (
            .returnsExhausted,
            settled + (1...65).map { giveBack("0.01", $0) }.joined(separator: "\n")
        ),
        (.calendarInvalid, "stage CNY 2026-01-05 opens=\(nine) cutoff=\(nine) turn=\(nine)"),
        (.stagedDaysFull, dates(2_001).map { "stage CNY \($0) closed" }.joined(separator: "\n")),
        (.calendarGap, "stage CNY 2026-01-06 closed\nadopt CNY 2026-01-05 2026-01-06"),
        (.calendarDiffers, "stage CNY 2026-01-06 closed\nadopt CNY 2026-01-06 2026-01-06 days=2"),
        (
            .calendarDayBegun,
            "stage CNY 2026-01-05 opens=2026-01-05T00:00 cutoff=2026-01-05T01:00 "
                + "turn=2026-01-05T01:30\nadopt CNY 2026-01-05 2026-01-05"
        ),
        (
            .calendarOverlaps,
            "stage CNY 2026-01-05 opens=2026-01-05T00:00 cutoff=\(nine) turn=\(nine)\n"
                + "stage CNY 2026-01-06 opens=2026-01-05T08:00 cutoff=\(ten) turn=\(ten)\n"
                + "adopt CNY 2026-01-05 2026-01-06"
        ),
        (.calendarMissing, "calendars THB on"),
        (.debitCapInvalid, "cap BKCHCNBJ BKCHCNBJ CNY 1.00"),
        (.debitCapReached, "cap BKCHCNBJ CNY 9.99\n" + pay("10.00 CNY for THB")),
        (.bilateralCapReached, "cap BKCHCNBJ BKKBTHBK CNY 9.99\n" + pay("10.00 CNY for THB")),
        (.datePassed, pay("10.00 CNY for THB on=2026-01-04")),
        (
            .dateClosed,
            "corridor THB tick=0.0001 reference=4.93 days=mon-fri\n"
                + pay("10.00 CNY for THB on=2026-01-10")
        ),
        (.agentStatementInvalid, statement(of: "2026-01-06 2026-01-05", "")),
        (
            .agentStatementConflict,
            statement(of: day, "digest=1 called=7\n") + statement(of: day, "digest=2 called=7")
        ),
        (.agentStatementOverlaps, opened + statement(of: day, "")),
        (
            .agentStatementsFull,
            (0...64).map { _ in statement(of: day, "") }.joined(separator: "\n")
        ),
        (.agentStatementUnknown, "take 1"),
        (.agentStatementNotReceiving, opened + "abandon 1"),
        (.agentLineOutOfOrder, statement(of: day, "lines=1\nline 1 2 CNY 1.00")),
        (.agentStatementIncomplete, statement(of: day, "lines=1\ntake 1")),
        (
            .agentStatementUnbalanced,
            statement(of: day, "lines=1\nline 1 1 CNY 1.00\ntake 1 opening")
        ),
        (.agentStatementFirst, statement(of: day, "\ntake 1")),
        (
            .agentStatementGap,
            opened + "statement CNY 2026-01-06 2026-01-06 2.00 2.00\ntake 2"
        ),
        (.dateTooFar, pay("10.00 CNY for THB on=2026-01-16")),
    ]
    private static let nine = "2026-01-05T09:00"
    private static let ten = "2026-01-05T10:00"

    /// So many from 2026-01-05 on.
    private static func dates(_ count: Int) -> [CivilDate] {
        (0..<count).compactMap { CivilDate("2026-01-05")?.advanced(by: $0) }
    }

    /// By random histories too.
    static let ofCalendars: [ResultCode] = [
        .calendarInvalid, .calendarGap, .calendarDiffers, .calendarDayBegun, .calendarOverlaps,
        .calendarMissing,
    ]
    static let ofAgentStatements: [ResultCode] = [
        .agentStatementInvalid, .agentStatementConflict, .agentStatementOverlaps,
        .agentStatementUnknown, .agentStatementNotReceiving, .agentLineOutOfOrder,
        .agentStatementIncomplete, .agentStatementUnbalanced, .agentStatementFirst,
        .agentStatementGap,
    ]
    static let ofDates: [ResultCode] = [.datePassed, .dateClosed, .dateTooFar]
    static let ofOperators: [(ResultCode, String)] = [
        (.operatorMissing, "halt THB as="),
        (.operatorUnknown, "operator LI.MEI all\nhalt THB as=ZHAO.QIANG"),
        (
            .operatorSuspended,
            "operator LI.MEI all\noperator LI.MEI all suspended\nhalt THB as=LI.MEI"
        ),
        (.operatorInvalid, "operator LI.MEI none"),
        (.operatorLast, "operator WANG.LEI read"),
        (.keyInvalid, "key-of node n1 K0"),
        (.keyConflict, "key-of node n1 K1\nkey-of node n2 K1"),
        (.keyUnknown, "rotate K1 K2 retires=2026-01-10T00:00"),
        (.commandConflict, "halt THB id=U7\nopen THB id=U7"),
    ]
    /// R17, among WANG.LEI, LI.MEI and ZHAO.QIANG.
    static let ofProposals: [(ResultCode, String)] = [
        (.proposed, policy + rate),
        (.roleMissing, policy + rate + " as=ZHAO.QIANG"),
        (.policyInvalid, "policy fund payments 3"),
        (.personsMissing, "policy fund payments 2"),
        (.proposalWaits, policy + rate + "\n" + rate + " as=LI.MEI"),
        (.proposalUnknown, "approve 1"),
        (.proposalDecided, policy + rate + "\n" + approved + "\n" + approved),
        (.proposalDiffers, policy + rate + "\n" + approved + " hash=wrong"),
        (.samePerson, policy + rate + "\napprove 2"),
        (.dutiesSeparate, policy + "fund BKCHCNBJ CNY 1.00\napprove 2 as=LI.MEI"),
        (
            .proposerBarred,
            policy + rate + "\noperator WANG.LEI all suspended as=LI.MEI\n" + approved
        ),
        (
            .proposalRefused, policy + rate + " id=U9\nrefuse 2 as=LI.MEI\n" + rate + " id=U9"
        ),
        (.proposalWithdrawn, policy + rate + " id=U9\nrefuse 2\n" + rate + " id=U9"),
        (
            .proposalExpired,
            policy + rate + " id=U9\ntime 2026-01-06T10:30\n" + rate + " id=U9"
        ),
    ]
    /// The same, which no random history reaches.
    static let ofManyProposals: [(ResultCode, String)] = [
        (
            .proposalsFull,
            policy
                + (0...1_000).map { "fund BKCHCNBJ CNY 1.00 ref=U\(1_000 + $0)" }
                .joined(separator: "\n")
        ),
        (
            .proposalTooLarge,
            policy + "fund BKCHCNBJ CNY 1.00 note=" + String(repeating: "n", count: 8_193)
        ),
    ]
    static let ofTheGateway: [ResultCode] = [
        .malformedRequest, .unauthenticated, .permissionDenied, .methodUnknown, .notFound,
        .requestTooLarge, .methodNotAllowed, .mediaTypeUnsupported, .overloaded, .unavailable,
        .outcomeUnknown, .deadlineExceeded, .internalError, .rulesTooOld, .contentInChain,
    ]
    /// Reached below, or behind bounds that take more memory than a test may.
    static let ofCapacity: [ResultCode] = [
        .participantsFull, .accountsFull, .paymentsFull, .openOrdersFull, .fundingsFull,
        .nostrosFull, .agentEntriesFull,
        .identifiersFull, .correspondentsFull, .operatorsFull, .casesFull, .noticesFull,
        .policyFull, .keysFull, .debitCapsFull, .datedFull,
        .agentLinesFull,
    ]

    private static let settled = """
        fund BKKBTHBK THB 1000.00
        pay U1 BKCHCNBJ -> BKKBTHBK 10.00 CNY for THB limit=4.93
        pay U2 BKKBTHBK -> BKCHCNBJ 49.30 THB for CNY limit=4.93

        """
    private static let sides = " of=BKCHCNBJ by=BKKBTHBK"
    private static let ask = "ask U1 of=BKCHCNBJ by=BKCHCNBJ id=1 reason=CUST"

    private static func giveBack(_ amount: String, _ number: Int = 1) -> String {
        "return U1 THB \(amount)\(sides) id=\(number) reason=AC04"
    }

    private static let policy = """
        operator LI.MEI all
        operator ZHAO.QIANG payments+security
        policy fund payments 2
        policy setReferenceRate limits 2
        approve 1 as=LI.MEI

        """
    private static let rate = "reference THB 4.94"
    private static let approved = "approve 2 as=LI.MEI"
    private static let day = "2026-01-05 2026-01-05"
    private static func statement(of days: String, _ more: String) -> String {
        "statement CNY \(days) 1.00 1.00 " + more
    }
    private static let opened = statement(of: day, "\ntake 1 opening\n")
    private static let nostro = "nostro BKCHCNBJ 1 CNY\n"

    private static func pay(_ terms: String) -> String {
        "pay U1 BKCHCNBJ -> BKKBTHBK " + terms
    }

    @Test func everyCommandHasARule() {
        #expect(commandsWithoutRule == [])
    }

    @Test func everyCodeHasItsRow() {
        let listed =
            (Self.reached + Self.ofOperators + Self.ofProposals + Self.ofManyProposals).map(\.0)
            + Self.ofTheGateway + Self.ofCapacity
        #expect(listed.count == ResultCode.allCases.count)
        #expect(Set(listed) == Set(ResultCode.allCases))
        #expect(Self.ofTheGateway.allSatisfy { (100..<200).contains($0.rawValue) })
        #expect(Set(ResultCode.allCases.map(\.name)).count == ResultCode.allCases.count)
        for code in ResultCode.allCases {
            #expect(code.sentence.hasSuffix(".") && code.sentence.count > 20)
            // R17.6 A proposal is no refusal.
            let isTaken = code == .accepted || code == .proposed
            #expect(isTaken == (code.description.grpcStatus == 0))
            #expect((code == .accepted) == (code.description.httpStatus == 200))
            #expect((code == .proposed) == (code.description.httpStatus == 202))
            #expect(isTaken == code.isoReason.isEmpty)
            #expect(code.description.grpcStatus <= 16)
            #expect(isTaken || (400...599).contains(code.description.httpStatus))
        }
    }

    @Test(arguments: reached + ofOperators + ofProposals + ofManyProposals)
    func isReached(code: ResultCode, lines: String) throws {
        var player = Player<LadderBook>()
        let played = try player.play(
            """
            participant BKCHCNBJ
            participant BKKBTHBK
            participant ABOCCNBJ through=BKCHCNBJ
            participant NBOKKWKW roles=receive
            corridor THB tick=0.0001 reference=4.93
            fund BKCHCNBJ CNY 1000.00
            \(lines)
            """)
        let last = played.split(separator: "\n").last { !$0.hasPrefix(" ") }
        #expect(last?.split(separator: " ").first.map(String.init) == code.name)
    }

    /// R12.5 whatever goes on between a nostro and the gateway, no balance leaves its bound.
    @Test(arguments: ["transfer", "fee", "interest"])
    func balancesAtAgentsAreBounded(kind: String) throws {
        var player = Player<LadderBook>()
        let other = kind == "transfer" ? " other=1" : ""
        let line = "\(kind) MYR -100000000000000.00\(other)"
        let lines = ["nostro BKKBTHBK 1 MYR"] + [String](repeating: line, count: 401)
        let answers = try player.play(lines.joined(separator: "\n")).split(separator: "\n")
        #expect(answers.count { $0 == "ACCEPTED" } == 401)
        #expect(answers.last == "CURRENCY_TOTAL_EXCEEDED")
    }

    /// R3.9 numbers that no written BIC, LEI or country leads to are not registered.
    @Test func identifiersHaveWrittenForms() {
        let good = Banks.registrations[0]
        var wrong = [good, good, good]
        wrong[0].bic = BIC(packed: .max)
        wrong[1].country = CountryCode(packed: .max)
        wrong[2].lei = LEI(packed: 2)
        var engine = Engine()
        var effects = Effects()
        let commands = (wrong + [good]).map { Command.given(RegisterParticipant($0)) }
        let timed = TimedCommands(timestamp: 1, commands: commands)
        engine.apply(timed.batch, at: 1, into: &effects)
        let refused = [ResultCode](repeating: .registrationInvalid, count: 3)
        #expect(effects.outcomes.map(\.code) == refused + [.accepted])
    }

    /// R3.11 a full ledger refuses what would need more room, and nothing else.
    @Test func fullTablesRefuseOnlyWhatIsNew() {
        var engine = Engine()
        var effects = Effects()
        var index: UInt64 = 0
        func apply(_ commands: [Command]) -> ResultCode? {
            index += 1
            let batch = Batch(commands.map { EncodedCommand($0) }, timestamp: Timestamp(index))
            engine.apply(batch, at: index, into: &effects)
            return effects.outcomes.last?.code
        }
        func registration(_ number: Int) -> Command {
            let bic = BIC(packed: Banks.beijing.packed - UInt64(number))
            return .given(
                RegisterParticipant(
                    ParticipantRegistration(bic: bic, country: bic.country, roles: .payer)))
        }
        func limit(_ number: Int, _ currency: Currency) -> Command {
            let bic = BIC(packed: Banks.beijing.packed - UInt64(number))
            return .given(
                SetCreditLimit(bic: bic, limit: Money(minorUnits: 1, currency: currency)))
        }
        for start in stride(from: 0, to: Limits.participants, by: 8_192) {
            #expect(
                apply((start..<min(start + 8_192, Limits.participants)).map { registration($0) })
                    == .accepted)
        }
        #expect(apply([registration(Limits.participants)]) == .participantsFull)
        #expect(apply([registration(0).given(by: People.wang, as: 1)]) == .accepted)
        for currency in [Currency.cny, .thb, .myr, .sgd] {
            for start in stride(from: 0, to: Limits.participants, by: 8_192) {
                #expect(
                    apply(
                        (start..<min(start + 8_192, Limits.participants)).map {
                            limit($0, currency)
                        }) == .accepted)
            }
        }
        let rest = Limits.accounts - 4 * Limits.participants
        #expect(apply((0..<rest).map { limit($0, .idr) }) == .accepted)
        #expect(apply([limit(rest, .idr)]) == .accountsFull)
        #expect(apply([limit(5, .cny).given(by: People.wang, as: 2)]) == .accepted)
    }

    /// R3.15, R3.16, R13.6 So do the tables of codes, correspondents and operators.
    @Test func fullTablesOfNamesRefuseOnlyWhatIsNew() {
        var engine = Engine()
        var effects = Effects()
        var index: UInt64 = 0
        func apply(_ commands: [Command]) -> ResultCode? {
            index += 1
            let batch = Batch(commands.map { EncodedCommand($0) }, timestamp: Timestamp(index))
            engine.apply(batch, at: index, into: &effects)
            return effects.outcomes.last?.code
        }
        func code(_ number: Int) -> Command {
            let code = ClearingCode(system: "THCBC", member: "\(number)")
            return .given(
                SetIdentifier(
                    identifier: code ?? ClearingCode(packed: 0), participant: Banks.beijing))
        }
        func correspondent(_ number: Int) -> Command {
            let bank = BIC(packed: Banks.vientiane.packed - UInt64(number))
            return .given(SetCorrespondent(correspondent: Banks.beijing, bank: bank))
        }
        func person(_ number: Int) -> Command {
            .given(SetOperator(name: People.name("P\(number)"), roles: .read))
        }
        #expect(apply([.given(RegisterParticipant(Banks.registrations[0]))]) == .accepted)
        for start in stride(from: 0, to: Limits.identifiers, by: 8_192) {
            #expect(apply((start..<start + 8_192).map { code($0) }) == .accepted)
        }
        #expect(apply([code(Limits.identifiers)]) == .identifiersFull)
        #expect(apply([code(0).given(by: People.wang, as: 1)]) == .accepted)
        for start in stride(from: 0, to: Limits.correspondents, by: 8_192) {
            #expect(apply((start..<start + 8_192).map { correspondent($0) }) == .accepted)
        }
        #expect(apply([correspondent(Limits.correspondents)]) == .correspondentsFull)
        #expect(apply([correspondent(0).given(by: People.wang, as: 2)]) == .accepted)
        for number in 1..<Limits.operators { #expect(apply([person(number)]) == .accepted) }
        #expect(apply([person(Limits.operators)]) == .operatorsFull)
        #expect(apply([person(1).given(by: People.wang, as: 3)]) == .accepted)
    }
}
