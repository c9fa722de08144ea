/// Reads the first message of a TLS client as far as is needed to know whether it offers HTTP/2
/// (RFC 8446 §4.1.2, RFC 7301 §3.1). A value; every length is checked.
///
/// It decides about nothing else: what it cannot read is for the TLS library to refuse.
package struct ClientHelloReader {
    package enum Finding: Equatable {
        case incomplete
        case offersHTTP2
        case lacksHTTP2
        case unreadable
    }

    /// The largest message that TLS libraries take, and all records it may come in.
    private static let longestMessage = 16_384
    private static let longestInput = 32_768

    private var header: [UInt8] = []
    private var recordRest = 0
    private var message: [UInt8] = []
    private var inputCount = 0

    package init() {}

    /// Takes the next bytes of the connection.
    ///
    /// - Complexity: O(bytes); the message is looked into once, when it is complete.
    package mutating func read(_ bytes: some Sequence<UInt8>) -> Finding {
        for byte in bytes {
            inputCount += 1
            guard inputCount <= ClientHelloReader.longestInput else { return .unreadable }
            let finding = recordRest > 0 ? addToMessage(byte) : addToHeader(byte)
            if finding != .incomplete { return finding }
        }
        return .incomplete
    }

    /// A record's type (22 is handshake), version and length.
    private mutating func addToHeader(_ byte: UInt8) -> Finding {
        header.append(byte)
        guard header[0] == 22 else { return .unreadable }
        guard header.count == 5 else { return .incomplete }
        recordRest = Int(header[3]) << 8 | Int(header[4])
        header.removeAll(keepingCapacity: true)
        return recordRest > 0 ? .incomplete : .unreadable
    }

    /// A message's type (1 is ClientHello), length and contents.
    private mutating func addToMessage(_ byte: UInt8) -> Finding {
        recordRest -= 1
        message.append(byte)
        guard message[0] == 1 else { return .unreadable }
        guard message.count >= 4 else { return .incomplete }
        let length = message[1...3].reduce(0) { $0 << 8 | Int($1) }
        guard length <= ClientHelloReader.longestMessage else { return .unreadable }
        guard message.count == 4 + length else { return .incomplete }
        return ClientHelloReader.judge(message[4...])
    }

    private static func judge(_ hello: ArraySlice<UInt8>) -> Finding {
        var hello = LengthReader(hello)
        // Version and random; session, suites and compressions.
        guard hello.take(2 + 32) != nil, hello.vector(lengthOctets: 1) != nil,
            hello.vector(lengthOctets: 2) != nil, hello.vector(lengthOctets: 1) != nil
        else { return .unreadable }
        if hello.isAtEnd { return .lacksHTTP2 }
        guard var extensions = hello.vector(lengthOctets: 2) else { return .unreadable }
        while !extensions.isAtEnd {
            guard let type = extensions.number(octets: 2),
                let contents = extensions.vector(lengthOctets: 2)
            else { return .unreadable }
            if type == 16 { return protocols(contents) }
        }
        return .lacksHTTP2
    }

    private static func protocols(_ contents: LengthReader) -> Finding {
        var contents = contents
        guard var list = contents.vector(lengthOctets: 2) else { return .unreadable }
        var found = false
        while !list.isAtEnd {
            guard let name = list.vector(lengthOctets: 1) else { return .unreadable }
            if name.rest.elementsEqual("h2".utf8) { found = true }
        }
        return found ? .offersHTTP2 : .lacksHTTP2
    }
}

/// Takes numbers and counted byte strings off a message.
private struct LengthReader {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func number(octets: Int) -> Int? {
        take(octets)?.reduce(0) { $0 << 8 | Int($1) }
    }

    mutating func vector(lengthOctets: Int) -> LengthReader? {
        number(octets: lengthOctets).flatMap { take($0) }.map { LengthReader($0) }
    }
}
