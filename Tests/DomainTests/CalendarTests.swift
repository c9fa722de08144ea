internal import Chance
internal import Domain
internal import Testing

@Suite struct CalendarTests {
    /// Dates, and their distance from 1970-01-01 by another program.
    @Test(arguments: [
        ("1970-01-02", 1, 5), ("1999-12-31", 10_956, 5), ("2000-02-29", 11_016, 2),
        ("2026-11-30", 20_787, 1), ("2100-02-28", 47_540, 7), ("2100-03-01", 47_541, 1),
        ("2149-06-06", 65_535, 5),
    ])
    func aDateHasItsNumber(text: String, number: UInt16, weekday: Int) {
        let date = CivilDate(text)
        #expect(date?.rawValue == number && date?.weekday == weekday)
        #expect(CivilDate(rawValue: number).description == text)
    }

    @Test(arguments: [
        "2026-02-29", "2100-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "2026-1-01",
        "1969-12-31", "2149-06-07", "20260101", "", "２０26-01-01",
    ])
    func whatIsNoDateIsNotRead(text: String) { #expect(CivilDate(text) == nil) }

    @Test func everyDateIsReadBack() {
        for number in UInt16.min...UInt16.max {
            let date = CivilDate(rawValue: number)
            #expect(CivilDate(date.description) == date)
        }
    }

    /// First halves of SHA-256 by another program: of nothing, of `abc`, and of 55, 56, 64 and
    /// 1,000 letters `a`.
    @Test(arguments: [
        ("", 1, "e3b0c44298fc1c149afbf4c8996fb924"),
        ("abc", 1, "ba7816bf8f01cfea414140de5dae2223"),
        ("a", 55, "9f4390f8d30c2dd92ec9f095b65e2b9a"),
        ("a", 56, "b35439a4ac6f0948b6d6f9e3c6af0f5f"),
        ("a", 64, "ffe054fe7ae0cb6dc65c3af9b61d5209"),
        ("a", 1000, "41edece42d63e8d9bf515a9ba6932e1c"),
    ])
    func aDigestIsThatOfOtherPrograms(text: String, times: Int, digits: String) {
        let bytes = Array(String(repeating: text, count: times).utf8)
        let digest = RowsDigest(of: bytes)
        #expect(digest.description == digits && RowsDigest(digits) == digest)
    }

    @Test func whatIsNoDigestIsNotRead() {
        for text in ["", "ba7816bf8f01cfea414140de5dae222", "+a7816bf8f01cfea414140de5dae2223"] {
            #expect(RowsDigest(text) == nil)
        }
    }

    /// R19.1
    @Test func aDayHasItsTimes() throws {
        let date = try #require(CivilDate("2026-01-05"))
        let hour: Timestamp = 3_600_000_000_000
        func day(_ opens: Int64, _ cutOff: Int64, _ turn: Int64) -> Bool {
            CalendarDay(
                .cny, date, opens: date.midnight + opens * hour,
                cutOff: date.midnight + cutOff * hour, turn: date.midnight + turn * hour
            ).isValid
        }
        #expect(day(1, 2, 2) && day(-36, 60, 60))
        #expect(!day(2, 2, 3) && !day(1, 3, 2) && !day(-37, 1, 1) && !day(1, 2, 61))
        var closed = CalendarDay(closed: date, .cny)
        #expect(closed.isValid)
        closed.turn = 1
        #expect(!closed.isValid && !CalendarDay(closed: .none, .cny).isValid)
    }
}
