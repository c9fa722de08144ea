internal import Chance
import Domain
import Gateway
internal import Hexadecimal
import Scenarios
import SwiftProtobuf
import Testing

/// The packed lane means what the friendly messages mean (docs/records.md).
@Suite struct RecordTests {
    private let bank = BIC("BKCHCNB0") ?? .none
    private let directory = Banks.directory(
        registering: Banks.bic("BKCHCNB0"), Banks.bic("YTZGCNB0"), Banks.bic("CPLBTHB0"))

    // MARK: The form

    /// The example of docs/records.md, byte by byte.
    @Test func theDocumentedRecordIsReadAndWritten() throws {
        let golden: [UInt8] =
            bytes(
                """
                4c515052 0100 8000 01000000 00000000
                7c9e6679742540de944be07fc1f90ae7 488a010000000000 8033641d00000000
                1027000000000000 0000b49376e2fa18 9c00 fc02 01 05 02 00
                """) + Array("CPLBTHB0XXX".utf8) + Array("YTZGCNB0XXX".utf8)
            + Array("INV-2026-0117".utf8) + [UInt8](repeating: 0, count: 37)
        let order = PaymentOrder(
            uetr: try #require(UETR("7c9e6679-7425-40de-944b-e07fc1f90ae7")), submitter: .none,
            payer: try #require(BIC("YTZGCNB0")), creditor: try #require(BIC("CPLBTHB0")),
            foreign: .thb, side: .payRenminbi, fixed: .pay, amount: 100_936,
            limit: Rate(scaled: 493_106_048), timeInForce: .goodTillDate, fillPolicy: .minimum,
            minimumFill: 10_000, expiresAt: 1_800_000_000_000_000_000)
        var writer = OrderRecordsWriter()
        writer.append(order, endToEndID: "INV-2026-0117")
        #expect(hexadecimal(writer.message) == hexadecimal(golden))
        let commands = try mapped(golden).commands
        let json = """
            {"uetr": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "payer": "YTZGCNB0",
             "creditorParticipant": "CPLBTHB0", "payCurrency": "CNY", "receiveCurrency": "THB",
             "payAmount": "1009.36", "limitRate": "4.93106048", "timeInForce": "GOOD_TILL_DATE",
             "expiresAt": "2027-01-15T08:00:00Z", "fillPolicy": "MINIMUM", "minimumFill": "100.00",
             "details": {"endToEndId": "INV-2026-0117"}}
            """
        #expect(commands.bytes == (try friendly(ProtoPaymentOrder(jsonString: json))))
    }

    @Test func theDocumentedOutcomeIsWritten() throws {
        let writer = writer(of: 1)
        let mapped = try mapped(writer.message)
        var effects = Effects()
        effects.outcomes = [
            Outcome(
                code: .accepted, kind: .submitPayment, status: .partlySettled,
                isRepetition: true, payment: 7, paid: 250_000, received: 1_246_250, firstFill: 9,
                fillCount: 2)
        ]
        let applied = AppliedBatch(batch: Batch([], timestamp: 1), effects: effects)
        let answer = answer(
            mapped, writer.message,
            .success(SubmissionAnswer(applied: applied, first: 0, count: 1)))
        let golden = """
            4c514f52 0100 4000 01000000 00000000
            00000000000040008000000000000000 0000 06 00 01 00 0000 02000000 00000000
            0700000000000000 90d0030000000000 2a04130000000000 0900000000000000
            """
        #expect(hexadecimal(answer) == hexadecimal(bytes(golden)))
        let outcome = try #require(try OutcomeRecord.read(answer).first)
        #expect(outcome.status == .partlySettled && outcome.isRepetition && outcome.payment == 7)
        #expect(outcome.paid == 250_000 && outcome.received == 1_246_250)
        #expect(outcome.firstFill == 9 && outcome.fillCount == 2 && outcome.code == .accepted)
    }

    // MARK: The meaning

    /// Whatever the order, its record becomes the very command that its JSON becomes: the same
    /// fields, the same content hash, the same details on record.
    @Test func aRecordMeansWhatTheFriendlyMessageMeans() throws {
        var random = SplitMix64(seed: 20_261_125)
        for _ in 0..<40 {
            var writer = OrderRecordsWriter()
            var expected: [UInt8] = []
            for _ in 0..<50 {
                let (order, endToEndID, proto) = randomOrder(&random)
                writer.append(order, endToEndID: endToEndID)
                expected += try friendly(proto)
            }
            let mapped = try mapped(writer.message)
            #expect(mapped.count == 50 && mapped.commands.count == 50)
            #expect(mapped.commands.bytes == expected)
        }
    }

