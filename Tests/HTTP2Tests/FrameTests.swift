import HTTP2
import NIOCore
import Testing

/// What RFC 9113 says of frames that come at the wrong time, and what frames may cost.
@Suite struct FrameTests {
    private static let data = Frame(kind: Frame.Kind.data, stream: 1, payload: [1, 2, 3])
    private static let unended = Frame.request(1, Frame.postBlock, ends: false)
    private static let ended = Frame.request(1, Frame.getBlock, ends: true)

    private static func priority(_ stream: UInt32, on other: UInt32) -> Frame {
        Frame(
            kind: Frame.Kind.priority, stream: stream,
            payload: Frame.octets(other | 0x8000_0000) + [7])
    }

    private static func windowUpdate(_ stream: UInt32) -> Frame {
        Frame(kind: Frame.Kind.windowUpdate, stream: stream, payload: [0, 0, 0, 1])
    }

    /// Each ends the connection with the code that the RFC names, however the bytes are cut, and
    /// nothing after it is carried out.
    @Test func wrongFramesGetTheErrorOfTheirName() throws {
        let trailers = Frame.request(1, [0x00, 0x01, 0x61, 0x01, 0x62], ends: true)
        let wrong: [(String, [Frame], UInt8)] = [
            ("5.1: DATA after RST_STREAM", [Self.unended, .reset(1), Self.data], 5),
            ("5.1: HEADERS after RST_STREAM", [Self.unended, .reset(1), trailers], 5),
            ("5.1: DATA on a closed stream", [Self.ended, Self.data], 5),
            ("5.1: HEADERS on a closed stream", [Self.ended, Self.ended], 5),
            (
                "5.1: HEADERS after END_STREAM in DATA",
                [Self.unended, Frame(kind: 0, flags: 1, stream: 1), trailers], 5
            ),
            ("5.1: DATA after trailers", [Self.unended, trailers, Self.data], 5),
            (
                "5.1.1: a smaller number",
                [.request(5, Frame.getBlock, ends: true), .request(3, Frame.getBlock, ends: true)],
                1
            ),
            (
                "5.1.1: a smaller number far away",
                [.request(9, Frame.getBlock, ends: true), .request(11, Frame.getBlock, ends: true)]
                    + [.request(3, Frame.getBlock, ends: true)], 1
            ),
            (
                "5.1.1: DATA on a number left out",
                [.request(3, Frame.getBlock, ends: true), Self.data], 5
            ),
            ("5.3.1: PRIORITY on itself", [Self.priority(1, on: 1)], 1),
            ("5.3.1: PRIORITY on itself, open", [Self.unended, Self.priority(1, on: 1)], 1),
            ("6.3: PRIORITY on stream 0", [Self.priority(0, on: 1)], 1),
        ]
        for (name, frames, code) in wrong {
            let late = Frame.request(101, Frame.getBlock, ends: true)
            let bytes = (frames + [late]).flatMap(\.bytes)
            for size in [1, 7, 64, bytes.count] {
                let wire = try Wire.ready(Handler.echo)
                for start in stride(from: 0, to: bytes.count, by: size) {
                    try wire.send(Array(bytes[start..<min(start + size, bytes.count)]))
                }
                #expect(!wire.isOpen || wire.connection.streams.isEmpty, "\(name)")
                let sent = try wire.take()
                let goAway = sent.last { $0.kind == Frame.Kind.goAway }
                #expect(goAway?.payload[7] == code, "\(name), \(size) at a time")
                #expect(!sent.contains { $0.stream == 101 }, "\(name)")
                wire.finish()
            }
        }
    }

    /// In pieces the answer to the first request has gone out before the second frame comes.
    @Test func closedByBothSidesThenUsedAgain() throws {
        for frame in [Self.data, Self.ended] {
            let wire = try Wire.ready(Handler.echo)
            try wire.send([Self.ended])
            #expect(try wire.take().contains { $0.flags & Frame.endStream != 0 })
            #expect(wire.connection.streams.isEmpty)
            try wire.send([frame])
            #expect(try wire.goAwayCode() == 5)
            wire.finish()
        }
    }

