import Domain
import Gateway
import HTTP2
import Scenarios
import SwiftProtobuf
import Testing

@Suite struct MappingTests {
    private let bank = BIC("BKCHCNB0") ?? .none

    private var order: ProtoPaymentOrder {
        var order = ProtoPaymentOrder()
        order.uetr = "11249016-b447-43bc-8367-498769c3f31d"
        order.creditorParticipant = "BKKBTHB0"
        order.payCurrency = "CNY"
        order.receiveCurrency = "THB"
        order.payAmount = "1250.00"
        return order
    }

    @Test func anOrderIsReadWhole() throws {
        var proto = order
        proto.limitRate = "4.9312"
        proto.timeInForce = .goodTillDate
        proto.expiresAt.seconds = 1_800_000_000
        proto.fillPolicy = .minimum
        proto.minimumFill = "100"
        let mapped = try OrderMapping.order(from: proto, submitter: bank).order
        #expect(mapped.payer == bank && mapped.submitter == bank)
        #expect(mapped.side == .payRenminbi && mapped.fixed == .pay && mapped.foreign == .thb)
        #expect(mapped.amount == 125_000 && mapped.minimumFill == 10_000)
        #expect(mapped.limit == Rate(scaled: 493_120_000))
        #expect(mapped.expiresAt == 1_800_000_000_000_000_000)
    }

    /// What makes another order, and what does not.
    @Test func theContentHashCoversTheContent() throws {
        func hash(_ change: (inout ProtoPaymentOrder) -> Void = { _ in }) throws -> UInt128 {
            var changed = order
            change(&changed)
            return try OrderMapping.order(from: changed, submitter: bank).order.contentHash
        }
        let original = try hash()
        #expect(try hash { $0.payAmount = "1250" } == original, "the same amount in other digits")
        #expect(try hash { $0.payer = "BKCHCNB0" } == original, "the payer said in so many words")
        #expect(try hash { $0.payAmount = "1250.01" } != original)
        #expect(try hash { $0.receiveAmount = "1250.00" } != original)
        #expect(try hash { $0.limitRate = "4.9" } != original)
        #expect(try hash { $0.details.endToEndID = "A" } != original)
        #expect(try hash { $0.timeInForce = .day } != original)
        let other = try #require(BIC("BKKBTHB0"))
        var named = order
        named.payer = "BKCHCNB0"
        let submitted = try OrderMapping.order(from: named, submitter: other).order.contentHash
        #expect(submitted == original, "who submits it does not count")
    }

    /// Computed by another program from the layout of the log: hashes on record stay what they are.
    @Test(
        arguments: [
            ("", "", 0xcd33_fa90_fca3_aece_59ad_4c17_1edd_ed3d),
            ("", "MSG-1", 0xcd33_fa90_fca3_aece_59ad_4c17_1edd_ed3d),
            ("INV-2026-0117", "", 0x9948_57e3_1a6f_3877_05af_f6de_b8ed_7056),
            ("INV-2026-0117", "MSG-1", 0x9948_57e3_1a6f_3877_05af_f6de_b8ed_7056),
        ] as [(String, String, UInt128)])
    func contentHashesStay(_ endToEndID: String, _ messageID: String, _ hash: UInt128) throws {
        var proto = order
        proto.uetr = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
        proto.payer = "YTZGCNB0"
        proto.creditorParticipant = "CPLBTHB0"
        proto.payAmount = "1009.36"
        proto.limitRate = "4.93106048"
        proto.timeInForce = .goodTillDate
        proto.expiresAt.seconds = 1_800_000_000
        proto.fillPolicy = .minimum
        proto.minimumFill = "100.00"
        if !endToEndID.isEmpty { proto.details.endToEndID = endToEndID }
        if !messageID.isEmpty { proto.details.messageID = messageID }
        let mapped = try OrderMapping.order(from: proto, submitter: bank)
        #expect(mapped.order.contentHash == hash)
        // The command is that of the order, with all details on record.
        let details: [UInt8] = proto.hasDetails ? try proto.details.jsonUTF8Bytes() : []
        let plain = EncodedCommand(.submitPayment(mapped.order), attachment: details)
        #expect(mapped.command.bytes == plain.bytes)
    }

    /// A field and a value that it must not have.
    struct Fault: Sendable, CustomTestStringConvertible {
        let field: String
        let change: @Sendable (inout ProtoPaymentOrder) -> Void

        init(_ field: String, _ change: @escaping @Sendable (inout ProtoPaymentOrder) -> Void) {
            self.field = field
            self.change = change
        }

        var testDescription: String { field }
    }

