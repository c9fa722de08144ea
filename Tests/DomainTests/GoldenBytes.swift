internal import Domain
internal import Hexadecimal
internal import Scenarios
internal import Testing

private let uetr = UETR(bits: 0x0011_2233_4455_4677_8899_AABB_CCDD_EEFF)
private let hash: UInt128 = 0x0F1E_2D3C_4B5A_6978_8796_A5B4_C3D2_E1F0
private let beijing = BIC("BKCHCNBJ") ?? .none
private let bangkok = BIC("BKKBTHBK") ?? .none
private let lei = LEI("5493001KJTIIGC8Y1R12") ?? .none

/// A payment that is settled, with a rejected credit, a case and two returns, as of batch 41.
private let about: RecordedFollowUp = {
    var row = FollowUpRow(
        payment: 7, uetr: uetr, payer: 3, creditor: 4, payCurrency: .cny, receiveCurrency: .thb,
        paid: 1_000, received: 4_930)
    row.credit = .rejected
    row.creditReason = ReasonCode("AC04") ?? .none
    row.creditAt = 1_767_600_000_000_000_000
    (row.returned, row.returns) = (30, 2)
    (row.caseID, row.caseState, row.caseKey) = (5, .pending, hash)
    row.caseReason = ReasonCode("CUST") ?? .none
    (row.changedIn, row.updatedAt) = (40, 1_767_600_000_000_000_001)
    return RecordedFollowUp(submitter: bangkok, payer: beijing, row: row, asOf: 41)
}()

/// A payment whose cover comes by another message.
private let noticed: RecordNotice = {
    var notice = RecordNotice()
    (notice.submitter, notice.bank) = (beijing, bangkok)
    (notice.uetr, notice.contentHash, notice.asOf) = (uetr, hash, 41)
    (notice.amount, notice.currency) = (4_930, .thb)
    notice.message = MessageName("pacs.008.001.08") ?? .none
    notice.settlementDate = StatedDate(year: 2_026, month: 1, day: 5)
    notice.notice = .announcedCover
    return notice
}()

/// The bytes of the log, written down by another program from the documented layout. A change here
/// is a change of the log format: old logs are read for ever.
@Suite struct GoldenBytes {
    static let commands = ofOlderRules + ofPolicyAndDates

