import Glibc
import HTTP2
import NIOCore
import NIOEmbedded
import Shares
import Synchronization
import Testing

/// Who is served when on an event loop. Time passes as it does, so the pieces of work take some.
@Suite struct TurnsTests {
    private let loop = EmbeddedEventLoop()
    private let log = Log()

    /// What connections have received, in the order in which it was handed on.
    private final class Log {
        var names: [String] = []
    }

    private final class Recorder: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let name: String
        private let log: Log

        init(_ name: String, _ log: Log) {
            self.name = name
            self.log = log
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            log.names.append(name)
            let end = Self.ownTime() + (name == "first" ? 2_000_000 : 20_000)
            while Self.ownTime() < end {}
        }

        /// Nanoseconds that this thread has run.
        private static func ownTime() -> Int {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return time.tv_sec * 1_000_000_000 + time.tv_nsec
        }
    }

    private func channel(
        _ name: String, _ turns: Turns, of share: OwnerShare? = nil
    ) throws -> EmbeddedChannel {
        let own = ConnectionTurns(turns)
        if let share { own.join(share) }
        let channel = EmbeddedChannel(loop: loop)
        try channel.pipeline.syncOperations.addHandlers([TurnGate(own), Recorder(name, log)])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    private func share(_ name: String) -> OwnerShare {
        let budget = Budget(1 << 20, perOwner: 1 << 20)
        return OwnerShare(
            Owner(name), MemoryBounds(), requests: budget, output: budget)
    }

    private func receive(_ channel: EmbeddedChannel) throws {
        channel.pipeline.fireChannelRead(ByteBuffer(string: "bytes"))
        channel.pipeline.fireChannelReadComplete()
    }

    /// Uses up what the loop does at once, so that the others wait.
    private func keepBusy(_ turns: Turns) throws {
        try receive(channel("first", turns, of: share("first")))
        log.names = []
    }

    private func runUntilDone(_ count: Int) {
        for _ in 0..<10_000 where log.names.count < count {
            loop.advanceTime(by: .microseconds(20))
        }
    }

    @Test func whoAsksForLittleDoesNotWaitForWhoAsksForMuch() throws {
        let turns = Turns(loop)
        let (many, few) = (share("many"), share("few"))
        let crowd = try (0..<200).map { try channel("many \($0)", turns, of: many) }
        let one = try channel("few", turns, of: few)
        try keepBusy(turns)
        for channel in crowd { try receive(channel) }
        try receive(one)
        runUntilDone(201)
        #expect(log.names.count == 201)
        #expect(log.names.firstIndex(of: "few") == 1)
        #expect(log.names.filter { $0 != "few" } == (0..<200).map { "many \($0)" })
    }

    /// Handshakes of however many callers are one party beside each owner, the newest first; one
    /// that goes on comes before those that have not begun.
    @Test func handshakesAreOneParty() throws {
        let turns = Turns(loop)
        let begun = try channel("begun", turns)
        try receive(begun)
        log.names = []
        let new = try (0..<50).map { try channel("new \($0)", turns) }
        let bank = try channel("bank", turns, of: share("bank"))
        try keepBusy(turns)
        for channel in new { try receive(channel) }
        try receive(begun)
        try receive(bank)
        runUntilDone(52)
        #expect(log.names.count == 52)
        #expect(Set(log.names[0...2]) == ["new 49", "begun", "bank"])
        #expect(log.names.last == "new 0")
    }

    /// What a connection sends while it waits stays in its socket: the gate asks for no more.
    @Test func whoWaitsIsNotRead() throws {
        final class Reads: ChannelOutboundHandler {
            typealias OutboundIn = ByteBuffer
            var count = 0
            func read(context: ChannelHandlerContext) {
                count += 1
                context.read()
            }
        }
        let turns = Turns(loop)
        let channel = try channel("one", turns, of: share("one"))
        let reads = Reads()
        try channel.pipeline.syncOperations.addHandler(reads, position: .first)
        try keepBusy(turns)
        try receive(channel)
        #expect(reads.count == 0)
        #expect(log.names.isEmpty)
        loop.run()
        #expect(reads.count == 1)
        // What came before the end is not lost.
        try keepBusy(turns)
        log.names = ["one"]
        try receive(channel)
        channel.pipeline.fireChannelInactive()
        #expect(log.names == ["one", "one"])
    }

    /// The names of steps that ran, in their order.
    private final class Steps: Sendable {
        private let names = Mutex<[String]>([])
        func add(_ name: String) { names.withLock { $0.append(name) } }
        var all: [String] { names.withLock { $0 } }
    }

    private func runUntilDone(_ count: Int, _ steps: Steps) {
        for _ in 0..<10_000 where steps.all.count < count {
            loop.advanceTime(by: .microseconds(20))
        }
    }

    /// Handlers take turns as what is received does: one step of a bank is second in line behind
    /// two hundred of another one.
    @Test func stepsOfHandlersWaitForTheirOwnersTurn() throws {
        let (turns, steps) = (Turns(loop), Steps())
        let (many, few) = (ConnectionTurns(turns), ConnectionTurns(turns))
        many.join(share("many"))
        few.join(share("few"))
        let (ofMany, ofFew) = (LoopExecutor(loop, many), LoopExecutor(loop, few))
        try keepBusy(turns)
        for _ in 0..<200 { Task(executorPreference: ofMany) { steps.add("many") } }
        Task(executorPreference: ofFew) { steps.add("few") }
        #expect(steps.all.isEmpty, "a step ran within what asked for it")
        runUntilDone(201, steps)
        #expect(steps.all.count == 201)
        #expect(steps.all.firstIndex(of: "few") ?? .max <= 1)
    }

    /// A handler goes on to its end though its owner's last connection is gone: what waits of it
    /// then, and what comes of it later.
    @Test func stepsOutliveTheirConnection() throws {
        let (turns, steps) = (Turns(loop), Steps())
        let gone = ConnectionTurns(turns)
        gone.join(share("gone"))
        let executor = LoopExecutor(loop, gone)
        try keepBusy(turns)
        for _ in 0..<3 {
            Task(executorPreference: executor) {
                steps.add("before")
                await Task.yield()
                steps.add("after")
            }
        }
        gone.leave()
        runUntilDone(6, steps)
        #expect(steps.all.filter { $0 == "before" }.count == 3)
        #expect(steps.all.filter { $0 == "after" }.count == 3)
    }
}
