internal import Domain
internal import NIOCore

/// Writes the fields of a message as an object of JSON.
struct JSONFields: FieldWriter, ~Copyable {
    private var bytes: AnswerBytes

    init(capacity: Int) {
        bytes = AnswerBytes(capacity: capacity)
        bytes.add("{")
    }

    /// The whole object.
    mutating func finish() -> ByteBuffer {
        bytes.add("}")
        return bytes.buffer(behind: 0)
    }

    /// A comma behind other fields, the name and a colon.
    private mutating func begin(_ name: StaticString) {
        if bytes.last != UInt8(ascii: "{") { bytes.add(UInt8(ascii: ",")) }
        bytes.add(UInt8(ascii: "\""))
        bytes.add(name)
        bytes.add("\":")
    }

    mutating func text(
        _ number: Int, _ name: StaticString, _ write: (inout AnswerBytes) -> Void
    ) {
        begin(name)
        bytes.add(UInt8(ascii: "\""))
        write(&bytes)
        bytes.add(UInt8(ascii: "\""))
    }

    mutating func number(_ number: Int, _ name: StaticString, _ value: UInt64) {
        text(number, name) { $0.add(value) }
    }

    mutating func word(_ number: Int, _ name: StaticString, _ value: Int, _ word: String) {
        text(number, name) { $0.add(word) }
    }

    mutating func flag(_ number: Int, _ name: StaticString) {
        begin(name)
        bytes.add("true")
    }

    mutating func time(_ number: Int, _ name: StaticString, _ time: Timestamp) {
        text(number, name) { $0.add(time: time) }
    }

    mutating func message<Failure: Error>(
        _ number: Int, _ name: StaticString, _ write: (inout Self) throws(Failure) -> Void
    ) throws(Failure) {
        begin(name)
        bytes.add(UInt8(ascii: "{"))
        try write(&self)
        bytes.add(UInt8(ascii: "}"))
    }

    mutating func messages<Failure: Error>(
        _ number: Int, _ name: StaticString, _ count: Int,
        _ write: (inout Self, Int) throws(Failure) -> Void
    ) throws(Failure) {
        begin(name)
        bytes.add(UInt8(ascii: "["))
        for place in 0..<count {
            bytes.add(place == 0 ? "{" : ",{")
            try write(&self, place)
            bytes.add(UInt8(ascii: "}"))
        }
        bytes.add(UInt8(ascii: "]"))
    }

    mutating func fields(
        json: () throws -> [UInt8], protobuf: () throws -> [UInt8]
    ) throws {
        let object = try json()
        // Between its braces.
        guard object.count > 2 else { return }
        if bytes.last != UInt8(ascii: "{") { bytes.add(UInt8(ascii: ",")) }
        object.withUnsafeBufferPointer { object in
            bytes.add(UnsafeBufferPointer(rebasing: object.dropFirst().dropLast()))
        }
    }
}