    private static let ofOlderRules: [(Command, String)] = [
        (
            .submitPayment(
                PaymentOrder(
                    uetr: uetr, contentHash: hash, submitter: beijing, payer: beijing,
                    creditor: bangkok, foreign: .thb, side: .payRenminbi, fixed: .receive,
                    amount: 100_000, limit: Rate(scaled: 492_000_000),
                    timeInForce: .goodTillDate, fillPolicy: .minimum, minimumFill: 5_000,
                    expiresAt: 1_767_600_000_000_000_000)),
            """
            0100600000000000ffeeddccbbaa99887746554433221100f0e1d2c3b4a59687\
            78695a4b3c2d1e0f95d94f073739960095d94f0737399600d54733d0584d9600\
            a0860100000000000053531d0000000088130000000000000000fbb8d5c68718\
            0100010401000000
            """
        ),
        (
            .cancelPayment(Cancellation(uetr: uetr, submitter: bangkok)),
            """
            0200180000000000ffeeddccbbaa99887746554433221100d54733d0584d9600
            """
        ),
        (
            .declared(
                RegisterParticipant(
                    ParticipantRegistration(
                        bic: bangkok, lei: lei, country: bangkok.country,
                        roles: [.payer, .liquidityProvider]))),
            """
            0300280000000000d54733d0584d960000000000000000001681c0c7be8cba67\
            5de4b4fc170000002504030000000000
            """
        ),
        (
            .declared(SetParticipantState(bic: bangkok, state: .suspended)),
            """
            0400100000000000d54733d0584d96000100000000000000
            """
        ),
        (
            .declared(
                ConfigureCorridor(
                    Corridor(
                        foreign: .thb, tick: Rate(scaled: 10_000),
                        referenceRate: Rate(scaled: 493_000_000), collarBasisPoints: 500,
                        minimumSize: 10_000, maximumSize: 100_000_000, feePartsPerMillion: 150,
                        selfMatch: .decrementBoth, weekdays: 31, utcOffsetMinutes: 420,
                        opensAtMinute: 480, cutOffMinute: 1_050))),
            """
            050038000000000001031f00a401e0011a04f401960000001027000000000000\
            4095621d00000000102700000000000000e1f505000000000000000000000000
            """
        ),
        (
            .declared(SetCorridorState(foreign: .thb, state: .closed)),
            """
            06000800000000000100000002000000
            """
        ),
        (
            .declared(SetReferenceRate(foreign: .thb, rate: Rate(scaled: 494_000_000))),
            """
            0700100000000000010000000000000080d7711d00000000
            """
        ),
        (
            .declared(
                Fund(
                    reference: uetr, contentHash: hash, participant: beijing, currency: .cny,
                    amount: -12_345)),
            """
            0800380000000000ffeeddccbbaa99887746554433221100f0e1d2c3b4a59687\
            78695a4b3c2d1e0f95d94f0737399600c7cfffffffffffff0000000000000000
            """
        ),
        (
            .declared(SetCreditLimit(bic: beijing, limit: Money(minorUnits: 777, currency: .ars))),
            """
            090018000000000095d94f073739960009030000000000001000000000000000
            """
        ),
        (
            .declared(RaiseRules(version: 3)),
            """
            0a000800000000000300000000000000
            """
        ),
        (
            .declared(
                OpenNostro(
                    agent: bangkok, account: AgentAccount("TH12-345678901234567890") ?? .none,
                    currency: .thb)),
            """
            1400300000000000d54733d0584d9600b4992c06cbe16eb61a6dd692c5905400\
            0000000000000000000096c3dd6c35000100000000000000
            """
        ),
        (
            .declared(SetNostroState(nostro: 7, state: .closed)),
            """
            15000800000000000700000001000000
            """
        ),
        (
            .declared(
                FundNostro(
                    Fund(
                        reference: uetr, contentHash: hash, participant: beijing,
                        currency: .thb, amount: -12_345), nostro: 7)),
            """
            1600380000000000ffeeddccbbaa99887746554433221100f0e1d2c3b4a59687\
            78695a4b3c2d1e0f95d94f0737399600c7cfffffffffffff0100000007000000
            """
        ),
        (
            .declared(
                RequestWithdrawal(
                    reference: uetr, contentHash: hash, participant: beijing,
                    currency: .thb, amount: 12_345, nostro: 7)),
            """
            1700380000000000ffeeddccbbaa99887746554433221100f0e1d2c3b4a59687\
            78695a4b3c2d1e0f95d94f073739960039300000000000000100000007000000
            """
        ),
        (
            .declared(OrderWithdrawal(reference: uetr)),
            """
            1800100000000000ffeeddccbbaa99887746554433221100
            """
        ),
        (
            .declared(ConfirmWithdrawal(reference: uetr)),
            """
            1900100000000000ffeeddccbbaa99887746554433221100
            """
        ),
        (
            .declared(ReverseWithdrawal(reference: uetr, reason: .refusedByAgent)),
            """
            1a00180000000000ffeeddccbbaa998877465544332211000200000000000000
            """
        ),
        (
            .declared(
                BookAgentEntry(
                    reference: uetr, contentHash: hash, entry: .transfer, currency: .thb,
                    nostro: 7, otherNostro: 8, amount: -12_345)),
            """
            1b00380000000000ffeeddccbbaa99887746554433221100f0e1d2c3b4a59687\
            78695a4b3c2d1e0fc7cfffffffffffff07000000080000000102000000000000
            """
        ),
        (
            .declared(
                SetIdentifier(
                    identifier: ClearingCode("CNAPS:102100099996") ?? ClearingCode(packed: 0),
                    participant: beijing, removed: true)),
            """
            1e00200000000000411885ad62dac5521d5561091fa6080c95d94f0737399600\
            0100000000000000
            """
        ),
        (
            .declared(SetCorrespondent(correspondent: beijing, bank: bangkok)),
            """
            1f0018000000000095d94f0737399600d54733d0584d96000000000000000000
            """
        ),
        (
            .declared(
                SetOperator(
                    name: OperatorName("WANG.LEI@SECURITY.BANK") ?? .none,
                    roles: [.limits, .security], state: .suspended)),
            """
            2000280000000000596a525a1d16a7c06491e93a3a8357000000000000000000\
            0000b07406852e000a01000000000000
            """
        ),
        (
            .declared(SetContentKey(number: 1)),
            """
            22000800000000000100000000000000
            """
        ),
        (
            .declared(EraseContent(uetr: uetr, payer: beijing)),
            """
            2300180000000000ffeeddccbbaa9988774655443322110095d94f0737399600
            """
        ),
        (
            .declared(
                SetMessaging(
                    participant: beijing, wishes: [.statusReports, .notifications],
                    reportInterval: 60, versions: MessageVersions(packed: 0x0A_09_00),
                    usageRules: .refuse)),
            """
            240018000000000095d94f073739960000090a00000000003c00090200000000
            """
        ),
        (
            .declared(AcknowledgeMessages(participant: beijing, number: 770)),
            """
            250010000000000095d94f07373996000203000000000000
            """
        ),
        (
            .declared(
                ConfirmCredit(about, .rejected, reason: ReasonCode("AC04") ?? .none)),
            """
            2600980000000000d54733d0584d960095d94f07373996002900000000000000\
            0700000000000000ffeeddccbbaa998877465544332211000300000004000000\
            000103022ec60800e80300000000000042130000000000000000fbb8d5c68718\
            1e0000000000000002000000050000004fb60a0000000000f0e1d2c3b4a59687\
            78695a4b3c2d1e0f28000000000000000100fbb8d5c68718030000002ec60800
            """
        ),
        (
            .declared(
                ReturnPayment(
                    about, returnKey: hash, contentHash: uetr.bits, amount: 4_900,
                    reason: ReasonCode("FOCR") ?? .none)),
            """
            2700c00000000000d54733d0584d960095d94f07373996002900000000000000\
            0700000000000000ffeeddccbbaa998877465544332211000300000004000000\
            000103022ec60800e80300000000000042130000000000000000fbb8d5c68718\
            1e0000000000000002000000050000004fb60a0000000000f0e1d2c3b4a59687\
            78695a4b3c2d1e0f28000000000000000100fbb8d5c68718f0e1d2c3b4a59687\
            78695a4b3c2d1e0fffeeddccbbaa998877465544332211002413000000000000\
            7ee50c0000000000
            """
        ),
        (
            .declared(
                RequestCancellation(
                    about, requestKey: hash, reason: ReasonCode("DUPL") ?? .none)),
            """
            2800a80000000000d54733d0584d960095d94f07373996002900000000000000\
            0700000000000000ffeeddccbbaa998877465544332211000300000004000000\
            000103022ec60800e80300000000000042130000000000000000fbb8d5c68718\
            1e0000000000000002000000050000004fb60a0000000000f0e1d2c3b4a59687\
            78695a4b3c2d1e0f28000000000000000100fbb8d5c68718f0e1d2c3b4a59687\
            78695a4b3c2d1e0fb57b0b0000000000
            """
        ),
        (
            .declared(
                AnswerCancellation(
                    about, caseID: 5, isRefused: true, reason: ReasonCode("CUST") ?? .none)),
            """
            2900a00000000000d54733d0584d960095d94f07373996002900000000000000\
            0700000000000000ffeeddccbbaa998877465544332211000300000004000000\
            000103022ec60800e80300000000000042130000000000000000fbb8d5c68718\
            1e0000000000000002000000050000004fb60a0000000000f0e1d2c3b4a59687\
            78695a4b3c2d1e0f28000000000000000100fbb8d5c68718050000004fb60a00\
            0100000000000000
            """
        ),
        (
            .declared(noticed),
            """
            2a0050000000000095d94f0737399600d54733d0584d9600ffeeddccbbaa9988\
            7746554433221100f0e1d2c3b4a5968778695a4b3c2d1e0f2900000000000000\
            42130000000000006c026ecab71c00000925350101010000
            """
        ),
        (
            .declared(
                ReturnByOrder(
                    about, returnKey: hash, contentHash: uetr.bits, amount: 4_900,
                    reason: ReasonCode("FOCR") ?? .none, limit: Rate(scaled: 493_000_000),
                    timeInForce: .goodTillDate, expiresAt: 1_767_600_000_000_000_000)),
            """
            2b00d80000000000d54733d0584d960095d94f07373996002900000000000000\
            0700000000000000ffeeddccbbaa998877465544332211000300000004000000\
            000103022ec60800e80300000000000042130000000000000000fbb8d5c68718\
            1e0000000000000002000000050000004fb60a0000000000f0e1d2c3b4a59687\
            78695a4b3c2d1e0f28000000000000000100fbb8d5c68718f0e1d2c3b4a59687\
            78695a4b3c2d1e0fffeeddccbbaa998877465544332211002413000000000000\
            7ee50c00000000004095621d000000000000fbb8d5c687180400000000000000
            """
        ),
    ]

