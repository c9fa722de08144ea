internal import Domain

/// The character data of an element, without white space around it.
struct CamtValue {
    var bytes: ArraySlice<UInt8>
    /// Of the file, from 1.
    var line: Int

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var amount: ExactDecimal? { ExactDecimal(bytes) }
    var count: Int? { Int(text) }
    /// As XML Schema writes it; nil for anything else.
    var flag: Bool? {
        switch text {
        case "true", "1": true
        case "false", "0": false
        default: nil
        }
    }
    var isTrue: Bool { flag == true }
    var direction: CreditDebit? { CreditDebit(rawValue: text) }

    /// The calendar date as written, of a date or a date with a time; nil when it is none that the
    /// calendars here have.
    var date: CivilDate? {
        let rest = bytes.dropFirst(10)
        guard rest.isEmpty || "T Z+-".utf8.contains(rest.first ?? 0) else { return nil }
        return CivilDate(String(decoding: bytes.prefix(10), as: UTF8.self))
    }

    /// What to say of a date that is none.
    func dateFault(_ date: CivilDate?) -> String? {
        date == nil ? "\(quoted) is no date." : nil
    }

    var quoted: String { "'\(cut(text, to: 40))'" }
}

extension CamtField {
    /// Whether it is for people to read, and may be long.
    var isText: Bool {
        switch self {
        case .entryText, .remittance, .debtor, .creditor: true
        default: false
        }
    }
}

/// What a message says of itself.
struct CamtMessage {
    /// A message has begun.
    var isSeen = false
    private var format = StatementFormat.camt053
    private var name: String?
    private var identification: String?
    private var created: String?
    private var page: String?
    private var isLastPage: Bool?

    init() {}

    /// - Parameter choice: which of the three root elements it has.
    init(choice: UInt8) {
        isSeen = true
        format = choice == 0 ? .camt053 : choice == 1 ? .camt052 : .camt054
    }

    mutating func take(_ field: CamtField, _ value: CamtValue) {
        switch field {
        case .namespace: name = CamtMessage.name(in: value.bytes)
        case .messageIdentification: identification = value.text
        case .messageCreated: created = value.text
        case .messagePage: page = value.text
        case .messageIsLast: isLastPage = value.isTrue
        default: break
        }
    }

    /// `camt.053.001.08`, wherever it stands in a namespace: some put more behind it.
    private static func name(in namespace: ArraySlice<UInt8>) -> String? {
        let start = namespace.indices.first { namespace[$0...].starts(with: "camt.05".utf8) }
        return start.map { String(decoding: namespace[$0...].prefix(15), as: UTF8.self) }
    }

    /// What its statements begin with.
    var head: StatementHead {
        let kind: StatementKind =
            switch format {
            case .camt052: .interim
            case .camt054: .notification
            case .camt053, .mt940, .mt942, .csv: .booked
            }
        var head = StatementHead(
            kind: kind, format: format, messageName: name ?? format.rawValue)
        head.messageIdentification = identification
        head.created = created
        head.page = page
        head.isLastPage = isLastPage
        return head
    }
}

/// A statement, up to its first balance or entry.
struct CamtStatement {
    var head: StatementHead
    var isTold = false
    var entries = 0
    var declared = DeclaredTotals()
    /// To be told behind the head.
    private(set) var findings: [StatementFinding] = []

    init(head: StatementHead) { self.head = head }

    mutating func take(_ field: CamtField, _ value: CamtValue) {
        switch field {
        case .identification: head.identification = value.text
        case .sequence: head.sequence = value.text
        case .legalSequence: head.legalSequence = value.text
        case .page: head.page = value.text
        case .isLastPage: head.isLastPage = value.isTrue
        case .created: head.created = value.text
        case .copyIndicator: head.copyIndicator = value.text
        case .iban: head.account = value.text
        case .otherAccount: head.account = head.account ?? value.text
        case .accountCurrency: head.currency = value.text
        case .from: head.from = date(value)
        case .to: head.to = date(value)
        case .lines: declared.lines = value.count
        case .creditLines: declared.creditLines = value.count
        case .credits: declared.credits = value.amount
        case .debitLines: declared.debitLines = value.count
        case .debits: declared.debits = value.amount
        default: break
        }
    }

    private mutating func date(_ value: CamtValue) -> CivilDate? {
        let date = value.date
        if let fault = value.dateFault(date), findings.count < 2 {
            findings.append(StatementFinding(.impossibleDate, line: value.line, fault))
        }
        return date
    }
}

struct CamtBalance {
    private var code = ""
    private var amount: CamtValue?
    private var currency: String?
    private var direction: CamtValue?
    private var date: CivilDate?

    /// - Returns: what is wrong with a date.
    mutating func take(_ field: CamtField, _ value: CamtValue) -> String? {
        switch field {
        case .balanceCode: code = value.text
        case .balanceAmount: amount = value
        case .balanceCurrency: currency = value.text
        case .balanceDirection: direction = value
        case .balanceDate:
            date = value.date
            return value.dateFault(date)
        default: break
        }
        return nil
    }

    /// A balance whose figure or sign cannot be read is none.
    func events(line: Int) -> [StatementEvent] {
        guard let magnitude = amount?.amount, !magnitude.isNegative,
            direction == nil || direction?.direction != nil
        else {
            let quoted = amount?.amount == nil ? amount?.quoted : direction?.quoted
            return [
                .finding(
                    StatementFinding(
                        .unreadableAmount, line: line,
                        "Balance \(cut(code, to: 40)) reads \(quoted ?? "nothing")."))
            ]
        }
        let balance = StatementBalance(
            code: code, amount: direction?.direction == .debit ? -magnitude : magnitude,
            currency: currency, date: date)
        guard direction == nil else { return [.balance(balance)] }
        return [
            .balance(balance),
            .finding(
                StatementFinding(
                    .balanceWithoutSign, line: line,
                    "Balance \(cut(code, to: 40)) does not say whether it is a credit or a debit, "
                        + "and is taken as a credit.")),
        ]
    }
}
