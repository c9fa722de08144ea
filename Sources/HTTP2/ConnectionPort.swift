internal import NIOCore
internal import Shares
package import Synchronization

/// What other threads ask of a connection. Carried out in order on its event loop.
enum Command: Sendable {
    case head(Int32, ResponseHead)
    case respond(Int32, ResponseHead, ByteBuffer, Headers?)
    case data(Int32, ByteBuffer)
    case end(Int32, Headers?)
    case reset(Int32, ErrorCode)
    case credit(Int32, Int)
    /// The handler returned without finishing its response.
    case abandoned(Int32)
    case allowIdleBody(Int32)
    /// The handler reads a body whose sender waits to be told to go on.
    case sendContinue(Int32)
    /// The stream's window becomes that of the connection.
    case widen(Int32)
    case timer(Int32, TimeAmount, @Sendable () -> Void)
    case cancelHandler(Int32)
    case open(OpenRequest)
    case withdraw(OpenRequest)
    case drain
    case close
}

/// The face of a connection that any thread may use; the connection itself never leaves its loop.
///
/// Commands gather in a mailbox, and only the first of a batch wakes the event loop. The mailbox is
/// bounded: body bytes by the ledger, everything else by a few commands per stream.
package final class ConnectionPort: Sendable {
    fileprivate struct Mailbox {
        var commands: [Command] = []
        var isScheduled = false
        var isClosed = false
        var ledger: OutputLedger
        /// A server's: what is buffered here counts for its owner.
        var share: OwnerShare?
        var lastTicket: UInt64 = 0
        var writers: [UInt64: CheckedContinuation<Void, any Error>] = [:]
    }

    private enum Step {
        case queued(wake: Bool)
        case full
        case closed
    }

    let loop: any EventLoop
    let creditThreshold: Int
    /// Handlers whose task has not returned, of streams open or not.
    package let runningHandlers = Atomic<Int>(0)
    /// Answers of a connection that may be in the making at once: of single records, and of lists.
    /// What nobody takes is not made in advance.
    let lookups = Gate(places: 8)
    let lists = Gate(places: 1)
    private let limits: Limits
    let connection: NIOLoopBoundBox<Connection?>
    private let mailbox: Mutex<Mailbox>

    init(_ loop: any EventLoop, _ limits: Limits) {
        self.loop = loop
        self.limits = limits
        creditThreshold = limits.creditThreshold
        connection = NIOLoopBoundBox(nil, eventLoop: loop)
        mailbox = Mutex(
            Mailbox(
                ledger: OutputLedger(
                    streamLimit: limits.maxStreamOutput,
                    connectionLimit: limits.maxConnectionOutput)))
    }

    /// The most output bytes ever buffered at once.
    var peakBufferedOutput: Int { mailbox.withLock { $0.ledger.peak } }

    // MARK: Any thread

    /// Queues a command. False when the connection has ended, which is an expected race.
    @discardableResult
    func post(_ command: Command) -> Bool {
        let wake: Bool? = mailbox.withLock { box in
            guard !box.isClosed else { return nil }
            return Self.enqueue(command, &box)
        }
        guard let wake else { return false }
        if wake { schedule() }
        return true
    }

    /// Queues body bytes, suspending while the stream's or connection's output is full.
    func write(_ face: StreamFace, _ buffer: ByteBuffer) async throws {
        var rest = buffer
        while rest.readableBytes > 0 {
            try face.checkOpen()
            let step = mailbox.withLock { box -> Step in
                guard !box.isClosed else { return .closed }
                box.setLimit(limits)
                switch box.ledger.reserve(face.id, rest.readableBytes) {
                case .full:
                    return .full
                case .granted(let count):
                    box.count(count)
                    guard let slice = rest.readSlice(length: count) else { return .closed }
                    return .queued(wake: Self.enqueue(.data(face.id, slice), &box))
                }
            }
            try await settle(step, face.id) { $0.hasRoom(face.id) }
        }
    }

    /// Queues a command that carries a complete body, suspending while the connection is full.
    func postWhole(_ stream: Int32, _ count: Int, _ command: Command) async throws {
        while true {
            let step = mailbox.withLock { box -> Step in
                guard !box.isClosed else { return .closed }
                box.setLimit(limits)
                guard case .granted = box.ledger.reserveWhole(count) else { return .full }
                box.count(count)
                return .queued(wake: Self.enqueue(command, &box))
            }
            try await settle(step, stream) { $0.admitsWhole(count) }
            if case .queued = step { return }
        }
    }

    /// Suspends until little waits to be sent on the connection.
    func waitUntilTaken(_ stream: Int32) async throws {
        let few = limits.minConnectionOutput
        while true {
            let isClosed: Bool? = mailbox.withLock {
                $0.isClosed ? true : $0.ledger.total < few ? false : nil
            }
            if let isClosed {
                if isClosed { throw HTTP2Error.closed }
                return
            }
            try await waitForRoom(stream) { $0.total < few }
        }
    }

    private func settle(
        _ step: Step, _ stream: Int32, _ hasRoom: @Sendable (OutputLedger) -> Bool
    ) async throws {
        switch step {
        case .queued(let wake):
            if wake { schedule() }
        case .full:
            try await waitForRoom(stream, hasRoom)
        case .closed:
            throw HTTP2Error.closed
        }
    }

    private func waitForRoom(
        _ stream: Int32, _ hasRoom: @Sendable (OutputLedger) -> Bool
    ) async throws {
        let ticket = mailbox.withLock { box in
            box.lastTicket += 1
            return box.lastTicket
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (writer: Waiting) in
                // Room may have appeared, or cancellation struck, since the attempt that failed.
                let now = mailbox.withLock { box -> Bool in
                    if box.isClosed || Task.isCancelled || hasRoom(box.ledger) { return true }
                    box.ledger.wait(ticket, stream)
                    box.writers[ticket] = writer
                    return false
                }
                if now { writer.resume() }
            }
        } onCancel: {
            let writer = mailbox.withLock { box in
                box.ledger.cancel(ticket)
                return box.writers.removeValue(forKey: ticket)
            }
            writer?.resume(throwing: CancellationError())
        }
        try Task.checkCancellation()
    }

    private typealias Waiting = CheckedContinuation<Void, any Error>

    private static func enqueue(_ command: Command, _ box: inout Mailbox) -> Bool {
        box.commands.append(command)
        defer { box.isScheduled = true }
        return !box.isScheduled
    }

    private func schedule() {
        // Commands that are posted together are carried out together: never while one is posted.
        if loop.inEventLoop, let connection = connection.value, let turns = connection.turns {
            return turns.add(.commands(connection))
        }
        loop.execute { [connection] in
            guard let connection = connection.value else { return }
            if let turns = connection.turns {
                turns.doOrAdd(.commands(connection))
            } else {
                connection.drainCommands()
            }
        }
    }

    // MARK: Event loop

    func attach(_ connection: Connection) {
        self.connection.value = connection
    }

    /// What is buffered from now on counts for this owner.
    func setShare(_ share: OwnerShare) {
        mailbox.withLock {
            $0.share = share
            $0.count($0.ledger.total)
        }
    }

    func takeCommands(into batch: inout [Command]) {
        batch = mailbox.withLock { box in
            let commands = box.commands
            box.commands = []
            box.isScheduled = false
            return commands
        }
    }

    /// Uncounts output that left for the transport or was dropped.
    func released(_ stream: Int32, _ count: Int) {
        guard count > 0 else { return }
        resume {
            $0.count(-count)
            return $0.ledger.release(stream, count)
        }
    }

    /// A closed stream's writers wake up and find it closed.
    func forget(_ stream: Int32) {
        resume { $0.ledger.forget(stream) }
    }

    private func resume(_ change: (inout Mailbox) -> [UInt64]) {
        let writers = mailbox.withLock { box -> [Waiting] in
            let tickets = change(&box)
            return tickets.compactMap { box.writers.removeValue(forKey: $0) }
        }
        for writer in writers { writer.resume() }
    }

    /// Ends the port; returns the commands nobody will carry out.
    func close() -> [Command] {
        let (commands, writers) = mailbox.withLock { box -> ([Command], [Waiting]) in
            box.isClosed = true
            box.count(-box.ledger.total)
            box.share = nil
            defer {
                box.commands = []
                box.writers = [:]
            }
            return (box.commands, Array(box.writers.values))
        }
        connection.value = nil
        for writer in writers { writer.resume(throwing: HTTP2Error.closed) }
        return commands
    }
}

