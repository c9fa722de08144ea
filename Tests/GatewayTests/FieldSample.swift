import BankMessages
import Domain

/// One leaf of the tables with a value in it, as a message says it and as JSON and gRPC do: beside
/// it stands what must, and nothing else.
struct FieldSample {
    /// Elements from `CdtTrfTxInf` down to the leaf.
    let path: [String]

    /// Every leaf of a credit transfer in any version, once.
    static func all(of message: MessageDefinition.Message) -> [FieldSample] {
        var seen: Set<[String]> = []
        var samples: [FieldSample] = []
        for version in message.versions {
            let definition = MessageDefinition(message, version: version)!
            for path in leaves(of: definition.table, definition.edition)
            where seen.insert(path).inserted {
                samples.append(FieldSample(path: path))
            }
        }
        return samples
    }

    private static func leaves(of component: Component, _ edition: Edition) -> [[String]] {
        component.fields.flatMap { field -> [[String]] in
            guard field.isRead, field.editions.contains(edition) else { return [] }
            switch field.form {
            case .message(let inner), .inline(let inner):
                return leaves(of: inner, edition).map { [field.element] + $0 }
            // Right or wrong, an IBAN is an account's number in JSON; a flag has no wrong value.
            case .elsewhere, .iban, .indicator, .words: return []
            default: return [[field.element]]
            }
        }
    }

    /// The leaf in an edition; nil where that does not have it.
    func leaf(in definition: MessageDefinition) -> Field? {
        var component = definition.table
        for (depth, element) in path.enumerated() {
            guard let field = FieldSample.field(element, of: component, definition.edition)
            else { return nil }
            switch field.form {
            case .message(let inner), .inline(let inner): component = inner
            default: return depth + 1 == path.count ? field : nil
            }
        }
        return nil
    }

    private static func field(
        _ element: String, of component: Component, _ edition: Edition
    ) -> Field? {
        component.fields.first {
            $0.element == element && $0.isRead && $0.editions.contains(edition)
        }
    }

    // MARK: As a message and as bytes

    /// What `CdtTrfTxInf` has inside with the value in the leaf, and the bytes of `PaymentDetails`.
    func made(with value: String, in definition: MessageDefinition) -> (xml: String, wire: [UInt8])
    {
        FieldSample.content(definition.table, definition.edition, path[...], value)
    }

    private static func content(
        _ component: Component, _ edition: Edition, _ path: ArraySlice<String>, _ value: String
    ) -> (xml: String, wire: [UInt8]) {
        var (xml, wire): (String, [UInt8]) = ("", [])
        let fields = component.fields.filter { $0.isRead && $0.editions.contains(edition) }
        let wanted = fields.first { $0.element == path.first }
        let chosen = component.isChoice ? [wanted ?? fields[0]] : fields
        for field in chosen {
            let isWanted = field === wanted
            let isMandatory = field.isRequired || component.isChoice
            guard isWanted || isMandatory || field.element == "UETR" else { continue }
            let made = element(field, edition, isWanted ? path.dropFirst() : [], isWanted, value)
            xml += made.xml
            wire += made.wire
        }
        return (xml, wire)
    }

    private static func element(
        _ field: Field, _ edition: Edition, _ path: ArraySlice<String>, _ isWanted: Bool,
        _ value: String
    ) -> (xml: String, wire: [UInt8]) {
        var (inside, attribute): ((xml: String, wire: [UInt8]), String) = (("", []), "")
        switch field.form {
        case .inline(let inner):
            inside = content(inner, edition, path, value)
        case .message(let inner):
            inside = content(inner, edition, path, value)
            inside.wire = message(field.number, inside.wire)
        case .elsewhere:
            inside.xml =
                field.element == "UETR" ? "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d" : "4931.20"
            if field.element != "UETR" { attribute = " Ccy=\"THB\"" }
        case .amount:
            let text = isWanted ? value : FieldSample.sample(field.form)
            inside = (escaped(text), message(field.number, bytes(1, "CNY") + bytes(2, text)))
            attribute = " Ccy=\"CNY\""
        default:
            let text = isWanted ? value : FieldSample.sample(field.form)
            let isForeign = if case .foreign = field.form { true } else { false }
            inside = (isForeign ? text : escaped(text), bytes(field.number, text))
        }
        return ("<\(field.element)\(attribute)>\(inside.xml)</\(field.element)>", inside.wire)
    }

    private static func bytes(_ number: Int, _ text: String) -> [UInt8] {
        message(number, Array(text.utf8))
    }

    private static func message(_ number: Int, _ content: [UInt8]) -> [UInt8] {
        varint(number << 3 | 2) + varint(content.count) + content
    }

    private static func varint(_ value: Int) -> [UInt8] {
        value < 128 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + varint(value >> 7)
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
    }

    // MARK: Values

    /// A value of the form.
    static func sample(_ form: Form) -> String {
        switch form {
        case .text: "ab"
        case .list(let codes): String(decoding: codes[0], as: UTF8.self)
        case .alphanumeric(let count): String(repeating: "A", count: count)
        case .digits(let count): String(repeating: "1", count: count)
        case .bic: "YTZGCNB0"
        case .lei: "5493001KJTIIGC8Y1R12"
        case .country: "CN"
        case .currency: "CNY"
        case .iban: "DE89370400440532013000"
        case .phone: "+86-2012345678"
        case .uuid, .elsewhere: "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
        case .hexadecimal: "0A1B"
        case .signature: String(repeating: "A", count: 64)
        case .base64: "QUJD"
        case .date: "2026-03-02"
        case .dateTime: "2026-03-02T10:00:00+08:00"
        case .time: "10:00:00+08:00"
        case .year: "2026"
        case .indicator: "true"
        case .decimal: "4"
        case .amount: "1000.00"
        case .foreign: "<x xmlns=\"urn:x\"><y a=\"1\">2</y></x>"
        case .message, .inline, .words: ""
        }
    }

    /// Right and wrong values for a leaf of this form.
    static func values(for form: Form) -> [String] {
        var values = [sample(form), "?", "a\u{85}b", "a\u{FFFE}b"]
        switch form {
        case .text(let length):
            for count in [length, length + 1] {
                values += ["x", "ก", "🏦"].map { String(repeating: $0, count: count) }
            }
        case .list(let codes): values += codes.map { String(decoding: $0, as: UTF8.self) } + ["A"]
        case .decimal(let digits, let fraction):
            for count in [digits - fraction, digits] {
                values.append(String(repeating: "1", count: count))
                values.append("1." + String(repeating: "1", count: count))
            }
            values += ["1." + String(repeating: "1", count: fraction + 1), "1,5", "1e5"]
        case .amount: values += ["-1.00", "1.000001", "1234567890123456789", "0.00001"]
        case .foreign: values += ["", "x", "<x xmlns=\"\"/>", "<x>", "<x xmlns=\"\">a<b/></x>"]
        default: values += [sample(form) + "0", String(sample(form).dropLast()), "ABCD", "1"]
        }
        return values
    }
}
