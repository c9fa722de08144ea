internal import Chance
import Domain
import Gateway
import HTTP2
import NIOCore
import Scenarios
import Store
import SwiftProtobuf
import Testing

/// Payments that are written by hand are written as SwiftProtobuf writes them, in both forms.
@Suite struct AnsweredPaymentTests {
    /// A payment as it is written by hand, and the same message.
    private struct Sample {
        var written: AnsweredPayment
        var message: ProtoPayment
    }

    private func compare(_ written: some Answer, _ expected: some Message) throws {
        let json: [UInt8] = try expected.jsonUTF8Bytes()
        let protobuf: [UInt8] = try expected.serializedBytes()
        if Array(try written.json.readableBytesView) != json {
            let ours = String(buffer: try written.json)
            Issue.record("\(ours) is not \(String(decoding: json, as: UTF8.self))")
        }
        if Array(try written.protobuf.readableBytesView) != protobuf {
            Issue.record("protobuf of \(String(decoding: json, as: UTF8.self))")
        }
    }

    @Test func newPaymentsAreWrittenAsSwiftProtobufWritesThem() throws {
        var random = SplitMix64(seed: 17)
        for _ in 0..<5_000 {
            let sample = Self.new(&random)
            try compare(sample.written, sample.message)
        }
    }

    @Test func recordedPaymentsAreWrittenAsSwiftProtobufWritesThem() throws {
        var random = SplitMix64(seed: 18)
        for _ in 0..<5_000 {
            let sample = try Self.recorded(&random)
            try compare(sample.written, sample.message)
        }
    }

    @Test func pagesAreWrittenAsSwiftProtobufWritesThem() throws {
        var random = SplitMix64(seed: 19)
        for _ in 0..<100 {
            let samples = try (0..<random.pick([0, 1, 2, 100])).map { _ in
                try Self.recorded(&random)
            }
            let next = random.percent(50) ? random.next() | 1 : nil
            var page = ProtoListPaymentsResponse()
            page.payments = samples.map(\.message)
            if let next { page.nextPageToken = String(next) }
            try compare(ListedPayments(samples.map(\.written), next: next), page)
        }
    }

    @Test func repeatedOrdersAreWrittenAsSwiftProtobufWritesThem() throws {
        var random = SplitMix64(seed: 21)
        for _ in 0..<5_000 {
            let sample = Self.repeated(&random)
            try compare(sample.written, sample.message)
        }
    }

    @Test func cancelledPaymentsAreWrittenAsSwiftProtobufWritesThem() throws {
        var random = SplitMix64(seed: 22)
        for _ in 0..<500 {
            let sample = Self.new(&random)
            try compare(CancelledPayment.now(sample.written), sample.message)
            let outcome = Self.outcome(&random, kind: .cancelPayment)
            let uetr = random.uetr()
            var message = ProtoPayment()
            message.uetr = uetr.description
            message.paymentID = outcome.payment
            message.status = outcome.status?.code ?? ""
            message.endReason = outcome.endReason.name
            message.result = ProtoResult(of: outcome.code)
            message.repetition = true
            try compare(CancelledPayment.before(uetr, outcome), message)
        }
    }

    /// gRPC's prefix is put before the message where it lies.
    @Test func protobufHasRoomForItsPrefix() throws {
        var random = SplitMix64(seed: 20)
        let sample = Self.new(&random)
        let message = try sample.written.protobuf
        #expect(message.readerIndex == GRPC.prefixBytes)
        let framed = GRPC.frame(message)
        #expect(framed == GRPC.frame(message.slice()))
        // What somebody else holds has not changed.
        #expect(message.readableBytes == framed.readableBytes - GRPC.prefixBytes)
        #expect(try sample.message.serializedBytes() == Array(message.readableBytesView))
    }

    // MARK: Samples

    private static func new(_ random: inout SplitMix64) -> Sample {
        let row = row(&random)
        // Seldom more than a page holds.
        let count = random.percent(1) ? random.pick([1_000, 1_001]) : random.pick([0, 1, 2, 5])
        let fills = (0..<count).map { _ in fill(row, &random) }
        let details = random.percent(70) ? nil : details(&random)
        let (payer, creditor) = (bic(&random), bic(&random))
        var message = ProtoPayment(
            row, payer: payer, creditor: row.creditor == 0 ? .none : creditor)
        message.fills = fills.prefix(1_000).map { Self.message($0, of: row) }
        if let details { message.details = details }
        if count > 1_000 { message.nextFillsPageToken = String(fills[999].id) }
        return Sample(
            written: AnsweredPayment(
                row, payer: payer, creditor: creditor, fills: fills, details: details),
            message: message)
    }

