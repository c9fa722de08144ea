package import Domain
internal import Store
internal import SwiftProtobuf

extension CivilDate: StatedText {
    init(stated text: String, _ name: String) throws(GatewayError) {
        guard let date = CivilDate(text), date != .none else {
            throw Field.malformed(name, "must be a date such as 2026-11-30", text)
        }
        self = date
    }
}

extension RowsDigest: StatedText {
    init(stated text: String, _ name: String) throws(GatewayError) {
        guard let digest = RowsDigest(text) else {
            throw Field.malformed(name, "must be 32 hexadecimal digits", text)
        }
        self = digest
    }
}

extension ProtoListCalendarDaysResponse {
    package init(_ days: [CalendarDay]) {
        self.init()
        self.days = days.map { ProtoCalendarDay(saying: $0) }
        digest = CalendarDay.digest(of: days).description
    }
}

extension ProtoBusinessDay {
    init(_ day: BusinessDay) {
        self.init(day.row)
        guard let next = day.next else { return }
        endedAt = Google_Protobuf_Timestamp(next.began)
        lastLogIndex = next.beganIn - 1
    }

    /// One that runs.
    package init(_ row: BusinessDayRow) {
        self.init()
        currency = row.currency.code
        number = row.number
        date = row.date.text ?? ""
        beganAt = Google_Protobuf_Timestamp(row.began)
        firstLogIndex = row.beganIn
    }
}

extension ProtoDayBalance {
    init(_ balance: DayBalance, participant: BIC) {
        self.init()
        let account = balance.account
        func decimal(_ minorUnits: Int64) -> String {
            Money(minorUnits: minorUnits, currency: account.currency).decimal
        }
        accountID = account.id
        kind = account.kind.word
        self.participant = participant == .none ? "" : participant.description
        opening = decimal(balance.opening)
        closing = decimal(balance.closing)
    }
}

extension Field {
    /// A business day by its number or date; the one that runs when it is empty or `running`.
    static func day(_ text: String, _ name: String) throws(GatewayError) -> DayName {
        if text.isEmpty || text == "running" { return .running }
        if let number = DayNumber(text), number > 0 { return .number(number) }
        guard let date = CivilDate(text) else {
            throw malformed(name, "must be a number, a date or \"running\"", text)
        }
        return .date(date)
    }
}

extension CalendarDay {
    /// The day that an answer says.
    ///
    /// - Throws: `MALFORMED_REQUEST` naming the field that no gateway writes so.
    package init(_ proto: ProtoCalendarDay) throws(GatewayError) {
        self = try MessageReader.command(StageCalendarDay.self, from: proto).day
    }
}

extension ProtoStageCalendarDayRequest {
    package init(_ day: CalendarDay) { self.init(saying: StageCalendarDay(day)) }
}
