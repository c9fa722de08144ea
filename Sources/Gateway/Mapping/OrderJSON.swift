internal import Domain
internal import SwiftProtobuf

/// Reads payment orders in JSON of the usual form: an object of strings without escapes, none of
/// them empty, by their lowerCamelCase names, each once. SwiftProtobuf reads everything else, and
/// says what is wrong.
package enum OrderJSON {
    /// The order as SwiftProtobuf reads it; nil for a text that is not of the usual form.
    package static func read(_ text: UnsafeRawBufferPointer) -> ProtoPaymentOrder? {
        var scanner = JSONScanner(text)
        var order = ProtoPaymentOrder()
        guard scanner.takes("{") else { return nil }
        if !scanner.takes("}") {
            repeat {
                guard let name = scanner.string(), scanner.takes(":"),
                    let value = scanner.string(), set(name, value, in: &order)
                else { return nil }
            } while scanner.takes(",")
            guard scanner.takes("}") else { return nil }
        }
        return scanner.isAtEnd ? order : nil
    }

    /// False for an unknown name or value, and for a field that is set already.
    private static func set(
        _ name: String, _ value: String, in order: inout ProtoPaymentOrder
    ) -> Bool {
        switch name {
        case "uetr": fill(&order.uetr, value)
        case "payer": fill(&order.payer, value)
        case "creditorParticipant": fill(&order.creditorParticipant, value)
        case "payCurrency": fill(&order.payCurrency, value)
        case "receiveCurrency": fill(&order.receiveCurrency, value)
        case "payAmount": fix(&order, .payAmount(value))
        case "receiveAmount": fix(&order, .receiveAmount(value))
        case "limitRate": fill(&order.limitRate, value)
        case "minimumFill": fill(&order.minimumFill, value)
        case "timeInForce":
            choose(&order.timeInForce, TimeInForce.allCases, value) { ($0.wireName, .init($0)) }
        case "fillPolicy":
            choose(&order.fillPolicy, FillPolicy.allCases, value) { ($0.wireName, .init($0)) }
        default: false
        }
    }

    private static func fill(_ field: inout String, _ value: String) -> Bool {
        guard field.isEmpty else { return false }
        field = value
        return true
    }

    private static func fix(
        _ order: inout ProtoPaymentOrder, _ value: ProtoPaymentOrder.OneOf_Fixed
    ) -> Bool {
        guard order.fixed == nil else { return false }
        order.fixed = value
        return true
    }

    private static func choose<Choice, Field: Enum>(
        _ field: inout Field, _ choices: [Choice], _ value: String,
        _ wire: (Choice) -> (name: String, field: Field)
    ) -> Bool {
        guard field == Field(),
            let found = choices.lazy.map(wire).first(where: { $0.name == value })
        else { return false }
        field = found.field
        return true
    }
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
