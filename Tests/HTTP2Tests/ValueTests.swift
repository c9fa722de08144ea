internal import Chance
import HTTP2
import NIOCore
import Testing

@Suite struct ValueTests {
    /// Every way to cut the bytes of several messages into up to three chunks.
    @Test func everySplitGivesTheSameMessages() throws {
        let messages = [pattern(0), pattern(1), pattern(7), pattern(0), pattern(19)]
        var bytes = ByteBuffer()
        for message in messages { bytes.writeImmutableBuffer(GRPC.frame(message)) }
        let count = bytes.readableBytes
        for first in 0...count {
            for second in first...count {
                var reader = GRPCMessageReader(maxMessageBytes: 19)
                var found: [ByteBuffer] = []
                for range in [0..<first, first..<second, second..<count] {
                    let slice = try #require(
                        bytes.getSlice(at: range.lowerBound, length: range.count))
                    reader.append(slice)
                    while let message = try reader.next() { found.append(message) }
                }
                try reader.finish()
                #expect(found == messages)
            }
        }
    }

    /// Whoever begins the next message after a long one keeps a little memory, not the long one's.
    @Test func theRestOfAChunkDoesNotKeepTheMessageBeforeIt() throws {
        var reader = GRPCMessageReader(maxMessageBytes: 4 << 20)
        let long = GRPC.frame(ByteBuffer(repeating: 7, count: 1 << 20))
        for _ in 0..<3 {
            var bytes = long
            bytes.writeBytes([0, 0])
            while let chunk = bytes.readSlice(length: min(16_384, bytes.readableBytes)),
                chunk.readableBytes > 0
            {
                // Each with memory of its own, as it comes from a socket.
                reader.append(ByteBuffer(bytes: chunk.readableBytesView))
            }
            let message = try #require(try reader.next())
            #expect(message.readableBytes == 1 << 20)
            #expect(try reader.next() == nil)
            #expect(reader.capacity <= 1_024)
            // The rest of what the two bytes began.
            reader.append(ByteBuffer(bytes: [0, 0, 1, 9]))
            #expect(try reader.next() == ByteBuffer(bytes: [9]))
            #expect(reader.capacity <= 1_024)
        }
        try reader.finish()
    }

    @Test func badMessagesAreRefused() {
        func status(_ bytes: [UInt8]) -> GRPCStatusCode? {
            var reader = GRPCMessageReader(maxMessageBytes: 10)
            reader.append(ByteBuffer(bytes: bytes))
            do {
                while try reader.next() != nil {}
                try reader.finish()
                return nil
            } catch {
                return error.code
            }
        }
        #expect(status([]) == nil)
        #expect(status([1]) == .unimplemented)
        #expect(status([2, 0, 0, 0, 0]) == .invalidArgument)
        // Refused by its prefix alone, before any byte of it is buffered.
        #expect(status([0, 0, 0, 0, 11]) == .resourceExhausted)
        #expect(status([0, 0xFF, 0xFF, 0xFF, 0xFF]) == .resourceExhausted)
        #expect(status([0, 0, 0]) == .invalidArgument)
        #expect(status([0, 0, 0, 0, 2, 9]) == .invalidArgument)
        #expect(status([0, 0, 0, 0, 1, 9, 0]) == .invalidArgument)
        // A client is not at fault for what a server sends.
        var reader = GRPCMessageReader(maxMessageBytes: 10, malformed: .internal)
        reader.append(ByteBuffer(bytes: [2]))
        #expect(throws: GRPCStatus(.internal, "a message has an invalid flag")) {
            try reader.next()
        }
    }

    @Test func timeouts() {
        #expect(GRPC.parse(timeout: "1H") == .seconds(3600))
        #expect(GRPC.parse(timeout: "2M") == .seconds(120))
        #expect(GRPC.parse(timeout: "3S") == .seconds(3))
        #expect(GRPC.parse(timeout: "4m") == .milliseconds(4))
        #expect(GRPC.parse(timeout: "5u") == .microseconds(5))
        #expect(GRPC.parse(timeout: "6n") == .nanoseconds(6))
        for bad in ["", "S", "5", "-1S", "+1S", "123456789S", "1 S", "1x", "é1S", "1.5S"] {
            #expect(GRPC.parse(timeout: bad) == nil, "\(bad)")
        }
        #expect(GRPC.format(timeout: .milliseconds(50)) == "50000000n")
        #expect(GRPC.format(timeout: .seconds(1)) == "1000000u")
        #expect(GRPC.format(timeout: .nanoseconds(100_000_001)) == "100001u")
        #expect(GRPC.format(timeout: .seconds(-1)) == "0n")
        #expect(GRPC.format(timeout: .seconds(Int64.max)) == "99999999H")
        for timeout in [Duration.seconds(86_400 * 365), .seconds(1_000_000_000_000)] {
            #expect(GRPC.parse(timeout: GRPC.format(timeout: timeout)) != nil)
        }
    }

    @Test func statusSurvivesTrailers() throws {
        let all = (0...255).map { UInt8($0) }
        for code in GRPCStatusCode.allCases {
            let status = GRPCStatus(
                code, " 100% naïve\r\n\u{7F} ", details: Array(all.prefix(code.rawValue * 7)))
            let trailers = status.trailers(["x-meta": "1"])
            #expect(trailers["x-meta"] == "1")
            #expect(trailers["grpc-status-details-bin"]?.contains("=") == false)
            #expect(GRPCStatus(trailers: trailers) == status)
        }
        #expect(GRPCStatus(trailers: [:]) == nil)
        #expect(GRPCStatus(trailers: ["grpc-status": "99"])?.code == .unknown)
        let broken: Headers = ["grpc-status": "2", "grpc-message": "%zz%4"]
        #expect(GRPCStatus(trailers: broken)?.message == "%zz%4")
        let binary = GRPCStatus(.unknown, details: [0xFF, 0xEE]).trailers()
        #expect(binary["grpc-status-details-bin"] == "/+4")
        for (text, details) in [("/+4=", [0xFF, 0xEE] as [UInt8]), ("/", nil), ("/+4!", nil)] {
            let trailers: Headers = ["grpc-status": "2", "grpc-status-details-bin": text]
            #expect(try #require(GRPCStatus(trailers: trailers)).details == details)
        }
    }

    @Test func contentTypes() {
        for good in ["application/grpc", "application/grpc+proto", "Application/gRPC; a=b"] {
            #expect(GRPC.accepts(contentType: good))
        }
        for bad in [nil, "", "application/json", "application/grpc+json", "application/grpcx"] {
            #expect(!GRPC.accepts(contentType: bad))
        }
        for kind in ["application/grpc-web", "application/grpc-web+proto", "Application/GRPC+json"]
        {
            #expect(GRPC.claims(contentType: kind) && !GRPC.accepts(contentType: kind), "\(kind)")
        }
        for other in [nil, "", "application/json", "application/grp", "text/application/grpc"] {
            #expect(!GRPC.claims(contentType: other))
        }
    }

    @Test func headersAreLegal() {
        var headers: Headers = ["X-Name": " a\r\nb\u{0} ", "b": "plain"]
        #expect(headers["x-name"] == "a  b")
        headers.add("b", "second")
        #expect(headers.all("b") == ["plain", "second"])
        headers.set("B", "third")
        #expect(headers.map(\.name) == ["x-name", "b"])
        #expect(headers["b"] == "third")
    }

    @Test func inboundTranscript() {
        var machine = InboundMachine()
        func receive(_ bytes: [UInt8]) -> InboundMachine.Action {
            bytes.withUnsafeBytes { machine.event(.received($0)) }
        }
        #expect(machine.take() == nil)
        #expect(receive([1]) == .wake(.bytes(ByteBuffer(bytes: [1]))))
        #expect(receive([2]) == .none)
        #expect(receive([3]) == .none)
        #expect(machine.bufferedBytes == 2)
        #expect(machine.take() == .bytes(ByteBuffer(bytes: [2, 3])))
        #expect(machine.take() == nil)
        #expect(machine.event(.readerLeft) == .none)
        #expect(machine.event(.ended) == .none)
        #expect(machine.event(.failed(.closed)) == .none)
        #expect(machine.take() == .end)

        var failing = InboundMachine()
        _ = [UInt8(1)].withUnsafeBytes { failing.event(.received($0)) }
        #expect(failing.event(.failed(.closed)) == .none)
        #expect(failing.take() == .failed(.closed))
    }

    @Test func ledgerBoundsStreamsAndConnection() {
        var ledger = OutputLedger(streamLimit: 10, connectionLimit: 16)
        #expect(ledger.reserve(1, 25) == .granted(10))
        #expect(ledger.reserve(1, 1) == .full)
        #expect(ledger.reserve(3, 9) == .granted(6))
        #expect(ledger.reserve(5, 1) == .full)
        ledger.wait(100, 1)
        ledger.wait(101, 5)
        // Stream 1 is still more than half full; the connection more than three quarters.
        #expect(ledger.release(1, 2) == [])
        #expect(ledger.release(3, 6) == [101])
        #expect(ledger.release(1, 3) == [100])
        ledger.wait(102, 1)
        #expect(ledger.forget(1) == [102])
        #expect(ledger.release(1, 5) == [])
        #expect(ledger.total == 0)
        #expect(ledger.peak == 16)
        // A body beyond the bound goes alone.
        #expect(ledger.reserveWhole(40) == .granted(40))
        #expect(ledger.reserveWhole(1) == .full)
    }

    @Test func eventRateRefills() {
        var rate = EventRate(burst: 2, perSecond: 1, now: 0)
        #expect(rate.event(now: 0) == .tolerated)
        #expect(rate.event(now: 0) == .tolerated)
        #expect(rate.event(now: 999_999_999) == .exceeded)
        #expect(rate.event(now: 1_000_000_000) == .tolerated)
        rate.earn(7)
        #expect(rate.event(count: 2, now: 1_000_000_000) == .tolerated)
        rate.earn(1)
        #expect(rate.event(count: 2, now: 1_000_000_000) == .exceeded)
        #expect(rate.event(now: Int64.max) == .tolerated)
        #expect(rate.event(now: Int64.max) == .tolerated)
        #expect(rate.event(now: Int64.max) == .exceeded)
    }

    @Test func outgoingPhases() {
        var phase = OutgoingPhase()
        #expect(phase.event(.write) == .misuse("start the response first"))
        #expect(phase.event(.start) == .proceed)
        #expect(phase.event(.start) == .misuse("already started"))
        #expect(phase.event(.write) == .proceed)
        #expect(phase.event(.finish) == .proceed)
        for late in [OutgoingPhase.Event.start, .write, .finish, .whole, .reset] {
            #expect(phase.event(late) == .drop)
        }
    }

    @Test func statusGoesOutOnce() {
        var call = GRPCCallPhase()
        #expect(call.event(.deadline) == .trailersOnly)
        #expect(call.event(.finish) == .drop)
        #expect(call.event(.message) == .drop)
        #expect(call.isPastDeadline)
        var streaming = GRPCCallPhase()
        #expect(streaming.event(.message) == .startThenProceed)
        #expect(streaming.event(.message) == .proceed)
        #expect(streaming.event(.finish) == .proceed)
        #expect(streaming.event(.deadline) == .drop)
        #expect(!streaming.isPastDeadline)
    }

    @Test func derIsBoundsChecked() {
        var random = SplitMix64(seed: 7)
        for length in 0..<200 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            _ = subjectCommonName(ofCertificate: [0x30, 0x82, 0x00, UInt8(length)] + bytes)
            _ = subjectCommonName(ofCertificate: bytes)
        }
        #expect(subjectCommonName(ofCertificate: []) == nil)
    }
}