    /// What crossed our own reset is nobody's fault, whatever it is; our own errors are the
    /// library's.
    @Test func framesThatCrossAResetAreTolerated() throws {
        let wire = try Wire.ready(Handler { _, response in await response.send(status: 413) })
        try wire.send([Self.unended])
        wire.advance(.seconds(3))
        #expect(try wire.take().last == .reset(1, 0))
        let trailers = Frame.request(1, [0x00, 0x01, 0x61, 0x01, 0x62], ends: true)
        try wire.send([Self.data, Self.data, Self.windowUpdate(1), trailers])
        try wire.send([.reset(1), Self.windowUpdate(1), Self.priority(1, on: 3)])
        #expect(wire.isOpen)
        try wire.send([.request(3, Frame.getBlock, ends: true)])
        #expect(try wire.take().contains { $0.kind == Frame.Kind.headers && $0.stream == 3 })
        // But the client itself had ended stream 1 by then.
        try wire.send([Self.data])
        #expect(try wire.goAwayCode() == 5)
        wire.finish()
    }

    /// A header block that is not finished is the only thing that may come.
    @Test func framesWithinAHeaderBlock() throws {
        let begun = Frame(
            kind: Frame.Kind.headers, flags: Frame.endStream, stream: 1, payload: Frame.getBlock)
        for frame in [Self.data, Self.windowUpdate(0), Frame.reset(1), Self.priority(3, on: 1)] {
            let wire = try Wire.ready(Handler.echo)
            try wire.send([begun, frame])
            #expect(try wire.goAwayCode() == 1)
            wire.finish()
        }
    }

    @Test func memoryOfClosedStreamsIsBounded() {
        var watch = FrameWatch(prefaceBytes: 0)
        func read(_ frame: Frame) -> FrameWatch.Reading {
            frame.bytes.withUnsafeBytes { watch.read($0) }
        }
        let last: UInt32 = 20_001
        for stream in stride(from: UInt32(1), through: last, by: 2) {
            #expect(read(.request(stream, Frame.postBlock, ends: false)).violation == nil)
            watch.closed(stream)
        }
        // Recently closed by this side, or so long ago that nobody knows: tolerated at a price.
        for stream in [1, 9_001, last] {
            let data = Frame(kind: Frame.Kind.data, stream: stream, payload: [1])
            let reading = read(data)
            #expect(reading.cheapFrames == 1 && reading.violation == nil)
        }
        // What the client ends after that is known again.
        #expect(read(.reset(last)).violation == nil)
        let again = read(Frame(kind: Frame.Kind.data, stream: last, payload: [1]))
        #expect(again.violation?.code == .streamClosed && again.violation?.offset == 0)
    }

    // MARK: Too many streams

