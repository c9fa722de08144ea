internal import Domain
internal import Foundation
internal import Gateway
internal import HTTP2
import NIOCore
internal import SwiftProtobuf
internal import Testing

extension SystemTests {
    /// Payments for a later date, by the API, over a restart, and by themselves on their date.
    @Suite("Payments for a later date")
    struct DatedPaymentTests {
        private static let second: Timestamp = 1_000_000_000

        @Test(
            "A payment waits, is found as waiting, and enters by itself",
            .timeLimit(.minutes(2)))
        func entersByItself() async throws {
            let gateway = try await Market.open()
            do {
                let people = try await BankClient.connect(gateway.endpoint, as: "operator")
                let turn = Timestamp(Date().timeIntervalSince1970) * Self.second + 10 * Self.second
                let tomorrow = CivilDate(rawValue: UInt16(turn / (86_400 * Self.second)) + 1)
                for currency in [Currency.cny, .thb] {
                    try await adopt(currency, turn, tomorrow, people)
                }
                let _: ProtoCommandAnswer = try await people.get(
                    "POST", "/v1/corridors/THB:setCalendars", #"{"followsCalendars":true}"#)
                let _: ProtoCommandAnswer = try await people.get(
                    "PUT", "/v1/participants/\(Market.chinese[1])/dated_funding",
                    #"{"funding":"AT_ENTRY"}"#)
                let watch = try await people.begin("/v1/payments:watch")
                let seen = Task { try await Self.watched(watch) }
                try await waits(gateway, tomorrow, people)
                try await enters(gateway, people)
                check(try await seen.value, "\(tomorrow)")
                await people.close()
            } catch {
                Issue.record("\(error)\n\(gateway.log.suffix(2_000))")
            }
            await gateway.remove()
        }

        /// Today until the turn, and from then on tomorrow.
        private func adopt(
            _ currency: Currency, _ turn: Timestamp, _ tomorrow: CivilDate, _ people: BankClient
        ) async throws {
            let today = CivilDate(rawValue: tomorrow.rawValue - 1)
            let days = [
                CalendarDay(
                    currency, today, opens: turn - 3_600 * Self.second, cutOff: turn, turn: turn),
                CalendarDay(
                    currency, tomorrow, opens: turn, cutOff: turn + 3_600 * Self.second,
                    turn: turn + 3_600 * Self.second),
            ]
            for day in days {
                let _: ProtoCommandAnswer = try await people.call(
                    "OperatorService/StageCalendarDay", ProtoStageCalendarDayRequest(day))
            }
            let staged: ProtoListCalendarDaysResponse = try await people.get(
                "GET", "/v1/calendars/\(currency.code)/staged")
            let _: ProtoCommandAnswer = try await people.get(
                "POST", "/v1/calendars/\(currency.code):adopt",
                """
                {"firstDate":"\(today)","lastDate":"\(tomorrow)","days":2,
                "digest":"\(staged.digest)"}
                """)
        }

        private static func order(_ bank: String, on date: CivilDate) -> ProtoPaymentOrder {
            var order = Market.order(from: bank, to: Market.thai[0])
            order.settlementDate = "\(date)"
            return order
        }

        private func waits(
            _ gateway: GatewayUnderTest, _ tomorrow: CivilDate, _ people: BankClient
        ) async throws {
            let client = try await BankClient.connect(gateway.endpoint, as: Market.chinese[0])
            let order = Self.order(Market.chinese[0], on: tomorrow)
            let payment: ProtoPayment = try await client.call(
                "PaymentService/SubmitPayment", order)
            #expect(payment.status == "PDNG" && payment.waiting)
            #expect(payment.settlementDate == "\(tomorrow)" && payment.held.amount != "0.00")
            // R22.1 The same without a date, and with another one.
            var same = order
            same.settlementDate = ""
            let again: ProtoPayment = try await client.call("PaymentService/SubmitPayment", same)
            #expect(again.repetition && again.paymentID == payment.paymentID)
            same.settlementDate = "\(CivilDate(rawValue: tomorrow.rawValue + 1))"
            let reply = try await client.send(
                "PUT", "/v1/payments/\(order.uetr)", try same.jsonString())
            #expect(reply.problem?.code == "UETR_CONFLICT")
            let found: ProtoPayment = try await client.get("GET", "/v1/payments/\(order.uetr)")
            #expect(found.waiting && found.settlementDate == "\(tomorrow)")
            let list: ProtoListPaymentsResponse = try await people.get(
                "GET", "/v1/payments?status=PDNG")
            #expect(list.payments.map(\.waiting) == [true])
            // Dates that cannot be, or of which the short calendars do not know.
            for (date, code) in [("2020-01-06", "DATE_PASSED"), ("2149-01-06", "OUTSIDE_SESSION")] {
                var other = Market.order(from: Market.chinese[0], to: Market.thai[0])
                other.settlementDate = date
                let reply = try await client.send(
                    "PUT", "/v1/payments/\(other.uetr)", try other.jsonString())
                #expect(reply.problem?.code == code)
            }
            let other = try await BankClient.connect(gateway.endpoint, as: Market.chinese[1])
            let free: ProtoPayment = try await other.call(
                "PaymentService/SubmitPayment", Self.order(Market.chinese[1], on: tomorrow))
            #expect(free.waiting && free.held.amount == "0.00")
            let cancelled: ProtoPayment = try await other.get(
                "POST", "/v1/payments/\(free.uetr):cancel")
            #expect(cancelled.status == "CANC" && !cancelled.waiting)
            await client.close()
            await other.close()
        }

        /// What a watch tells, up to the first settlement of a payment with a date.
        private static func watched(_ watch: ClientStream) async throws -> [ProtoPayment] {
            var (payments, text): ([ProtoPayment], [UInt8]) = ([], [])
            for try await piece in watch.body {
                text += piece.readableBytesView
                while let end = text.firstIndex(of: UInt8(ascii: "\n")) {
                    let payment = try ProtoPayment(jsonUTF8Bytes: Array(text[..<end]))
                    text.removeSubrange(...end)
                    payments.append(payment)
                    if payment.status == "ACSC", !payment.settlementDate.isEmpty {
                        watch.cancel()
                        return payments
                    }
                }
            }
            return payments
        }

        /// A watch tells of dates what the payment's own read does, at every change.
        private func check(_ seen: [ProtoPayment], _ date: String) {
            let last = seen.last?.uetr
            let changes = seen.filter { $0.uetr == last }
            #expect(changes.map(\.settlementDate) == [date, date, date])
            #expect(changes.map(\.waiting) == [true, false, false])
            #expect(changes.map(\.status) == ["PDNG", "PDNG", "ACSC"])
            let cancelled = seen.filter { $0.status == "CANC" }
            #expect(cancelled.map(\.settlementDate) == [date])
            #expect(cancelled.map(\.waiting) == [false])
        }

        /// Nobody sends anything until the date has begun.
        private func enters(_ gateway: GatewayUnderTest, _ people: BankClient) async throws {
            for _ in 0..<300 {
                let list: ProtoListPaymentsResponse = try await people.get(
                    "GET", "/v1/payments?status=PDNG")
                if list.payments.contains(where: { !$0.waiting }) {
                    #expect(list.payments.map(\.settlementDate).allSatisfy { !$0.isEmpty })
                    let thai = try await BankClient.connect(gateway.endpoint, as: Market.thai[0])
                    let payment: ProtoPayment = try await thai.call(
                        "PaymentService/SubmitPayment",
                        Market.order(from: Market.thai[0], to: Market.chinese[0]))
                    #expect(payment.status == "ACSC")
                    await thai.close()
                    return
                }
                try await Task.sleep(for: .milliseconds(100))
            }
            Issue.record("no payment enters")
        }
    }
}
