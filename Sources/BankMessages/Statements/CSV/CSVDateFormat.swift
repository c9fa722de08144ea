internal import Domain

/// How dates are written in a CSV file: `YYYY-MM-DD`, `DD.MM.YY`, `D MMM YYYY`.
///
/// `YYYY`, `YY` (of this century), `MM`, `DD`, with one letter when a zero in front may be left
/// out, `MMM` for `Jan` to `Dec`; every other character stands for itself. A `*` at the end: what
/// follows is not read, such as a time of day. A date is the agent's and is never converted
/// (rule 12).
package struct CSVDateFormat: Equatable, Sendable {
    package let pattern: String
    private let parts: [Part]
    private let hasTail: Bool

    fileprivate enum Part: Equatable {
        case year(digits: Int)
        /// `isFixed`: two digits.
        case month(isFixed: Bool)
        case monthName
        case day(isFixed: Bool)
        case literal(UInt8)
    }

    /// - Throws: ``CSVMapping/Fault`` when it lacks year, month or day, or has one twice.
    package init(_ pattern: String) throws(CSVMapping.Fault) {
        self.pattern = pattern
        var rest = Array(pattern.utf8)[...]
        hasTail = rest.last == UInt8(ascii: "*")
        if hasTail { rest = rest.dropLast() }
        var parts: [Part] = []
        while let first = rest.first {
            let run = rest.prefix { $0 == first }
            switch (first, run.count) {
            case (UInt8(ascii: "Y"), 4), (UInt8(ascii: "Y"), 2):
                parts.append(.year(digits: run.count))
            case (UInt8(ascii: "M"), 3): parts.append(.monthName)
            case (UInt8(ascii: "M"), 1...2): parts.append(.month(isFixed: run.count == 2))
            case (UInt8(ascii: "D"), 1...2): parts.append(.day(isFixed: run.count == 2))
            case (UInt8(ascii: "Y"), _), (UInt8(ascii: "M"), _), (UInt8(ascii: "D"), _):
                throw CSVMapping.Fault("dates", "has \(run.count) of one letter in a row")
            default: parts += run.map { .literal($0) }
            }
            rest = rest.dropFirst(run.count)
        }
        self.parts = parts
        let kinds = parts.compactMap(\.kind).sorted()
        guard kinds == ["day", "month", "year"] else {
            throw CSVMapping.Fault(
                "dates", "has year, month and day once each, as in 'DD.MM.YYYY'")
        }
    }

    /// Nil for a text of another form and for a date that no calendar has.
    func date(_ text: ArraySlice<UInt8>) -> CivilDate? {
        var rest = text.trimmed
        var (year, month, day) = (0, 0, 0)
        for part in parts {
            switch part {
            case .year(let digits):
                guard let value = CSVDateFormat.number(&rest, digits...digits) else { return nil }
                year = digits == 2 ? 2000 + value : value
            case .month(let isFixed):
                guard let value = CSVDateFormat.number(&rest, (isFixed ? 2 : 1)...2) else {
                    return nil
                }
                month = value
            case .monthName:
                guard let value = CSVDateFormat.months.firstIndex(of: rest.prefix(3).string) else {
                    return nil
                }
                month = value + 1
                rest = rest.dropFirst(3)
            case .day(let isFixed):
                guard let value = CSVDateFormat.number(&rest, (isFixed ? 2 : 1)...2) else {
                    return nil
                }
                day = value
            case .literal(let byte):
                guard rest.first == byte else { return nil }
                rest = rest.dropFirst()
            }
        }
        // A digit behind the day would be part of a longer number.
        guard rest.isEmpty || (hasTail && rest.first?.isDigit == false) else { return nil }
        return CivilDate(year: year, month: month, day: day)
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func number(
        _ rest: inout ArraySlice<UInt8>, _ width: ClosedRange<Int>
    ) -> Int? {
        let digits = rest.prefix(width.upperBound).prefix(while: \.isDigit)
        guard width.contains(digits.count) else { return nil }
        rest = rest.dropFirst(digits.count)
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }
}

extension CSVDateFormat.Part {
    var kind: String? {
        switch self {
        case .year: "year"
        case .month, .monthName: "month"
        case .day: "day"
        case .literal: nil
        }
    }
}