extension ConnectionPort.Mailbox {
    /// Counts output that was buffered, or left when negative, for the owner.
    fileprivate func count(_ bytes: Int) {
        guard let share else { return }
        if bytes >= 0 {
            share.output.force(bytes)
        } else {
            share.output.giveBack(-bytes)
        }
    }

    /// A connection may buffer what its owner has left, within bounds.
    fileprivate mutating func setLimit(_ limits: Limits) {
        guard let share else { return }
        let left = share.output.room
        ledger.connectionLimit = max(
            limits.minConnectionOutput, min(limits.maxConnectionOutput, ledger.total + left))
    }
}

/// The face of one stream that any thread may use.
final class StreamFace: Sendable {
    let id: Int32
    let port: ConnectionPort
    let inbound: InboundBody
    private let failure = Mutex<HTTP2Error?>(nil)
    private let isClosed = Atomic<Bool>(false)

    init(_ id: Int32, _ port: ConnectionPort) {
        self.id = id
        self.port = port
        inbound = InboundBody(id, port)
    }

    func checkOpen() throws {
        guard isClosed.load(ordering: .acquiring) else { return }
        throw failure.withLock { $0 } ?? HTTP2Error(.alreadyFinished, "the stream has ended")
    }

    /// Event loop only: nothing can be written from now on.
    func close(_ error: HTTP2Error?) {
        failure.withLock { $0 = error }
        isClosed.store(true, ordering: .releasing)
        if let error { inbound.fail(error) }
    }
}