    @Test func everyKindHasItsBytes() {
        #expect(GoldenBytes.commands.map(\.0.kind) == CommandKind.all)
        for (command, bytes) in GoldenBytes.commands {
            #expect(hexadecimal(EncodedCommand(command).bytes) == bytes)
        }
    }

    /// An operator's command says behind its body who gave it; before version 3 it does not.
    @Test func aCommandHasItsActor() throws {
        let plain = GoldenBytes.commands[8].0
        guard case .declared(let command, by: _) = plain else { return }
        let actor = CommandActor(
            name: OperatorName("LI.MEI") ?? .none, commandID: uetr.bits, contentHash: hash)
        let given = EncodedCommand(.declared(command, by: actor))
        let golden = """
            090058000000000095d94f073739960009030000000000001000000000000000\
            00000000000000000020596cba924c0000000000000000000000000000000000\
            ffeeddccbbaa99887746554433221100f0e1d2c3b4a5968778695a4b3c2d1e0f
            """
        #expect(hexadecimal(given.bytes) == golden)
        let both = [EncodedCommand(plain), given]
        let batch = Batch(both, rules: .v3, timestamp: 1)
        #expect(try Batch(decoding: batch.bytes) == batch)
        #expect(throws: BatchError.malformedCommand(offset: 72)) {
            try Batch(decoding: Batch(both, rules: .v2, timestamp: 1).bytes)
        }
        // What a bank asks for has no operator, and nobody is not written.
        let wish = RequestWithdrawal(
            reference: uetr, participant: beijing, currency: .thb, amount: 1)
        for odd in [Command.declared(wish, by: actor), .declared(command, by: nobody)] {
            #expect(throws: BatchError.malformedCommand(offset: 40)) {
                try Batch(decoding: Batch([EncodedCommand(odd)], timestamp: 1).bytes)
            }
        }
    }

    /// R2.14, R2.15 An order says which attempt it is, and how many are forgotten, since version 3.
    @Test func anOrderHasItsAttempts() throws {
        var order = PaymentOrder(
            uetr: uetr, contentHash: hash, submitter: beijing, payer: beijing, creditor: bangkok,
            foreign: .thb, side: .payRenminbi, fixed: .receive, amount: 100_000,
            limit: Rate(scaled: 492_000_000), attempt: hash)
        order.forgottenAttempts = 7
        let golden = """
            0100700000000000ffeeddccbbaa99887746554433221100f0e1d2c3b4a59687\
            78695a4b3c2d1e0f95d94f073739960095d94f0737399600d54733d0584d9600\
            a0860100000000000053531d0000000000000000000000000000000000000000\
            0100010300070000f0e1d2c3b4a5968778695a4b3c2d1e0f
            """
        #expect(hexadecimal(EncodedCommand(.submitPayment(order)).bytes) == golden)
        order.attempt = 0
        func decoded(_ rules: RuleVersion) throws -> Batch {
            let command = EncodedCommand(.submitPayment(order))
            return try Batch(decoding: Batch([command], rules: rules, timestamp: 1).bytes)
        }
        #expect(throws: BatchError.malformedCommand(offset: 40)) { try decoded(.v2) }
        #expect(try decoded(.v3).commandCount == 1)
        order.forgottenAttempts = 9
        #expect(throws: BatchError.malformedCommand(offset: 40)) { try decoded(.v3) }
    }

    private let nobody = CommandActor(name: .none, commandID: 1, contentHash: 0)

    @Test func aBatchHasItsBytes() throws {
        let batch = Batch(
            [
                EncodedCommand(GoldenBytes.commands[5].0, attachment: Array("abc".utf8)),
                EncodedCommand(GoldenBytes.commands[1].0),
            ], rules: .v2, timestamp: 1_767_600_000_000_000_001, hashedIndex: 41,
            stateHash: 0xDEAD_BEEF)
        let golden = """
            4c5142310200000002000000000000000100fbb8d5c687182900000000000000\
            efbeadde00000000060008000300000001000000020000006162630000000000\
            0200180000000000ffeeddccbbaa99887746554433221100d54733d0584d9600
            """
        #expect(hexadecimal(batch.bytes) == golden)
        #expect(try Batch(decoding: batch.bytes) == batch)
    }

    /// In place of an attachment stands its seal, here one of a test; what it seals stands beside.
    @Test func aSealedCommandHasItsBytes() throws {
        let command = EncodedCommand(
            GoldenBytes.commands[5].0, attachment: Array("abc".utf8))
        let batch = Batch(fake: [command], rules: .v3, timestamp: 1)
        let golden = """
            0601080003000000010000000200000001010101010101010101010101010101\
            61626300000000000000000000000000
            """
        #expect(hexadecimal(batch.bytes[40...]) == golden)
        #expect(hexadecimal(batch.contents) == "01010101010101010101010101010101616263")
        #expect(try Batch(decoding: batch.bytes, contents: batch.contents) == batch)
        #expect(throws: BatchError.contents(expected: 19, found: 0)) {
            try Batch(decoding: batch.bytes)
        }
        #expect(throws: BatchError.malformedCommand(offset: 40)) {
            try Batch(
                decoding: Batch([command], rules: .v2, timestamp: 1).bytes.replacingRules(with: 3))
        }
    }

    /// Version 3 has another form of a cancellation, which version 2 does not take.
    @Test func aFormBelongsToItsRules() throws {
        let wish = Cancellation(
            uetr: uetr, submitter: beijing, payer: beijing)
        let named = EncodedCommand(.cancelPayment(wish))
        let golden = """
            0200200000000000ffeeddccbbaa9988774655443322110095d94f0737399600\
            95d94f0737399600
            """
        #expect(hexadecimal(named.bytes) == golden)
        let batch = Batch([named], rules: .v3, timestamp: 1)
        #expect(try Batch(decoding: batch.bytes) == batch)
        #expect(throws: BatchError.malformedCommand(offset: 40)) {
            try Batch(decoding: Batch([named], rules: .v2, timestamp: 1).bytes)
        }
    }
}

extension [UInt8] {
    /// A batch that states other rules.
    fileprivate func replacingRules(with version: UInt8) -> [UInt8] {
        var bytes = self
        bytes[4] = version
        return bytes
    }
}
