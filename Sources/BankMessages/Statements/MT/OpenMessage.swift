internal import Domain

/// The message that an ``MTStatementReader`` is in: its head until it is told, and the line whose
/// field 86 may still come.
struct OpenMessage {
    private var head: StatementHead
    /// The type that its frame states; nil when nothing does.
    private let announced: String?
    private let limits: StatementLimits
    private var hasFloor = false
    private var hasOpening = false
    private var isHeadTold = false
    /// What was found before the head is told, few enough to be kept.
    private var early: [StatementFinding] = []
    private var openingDate: CivilDate?
    private var line: StatementLine?
    private var information: [ArraySlice<UInt8>] = []
    /// Bytes that texts of the line may still have.
    private var room = 0
    private var lines = 0
    private var isPointNoted = false

    /// - Parameter before: the format of the message before, for one that says nothing of its own.
    init(announced: String?, before: StatementFormat, limits: StatementLimits) {
        self.announced = announced
        self.limits = limits
        head = StatementHead(kind: .booked, format: before)
    }

    var format: StatementFormat { head.format }

    /// Takes a field in whose lines are complete; `number` is that of its first.
    mutating func take(
        _ field: MTField, _ tag: String, _ texts: [ArraySlice<UInt8>], number: Int,
        _ take: StatementTake
    ) throws(StatementRefusal) {
        let text = texts[0]
        switch field {
        case .reference, .account, .number, .created, .floor:
            try introduce(field, tag, text.trimmed, number: number, take)
        case .opening, .closing, .available, .forwardAvailable:
            try balance(field, tag, text, number: number, take)
        case .line:
            try tellHead(take)
            try tellLine(take)
            try begin(texts, number: number, take)
        case .information, .bankOwn:
            if line != nil { appendInformation(texts) }
        case .totals(let direction):
            try tellHead(take)
            try tellLine(take)
            try totals(text, direction, tag, number: number, take)
        case .unknown:
            try note(
                .passedOver, "A statement has no field \(tag); here it has \(text.quoted).",
                number: number, take)
        case .relatedReference, .messageType: break
        }
    }

    mutating func end(_ take: StatementTake) throws(StatementRefusal) {
        try tellHead(take)
        try tellLine(take)
        try take(.end)
    }

    mutating func note(
        _ code: StatementFinding.Code, _ sentence: String, position: Int? = nil, number: Int,
        _ take: StatementTake
    ) throws(StatementRefusal) {
        let finding = StatementFinding(code, position: position, line: number, sentence)
        if isHeadTold {
            try take(.finding(finding))
        } else if early.count < 16 {
            early.append(finding)
        }
    }
}

// The head.
extension OpenMessage {
    private mutating func introduce(
        _ field: MTField, _ tag: String, _ text: ArraySlice<UInt8>, number: Int,
        _ take: StatementTake
    ) throws(StatementRefusal) {
        guard text.count <= limits.identifierBytes else {
            throw StatementRefusal(
                line: number,
                "Field \(tag) has \(text.count) bytes; at most \(limits.identifierBytes) are read.")
        }
        guard !isHeadTold else {
            try note(
                .passedOver,
                "Field \(tag) stands again in the middle of the statement, with \(text.quoted).",
                number: number, take)
            return
        }
        switch field {
        case .reference:
            head.messageIdentification = text.string
            head.identification = text.string
        case .account: head.account = text.string
        case .number:
            let slash = text.firstIndex(of: UInt8(ascii: "/")) ?? text.endIndex
            let (sequence, page) = (text[..<slash].trimmed, text[slash...].dropFirst().trimmed)
            head.sequence = sequence.isEmpty ? nil : sequence.string
            head.page = page.isEmpty ? nil : page.string
        case .created: head.created = text.string
        case .floor:
            hasFloor = true
            let currency = text.prefix(3)
            if currency.count == 3, currency.allSatisfy(\.isCapital) {
                head.currency = currency.string
            }
        case .opening, .closing, .available, .forwardAvailable, .line, .information, .totals,
            .relatedReference, .bankOwn, .messageType, .unknown:
            break
        }
    }

    /// What the frame says goes first; a floor is stated in MT942 only, an opening balance in
    /// MT940.
    private mutating func tellHead(_ take: StatementTake) throws(StatementRefusal) {
        guard !isHeadTold else { return }
        isHeadTold = true
        switch announced {
        case "940", "950": head.format = .mt940
        case "941", "942": head.format = .mt942
        default:
            if hasFloor || (head.created != nil && !hasOpening) {
                head.format = .mt942
            } else if hasOpening {
                head.format = .mt940
            }
        }
        head.kind = head.format == .mt940 ? .booked : .interim
        head.messageName = announced.map { "MT\($0)" } ?? head.format.rawValue
        try take(.head(head))
        for finding in early { try take(.finding(finding)) }
        early = []
    }
}

// Balances and totals.
extension OpenMessage {
    /// A second opening balance is none: the first is the one from which lines are counted.
    private mutating func balance(
        _ field: MTField, _ tag: String, _ text: ArraySlice<UInt8>, number: Int,
        _ take: StatementTake
    ) throws(StatementRefusal) {
        let balance = MTBalance(text, currency: head.currency)
        let isSecond = field == .opening && hasOpening
        if field == .opening { hasOpening = true }
        head.currency = head.currency ?? balance?.currency
        try tellHead(take)
        try tellLine(take)
        guard !isSecond else {
            try note(
                .passedOver,
                "A second opening balance \(text.quoted) stands in one statement.",
                number: number, take)
            return
        }
        guard let balance else {
            try note(
                .unreadableAmount,
                "Field \(tag) with \(text.quoted) is no balance: mark, date, currency, amount.",
                number: number, take)
            return
        }
        try notePoint(balance.amount, number: number, take)
        let date = MTNumbers.date(balance.writtenDate)
        if date == nil {
            try note(
                .impossibleDate, "Field \(tag) has the date \(balance.writtenDate.string).",
                number: number, take)
        }
        if field == .opening { openingDate = date }
        try take(
            .balance(
                StatementBalance(
                    code: tag,
                    amount: balance.isCredit ? balance.amount.value : -balance.amount.value,
                    currency: balance.currency, date: date)))
    }

