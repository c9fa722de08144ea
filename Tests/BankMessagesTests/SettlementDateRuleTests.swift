import BankMessages
import Domain
import Testing

@Suite("What settlement dates and times mean")
struct SettlementDateRuleTests {
    private static let hour: Timestamp = 3_600_000_000_000

    /// Noon of 2026-11-29 in China.
    private static let noon = Timestamp(isoDateTime: "2026-11-29T12:00:00+08:00")!
    private static let rule = SettlementDateRule(now: noon, utcOffsetMinutes: 480)

    private static func transfer(_ change: (inout CreditTransfer) -> Void) throws -> CreditTransfer
    {
        var transfer = try creditTransfers(Array(samplePacs008.utf8)).transactions[0].get()
        transfer.interbankSettlementDate = CalendarDate("2026-11-29")
        change(&transfer)
        return transfer
    }

    private static func end(_ change: (inout CreditTransfer) -> Void) throws -> Timestamp? {
        let transfer = try transfer(change)
        try rule.check(transfer, path: "/T")
        return rule.statedEnd(of: transfer)
    }

    private static func refusal(_ change: (inout CreditTransfer) -> Void) throws
        -> MessageRejection?
    {
        let transfer = try transfer(change)
        do throws(MessageRejection) {
            try rule.check(transfer, path: "/T")
            return nil
        } catch { return error }
    }

    @Test("Today is where the payment settles")
    func today() {
        for (time, offset, date) in [
            ("2026-11-29T15:59:59Z", 480, "2026-11-29"),
            ("2026-11-29T16:00:00Z", 480, "2026-11-30"),
            ("2026-11-29T04:59:59Z", -300, "2026-11-28"),
            ("1970-01-01T00:00:00Z", -1, "1969-12-31"),
        ] {
            let rule = SettlementDateRule(
                now: Timestamp(isoDateTime: time)!, utcOffsetMinutes: offset)
            #expect(rule.today.description == date)
        }
    }

    @Test("Only today is taken")
    func dates() throws {
        #expect(try Self.end { _ in } == nil)
        #expect(try Self.end { $0.interbankSettlementDate = nil } == nil)
        let past = try Self.refusal { $0.interbankSettlementDate = CalendarDate("2016-01-04") }
        #expect(past?.code == .invalidDate && past?.path == "/T/IntrBkSttlmDt")
        #expect(
            past?.sentence
                == "IntrBkSttlmDt 2016-01-04 is past: where the payment settles it is 2026-11-29.")
        let later = try Self.refusal { $0.interbankSettlementDate = CalendarDate("2026-11-30") }
        #expect(later?.code == .invalidDate)
        #expect(
            later?.sentence == "IntrBkSttlmDt 2026-11-30 is to come: payments are taken on their "
                + "settlement date alone; send it then.")
    }

    @Test("Where the ledger lets payments wait, a later date is taken")
    func laterDates() throws {
        var rule = Self.rule
        rule.takesLaterDates = true
        for (stated, date) in [("2026-11-29", nil), ("2026-11-30", "2026-11-30")] {
            let transfer = try Self.transfer { $0.interbankSettlementDate = CalendarDate(stated) }
            try rule.check(transfer, path: "/T")
            #expect(rule.laterDate(of: transfer).text == date)
            #expect(Self.rule.laterDate(of: transfer) == .none)
        }
        let past = try Self.transfer { $0.interbankSettlementDate = CalendarDate("2026-11-28") }
        #expect(throws: MessageRejection.self) { try rule.check(past, path: "/T") }
    }

    @Test("The earliest of the times ends the order")
    func times() throws {
        let end = try Self.end {
            $0.settlementTimeRequest = SettlementTimeRequest(
                continuousLinkedSettlement: TimeOfDay("16:00:00"), till: TimeOfDay("08:00:00Z"),
                from: TimeOfDay("12:00:00"), reject: TimeOfDay("15:30:00+08:00"))
        }
        #expect(end == Self.noon + 7 * Self.hour / 2)
        #expect(
            try Self.end {
                $0.settlementTimeRequest.till = TimeOfDay("24:00:00")
            } == Self.noon + 12 * Self.hour)
        let expiry = try Self.end {
            $0.expiryDateTime = Self.noon + 5
            $0.settlementTimeRequest.till = TimeOfDay("13:00:00")
        }
        #expect(expiry == Self.noon + 5)
    }

    @Test("A time with another zone is put into the settlement date")
    func zones() {
        let date = CalendarDate("2026-11-29")!
        for (text, expected) in [
            ("01:00:00", "2026-11-29T01:00:00+08:00"), ("17:00:00Z", "2026-11-29T01:00:00+08:00"),
            ("01:00:00+09:00", "2026-11-29T00:00:00+08:00"),
            ("00:30:00+09:00", "2026-11-29T23:30:00+08:00"),
            ("24:00:00", "2026-11-30T00:00:00+08:00"),
            ("24:00:00+08:00", "2026-11-30T00:00:00+08:00"),
            ("00:00:00+08:00", "2026-11-29T00:00:00+08:00"),
        ] {
            let instant = TimeOfDay(text)?.instant(on: date, placeOffsetMinutes: 480)
            #expect(instant == Timestamp(isoDateTime: expected), "\(text)")
        }
        for text in ["", "24:00:01", "12:00", "12:00:60", "12:00:00+14:01", "1:00:00", "12:00:00 "]
        {
            #expect(TimeOfDay(text) == nil, "\(text)")
        }
        #expect(TimeOfDay("09:05:00.25-03:30")?.description == "09:05:00.250-03:30")
    }

    @Test("What is past or begins later is refused, naming the element")
    func refusals() throws {
        for (name, code, change) in [
            ("SttlmTmReq/TillTm", StatusReasonCode.invalidCutOffTime, \SettlementTimeRequest.till),
            ("SttlmTmReq/RjctTm", .invalidCutOffTime, \.reject),
            ("SttlmTmReq/CLSTm", .invalidCutOffTime, \.continuousLinkedSettlement),
        ] {
            let refused = try Self.refusal {
                $0.settlementTimeRequest[keyPath: change] = TimeOfDay("12:00:00")
            }
            #expect(refused?.code == code && refused?.path == "/T/\(name)")
            #expect(refused?.sentence.contains("12:00:00 of 2026-11-29 is past") == true)
        }
        let from = try Self.refusal { $0.settlementTimeRequest.from = TimeOfDay("12:00:01") }
        #expect(from?.code == .futureDateNotSupported && from?.path == "/T/SttlmTmReq/FrTm")
        let expired = try Self.refusal { $0.expiryDateTime = Self.noon }
        #expect(expired?.code == .invalidCutOffTime)
    }
}
