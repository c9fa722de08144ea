internal import Domain
internal import HTTP2
internal import NIOCore

/// Writes the fields of a message of protobuf.
struct ProtobufFields: FieldWriter, ~Copyable {
    private var bytes: AnswerBytes

    init(capacity: Int) { bytes = AnswerBytes(capacity: capacity) }

    /// The whole message, with room before it for the prefix of gRPC.
    func finish() -> ByteBuffer { bytes.buffer(behind: GRPC.prefixBytes) }

    private enum WireType: UInt64 {
        case varint = 0
        case length = 2
    }

    private mutating func begin(_ number: Int, _ type: WireType) {
        bytes.add(varint: UInt64(number) << 3 | type.rawValue)
    }

    private mutating func varint(_ number: Int, _ value: UInt64) {
        begin(number, .varint)
        bytes.add(varint: value)
    }

    mutating func text(
        _ number: Int, _ name: StaticString, _ write: (inout AnswerBytes) -> Void
    ) {
        begin(number, .length)
        let start = bytes.begin()
        write(&bytes)
        bytes.end(start)
    }

    mutating func number(_ number: Int, _ name: StaticString, _ value: UInt64) {
        varint(number, value)
    }

    mutating func word(_ number: Int, _ name: StaticString, _ value: Int, _ word: String) {
        varint(number, UInt64(value))
    }

    mutating func flag(_ number: Int, _ name: StaticString) { varint(number, 1) }

    mutating func time(_ number: Int, _ name: StaticString, _ time: Timestamp) {
        let (seconds, nanoseconds) = time.parts
        message(number, name) { fields in
            if seconds != 0 { fields.varint(1, UInt64(bitPattern: seconds)) }
            if nanoseconds != 0 { fields.varint(2, UInt64(nanoseconds)) }
        }
    }

    mutating func message<Failure: Error>(
        _ number: Int, _ name: StaticString, _ write: (inout Self) throws(Failure) -> Void
    ) throws(Failure) {
        begin(number, .length)
        let start = bytes.begin()
        try write(&self)
        bytes.end(start)
    }

    mutating func messages<Failure: Error>(
        _ number: Int, _ name: StaticString, _ count: Int,
        _ write: (inout Self, Int) throws(Failure) -> Void
    ) throws(Failure) {
        for place in 0..<count {
            begin(number, .length)
            let start = bytes.begin()
            try write(&self, place)
            bytes.end(start)
        }
    }

    mutating func fields(
        json: () throws -> [UInt8], protobuf: () throws -> [UInt8]
    ) throws {
        bytes.add(try protobuf())
    }
}
