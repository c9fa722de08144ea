/// The form that operators write, as JSON: objects, texts, whole numbers.
///
/// ```json
/// {
///   "delimiter": ";", "encoding": "windows-1252", "linesBefore": 4, "linesAfter": 1,
///   "order": "newest-first", "currency": "EUR", "dates": "DD.MM.YYYY",
///   "amounts": {"decimal": ",", "thousands": "."},
///   "status": {"pending": ["Vorgemerkt"]},
///   "columns": {
///     "bookingDate": "Buchungstag", "valueDate": "Wertstellung", "amount": "Betrag",
///     "balance": 7, "remittance": ["Zweck 1", "Zweck 2"]
///   }
/// }
/// ```
///
/// Columns are named as in the header, or numbered from 1 with `"header": false` and with a header.
/// Amounts have `"positive": "debit"` where charges are above zero, the words `"credit": […]` and
/// `"debit": […]` of a column `direction`, or neither with columns `debit` and `credit`
/// (`"debitsAreNegative": true` when those have a minus); `"negative"` lists `leading-minus`,
/// `trailing-minus`, `parentheses`; `"groups": "lakhs"` is for `12,34,567.00`; `"symbols"` lists
/// what may stand around a number. A name that is not known is refused.
extension CSVMapping: Codable {
    /// - Throws: ``Fault``, or what the decoder finds wrong.
    package init(from decoder: any Decoder) throws {
        let form = try MappingForm(decoder, "")
        try form.refuseOthers([
            "kind", "encoding", "delimiter", "quote", "linesBefore", "linesAfter", "header",
            "order", "account", "currency", "dates", "amounts", "status", "columns",
        ])
        guard let pattern = try form.text("dates") else { throw Fault("dates", "is needed") }
        guard let amounts = try form.form("amounts") else { throw Fault("amounts", "is needed") }
        guard let columns = try form.form("columns") else { throw Fault("columns", "is needed") }
        self.init(
            dates: try CSVDateFormat(pattern), amounts: try .init(amounts, columns: columns),
            columns: try CSVMapping.columns(columns))
        kind = try form.choice("kind") ?? kind
        encoding = try form.choice("encoding")
        order = try form.choice("order")
        if let text = try form.text("delimiter") {
            delimiter = try form.character(text, "delimiter")
        }
        if let text = try form.text("quote") {
            quote = text.isEmpty ? nil : try form.character(text, "quote")
        }
        linesBefore = try form.number("linesBefore") ?? linesBefore
        linesAfter = try form.number("linesAfter") ?? linesAfter
        hasHeader = try form.flag("header") ?? hasHeader
        account = try form.text("account")
        currency = try form.text("currency")
        if let words = try form.form("status") {
            try words.refuseOthers(["booked", "pending", "information"])
            status.booked = try words.texts("booked") ?? []
            status.pending = try words.texts("pending") ?? []
            status.information = try words.texts("information") ?? []
        }
        try check()
    }

    private static func columns(_ form: MappingForm) throws -> [Role: [Column]] {
        try form.refuseOthers(Role.allCases.map(\.rawValue))
        var columns: [Role: [Column]] = [:]
        for role in Role.allCases { columns[role] = try form.columns(role.rawValue) }
        return columns
    }

    /// The same form, without what is as it is anyway.
    package func encode(to encoder: any Encoder) throws {
        var form = encoder.container(keyedBy: MappingForm.Key.self)
        if kind != .booked { try form.encode(kind.rawValue, forKey: "kind") }
        try form.encodeIfPresent(encoding?.rawValue, forKey: "encoding")
        try form.encode(String(Unicode.Scalar(delimiter)), forKey: "delimiter")
        try form.encode(quote.map { String(Unicode.Scalar($0)) } ?? "", forKey: "quote")
        if linesBefore > 0 { try form.encode(linesBefore, forKey: "linesBefore") }
        if linesAfter > 0 { try form.encode(linesAfter, forKey: "linesAfter") }
        if !hasHeader { try form.encode(false, forKey: "header") }
        try form.encodeIfPresent(order?.rawValue, forKey: "order")
        try form.encodeIfPresent(account, forKey: "account")
        try form.encodeIfPresent(currency, forKey: "currency")
        try form.encode(dates.pattern, forKey: "dates")
        var amountForm = form.nestedContainer(keyedBy: MappingForm.Key.self, forKey: "amounts")
        try amounts.encode(to: &amountForm)
        if status != StatusWords() {
            var words = form.nestedContainer(keyedBy: MappingForm.Key.self, forKey: "status")
            for (name, list) in [
                ("booked", status.booked), ("pending", status.pending),
                ("information", status.information),
            ] where !list.isEmpty {
                try words.encode(list, forKey: .init(name))
            }
        }
        var columnForm = form.nestedContainer(keyedBy: MappingForm.Key.self, forKey: "columns")
        for (role, places) in columns {
            let key = MappingForm.Key(role.rawValue)
            if places.count == 1 {
                try columnForm.encode(places[0], forKey: key)
            } else {
                try columnForm.encode(places, forKey: key)
            }
        }
    }
}

