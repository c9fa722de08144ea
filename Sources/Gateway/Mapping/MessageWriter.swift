internal import Domain
internal import SwiftProtobuf

/// Writes the fields of a declared command or row as a message of the API: each under its name, in
/// the binary form of protocol buffers, from which SwiftProtobuf makes the message or its JSON.
///
/// What the message has no field for is not said: content hashes, and whose certificate speaks.
struct MessageWriter: FieldVisitor {
    let shape: MessageShape
    private(set) var bytes: [UInt8] = []

    init<Output: Message>(_ type: Output.Type) { shape = MessageShapes.all.shape(of: type) }

    /// The message that says this value, and the note that went on record beside it.
    static func message<Output: Message>(
        _ type: Output.Type, of value: some Declared, note: String? = nil
    ) -> MessageWriter {
        var value = value
        var writer = MessageWriter(type)
        value.visit(&writer)
        if let note { writer.say(note, "note") }
        return writer
    }

    mutating func field<Value: FieldValue>(
        _ name: String, _ value: inout Value, _ form: FieldForm
    ) {
        guard let field = shape[name] else { return }
        let number = UInt64(truncatingIfNeeded: value.bits)
        switch form.meaning {
        case .optional where value.bits == 0, .time where value.bits == 0: break
        case .ofItsType, .optional, .foreign: write(value, field)
        case .amount(let currency):
            let money = Money(minorUnits: Int64(bitPattern: number), currency: currency)
            write(money.decimal, field)
        case .instant where value.bits == 0: break
        case .instant:
            let proto = Google_Protobuf_Timestamp(Int64(bitPattern: number))
            write((try? proto.serializedBytes()) ?? [], field)
        case .minute: write(ProtoCorridor.time(UInt16(truncatingIfNeeded: number)), field)
        case .time:
            let time = Google_Protobuf_Timestamp(Timestamp(bitPattern: number))
            write((try? time.serializedBytes()) ?? [], field)
        case .weekdays:
            for day in UInt64(1)...7 where number >> (day - 1) & 1 == 1 { write(day, field) }
        }
    }

    mutating func name<Text: PrintableText>(_ name: String, _ text: inout Text) {
        say(text.description, name)
    }

    mutating func fingerprint(_ name: String, _ fingerprint: inout KeyFingerprint) {
        say(fingerprint.text, name)
    }

    /// Says a text, unless the message has no such field.
    mutating func say(_ text: String, _ name: String) {
        if let field = shape[name] { write(text, field) }
    }

    /// Says a number, unless the message has no such field.
    mutating func say(_ number: UInt64, _ name: String) {
        if let field = shape[name] { write(number, field) }
    }

    /// Says a message, given in its binary form.
    mutating func say(_ message: MessageWriter, _ name: String) {
        if let field = shape[name] { write(message.bytes, field) }
    }

    /// Says what stands in a path, where only texts and whole numbers do.
    ///
    /// - Throws: `MALFORMED_REQUEST` for what is no number where it must be.
    mutating func say(
        _ name: String, from source: BindingSource
    ) throws(GatewayError) {
        guard let field = shape[name] else { return }
        switch field.kind {
        case .integer: write(UInt64(try source.number(name)), field)
        default: write(source[name], field)
        }
    }

    private mutating func write<Value: FieldValue>(_ value: Value, _ field: MessageShape.Field) {
        switch value {
        case let text as any StatedText: write(text.stated, field)
        case let set as any WordedSet:
            for word in set.members { write(field.number(of: word), field) }
        case let worded as any Worded: write(field.number(of: worded.word), field)
        case let versions as MessageVersions:
            write((try? ProtoMessageVersions(versions).serializedBytes()) ?? [], field)
        default: write(UInt64(truncatingIfNeeded: value.bits), field)
        }
    }

    private mutating func write(_ text: String, _ field: MessageShape.Field) {
        write(Array(text.utf8), field)
    }

    private mutating func write(_ content: [UInt8], _ field: MessageShape.Field) {
        write(UInt64(field.number) << 3 | 2)
        write(UInt64(content.count))
        bytes += content
    }

    private mutating func write(_ number: UInt64, _ field: MessageShape.Field) {
        write(UInt64(field.number) << 3)
        write(number)
    }

    /// A number of variable length.
    private mutating func write(_ number: UInt64) {
        var rest = number
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

extension Message {
    /// What was written, over what is there.
    mutating func take(_ writer: MessageWriter) {
        try? merge(serializedBytes: writer.bytes)
    }

    /// The message that says this value.
    init(saying value: some Declared, note: String? = nil) {
        self.init()
        take(MessageWriter.message(Self.self, of: value, note: note))
    }
}

extension MessageShape.Field {
    /// The names of an enumeration's values, by their numbers.
    package var words: [String] {
        if case .word(let words) = kind { words } else { [] }
    }

    /// The number of the value that has this word of Domain; 0 where there is none.
    func number(of word: String) -> UInt64 {
        UInt64(words.firstIndex(of: Self.name(of: word)) ?? 0)
    }

    static func name(of word: String) -> String {
        word.uppercased().replacing("-", with: "_")
    }
}
