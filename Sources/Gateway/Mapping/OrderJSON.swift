package import Domain

/// Reads payment orders in JSON of the usual form: an object of strings without escapes, none of
/// them empty, by their lowerCamelCase names, each once. SwiftProtobuf reads everything else, and
/// it is said there what is wrong.
package enum OrderJSON {
    /// The order with this UETR; nil for a text that is not of the usual form, and for an order
    /// that lacks something or has anything wrong in it.
    package static func read(_ text: UnsafeRawBufferPointer, uetr: UETR) -> OrderDraft? {
        var scanner = JSONScanner(text)
        var fields = OrderFields()
        guard scanner.takes("{") else { return nil }
        repeat {
            guard let name = scanner.string(), scanner.takes(":"), let value = scanner.string(),
                fields.set(name, value)
            else { return nil }
        } while scanner.takes(",")
        guard scanner.takes("}"), scanner.isAtEnd else { return nil }
        return fields.draft(uetr)
    }
}

/// The fields of an order, in whatever order they come.
private struct OrderFields {
    private var uetr: UETR?
    private var payer: BIC?
    private var creditor: BIC?
    private var payCurrency: Currency?
    private var receiveCurrency: Currency?
    private var fixed: FixedAmount?
    /// What the digits of amounts mean depends on a currency that may come later.
    private var amount: String?
    private var minimumFill: String?
    private var limit: Rate?
    private var timeInForce: TimeInForce?
    private var fillPolicy: FillPolicy?
    private var attempt: UInt128?

    /// False for an unknown name, a wrong value, and a field that is set already.
    mutating func set(_ name: String, _ value: String) -> Bool {
        switch name {
        case "uetr": fill(&uetr, UETR(value))
        case "payer": fill(&payer, BIC(value))
        case "creditorParticipant": fill(&creditor, BIC(value))
        case "payCurrency": fill(&payCurrency, Currency(code: value))
        case "receiveCurrency": fill(&receiveCurrency, Currency(code: value))
        case "payAmount": fill(&fixed, .pay) && fill(&amount, value)
        case "receiveAmount": fill(&fixed, .receive) && fill(&amount, value)
        case "limitRate": fill(&limit, try? Rate(decimal: value))
        case "minimumFill": fill(&minimumFill, value)
        case "timeInForce":
            fill(&timeInForce, TimeInForce.allCases.first { $0.wireName == value })
        case "fillPolicy": fill(&fillPolicy, FillPolicy.allCases.first { $0.wireName == value })
        case "attempt": value.count <= Attempt.longest && fill(&attempt, Attempt.key(value))
        default: false
        }
    }

    /// Nil when something is missing or wrong, or the order states another UETR.
    func draft(_ uetr: UETR) -> OrderDraft? {
        guard self.uetr == nil || self.uetr == uetr, let creditor, let payCurrency,
            let receiveCurrency, let fixed, let amount
        else { return nil }
        let currency = fixed == .pay ? payCurrency : receiveCurrency
        guard let amount = try? Money(decimal: amount, currency: currency),
            let smallest = try? Money(decimal: minimumFill ?? "0", currency: currency)
        else { return nil }
        return OrderDraft(
            uetr: uetr, payer: payer ?? .none, creditor: creditor, payCurrency: payCurrency,
            receiveCurrency: receiveCurrency, fixed: fixed, amount: amount.minorUnits,
            limit: limit ?? .none, timeInForce: timeInForce ?? .goodTillCancelled,
            fillPolicy: fillPolicy ?? .any, minimumFill: smallest.minorUnits,
            attempt: attempt ?? 0)
    }
}

/// False when there is no value, or the field has one already.
private func fill<Value>(_ field: inout Value?, _ value: Value?) -> Bool {
    guard field == nil, let value else { return false }
    field = value
    return true
}

/// Walks over JSON text that has objects and plain strings only.
private struct JSONScanner {
    private let text: UnsafeRawBufferPointer
    private var position = 0

    init(_ text: UnsafeRawBufferPointer) { self.text = text }

    var isAtEnd: Bool {
        mutating get {
            skipSpace()
            return position == text.count
        }
    }

    /// Whether this character comes next; goes behind it.
    mutating func takes(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < text.count, text[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// The string that comes next; nil when it is empty or has anything but plain ASCII in it.
    mutating func string() -> String? {
        guard takes("\"") else { return nil }
        let start = position
        while position < text.count {
            let byte = text[position]
            if byte == UInt8(ascii: "\"") {
                guard position > start else { return nil }
                defer { position += 1 }
                return String(decoding: text[start..<position], as: UTF8.self)
            }
            guard byte >= 0x20, byte < 0x7F, byte != UInt8(ascii: "\\") else { return nil }
            position += 1
        }
        return nil
    }

    private mutating func skipSpace() {
        while position < text.count, isSpace(text[position]) { position += 1 }
    }

    private func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}

extension TimeInForce {
    /// The name of the value in JSON.
    var wireName: String {
        switch self {
        case .immediateOrCancel: "IMMEDIATE_OR_CANCEL"
        case .fillOrKill: "FILL_OR_KILL"
        case .day: "DAY"
        case .goodTillCancelled: "GOOD_TILL_CANCELLED"
        case .goodTillDate: "GOOD_TILL_DATE"
        }
    }
}

extension FillPolicy {
    /// The name of the value in JSON.
    var wireName: String {
        switch self {
        case .any: "ANY"
        case .minimum: "MINIMUM"
        case .complete: "COMPLETE"
        }
    }
}