/// The receiving half of a stream: the event loop puts bytes in, one task takes them out.
final class InboundBody: Sendable {
    private struct State {
        var machine = InboundMachine()
        var reader: CheckedContinuation<InboundMachine.Delivery, Never>?
        var uncredited = 0
        /// The peer sends no body before it has seen 100 (RFC 9110 §10.1.1).
        var awaitsContinue = false
    }

    /// The reader can do nothing before the peer has sent more.
    let isOwed = Atomic<Bool>(false)

    private let id: Int32
    private let port: ConnectionPort
    private let state = Mutex(State())

    init(_ id: Int32, _ port: ConnectionPort) {
        self.id = id
        self.port = port
    }

    var trailers: Headers { state.withLock { $0.machine.trailers } }
    var bufferedBytes: Int { state.withLock { $0.machine.bufferedBytes } }
    var isAwaited: Bool { state.withLock { $0.machine.isAwaited } }

    // MARK: Event loop

    func receive(_ bytes: UnsafeRawBufferPointer) { apply(.received(bytes)) }
    func fail(_ error: HTTP2Error) { apply(.failed(error)) }

    /// Before the reader starts: the first time that it has to wait, the peer is told to go on.
    func awaitContinue() { state.withLock { $0.awaitsContinue = true } }

    func end(_ trailers: Headers) {
        if !trailers.isEmpty { state.withLock { $0.machine.trailers = trailers } }
        apply(.ended)
    }

    private func apply(_ event: InboundMachine.Event) {
        typealias Wake = (
            CheckedContinuation<InboundMachine.Delivery, Never>, InboundMachine.Delivery
        )
        let wake = state.withLock { state -> Wake? in
            guard case .wake(let delivery) = state.machine.event(event), let reader = state.reader
            else { return nil }
            state.reader = nil
            return (reader, delivery)
        }
        if let wake { wake.0.resume(returning: wake.1) }
    }

    // MARK: The reader

    /// The next bytes, or nil at the end. Credits the window for what it returns.
    func next() async throws -> ByteBuffer? {
        var delivery = state.withLock { $0.machine.takeIfReady() }
        if delivery == nil { delivery = await wait() }
        switch delivery {
        case .bytes(let bytes):
            credit(bytes.readableBytes)
            return bytes
        case .end, nil:
            return nil
        case .failed(let error):
            try Task.checkCancellation()
            throw error
        }
    }

    private func wait() async -> InboundMachine.Delivery {
        await withTaskCancellationHandler {
            await withCheckedContinuation { reader in
                var awaitsContinue = false
                let ready = state.withLock { state -> InboundMachine.Delivery? in
                    if let ready = state.machine.takeIfReady() { return ready }
                    if Task.isCancelled { return Self.cancelled }
                    _ = state.machine.take()
                    state.reader = reader
                    swap(&awaitsContinue, &state.awaitsContinue)
                    return nil
                }
                if let ready { reader.resume(returning: ready) }
                if awaitsContinue { port.post(.sendContinue(id)) }
            }
        } onCancel: {
            let reader = state.withLock { state in
                if state.reader != nil { _ = state.machine.event(.readerLeft) }
                defer { state.reader = nil }
                return state.reader
            }
            reader?.resume(returning: Self.cancelled)
        }
    }

    private static let cancelled = InboundMachine.Delivery.failed(
        HTTP2Error(.streamReset(.cancel), "the reading task was cancelled"))

    private func credit(_ count: Int) {
        let due = state.withLock { state -> Int in
            state.uncredited += count
            guard state.uncredited >= port.creditThreshold else { return 0 }
            defer { state.uncredited = 0 }
            return state.uncredited
        }
        if due > 0 { port.post(.credit(id, due)) }
    }
}