    /// Details without content are no details: the lanes have the same hash.
    @Test func emptyDetailsAreNone() throws {
        var random = SplitMix64(seed: 7)
        let (order, _, _) = randomOrder(&random)
        var friendly = proto(order, "")
        let plain = try OrderMapping.order(from: friendly, submitter: bank).order.contentHash
        for messageID in ["", "MSG-1"] {
            friendly.details = ProtoPaymentDetails()
            friendly.details.messageID = messageID
            #expect(friendly.hasDetails)
            let hash = try OrderMapping.order(from: friendly, submitter: bank).order.contentHash
            #expect(hash == plain)
        }
    }

    // MARK: Faults

    /// Of two faults at a time every lane answers with the same code.
    @Test func theLanesAgreeOnTheCodeOfFaultyOrders() throws {
        let faults: [(bytes: [Int: UInt8], change: (inout ProtoPaymentOrder) -> Void)] = [
            ([22: 0], { $0.uetr = "x" }),
            ([47: 0x80], { $0.limitRate = "-1" }),
            ([64: 1], { $0.payCurrency = "XXX" }),
            ([64: 0xFC, 65: 2], { $0.payCurrency = "THB" }),
            ([68: 7], { $0.fixed = nil }),
            ([69: 9], { $0.timeInForce = .UNRECOGNIZED(9) }),
            ([70: 9], { $0.fillPolicy = .UNRECOGNIZED(9) }),
            ([72: 1], { $0.creditorParticipant = "x" }),
            ([83: 1], { $0.payer = "x" }),
        ]
        let order = proto(
            PaymentOrder(
                uetr: UETR(bits: 4 << 76 | 2 << 62), submitter: .none, payer: .none,
                creditor: BIC("CPLBTHB0") ?? .none, foreign: .thb, side: .payRenminbi,
                fixed: .receive, amount: 100_000), "")
        for (first, second) in faults.flatMap({ first in faults.map { (first, $0) } }) {
            var message = writer(of: 1).message
            var friendly = order
            for fault in [first, second] {
                for (offset, byte) in fault.bytes { message[offset] = byte }
                fault.change(&friendly)
            }
            let outcome = try OutcomeRecord.read(
                answer(mapped(message), message, .success(.empty)))[0]
            let error = #expect(throws: GatewayError.self) {
                _ = try OrderMapping.order(from: friendly, submitter: bank)
            }
            #expect(outcome.code == error?.code, "\(String(describing: error))")
        }
    }

    /// Codes and reasons of later gateways are taken as numbers.
    @Test func unknownOutcomesAreRead() throws {
        let message = writer(of: 1).message
        var answer = try answer(mapped(message), message, .failure(GatewayError(.overloaded)))
        answer.replaceSubrange(32..<34, with: [0x67, 0x12])
        answer[35] = 99
        let outcome = try OutcomeRecord.read(answer)[0]
        #expect(outcome.codeNumber == 4_711 && outcome.code == nil)
        #expect(outcome.endReasonNumber == 99)
    }

    /// R2.14 The number of an attempt is its identification in the other forms.
    @Test func anAttemptIsTheSameInEveryForm() throws {
        let order = PaymentOrder(
            uetr: UETR(bits: 4 << 76 | 2 << 62), submitter: bank, payer: bank,
            creditor: BIC("CPLBTHB0") ?? .none, foreign: .thb, side: .payRenminbi,
            fixed: .receive, amount: 100_000)
        var friendly = proto(order, "")
        for attempt in [0, 1, 2, 255] as [UInt8] {
            var writer = OrderRecordsWriter()
            writer.append(order, attempt: attempt)
            let mapped = try mapped(writer.message)
            friendly.attempt = attempt == 0 ? "" : "\(attempt)"
            let expected = try OrderMapping.order(from: friendly, submitter: bank)
            #expect(mapped.commands == EncodedCommands(expected.command))
            #expect((expected.order.attempt == 0) == (attempt == 0))
        }
        friendly.attempt = String(repeating: "a", count: 36)
        #expect(throws: GatewayError.self) {
            try OrderMapping.order(from: friendly, submitter: bank)
        }
    }

    @Test(arguments: [
        (0, 0x80, RecordField.uetr), (6, 0xB0, .uetr), (31, 0x80, .limitRate),
        (48, 1, .payCurrency), (51, 0xFF, .receiveCurrency), (52, 7, .fixed), (52, 1, .fixed),
        (53, 3, .timeInForce), (54, 4, .fillPolicy), (56, 0x80, .creditor),
        (60, 0x41, .creditor), (66, 0x58, .creditor), (67, 1, .payer), (79, 0x41, .endToEndID),
        (78, 0xFF, .endToEndID), (113, 1, .reserved), (127, 0x80, .reserved),
    ])
    func everyWrongFieldIsNamed(_ offset: Int, _ change: Int, _ field: RecordField) throws {
        var message = writer(of: 3).message
        // A version nibble that stays right is no fault.
        let start = 16 + 128
        message[start + offset] ^= UInt8(change)
        if offset == 0 { message[start + 6] ^= 0x10 }
        let mapped = try mapped(message)
        #expect(mapped.commands.count == 2, "the others are taken")
        let outcomes = try OutcomeRecord.read(
            answer(mapped, message, .failure(GatewayError(.overloaded))))
        #expect(outcomes.map(\.code) == [.overloaded, .malformedRequest, .overloaded])
        #expect(outcomes[1].field == field && outcomes[1].position == 1)
        #expect(outcomes[0].field == nil)
    }

    @Test func currenciesWithoutCorridorAreRefusedAsInJSON() throws {
        var message = writer(of: 1).message
        for (pay, receive) in [(156, 156), (764, 764), (764, 840)] as [(UInt16, UInt16)] {
            message.replaceSubrange(
                64..<68, with: [pay, receive].flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] })
            let mapped = try mapped(message)
            let outcomes = try OutcomeRecord.read(answer(mapped, message, .success(.empty)))
            #expect(outcomes.map(\.code) == [.corridorUnknown] && outcomes[0].field == nil)
        }
    }

    @Test(arguments: [
        (0, 0x20, "magic"), (4, 2, "version"), (6, 0x40, "record_size"), (8, 1, "count"),
        (12, 1, "reserved"), (15, 0x80, "reserved"), (11, 0x10, "at most 16384 records"),
    ])
    func aWrongHeaderRefusesTheMessage(_ offset: Int, _ change: Int, _ name: String) throws {
        var message = writer(of: 2).message
        message[offset] ^= UInt8(change)
        do {
            _ = try mapped(message)
            Issue.record("taken")
        } catch let error as GatewayError {
            #expect(error.detail.hasPrefix(name), "\(error)")
        }
    }

    @Test func whateverTheBytesNothingIsLostAndNothingBreaks() throws {
        var random = SplitMix64(seed: 99)
        let original = writer(of: 4).message
        var refused = (messages: 0, records: 0)
        for _ in 0..<30_000 {
            var message = original
            for _ in 0..<1 + random.below(4) {
                message[random.below(message.count)] = UInt8(truncatingIfNeeded: random.next())
            }
            if random.below(8) == 0 { message.removeLast(random.below(200)) }
            guard let mapped = try? mapped(message) else {
                refused.messages += 1
                continue
            }
            #expect(throws: Never.self) {
                let sealed = SealedCommands(fake: mapped.commands)
                let batch = Batch(packed: [sealed], timestamp: 1)
                _ = try Batch(decoding: batch.bytes, contents: batch.contents)
            }
            let outcomes = try OutcomeRecord.read(
                answer(mapped, message, .failure(GatewayError(.outcomeUnknown))))
            #expect(outcomes.map { Int($0.position) } == Array(0..<mapped.count))
            refused.records += outcomes.count { $0.code != .outcomeUnknown }
        }
        #expect(refused.messages > 3_000 && refused.records > 10_000)
    }

    // MARK: Making messages

    private func mapped(_ message: [UInt8]) throws -> MappedRecords {
        try message.withUnsafeBytes {
            try MappedRecords($0, submitter: bank, in: directory)
        }
    }

    private func answer(
        _ mapped: MappedRecords, _ message: [UInt8],
        _ answer: Result<SubmissionAnswer, GatewayError>
    ) -> [UInt8] {
        [UInt8](capacity: mapped.answerSize) { writer in
            message.withUnsafeBytes { mapped.encodeAnswer($0, answer, into: &writer) }
        }
    }

    /// The command of an order that came as a friendly message.
    private func friendly(_ proto: ProtoPaymentOrder) throws -> [UInt8] {
        // Through JSON, as a caller without gRPC sends it.
        let read = try ProtoPaymentOrder(jsonString: try proto.jsonString())
        return try ReadOrder(read).onRecord(for: bank, in: directory)
            .mapped(submitter: bank, ContentHashing()).command.bytes
    }

    private func writer(of count: Int) -> OrderRecordsWriter {
        var writer = OrderRecordsWriter()
        for number in 0..<count {
            writer.append(
                PaymentOrder(
                    uetr: UETR(bits: 4 << 76 | 2 << 62 | UInt128(number)), submitter: .none,
                    payer: .none, creditor: BIC("CPLBTHB0") ?? .none, foreign: .thb,
                    side: .payRenminbi, fixed: .receive, amount: 100_000))
        }
        return writer
    }

    private func randomOrder(
        _ random: inout SplitMix64
    ) -> (PaymentOrder, String, ProtoPaymentOrder) {
        let bits = UInt128(random.next()) << 64 | UInt128(random.next())
        let foreign = random.pick(Currency.allCases.filter { $0 != .cny })
        let banks = ["BKCHCNB0", "CPLBTHB0XXX", "DEUTDEFF500", "A1B2CDE3F4G"]
            .compactMap { BIC($0) }
        var order = PaymentOrder(
            uetr: UETR(bits: bits & ~(0xF << 76 | 3 << 62) | 4 << 76 | 2 << 62), submitter: bank,
            payer: random.below(3) == 0 ? .none : random.pick(banks), creditor: random.pick(banks),
            foreign: foreign, side: random.pick(Side.allCases),
            fixed: random.pick(FixedAmount.allCases), amount: random.amount(),
            timeInForce: random.pick(TimeInForce.allCases),
            fillPolicy: random.pick(FillPolicy.allCases))
        if random.below(2) == 0 {
            order.limit = Rate(scaled: 1 + Int64(random.below(Int(Limits.maximumRate))))
        }
        if random.below(2) == 0 { order.minimumFill = random.amount() }
        if random.below(2) == 0 { order.expiresAt = Timestamp(truncatingIfNeeded: random.next()) }
        var endToEndID = ""
        let pool = Array("ABab01/-\"\\.é中😀")
        for _ in 0..<random.below(36) { endToEndID.append(random.pick(pool)) }
        while endToEndID.utf8.count > 35 { endToEndID.removeLast() }
        return (order, endToEndID, proto(order, endToEndID))
    }

    private func proto(_ order: PaymentOrder, _ endToEndID: String) -> ProtoPaymentOrder {
        let currency = order.fixed == .pay ? order.payCurrency : order.receiveCurrency
        func decimal(_ units: Int64) -> String {
            Money(minorUnits: units, currency: currency).decimal
        }
        var proto = ProtoPaymentOrder()
        proto.uetr = order.uetr.description
        proto.payer = order.payer == .none ? "" : order.payer.description
        proto.creditorParticipant = order.creditor.description
        proto.payCurrency = order.payCurrency.code
        proto.receiveCurrency = order.receiveCurrency.code
        proto.fixed =
            order.fixed == .pay
            ? .payAmount(decimal(order.amount))
            : .receiveAmount(decimal(order.amount))
        proto.limitRate = order.limit == .none ? "" : order.limit.decimal
        let times: [ProtoTimeInForce] = [
            .immediateOrCancel, .fillOrKill, .day, .goodTillCancelled, .goodTillDate,
        ]
        proto.timeInForce = times[Int(order.timeInForce.rawValue)]
        let policies: [ProtoFillPolicy] = [.any, .minimum, .complete]
        proto.fillPolicy = policies[Int(order.fillPolicy.rawValue)]
        if order.minimumFill != 0 { proto.minimumFill = decimal(order.minimumFill) }
        if order.expiresAt != 0 {
            let seconds = order.expiresAt.floorQuotient(1_000_000_000)
            proto.expiresAt.seconds = seconds
            proto.expiresAt.nanos = Int32(order.expiresAt - seconds * 1_000_000_000)
        }
        if !endToEndID.isEmpty { proto.details.endToEndID = endToEndID }
        return proto
    }

    private func bytes(_ text: String) -> [UInt8] {
        let digits = text.filter { !$0.isWhitespace }
        return stride(from: 0, to: digits.count, by: 2).compactMap { offset in
            UInt8(digits.dropFirst(offset).prefix(2), radix: 16)
        }
    }
}

extension SplitMix64 {
    /// Any amount, more often a small one; negative ones too.
    fileprivate mutating func amount() -> Int64 {
        let units = Int64(truncatingIfNeeded: next() >> UInt64(1 + below(62)))
        return below(8) == 0 ? -units : units
    }
}

extension Int64 {
    fileprivate func floorQuotient(_ divisor: Int64) -> Int64 {
        self / divisor - (self % divisor < 0 ? 1 : 0)
    }
}
