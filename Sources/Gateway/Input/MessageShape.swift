package import SwiftProtobuf

/// What a message of the API may hold, compiled from its descriptor. It is enough to check JSON
/// text and protobuf bytes before anything is built of them.
package struct MessageShape: Sendable {
    /// What the value of a field is.
    package enum Kind: Sendable {
        case text
        case flag
        case bytes
        /// A whole number in this range.
        case integer(ClosedRange<Int128>)
        case number
        /// One of these words, or its number.
        case word([String])
        /// `google.protobuf.Timestamp`, which JSON writes as a string.
        case time
        /// The message at this place among ``MessageShapes``.
        case message(Int)
    }

    package struct Field: Sendable {
        let number: Int
        /// The lowerCamelCase name of JSON, by which errors name the field.
        package let jsonName: String
        /// The name in the `.proto` file, which JSON and queries take as well.
        package let protoName: String
        package let kind: Kind
        package let isRepeated: Bool
        /// Fields of the same number here exclude each other.
        let oneof: Int?
    }

    /// The full name, `package.Message`.
    package let name: String
    package let fields: [Field]

    /// The names of the fields in the `.proto` file, in its order.
    package var fieldNames: [String] { fields.map(\.protoName) }

    /// The place of the field with this name, of JSON or of the `.proto` file.
    ///
    /// - Complexity: O(fields); no message of the API has many.
    func field(named name: some StringProtocol) -> Int? {
        fields.firstIndex { $0.jsonName == name || $0.protoName == name }
    }

    /// The place of the field with this name as bytes.
    func field(named name: UnsafeRawBufferPointer) -> Int? {
        fields.firstIndex {
            $0.jsonName.utf8.elementsEqual(name) || $0.protoName.utf8.elementsEqual(name)
        }
    }

    /// The field with this name, of JSON or of the `.proto` file.
    package subscript(_ name: String) -> Field? { field(named: name).map { fields[$0] } }

    func field(numbered number: Int) -> Field? { fields.first { $0.number == number } }
}

/// The shapes of all messages of the API.
package struct MessageShapes: Sendable {
    /// Elements of one list of messages.
    package static let largestList = 1_000
    /// Values in one message, those of the messages within it included.
    package static let mostValues = 200_000
    /// Messages within messages; the API's own stay far below it.
    static let deepest = 32

    package static let all = MessageShapes(
        (try? Google_Protobuf_FileDescriptorSet(
            serializedBytes: PackageResources.descriptors_binpb))?.file ?? [])

    private let shapes: [MessageShape]
    private let byName: [String: Int]
    /// Places of request and answer by gRPC path.
    private let methods: [String: (request: Int, answer: Int)]

    package subscript(_ place: Int) -> MessageShape { shapes[place] }

    /// What a method takes and answers; nil when no service has it.
    ///
    /// - Parameter path: `/package.Service/Method`.
    func method(_ path: String) -> (request: MessageShape, answer: MessageShape)? {
        methods[path].map { (shapes[$0.request], shapes[$0.answer]) }
    }

    /// The shape of a message type of the API.
    package func shape<Input: Message>(of type: Input.Type) -> MessageShape {
        guard let place = byName[type.protoMessageName] else {
            preconditionFailure("\(type.protoMessageName) is in no descriptor")
        }
        return shapes[place]
    }

    private init(_ files: [Google_Protobuf_FileDescriptorProto]) {
        let messages = files.flatMap { file in
            file.messageType.flatMap { MessageShapes.named($0, in: file.package) }
        }
        let words = Dictionary(
            uniqueKeysWithValues: files.flatMap { file in
                file.enumType.map { type in
                    ("\(file.package).\(type.name)", type.value.map(\.name))
                }
            }
                + messages.flatMap { message in
                    message.type.enumType.map { type in
                        ("\(message.name).\(type.name)", type.value.map(\.name))
                    }
                })
        let byName = Dictionary(
            uniqueKeysWithValues: messages.enumerated().map { ($1.name, $0) })
        self.byName = byName
        methods = Dictionary(
            uniqueKeysWithValues: files.flatMap { file in
                file.service.flatMap { MessageShapes.methods(of: $0, in: file.package, byName) }
            })
        shapes = messages.map { message in
            // The check of JSON marks the fields it has seen in 64 bits.
            precondition(message.type.field.count <= 64, "\(message.name) has too many fields")
            let fields = message.type.field.map { MessageShapes.field($0, byName, words) }
            return MessageShape(name: message.name, fields: fields)
        }
    }

    private static func methods(
        of service: Google_Protobuf_ServiceDescriptorProto, in scope: String,
        _ messages: [String: Int]
    ) -> [(String, (request: Int, answer: Int))] {
        service.method.compactMap { method in
            guard let request = messages[String(method.inputType.drop { $0 == "." })],
                let answer = messages[String(method.outputType.drop { $0 == "." })]
            else { return nil }
            return ("/\(scope).\(service.name)/\(method.name)", (request, answer))
        }
    }

    /// A message type and those declared in it, by their full names.
    private static func named(
        _ type: Google_Protobuf_DescriptorProto, in scope: String
    ) -> [(name: String, type: Google_Protobuf_DescriptorProto)] {
        let name = "\(scope).\(type.name)"
        return [(name, type)] + type.nestedType.flatMap { named($0, in: name) }
    }

    private static func field(
        _ field: Google_Protobuf_FieldDescriptorProto, _ messages: [String: Int],
        _ words: [String: [String]]
    ) -> MessageShape.Field {
        MessageShape.Field(
            number: Int(field.number), jsonName: field.jsonName, protoName: field.name,
            kind: kind(field, messages, words), isRepeated: field.label == .repeated,
            oneof: field.hasOneofIndex ? Int(field.oneofIndex) : nil)
    }

    private static func kind(
        _ field: Google_Protobuf_FieldDescriptorProto, _ messages: [String: Int],
        _ words: [String: [String]]
    ) -> MessageShape.Kind {
        let type = String(field.typeName.drop { $0 == "." })
        switch field.type {
        case .string: return .text
        case .bool: return .flag
        case .bytes: return .bytes
        case .double, .float: return .number
        case .int32, .sint32, .sfixed32: return .integer(range(Int32.self))
        case .uint32, .fixed32: return .integer(range(UInt32.self))
        case .int64, .sint64, .sfixed64: return .integer(range(Int64.self))
        case .uint64, .fixed64: return .integer(range(UInt64.self))
        case .enum: return .word(words[type] ?? [])
        case .message, .group:
            if type == "google.protobuf.Timestamp" { return .time }
            guard let place = messages[type] else {
                preconditionFailure("\(type) is in no descriptor")
            }
            return .message(place)
        }
    }

    private static func range<Number: FixedWidthInteger>(
        _ type: Number.Type
    ) -> ClosedRange<Int128> {
        Int128(Number.min)...Int128(Number.max)
    }
}
