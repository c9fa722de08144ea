internal import Domain
internal import SwiftProtobuf

/// Reads the fields of a declared command from a message of the API, each by its name: what
/// ``MessageWriter`` wrote, or a caller.
///
/// What the message has no field for stays as in a new command.
struct MessageReader: FieldVisitor {
    private let said: MessageFields
    /// The first thing that is wrong.
    private var error: GatewayError?

    /// - Throws: `MALFORMED_REQUEST` naming the field.
    static func command<Command: DeclaredCommand>(
        _ type: Command.Type, from message: some Message
    ) throws(GatewayError) -> Command {
        var reader = MessageReader(said: MessageFields(message))
        var command = Command()
        command.visit(&reader)
        if let error = reader.error { throw error }
        return command
    }

    mutating func field<Value: FieldValue>(
        _ name: String, _ value: inout Value, _ form: FieldForm
    ) {
        guard error == nil, let field = said.shape[name] else { return }
        do throws(GatewayError) {
            if let read = try read(Value.self, field, form.meaning) {
                value = read
            }
        } catch {
            self.error = error
        }
    }

    mutating func name<Text: PrintableText>(_ name: String, _ text: inout Text) {
        guard error == nil else { return }
        if let read = Text(said.text(name)) {
            text = read
        } else {
            error = Field.malformed(
                name, "must be 1 to 34 printable characters without spaces", said.text(name))
        }
    }

    mutating func fingerprint(_ name: String, _ fingerprint: inout KeyFingerprint) {
        guard error == nil else { return }
        if let read = KeyFingerprint(text: said.text(name)) {
            fingerprint = read
        } else {
            error = Field.malformed(name, "must be 64 hexadecimal digits", said.text(name))
        }
    }

    /// Nil leaves it as in a new command.
    private func read<Value: FieldValue>(
        _ type: Value.Type, _ field: MessageShape.Field, _ meaning: FieldMeaning
    ) throws(GatewayError) -> Value? {
        let name = field.protoName
        let text = said.text(name)
        switch meaning {
        case .optional where !said.holds(field): return nil
        case .ofItsType, .optional: return try read(type, field)
        case .foreign: return try Field.foreign(text, name) as? Value
        case .amount(let usual):
            let hasCurrency = said.shape["currency"] != nil
            let currency =
                hasCurrency ? try Field.currency(said.text("currency"), "currency") : usual
            let amount = try Field.amount(text, currency, name)
            return Value(bits: Value.Bits(truncatingIfNeeded: amount))
        case .minute:
            let minute = try Field.minute(text, name)
            return Value(bits: Value.Bits(truncatingIfNeeded: minute))
        case .time:
            guard said.holds(field) else { return nil }
            let proto = try? Google_Protobuf_Timestamp(serializedBytes: said.bytes(field))
            let time = try (proto ?? Google_Protobuf_Timestamp()).timestamp(name)
            return Value(bits: Value.Bits(truncatingIfNeeded: time))
        case .weekdays:
            let weekdays = try Field.weekdays(said.numbers(field), name)
            return Value(bits: Value.Bits(truncatingIfNeeded: weekdays))
        case .instant:
            guard said.holds(field) else { return nil }
            let proto = try? Google_Protobuf_Timestamp(serializedBytes: said.bytes(field))
            let time = try (proto ?? Google_Protobuf_Timestamp()).timestamp(name)
            return Value(bits: Value.Bits(truncatingIfNeeded: time))
        }
    }

    private func read<Value: FieldValue>(
        _ type: Value.Type, _ field: MessageShape.Field
    ) throws(GatewayError) -> Value? {
        switch type {
        case let text as any StatedText.Type:
            return try text.init(stated: said.text(field.protoName), field.protoName) as? Value
        case let set as any WordedSet.Type: return try members(set, field) as? Value
        case let worded as any Worded.Type: return try word(worded, field) as? Value
        case is MessageVersions.Type:
            let proto = try? ProtoMessageVersions(serializedBytes: said.bytes(field))
            return try MessagingMapping.versions(proto ?? ProtoMessageVersions()) as? Value
        default: return try number(type, field)
        }
    }

    private func members<Set: WordedSet>(
        _ type: Set.Type, _ field: MessageShape.Field
    ) throws(GatewayError) -> Set {
        var set: Set = []
        for number in said.numbers(field) {
            let known = Set.words.first { field.number(of: $0.word) == number }
            guard number != 0, let known else {
                throw Field.malformed(field.protoName, "must be of \(list(field, "and"))")
            }
            set.insert(known.member)
        }
        return set
    }

    private func word<Words: Worded>(
        _ type: Words.Type, _ field: MessageShape.Field
    ) throws(GatewayError) -> Words {
        let number = said.number(field)
        guard number != 0 else {
            throw Field.malformed(field.protoName, "must be \(list(field, "or"))")
        }
        guard let known = Words.allCases.first(where: { field.number(of: $0.word) == number })
        else {
            throw Field.malformed(field.protoName, "has no value \(Int64(bitPattern: number))")
        }
        return known
    }

    /// All words of an enumeration in a sentence.
    private func list(_ field: MessageShape.Field, _ last: String) -> String {
        let words = field.words.dropFirst()
        return "\(words.dropLast().joined(separator: ", ")) \(last) \(words.last ?? "")"
    }

    private func number<Value: FieldValue>(
        _ type: Value.Type, _ field: MessageShape.Field
    ) throws(GatewayError) -> Value {
        let number = said.number(field)
        let bits =
            Value.Bits.isSigned
            ? Value.Bits(exactly: Int64(bitPattern: number)) : Value.Bits(exactly: number)
        guard let value = bits.flatMap(Value.init(bits:)) else {
            throw Field.malformed(
                field.protoName, "must lie between \(Value.Bits.min) and \(Value.Bits.max)",
                Value.Bits.isSigned ? "\(Int64(bitPattern: number))" : "\(number)")
        }
        return value
    }
}

/// A value that messages say as text.
protocol StatedText: FieldValue {
    var stated: String { get }

    /// - Parameter name: of the field.
    /// - Throws: `MALFORMED_REQUEST` naming it.
    init(stated text: String, _ name: String) throws(GatewayError)
}

extension StatedText where Self: CustomStringConvertible {
    var stated: String { description }
}

extension UETR: StatedText {
    init(stated text: String, _ name: String) throws(GatewayError) {
        self = try Field.uetr(text, name)
    }
}

extension BIC: StatedText {
    init(stated text: String, _ name: String) throws(GatewayError) {
        self = try Field.bic(text, name)
    }
}

extension ClearingCode: StatedText {
    init(stated text: String, _ name: String) throws(GatewayError) {
        self = try Field.clearingCode(text, name)
    }
}

extension LEI: StatedText {
    init(stated text: String, _ name: String) throws(GatewayError) {
        guard let lei = LEI(text) else {
            throw Field.malformed(name, "must be a LEI with right check digits", text)
        }
        self = lei
    }
}

extension CountryCode: StatedText {
    init(stated text: String, _ name: String) throws(GatewayError) {
        guard let country = CountryCode(text) else {
            throw Field.malformed(name, "must be two capital letters", text)
        }
        self = country
    }
}

extension Currency: StatedText {
    var stated: String { code }

    init(stated text: String, _ name: String) throws(GatewayError) {
        self = try Field.currency(text, name)
    }
}

extension Rate: StatedText {
    var stated: String { decimal }

    init(stated text: String, _ name: String) throws(GatewayError) {
        self = try Field.rate(text, name)
    }
}
