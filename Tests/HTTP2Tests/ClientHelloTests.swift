internal import Chance
import HTTP2
import Testing

@Suite struct ClientHelloTests {
    private static func counted(_ bytes: [UInt8], octets: Int) -> [UInt8] {
        (0..<octets).reversed().map { UInt8(truncatingIfNeeded: bytes.count >> (8 * $0)) } + bytes
    }

    /// A first message, in records of at most so many bytes.
    private static func hello(
        _ protocols: [String]?, before: Int = 1, recordBytes: Int = 16_384
    ) -> [UInt8] {
        var extensions: [UInt8] = []
        for type in 0..<before {
            extensions += [0xAA, UInt8(truncatingIfNeeded: type)] + counted([1, 2, 3], octets: 2)
        }
        if let protocols {
            let list = protocols.flatMap { counted(Array($0.utf8), octets: 1) }
            extensions += [0, 16] + counted(counted(list, octets: 2), octets: 2)
        }
        let body =
            [3, 3] + [UInt8](repeating: 7, count: 32) + counted([9, 9], octets: 1)
            + counted([0x13, 1], octets: 2) + counted([0], octets: 1)
            + counted(extensions, octets: 2)
        let message = [1] + counted(body, octets: 3)
        return stride(from: 0, to: message.count, by: recordBytes).flatMap {
            [22, 3, 1]
                + counted(Array(message[$0..<min($0 + recordBytes, message.count)]), octets: 2)
        }
    }

    private static func find(_ bytes: [UInt8], by count: Int = 1 << 20) -> ClientHelloReader.Finding
    {
        var reader = ClientHelloReader()
        for start in stride(from: 0, to: bytes.count, by: count) {
            let finding = reader.read(bytes[start..<min(start + count, bytes.count)])
            if finding != .incomplete { return finding }
        }
        return .incomplete
    }

    @Test func protocolsAreFound() {
        let cases: [([String]?, ClientHelloReader.Finding)] = [
            (["h2"], .offersHTTP2), (["http/1.1", "h2"], .offersHTTP2), (nil, .lacksHTTP2),
            (["http/1.1"], .lacksHTTP2), (["h2c", "h", "H2"], .lacksHTTP2), ([], .lacksHTTP2),
        ]
        for (protocols, finding) in cases {
            for recordBytes in [1, 3, 50, 16_384] {
                let bytes = Self.hello(protocols, before: 5, recordBytes: recordBytes)
                #expect(Self.find(bytes) == finding, "\(protocols ?? []) by \(recordBytes)")
                #expect(Self.find(bytes, by: 1) == finding)
                #expect(Self.find(Array(bytes.dropLast())) == .incomplete)
            }
        }
        #expect(Self.find(Array("GET / HTTP/1.1\r\n\r\n".utf8)) == .unreadable)
        #expect(Self.find([22, 3, 1, 0, 0]) == .unreadable, "an empty record")
        #expect(Self.find([22, 3, 1, 0, 9, 1, 0, 64, 1, 0, 0]) == .unreadable, "too long")
        #expect(Self.find(Self.hello(["h2"], before: 8_000)) == .unreadable)
    }

    /// No mutation traps, and none makes the reader wait for more than the largest message.
    @Test func mutationsAreSurvived() {
        var random = SplitMix64(seed: 64)
        var unreadable = 0
        for round in 0..<20_000 {
            var bytes = Self.hello(
                round % 3 == 0 ? nil : ["http/1.1", "h2"], before: round % 4,
                recordBytes: round % 5 == 0 ? 7 : 16_384)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                default: bytes.removeSubrange(place...)
                }
                if bytes.isEmpty { bytes = [22] }
            }
            let whole = Self.find(bytes)
            #expect(Self.find(bytes, by: 1) == whole, "\(bytes)")
            let padded = bytes + [UInt8](repeating: 1, count: 40_000)
            #expect(Self.find(padded) != .incomplete, "\(bytes)")
            if whole == .unreadable { unreadable += 1 }
        }
        #expect(unreadable > 1_000)
    }
}
