internal import Domain
package import SwiftProtobuf

/// Checks a JSON body against the shape of its message before anything is built of it. Whatever it
/// takes SwiftProtobuf takes too; SwiftProtobuf alone would let the second of two equal names win,
/// and says little about what is wrong.
///
/// One walk over the text, linear in it; it goes no deeper than the message's type, because a value
/// that does not fit ends it.
package struct JSONCheck {
    /// How one comes from the body to a value.
    private enum Step {
        case field(String)
        case element(Int)
    }

    private var lexer: JSONLexer
    private let shapes: MessageShapes
    /// Fields of the outermost message that the path of the request states already.
    private let stated: [String: String]
    private var steps: [Step] = []
    private var values = 0

    private init(
        _ text: UnsafeRawBufferPointer, _ shapes: MessageShapes, _ stated: [String: String]
    ) {
        lexer = JSONLexer(text)
        self.shapes = shapes
        self.stated = stated
    }

    /// What is wrong with a text; nil when it is a message of this type.
    ///
    /// - Parameter stated: fields by their proto names that, if they come, must have these values
    ///   (in either case).
    /// - Returns: `MALFORMED_REQUEST` naming the field and what it should be, `REQUEST_TOO_LARGE`
    ///   for too many values.
    package static func fault<Input: Message>(
        in text: UnsafeRawBufferPointer, of type: Input.Type, stated: [String: String] = [:]
    ) -> GatewayError? {
        let shapes = MessageShapes.all
        var check = JSONCheck(text, shapes, stated)
        do {
            try check.whole(shapes.shape(of: type))
            return nil
        } catch {
            return error
        }
    }

    private mutating func whole(_ shape: MessageShape) throws(GatewayError) {
        do {
            _ = try UTF8Span(validating: lexer.text.bindMemory(to: UInt8.self).span)
        } catch {
            guard !lexer.text.starts(with: [0x1F, 0x8B]) else {
                throw GatewayError(
                    .malformedRequest, "the body is compressed (gzip); send it plain")
            }
            let byte = error.byteOffsets.lowerBound
            throw GatewayError(.malformedRequest, "the body is not UTF-8: byte \(byte)")
        }
        if lexer.text.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw GatewayError(.malformedRequest, "the body must not begin with a byte order mark")
        }
        try object(shape, depth: 0)
        guard lexer.isAtEnd else { throw notJSON(lexer.fault("the end of the body")) }
    }

    // MARK: Messages

    private mutating func object(_ shape: MessageShape, depth: Int) throws(GatewayError) {
        guard depth < MessageShapes.deepest else { throw wrong("is nested too deeply") }
        try expect(.object, "a JSON object")
        _ = lexer.takes("{")
        if lexer.takes("}") { return }
        var seen: UInt64 = 0
        var given: UInt64 = 0
        repeat {
            let (place, field) = try name(shape, &seen)
            // As protobuf has it, null is a field that is not there.
            if try kind() == .null, lexer.takes(word: "null") {
                values += 1
            } else {
                given |= 1 << UInt64(place)
                try checkAlone(field, shape, given)
                if field.isRepeated {
                    try list(field, depth)
                } else {
                    try value(field, depth)
                }
            }
            steps.removeLast()
        } while lexer.takes(",")
        guard lexer.takes("}") else { throw notJSON(lexer.fault("\",\" or \"}\"")) }
    }

    /// The field whose name comes next; it becomes the last step.
    private mutating func name(
        _ shape: MessageShape, _ seen: inout UInt64
    ) throws(GatewayError) -> (place: Int, field: MessageShape.Field) {
        let name = try lexed { lexer throws(JSONFault) in
            guard (try? lexer.kind()) == .string else {
                throw lexer.fault("a field's name in quotes")
            }
            return try lexer.string()
        }
        let place =
            name.hasEscapes
            ? shape.field(named: lexer.value(name)) : shape.field(named: lexer.bytes(name))
        guard let place else { throw unknown(lexer.value(name), shape) }
        guard lexer.takes(":") else { throw notJSON(lexer.fault("\":\"")) }
        let field = shape.fields[place]
        steps.append(.field(field.jsonName))
        guard seen >> UInt64(place) & 1 == 0 else { throw wrong("stands twice") }
        seen |= 1 << UInt64(place)
        return (place, field)
    }

    /// Only one field of a oneof may be given.
    private func checkAlone(
        _ field: MessageShape.Field, _ shape: MessageShape, _ seen: UInt64
    ) throws(GatewayError) {
        guard let oneof = field.oneof else { return }
        for (place, other) in shape.fields.enumerated()
        where other.oneof == oneof && other.number != field.number && seen >> UInt64(place) & 1 == 1
        {
            throw wrong("must not stand beside \(other.jsonName); give one of them")
        }
    }

    private mutating func list(_ field: MessageShape.Field, _ depth: Int) throws(GatewayError) {
        try expect(.list, "a list, each element \(field.expectation)")
        _ = lexer.takes("[")
        if lexer.takes("]") { return }
        var count = 0
        repeat {
            if case .message = field.kind, count == MessageShapes.largestList {
                throw GatewayError(
                    .requestTooLarge,
                    "\(path): at most \(MessageShapes.largestList) in one request")
            }
            steps.append(.element(count))
            try value(field, depth)
            steps.removeLast()
            count += 1
        } while lexer.takes(",")
        guard lexer.takes("]") else { throw notJSON(lexer.fault("\",\" or \"]\"")) }
    }

    // MARK: Values

    private mutating func value(_ field: MessageShape.Field, _ depth: Int) throws(GatewayError) {
        values += 1
        guard values <= MessageShapes.mostValues else {
            throw GatewayError(
                .requestTooLarge, "at most \(MessageShapes.mostValues) values in one request")
        }
        switch field.kind {
        case .text: try text(field)
        case .flag:
            try expect(.flag, field.expectation)
            try lexed { lexer throws(JSONFault) in try lexer.flag() }
        case .bytes: try coded(field) { (try? Google_Protobuf_BytesValue(jsonString: $0)) != nil }
        case .time: try coded(field, but: JSONCheck.zoneFault, JSONCheck.isTime)
        case .integer(let range): try integer(field, range)
        case .number:
            try expect(.number, field.expectation)
            _ = try lexed { lexer throws(JSONFault) in try lexer.number() }
        case .word(let words): try word(field, words)
        case .message(let place): try object(shapes[place], depth: depth + 1)
        }
    }

    private mutating func text(_ field: MessageShape.Field) throws(GatewayError) {
        try expect(.string, field.expectation)
        let string = try lexed { lexer throws(JSONFault) in try lexer.string() }
        guard steps.count == 1, let stated = stated[field.protoName] else { return }
        let value = lexer.value(string)
        guard value.isEmpty || value.lowercased() == stated.lowercased() else {
            throw wrong("must be that of the path", value)
        }
    }

    /// A string that stands for something else.
    private mutating func coded(
        _ field: MessageShape.Field, but fault: (String) -> String? = { _ in nil },
        _ isRight: (String) -> Bool
    ) throws(GatewayError) {
        try expect(.string, field.expectation)
        let string = try lexed { lexer throws(JSONFault) in try lexer.string() }
        let quoted = string.range.lowerBound - 1..<string.range.upperBound + 1
        let text = String(decoding: lexer.text[quoted], as: UTF8.self)
        guard isRight(text) else {
            throw wrong(fault(text) ?? "must be \(field.expectation)", lexer.value(string))
        }
    }

    private static func isTime(_ quoted: String) -> Bool {
        (try? Google_Protobuf_Timestamp(jsonString: quoted)) != nil
    }

    /// What is wrong with a time that would be right with another zone; nil for any other.
    private static func zoneFault(_ quoted: String) -> String? {
        guard let offset = quoted.suffix(7).wholeMatch(of: /[+-]\d\d:\d\d"/),
            isTime("\(quoted.dropLast(offset.0.count))Z\"")
        else { return nil }
        return "must have a zone offset from -13:59 to +13:59"
    }

    /// A whole number, which may stand in quotes.
    private mutating func integer(
        _ field: MessageShape.Field, _ range: ClosedRange<Int128>
    ) throws(GatewayError) {
        let written: String
        if try kind() == .string {
            let string = try lexed { lexer throws(JSONFault) in try lexer.string() }
            written = lexer.value(string)
            guard JSONCheck.isPlain(written) else {
                throw wrong("must be \(field.expectation), not \"\(Field.shown(written))\"")
            }
        } else {
            try expect(.number, field.expectation)
            written = try lexed { lexer throws(JSONFault) in try lexer.number() }
        }
        guard let number = JSONCheck.whole(written), range.contains(number),
            range.lowerBound < 0 || !written.hasPrefix("-")
        else { throw wrong("must be \(field.expectation), not \(written.prefix(64))") }
    }

    /// Whether this is a whole number without fraction and exponent, as JSON writes it.
    private static func isPlain(_ text: String) -> Bool {
        let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
        return !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
            && (digits.count == 1 || digits.first != UInt8(ascii: "0"))
    }

    /// The value of a number if it is whole; with a fraction or an exponent as far as a `Double`
    /// can tell.
    private static func whole(_ text: String) -> Int128? {
        isPlain(text) ? Int128(text) : Double(text).flatMap { Int128(exactly: $0) }
    }

    /// A word of an enum, or its number: what numbers mean the method itself says.
    private mutating func word(
        _ field: MessageShape.Field, _ words: [String]
    ) throws(GatewayError) {
        guard try kind() == .string else {
            return try integer(field, Int128(Int32.min)...Int128(Int32.max))
        }
        let string = try lexed { lexer throws(JSONFault) in try lexer.string() }
        let value = lexer.value(string)
        guard words.contains(value) else { throw wrong("must be \(field.expectation)", value) }
    }

    // MARK: What is wrong

    private mutating func kind() throws(GatewayError) -> JSONKind {
        try lexed { lexer throws(JSONFault) in try lexer.kind() }
    }

    private mutating func expect(
        _ kind: JSONKind, _ expected: @autoclosure () -> String
    ) throws(GatewayError) {
        let found = try self.kind()
        guard found == kind else { throw wrong("must be \(expected()), not \(found.rawValue)") }
    }

    private mutating func lexed<Value>(
        _ body: (inout JSONLexer) throws(JSONFault) -> Value
    ) throws(GatewayError) -> Value {
        do throws(JSONFault) {
            return try body(&lexer)
        } catch {
            throw notJSON(error)
        }
    }

    private func notJSON(_ fault: JSONFault) -> GatewayError {
        let place = steps.isEmpty ? "" : " in \(path)"
        return GatewayError(
            .malformedRequest,
            "the body is no JSON: there must be \(fault.expected) at byte \(fault.position)\(place)"
        )
    }

    private func unknown(_ name: String, _ shape: MessageShape) -> GatewayError {
        let known = shape.fields.map(\.jsonName).joined(separator: ", ")
        let prefix = steps.isEmpty ? "" : "\(path)."
        return GatewayError(
            .malformedRequest,
            "\(prefix)\(Field.shown(name)) is no field; "
                + (known.isEmpty ? "there are none" : "known are \(known)"))
    }

    private func wrong(_ rule: String, _ value: String = "") -> GatewayError {
        Field.malformed(path, rule, value)
    }

    private var path: String {
        var text = ""
        for step in steps {
            switch step {
            case .field(let name): text += text.isEmpty ? name : ".\(name)"
            case .element(let position): text += "[\(position)]"
            }
        }
        return text.isEmpty ? "the body" : text
    }
}

extension MessageShape.Field {
    /// What the value should be, in words.
    fileprivate var expectation: String {
        switch kind {
        case .text:
            MessageShape.Field.decimals.contains(protoName)
                ? "a string holding a decimal number" : "a string"
        case .flag: "true or false"
        case .bytes: "a string in base64"
        case .number: "a number"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .word(let words): "one of \(words.joined(separator: ", "))"
        case .time: "a time such as \"2026-11-21T02:58:01Z\""
        case .message: "a JSON object"
        }
    }

    /// Strings of requests that hold decimal numbers, which are easily taken for JSON numbers.
    private static let decimals: Set<String> = [
        "pay_amount", "receive_amount", "limit_rate", "minimum_fill", "tick", "reference_rate",
        "minimum_size", "maximum_size", "rate", "amount", "limit",
    ]
}