    private static func repeated(_ random: inout SplitMix64) -> Sample {
        let order = order(&random)
        let outcome = outcome(&random, kind: .submitPayment)
        var row = PaymentRow(
            id: outcome.payment, order: order, payer: 0, creditor: 0, acceptedAt: 0)
        row.status = outcome.status ?? row.status
        row.endReason = outcome.endReason
        row.code = outcome.code
        (row.paid, row.received) = (outcome.paid, outcome.received)
        let isCreditorKnown = outcome.code != .creditorUnknown
        var message = ProtoPayment(
            row, payer: order.payer, creditor: isCreditorKnown ? order.creditor : .none
        ).asRepetition
        var details = random.percent(50) ? nil : details(&random)
        if random.percent(50) { details?.payerCode = "CNAPS:104100000004" }
        if random.percent(50) { details?.creditorCode = "USABA:021000021" }
        if let details {
            message.details = details
            if !details.payerCode.isEmpty { message.payer = details.payerCode }
            if !details.creditorCode.isEmpty, isCreditorKnown {
                message.creditorParticipant = details.creditorCode
            }
        }
        return Sample(
            written: AnsweredPayment(order, repeated: outcome, details: details), message: message)
    }

    private static func recorded(_ random: inout SplitMix64) throws -> Sample {
        let row = row(&random)
        let view: PaymentView = random.pick([.payer, .creditor])
        let fills = (0..<random.pick([0, 1, 5])).map { _ in fill(row, &random) }
        let page = Page(random.percent(50) ? 1 : 4)
        let (payer, creditor) = (bic(&random), bic(&random))
        var message = ProtoPayment(
            row, payer: payer, creditor: row.creditor == 0 ? .none : creditor)
        let text = try recordedText(&random, payer)
        message.detailsErased = text == ""
        if let text, let details = try? ProtoPaymentDetails(jsonString: text) {
            message.details = details
            if details.originatingBank == payer.description { message.details.originatingBank = "" }
        }
        let (seen, hasMore) = page.cut(fills)
        message.fills = seen.map { Self.message($0, of: row) }
        if hasMore, let last = seen.last { message.nextFillsPageToken = String(last.id) }
        if random.percent(20) {
            message.followUp.creditStatus = "ACCC"
            message.followUp.creditAt.seconds = 1_800_000_000
        }
        let date = date(of: row, &random)
        if let date {
            message.settlementDate = "\(date.date)"
            message.waiting = date.state == .waiting
            if date.code != .accepted { message.entryRefusal = ProtoResult(of: date.code) }
        }
        if view == .creditor { message = message.asSeenByCreditor }
        return Sample(
            written: AnsweredPayment(
                row, payer: payer, creditor: creditor, as: view, shown(fills, of: row), page,
                AnsweredPayment.Details(recorded: text, paidBy: payer),
                message.hasFollowUp ? message.followUp : nil, date: date),
            message: message)
    }

    private static func date(
        of row: PaymentRow, _ random: inout SplitMix64
    ) -> DatedPaymentRow? {
        guard random.percent(30) else { return nil }
        return DatedPaymentRow(
            row.id, row.foreign, CivilDate(rawValue: UInt16(1 + random.below(65_535))),
            .atAcceptance, random.pick(DatedState.allCases),
            code: random.pick([.accepted, .insufficientFunds]))
    }