    @Test func tooManyStreamsAreRefusedOneByOne() throws {
        var limits = Limits()
        limits.maxConcurrentStreams = 2
        let wire = try Wire(limits: limits, Handler.echo)
        try wire.send(Frame.magic + Frame.settings.bytes)
        let settings = try #require(try wire.take().first)
        #expect(settings.kind == Frame.Kind.settings)
        let announced = stride(from: 0, to: settings.payload.count, by: 6).map {
            Array(settings.payload[$0..<($0 + 6)])
        }
        #expect(announced.contains([0, 3, 0, 0, 0, 2]))
        // The limit binds, acknowledged or not.
        for acknowledged in [false, true] {
            if acknowledged { try wire.send([Frame(kind: Frame.Kind.settings, flags: 1)]) }
            let base: UInt32 = acknowledged ? 100 : 0
            let streams: [UInt32] = [base + 1, base + 3, base + 5, base + 7]
            try wire.send(streams.map { .request($0, Frame.postBlock, ends: false) })
            let sent = try wire.take()
            #expect(
                sent.filter { $0.kind == Frame.Kind.reset }.map(\.stream) == [base + 5, base + 7])
            #expect(sent.contains(.reset(base + 5, 7)))
            // A place that is given back can be used.
            try wire.send([.reset(base + 1), .request(base + 9, Frame.getBlock, ends: true)])
            #expect(try wire.take().contains { $0.kind == Frame.Kind.headers })
            try wire.send([.reset(base + 3)])
        }
        #expect(wire.isOpen)
        #expect(wire.set.metrics.counters.requestsStarted == 6)
        wire.finish()
    }

    // MARK: Cheap frames

    @Test func cheapFramesHaveABudget() throws {
        let floods: [(String, [Frame], Frame)] = [
            ("PING", [], Frame(kind: Frame.Kind.ping, payload: Array(0..<8))),
            ("PING ACK", [], Frame(kind: Frame.Kind.ping, flags: 1, payload: Array(0..<8))),
            ("SETTINGS", [], Frame.settings),
            ("WINDOW_UPDATE", [], Self.windowUpdate(0)),
            ("WINDOW_UPDATE on an open stream", [Self.unended], Self.windowUpdate(1)),
            ("WINDOW_UPDATE on a closed stream", [Self.ended], Self.windowUpdate(1)),
            ("RST_STREAM on a closed stream", [Self.ended], .reset(1)),
            ("PRIORITY", [], Self.priority(7, on: 1)),
            ("unknown type", [], Frame(kind: 0x99, stream: 4, payload: [1, 2, 3])),
            ("PRIORITY_UPDATE", [], Frame(kind: 0x10, payload: [0, 0, 0, 1, 0x75])),
            ("empty DATA", [Self.unended], Frame(kind: Frame.Kind.data, stream: 1)),
            (
                "padding alone", [Self.unended],
                Frame(kind: Frame.Kind.data, flags: 8, stream: 1, payload: [2, 0, 0])
            ),
        ]
        for (name, before, frame) in floods {
            let wire = try Wire.ready(Handler.echo)
            try wire.send(before)
            var sent = 0
            while wire.isOpen && sent < 100_000 {
                try wire.send(Array(repeating: frame, count: 100))
                sent += 100
            }
            #expect((2_000...2_200).contains(sent), "\(name)")
            #expect(try wire.goAwayCode() == 11, "\(name)")
            wire.finish()
        }
    }

    @Test func framesOnAStreamThatWeEndedHaveABudget() throws {
        let wire = try Wire.ready(Handler { _, response in await response.send(status: 413) })
        try wire.send([Self.unended])
        var sent = 0
        while wire.isOpen && sent < 100_000 {
            try wire.send(Array(repeating: Self.data, count: 100))
            sent += 100
        }
        #expect((2_000...2_200).contains(sent))
        #expect(try wire.goAwayCode() == 11)
        wire.finish()
    }

    /// Time gives frames back.
    @Test func aSlowTrickleIsTolerated() throws {
        let wire = try Wire.ready(Handler.echo)
        let ping = Frame(kind: Frame.Kind.ping, payload: Array(0..<8))
        for _ in 0..<50 {
            try wire.send(Array(repeating: ping, count: 190))
            wire.advance(.seconds(1))
        }
        #expect(wire.isOpen)
        wire.finish()
    }

    /// A busy client sends several cheap frames for each request and never runs short.
    @Test func aBusyClientNeverRunsShort() throws {
        let wire = try Wire.ready(
            Handler { _, response in await response.send(status: 200, body: pattern(100)) })
        let ping = Frame(kind: Frame.Kind.ping, payload: Array(0..<8))
        for index in 0..<5_000 {
            let id = UInt32(index * 2 + 1)
            let wide = Frame(kind: Frame.Kind.windowUpdate, payload: [0, 0, 0, 100])
            try wire.send([
                .request(id, Frame.getBlock, ends: true), Self.priority(id, on: 0), ping, wide,
            ])
            try wire.send([Self.windowUpdate(id), wide, Self.windowUpdate(id)])
        }
        #expect(wire.isOpen)
        #expect(wire.set.metrics.counters.requestsFinished == 5_000)
        wire.finish()
    }
}