    static let faults: [Fault] = [
        Fault("uetr") { $0.uetr = "11249016-b447-13bc-8367-498769c3f31d" },
        Fault("uetr") { $0.uetr = "" },
        Fault("payer") { $0.payer = "bkchcnb0" },
        Fault("creditor_participant") { $0.creditorParticipant = "" },
        Fault("pay_currency") { $0.payCurrency = "CNH" },
        Fault("receive_currency") { $0.receiveCurrency = "XXX" },
        Fault("pay_amount") { $0.payAmount = "1250.001" },
        Fault("pay_amount") { $0.payAmount = "1e3" },
        Fault("pay_amount") { $0.payAmount = "NaN" },
        Fault("pay_amount") { $0.payAmount = "" },
        Fault("pay_amount") { $0.payAmount = "99999999999999999999.00" },
        Fault("pay_amount or receive_amount") { $0.fixed = nil },
        Fault("limit_rate") { $0.limitRate = "0" },
        Fault("limit_rate") { $0.limitRate = "-4.9" },
        Fault("limit_rate") { $0.limitRate = "4.123456789" },
        Fault("minimum_fill") { $0.minimumFill = "1.001" },
        Fault("time_in_force") { $0.timeInForce = .UNRECOGNIZED(9) },
        Fault("fill_policy") { $0.fillPolicy = .UNRECOGNIZED(9) },
        Fault("expires_at") { $0.expiresAt.nanos = -1 },
        Fault("details") { $0.details.note = String(repeating: "x", count: 70_000) },
    ]

    @Test(arguments: faults)
    func everyFieldIsNamedWhenItIsWrong(_ fault: Fault) {
        var wrong = order
        fault.change(&wrong)
        do {
            _ = try OrderMapping.order(from: wrong, submitter: bank)
            Issue.record("\(fault.field) was taken")
        } catch {
            #expect(error.code == .malformedRequest)
            #expect(error.detail.hasPrefix(fault.field + " "), "\(error.detail)")
        }
    }

    /// A character may have thousands of scalars; details go into headers.
    @Test func detailsStayShortWhateverIsSent() {
        var wrong = order
        wrong.payAmount = "1" + String(repeating: "\u{301}", count: 100_000)
        let said = detail { _ = try OrderMapping.order(from: wrong, submitter: bank) }
        #expect(said.hasPrefix("pay_amount must be") && said.utf8.count < 512)
        #expect(GatewayError(.malformedRequest, wrong.payAmount).detail.utf8.count < 2_100)
    }

    @Test func onlyOneOfTheCurrenciesIsRenminbi() {
        for (pay, receive) in [("CNY", "CNY"), ("THB", "MYR")] {
            var wrong = order
            wrong.payCurrency = pay
            wrong.receiveCurrency = receive
            #expect(
                code { _ = try OrderMapping.order(from: wrong, submitter: bank) }
                    == .corridorUnknown)
        }
    }

    @Test func corridorsGoThereAndBack() throws {
        var proto = ProtoCorridor()
        proto.foreignCurrency = "THB"
        proto.tick = "0.0001"
        proto.referenceRate = "4.93"
        proto.collarBasisPoints = 500
        proto.minimumSize = "10.00"
        proto.maximumSize = "1000000.00"
        proto.selfMatch = .decrementBoth
        proto.weekdays = [1, 2, 3, 4, 5]
        proto.utcOffsetMinutes = 420
        proto.opensAt = "08:30"
        proto.cutOffAt = "24:00"
        let corridor = try configured(proto)
        proto.state = .open
        #expect(ProtoCorridor(CorridorRow(corridor: corridor, state: .open)) == proto)
        for (time, isRight) in [
            ("24:01", false), ("8:30", false), ("08:60", false), ("23:59", true),
        ] {
            proto.opensAt = time
            let isTaken = (try? configured(proto)) != nil
            #expect(isTaken == isRight, "\(time)")
        }
    }

    private func configured(_ proto: ProtoCorridor) throws -> Corridor {
        var line = ProtoReplayCommand()
        line.time.seconds = 1
        line.configureCorridor = proto
        let read = try ReplayMapping.read(try line.jsonString(), number: 1)
        let command = try ReplayMapping.command(on: read, under: .current).command
        var found: Corridor?
        Batch(fake: [try #require(command)], timestamp: 1).forEachCommand { _, item in
            if case .declared(let it as ConfigureCorridor, by: _) = item.command {
                found = it.corridor
            }
        }
        return try #require(found)
    }

    /// Every result code reaches gRPC and HTTP with its own numbers.
    @Test(arguments: ResultCode.allCases.filter { $0 != .accepted && $0 != .proposed })
    func errorsCarryTheirCode(_ code: ResultCode) throws {
        let error = GatewayError(code, "the detail")
        let status = error.grpcStatus
        #expect(status.code.rawValue == Int(code.description.grpcStatus))
        #expect(status.message.hasPrefix(code.name) && status.message.contains(code.sentence))
        let rich = try RPCStatus(serializedBytes: try #require(status.details))
        let result = try ProtoResult(unpackingAny: try #require(rich.details.first))
        #expect(result.code == code.name && result.number == Int32(code.rawValue))
        #expect(result.detail == "the detail" && result.isoReason == code.isoReason)
        let problem = error.problem(instance: "/v1/payments")
        #expect(problem.status == code.description.httpStatus && problem.code == code.name)
        #expect((400..<600).contains(problem.status))
    }
}