    /// Fields 90C and 90D: how many lines there are of a direction, and their sum.
    private mutating func totals(
        _ text: ArraySlice<UInt8>, _ direction: CreditDebit, _ tag: String, number: Int,
        _ take: StatementTake
    ) throws(StatementRefusal) {
        let text = text.trimmed
        let count = text.prefix(while: \.isDigit)
        let currency = text[count.endIndex...].prefix(3)
        guard let lines = Int(count.string), currency.allSatisfy(\.isCapital),
            let amount = MTNumbers.amount(
                text[currency.endIndex...], currency: currency.string)
        else {
            try note(
                .unreadableAmount,
                "Field \(tag) with \(text.quoted) is no total: number, currency, amount.",
                number: number, take)
            return
        }
        var totals = DeclaredTotals()
        switch direction {
        case .credit: (totals.creditLines, totals.credits) = (lines, amount.value)
        case .debit: (totals.debitLines, totals.debits) = (lines, amount.value)
        }
        try take(.declared(totals))
    }

    private mutating func notePoint(
        _ amount: MTNumbers.Amount, number: Int, _ take: StatementTake
    ) throws(StatementRefusal) {
        guard amount.hasPoint, !isPointNoted else { return }
        isPointNoted = true
        try note(
            .decimalPoint,
            "Amounts are written with a point, such as \(amount.value); the standard has a comma.",
            number: number, take)
    }
}

// Lines.
extension OpenMessage {
    private mutating func begin(
        _ texts: [ArraySlice<UInt8>], number: Int, _ take: StatementTake
    ) throws(StatementRefusal) {
        lines += 1
        let entry: MTEntry
        var (first, others) = (texts[0], texts.dropFirst())
        // Some savings banks break the line behind the mark.
        let mark = first.dropFirst(6).drop { $0.isDigit || $0.isBlank }
        if !mark.isEmpty, mark.allSatisfy(\.isCapital), let next = others.first {
            first += next
            others = others.dropFirst()
        }
        do {
            entry = try MTEntry(first, currency: head.currency)
        } catch {
            try take(.refusedLine(refusal(of: first, error, number: number)))
            return
        }
        try notePoint(entry.amount, number: number, take)
        var line = StatementLine(
            position: lines, amount: entry.amount.value, direction: entry.mark.direction,
            isReversal: entry.mark.isReversal, currency: head.currency,
            status: entry.mark.isExpected ? .pending : .booked)
        line.transactionCode = entry.type
        line.ownerReference = entry.ownerReference.map { cut($0, to: limits.identifierBytes) }
        line.agentReference = entry.agentReference.map { cut($0, to: limits.identifierBytes) }
        let details = [entry.trailingText].compactMap(\.self) + others
        let text = Array(
            details.map(\.trimmed).filter { !$0.isEmpty }.joined(separator: [UInt8(ascii: "\n")]))[
                ...
            ]
            .bounded(to: limits.textBytes)
        line.text = text.isEmpty ? nil : text.string
        room = limits.textBytes - text.count
        try date(&line, entry, number: number, take)
        self.line = line
    }

    private func refusal(
        of text: ArraySlice<UInt8>, _ fault: MTEntry.Fault, number: Int
    ) -> StatementFinding {
        let (code, what): (StatementFinding.Code, String) =
            switch fault {
            case .date: (.impossibleDate, "six digits of a date")
            case .mark: (.unreadableAmount, "C, D, RC, RD, EC or ED behind the dates")
            case .amount: (.unreadableAmount, "an amount that can be read")
            }
        return StatementFinding(
            code, position: lines, line: number, "Field 61 with \(text.quoted) lacks \(what).")
    }

    /// The entry date is that of booking; without one it is the value date.
    private mutating func date(
        _ line: inout StatementLine, _ entry: MTEntry, number: Int, _ take: StatementTake
    ) throws(StatementRefusal) {
        line.valueDate = MTNumbers.date(entry.writtenValueDate)
        if line.valueDate == nil {
            try note(
                .impossibleDate,
                "The value date is \(entry.writtenValueDate.string), which no calendar has.",
                position: lines, number: number, take)
        }
        guard !entry.writtenEntryDate.isEmpty else {
            line.bookingDate = line.valueDate
            return
        }
        if let near = line.valueDate ?? openingDate {
            line.bookingDate = MTNumbers.date(entry.writtenEntryDate, near: near)
        }
        guard line.bookingDate == nil else { return }
        try note(
            .impossibleDate,
            "The entry date \(entry.writtenEntryDate.string) is of no year around the value date.",
            position: lines, number: number, take)
    }

    /// Fields 86 of one line count as one; beyond the bound of texts they are cut.
    private mutating func appendInformation(_ texts: [ArraySlice<UInt8>]) {
        for text in texts where room > 0 {
            information.append(text.bounded(to: room))
            room -= text.count + 1
        }
    }

    private mutating func tellLine(_ take: StatementTake) throws(StatementRefusal) {
        guard var told = line else { return }
        line = nil
        if !information.isEmpty {
            MTInformation(information, limits).complete(&told)
            information = []
        }
        try take(.line(told))
    }
}