    /// Details as they are on record, and what is not.
    private static func recordedText(
        _ random: inout SplitMix64, _ payer: BIC
    ) throws -> String? {
        switch random.below(10) {
        case 0...3: return nil
        case 4: return ""
        case 5: return random.pick(["{", "[]", "no JSON", #"{"unknown":"x"}"#, #"{"debtor":1}"#])
        default:
            var details = details(&random)
            if random.percent(30) {
                details.originatingBank = random.pick([payer.description, "BKCHCNBJ"])
            }
            if random.percent(10) { details.remittance = [#""originatingBank""#] }
            return try details.jsonString()
        }
    }

    private static func shown(_ fills: [FillRow], of row: PaymentRow) -> [PaymentFill] {
        fills.map { fill in
            row.side == .payRenminbi
                ? PaymentFill(
                    id: fill.id, timestamp: fill.timestamp, rate: fill.rate,
                    paid: fill.renminbiAmount, received: fill.foreignAmount,
                    fee: fill.renminbiFee)
                : PaymentFill(
                    id: fill.id, timestamp: fill.timestamp, rate: fill.rate,
                    paid: fill.foreignAmount, received: fill.renminbiAmount,
                    fee: fill.foreignFee)
        }
    }

    private static func message(_ fill: FillRow, of row: PaymentRow) -> ProtoFill {
        let shown = shown([fill], of: row)[0]
        var message = ProtoFill()
        message.fillID = shown.id
        message.time = Google_Protobuf_Timestamp(at: shown.timestamp)
        message.rate = shown.rate.decimal
        message.paid = ProtoMoney(of: shown.paid, row.payCurrency)
        message.received = ProtoMoney(of: shown.received, row.receiveCurrency)
        message.fee = ProtoMoney(of: shown.fee, row.payCurrency)
        return message
    }

    private static func row(_ random: inout SplitMix64) -> PaymentRow {
        let order = order(&random)
        var row = PaymentRow(
            id: random.next() >> UInt64(random.below(63)) | 1, order: order, payer: 1,
            creditor: random.percent(10) ? 0 : 2, acceptedAt: time(&random))
        row.status = random.pick(PaymentStatus.allCases)
        row.endReason = random.pick(EndReason.allCases)
        row.code = random.percent(50) ? .accepted : random.pick(ResultCode.allCases)
        row.updatedAt = time(&random)
        row.remaining = number(&random)
        row.held = number(&random)
        row.paid = number(&random)
        row.received = number(&random)
        row.fee = number(&random)
        return row
    }

    private static func order(_ random: inout SplitMix64) -> PaymentOrder {
        PaymentOrder(
            uetr: random.uetr(), submitter: .none, payer: bic(&random), creditor: bic(&random),
            foreign: random.pick(Currency.allCases.filter { $0 != .cny }),
            side: random.pick([.payRenminbi, .payForeign]), fixed: random.pick([.pay, .receive]),
            amount: number(&random), limit: Rate(scaled: random.percent(20) ? 0 : rate(&random)),
            timeInForce: random.pick(TimeInForce.allCases),
            fillPolicy: random.pick(FillPolicy.allCases),
            minimumFill: random.percent(50) ? 0 : number(&random),
            expiresAt: random.pick([0, .never, time(&random)]))
    }

    private static func outcome(_ random: inout SplitMix64, kind: CommandKind) -> Outcome {
        Outcome(
            code: random.pick([.accepted, .creditorUnknown, random.pick(ResultCode.allCases)]),
            kind: kind, status: random.pick([nil, random.pick(PaymentStatus.allCases)]),
            endReason: random.pick(EndReason.allCases), isRepetition: true,
            payment: random.next() >> UInt64(random.below(63)) | 1, paid: number(&random),
            received: number(&random))
    }

    private static func fill(_ row: PaymentRow, _ random: inout SplitMix64) -> FillRow {
        FillRow(
            id: random.next() >> UInt64(random.below(63)) | 1, timestamp: time(&random),
            foreign: row.foreign, restingSide: .payForeign, renminbiPayment: 1, foreignPayment: 2,
            renminbiAmount: number(&random), foreignAmount: number(&random),
            rate: Rate(scaled: rate(&random)), renminbiFee: number(&random),
            foreignFee: number(&random), renminbiDebit: 1, renminbiCredit: 2, foreignDebit: 3,
            foreignCredit: 4)
    }

    private static func details(_ random: inout SplitMix64) -> ProtoPaymentDetails {
        var details = ProtoPaymentDetails()
        if random.percent(80) { details.endToEndID = text(&random) }
        if random.percent(50) { details.debtor.name = text(&random) }
        return details
    }

    /// Amounts of all lengths, with zeros in all places.
    private static func number(_ random: inout SplitMix64) -> Int64 {
        if random.percent(10) { return random.pick([0, .max, .min, 1, -1, 10, 100]) }
        let number = Int64(truncatingIfNeeded: random.next()) >> Int64(random.below(63))
        return random.percent(30) ? number / 1_000 * 1_000 : number
    }

    private static func rate(_ random: inout SplitMix64) -> Int64 {
        let unit: Int64 = random.pick([1, 10, 1_000, 1_000_000, 100_000_000])
        return max(1, random.between(1...500_000_000_000) / unit) * unit
    }

    private static func time(_ random: inout SplitMix64) -> Timestamp {
        let time =
            random.percent(20)
            ? Int64(truncatingIfNeeded: random.next()) / 2
            : random.between(0...4_000_000_000_000_000_000)
        let unit: Int64 = random.pick([1, 1_000, 1_000_000, 1_000_000_000, 86_400_000_000_000])
        return time / unit * unit
    }

    private static func bic(_ random: inout SplitMix64) -> BIC {
        let texts = ["BKCHCNBJ", "BKKBTHBK", "BKCHCNBJXXX", "AAAAAA00001", "ZZZZZZZZXXZ"]
        return BIC(random.pick(texts)) ?? .none
    }

    private static func text(_ random: inout SplitMix64) -> String {
        let long = String(repeating: "x", count: 99)
        return random.pick(["INV-7", "廊桥 \"7\"\n\u{7F}", "", "a\\b/c\u{1}", long])
    }
}
