package import Domain

/// A day, or an instant (ISO 20022 `DateAndDateTime2Choice`).
package enum DateOrTime: Hashable, Sendable {
    /// `Dt`
    case day(CalendarDate)
    /// `DtTm`, nanoseconds since 1970 UTC.
    case time(Timestamp)
}

extension MessageElement {
    /// `Dt` or `DtTm`, exactly one.
    func dateOrTime() throws(MessageRejection) -> DateOrTime {
        switch (try child("Dt"), try child("DtTm")) {
        case (let day?, nil): return .day(try day.date())
        case (nil, let time?): return .time(try time.dateTime())
        case (nil, nil): throw missing("Dt")
        case (_?, _?): throw .malformed(path, "\(element.name) has Dt and DtTm; send one.")
        }
    }
}

extension XMLWriter {
    /// The element with its choice inside, or nothing.
    mutating func dateOrTime(_ name: String, _ value: DateOrTime?) throws(MessageWritingError) {
        guard let value else { return }
        try element(name) { writer throws(MessageWritingError) in
            switch value {
            case .day(let day): try writer.day("Dt", day)
            case .time(let time): try writer.time("DtTm", time)
            }
        }
    }
}
