import HTTP2
import NIOCore
import Testing

/// `Expect: 100-continue` (RFC 9110 §10.1.1).
@Suite struct ExpectTests {
    /// `:status 100` and `:status 417`, as the library encodes them first.
    private static let interim: [UInt8] = [0x48, 0x82, 0x08, 0x01]
    private static let failed: [UInt8] = [0x48, 0x03, 0x34, 0x31, 0x37]
    private static let body = Frame(
        kind: Frame.Kind.data, flags: Frame.endStream, stream: 1, payload: [1, 2])

    private static func expecting(_ value: String, ends: Bool = false) -> Frame {
        let field = [0x00, 6] + Array("expect".utf8) + [UInt8(value.utf8.count)]
        return .request(1, Frame.postBlock + field + Array(value.utf8), ends: ends)
    }

    private func heads(_ wire: Wire) throws -> [Frame] {
        try wire.take().filter { $0.kind == Frame.Kind.headers }
    }

    @Test func aReaderOfTheBodyContinues() throws {
        for value in ["100-continue", "100-Continue", ", 100-continue"] {
            let wire = try Wire.ready(Handler.echo)
            try wire.send([Self.expecting(value)])
            let first = try heads(wire)
            #expect(first.count == 1)
            #expect(first.first?.payload == Self.interim)
            #expect(first.first.map { $0.flags & Frame.endStream } == 0)
            try wire.send([Self.body])
            let second = try heads(wire)
            #expect(second.count == 1)
            #expect(second.first?.payload.first == 0x88, "the final head is :status 200")
            #expect(wire.set.metrics.counters.requestsFinished == 1)
            wire.finish()
        }
    }

    @Test func nobodyContinuesWithoutNeed() throws {
        // The body is there already, or there is none.
        for frames in [
            [Self.expecting("100-continue"), Self.body],
            [Self.expecting("100-continue", ends: true)],
        ] {
            let wire = try Wire.ready(Handler.echo)
            try wire.send(frames)
            #expect(try heads(wire).map(\.payload.first) == [0x88])
            wire.finish()
        }
        // The handler does not want it.
        let wire = try Wire.ready(Handler { _, response in await response.send(status: 204) })
        try wire.send([Self.expecting("100-continue")])
        #expect(try heads(wire).map(\.payload.first) == [0x89])
        wire.finish()
        // Nobody asked.
        let silent = try Wire.ready(Handler.echo)
        try silent.send([.request(1, Frame.postBlock, ends: false)])
        #expect(try heads(silent).isEmpty)
        silent.finish()
    }

    @Test func anotherExpectationFails() throws {
        for value in ["200-ok", "100-continue, x", "100-continue;q=1", "100 -continue"] {
            let wire = try Wire.ready(Handler.echo)
            try wire.send([Self.expecting(value)])
            let heads = try heads(wire)
            #expect(heads.count == 1)
            #expect(heads.first?.payload == Self.failed, "\(value)")
            #expect(heads.first.map { $0.flags & Frame.endStream } == Frame.endStream)
            #expect(wire.set.metrics.counters.requestsStarted == 0)
            #expect(wire.isOpen)
            wire.finish()
        }
    }
}
