internal import Domain
package import NIOCore
internal import SwiftProtobuf

/// Writes the fields of a message in one of the two forms of the API, byte for byte as
/// SwiftProtobuf writes them. So one walk over the fields of a message makes both.
///
/// The walk goes in the order of the fields' numbers; what a message leaves out does not come.
protocol FieldWriter: ~Copyable {
    /// A text of plain ASCII that needs no escapes in JSON, not empty.
    mutating func text(
        _ number: Int, _ name: StaticString, _ write: (inout AnswerBytes) -> Void)

    /// A `uint64` other than zero.
    mutating func number(_ number: Int, _ name: StaticString, _ value: UInt64)

    /// A value of an enumeration other than its first.
    mutating func word(_ number: Int, _ name: StaticString, _ value: Int, _ word: String)

    /// A flag that is set.
    mutating func flag(_ number: Int, _ name: StaticString)

    mutating func time(_ number: Int, _ name: StaticString, _ time: Timestamp)

    /// A message whose fields `write` writes.
    mutating func message<Failure: Error>(
        _ number: Int, _ name: StaticString, _ write: (inout Self) throws(Failure) -> Void
    ) throws(Failure)

    /// A list of so many messages, at least one; `write` writes the fields of each.
    mutating func messages<Failure: Error>(
        _ number: Int, _ name: StaticString, _ count: Int,
        _ write: (inout Self, Int) throws(Failure) -> Void
    ) throws(Failure)

    /// All fields of a message that somebody else has written, or writes now.
    mutating func fields(
        json: () throws -> [UInt8], protobuf: () throws -> [UInt8]
    ) throws
}

extension FieldWriter where Self: ~Copyable {
    /// The fields of a message that SwiftProtobuf writes.
    mutating func fields(of message: some Message) throws {
        try fields(
            json: { try message.jsonUTF8Bytes() }, protobuf: { try message.serializedBytes() })
    }

    /// A message that SwiftProtobuf writes.
    mutating func message(_ number: Int, _ name: StaticString, of message: some Message) throws {
        try self.message(number, name) { try $0.fields(of: message) }
    }

    /// A result without details.
    mutating func result(_ number: Int, _ name: StaticString, _ code: ResultCode) throws {
        guard code == .accepted else { return try message(number, name, of: ProtoResult(code)) }
        try message(number, name) { fields in
            try fields.fields(
                json: { acceptedResult.json }, protobuf: { acceptedResult.protobuf })
        }
    }

    /// A `Money`.
    mutating func money(
        _ number: Int, _ name: StaticString, _ minorUnits: Int64, _ currency: Currency
    ) {
        message(number, name) { fields in
            fields.text(1, "currency") { $0.add(currency.code) }
            fields.text(2, "amount") { $0.add(minorUnits, currency) }
        }
    }
}

/// What nearly all calls say.
private let acceptedResult = { result in
    (
        json: (try? result.jsonUTF8Bytes() as [UInt8]) ?? [],
        protobuf: (try? result.serializedBytes() as [UInt8]) ?? []
    )
}(ProtoResult(.accepted))

/// What a call answers: a message, in both forms of the API.
package protocol Answer: Sendable {
    var json: ByteBuffer { get throws }
    /// As protobuf, with room before it for the prefix of gRPC.
    var protobuf: ByteBuffer { get throws }
    /// Of a response in JSON.
    var httpStatus: Int { get }
}

extension Answer {
    package var httpStatus: Int { 200 }
}

/// An answer that SwiftProtobuf writes.
struct ProtoAnswer<Content: Message & Sendable>: Answer {
    let content: Content
    let httpStatus: Int

    init(_ content: Content, httpStatus: Int = 200) {
        self.content = content
        self.httpStatus = httpStatus
    }

    var json: ByteBuffer {
        get throws { ByteBuffer(bytes: try content.jsonUTF8Bytes() as [UInt8]) }
    }

    var protobuf: ByteBuffer {
        get throws { ByteBuffer(bytes: try content.serializedBytes() as [UInt8]) }
    }
}

/// An answer whose fields are written by hand, by one walk for both forms.
protocol WrittenAnswer: Answer {
    /// About how many bytes it takes.
    var size: Int { get }

    func write<Fields: FieldWriter & ~Copyable>(to fields: inout Fields) throws
}

extension WrittenAnswer {
    package var json: ByteBuffer {
        get throws {
            var fields = JSONFields(capacity: size)
            try write(to: &fields)
            return fields.finish()
        }
    }

    package var protobuf: ByteBuffer {
        get throws {
            var fields = ProtobufFields(capacity: size)
            try write(to: &fields)
            return fields.finish()
        }
    }
}