extension CSVMapping.Column: Codable {
    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let number = try? value.decode(Int.self) {
            self = .numbered(number)
        } else {
            self = .named(try value.decode(String.self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .named(let name): try value.encode(name)
        case .numbered(let number): try value.encode(number)
        }
    }
}

extension CSVAmountFormat {
    fileprivate init(_ form: MappingForm, columns: MappingForm) throws {
        try form.refuseOthers([
            "decimal", "thousands", "groups", "negative", "symbols", "positive", "credit", "debit",
            "debitsAreNegative",
        ])
        guard let decimal = try form.text("decimal") else {
            throw CSVMapping.Fault("amounts.decimal", "is needed: '.' or ','")
        }
        try self.init(decimal: decimal, thousands: try form.text("thousands"))
        groups = try form.choice("groups") ?? groups
        if let forms = try form.texts("negative") {
            negative = try Set(forms.map { try form.choice($0, "negative") as Negative })
        }
        symbols = try form.texts("symbols") ?? []
        guard !symbols.contains(where: { $0.isEmpty || $0.utf8.contains(where: \.isDigit) }) else {
            throw CSVMapping.Fault("amounts.symbols", "are words without digits")
        }
        let positive = try form.text("positive")
        let (credit, debit) = (try form.texts("credit"), try form.texts("debit"))
        let negatives = try form.flag("debitsAreNegative")
        let stated = [positive != nil, credit != nil || debit != nil, negatives != nil]
        guard stated.count(where: { $0 }) <= 1 else {
            throw CSVMapping.Fault(
                "amounts", "has one of: positive; credit and debit; debitsAreNegative")
        }
        if credit != nil || debit != nil {
            sign = .worded(credit: credit ?? [], debit: debit ?? [])
        } else if columns.has("debit") || columns.has("credit") {
            guard positive == nil else {
                throw CSVMapping.Fault("amounts.positive", "is for one column of amounts")
            }
            sign = .columns(debitsAreNegative: negatives ?? false)
        } else {
            guard negatives == nil else {
                throw CSVMapping.Fault("amounts.debitsAreNegative", "is for a column of debits")
            }
            switch positive {
            case nil, "credit": sign = .signed(positive: .credit)
            case "debit": sign = .signed(positive: .debit)
            default: throw CSVMapping.Fault("amounts.positive", "is 'credit' or 'debit'")
            }
        }
    }

    fileprivate func encode(to form: inout KeyedEncodingContainer<MappingForm.Key>) throws {
        try form.encode(String(Unicode.Scalar(decimal)), forKey: "decimal")
        try form.encodeIfPresent(thousands.map { String($0) }, forKey: "thousands")
        if groups != .thousands { try form.encode(groups.rawValue, forKey: "groups") }
        if negative != [.leadingMinus] {
            try form.encode(negative.map(\.rawValue).sorted(), forKey: "negative")
        }
        if !symbols.isEmpty { try form.encode(symbols, forKey: "symbols") }
        switch sign {
        case .signed(let positive):
            try form.encode(positive == .credit ? "credit" : "debit", forKey: "positive")
        case .worded(let credit, let debit):
            try form.encode(credit, forKey: "credit")
            try form.encode(debit, forKey: "debit")
        case .columns(let debitsAreNegative):
            try form.encode(debitsAreNegative, forKey: "debitsAreNegative")
        }
    }
}
