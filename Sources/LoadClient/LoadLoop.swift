internal import CWaiting
internal import Glibc

/// How calls follow each other.
package struct LoadPace: Sendable {
    package enum Kind: Sendable {
        /// So many calls are under way; the next one follows an answer.
        case closed(inFlight: Int)
        /// Calls are due at even distances of nanoseconds, whatever the answers do.
        case open(interval: UInt64)
    }

    package var kind: Kind
    /// Answers to calls that were due in this time at the beginning are not measured.
    package var warmingNanoseconds: UInt64
    /// How long to send after that.
    package var nanoseconds: UInt64

    package init(_ kind: Kind, warmingNanoseconds: UInt64, nanoseconds: UInt64) {
        self.kind = kind
        self.warmingNanoseconds = warmingNanoseconds
        self.nanoseconds = nanoseconds
    }

    /// Calls of an open loop that wait for their answers at most; those due then wait to be sent.
    static let mostUnderWay = 4_096
    /// How long answers may take after the last call is sent.
    static let patience: UInt64 = 30_000_000_000
}

/// Makes calls over connections by turns, all on the calling thread, as `h2load` does it: one wait
/// for whichever of them has something, and no change of thread on a call's way.
///
/// O(connections) for each wait.
package struct LoadLoop {
    private let connections: [LoadConnection]
    private let source: any LoadSource
    private let pace: LoadPace
    private let start: UInt64
    private let end: UInt64
    private var next = 0
    private var underWay = 0
    /// The source has no more calls.
    private var isExhausted = false
    /// By connection: it has calls that were not handed to the system yet.
    private var isTouched: [Bool]
    private var polls: [pollfd]
    /// When the source had its last answer.
    private var lastAnswer: UInt64 = 0

    /// - Precondition: there is a connection.
    package init(_ connections: [LoadConnection], _ source: any LoadSource, _ pace: LoadPace) {
        precondition(!connections.isEmpty, "calls need a connection")
        self.connections = connections
        self.source = source
        self.pace = pace
        start = LoadLoop.now()
        end = start + pace.warmingNanoseconds + pace.nanoseconds
        isTouched = [Bool](repeating: false, count: connections.count)
        polls = connections.map {
            pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0)
        }
    }

    /// Runs until all calls have ended. Cancelling the task that waits for it does not end it.
    ///
    /// - Returns: the seconds in which calls were measured, to the last answer.
    /// - Throws: ``LoadError`` when a connection ends; what was under way has been told to the
    ///   source as failed then.
    package mutating func run() throws -> Double {
        // What the system adds to a wait would count as the server's time in an open loop.
        wake_in_time()
        do {
            while try turn() {}
        } catch {
            abandon("\(error)")
            throw error
        }
        let first = start + pace.warmingNanoseconds
        return Double(max(lastAnswer, first) - first) / 1e9
    }

    /// Sends what is due, waits, and takes answers; false when all is done.
    private mutating func turn() throws -> Bool {
        let now = LoadLoop.now()
        try send(now)
        let isOver = isExhausted || now >= end
        if isOver, underWay == 0 { return false }
        if now > end + LoadPace.patience {
            abandon("no answer")
            return false
        }
        wait(now, isOver)
        for place in connections.indices where polls[place].revents != 0 {
            try connections[place].receive { exchange in
                answer(exchange)
            }
            isTouched[place] = true  // Windows and pings may be to be answered.
        }
        return true
    }

    private mutating func send(_ now: UInt64) throws {
        while !isExhausted, let due = nextDue(now) {
            guard let request = source.request(next) else {
                isExhausted = true
                break
            }
            let place = next % connections.count
            // What it took to make a call is none of the server's time.
            let due = if case .closed = pace.kind { LoadLoop.now() } else { due }
            try connections[place].begin(request, number: next, due: due)
            isTouched[place] = true
            next += 1
            underWay += 1
        }
        for place in connections.indices where isTouched[place] {
            try connections[place].flush()
            isTouched[place] = connections[place].wantsToSend
            polls[place].events = Int16(isTouched[place] ? POLLIN | POLLOUT : POLLIN)
        }
    }

    /// When the next call is due, if that is now.
    private func nextDue(_ now: UInt64) -> UInt64? {
        guard now < end else { return nil }
        switch pace.kind {
        case .closed(let inFlight): return underWay < inFlight ? now : nil
        case .open(let interval):
            let due = start + UInt64(next) * interval
            return due <= now && underWay < LoadPace.mostUnderWay ? due : nil
        }
    }

    /// Waits for bytes, or until a call is due.
    private mutating func wait(_ now: UInt64, _ isOver: Bool) {
        var until = end + LoadPace.patience
        if case .open(let interval) = pace.kind, !isOver, underWay < LoadPace.mostUnderWay {
            until = start + UInt64(next) * interval
        } else if !isOver {
            until = end
        }
        if wait_for_descriptors(&polls, UInt(polls.count), until - min(until, now)) <= 0 {
            for place in polls.indices { polls[place].revents = 0 }
        }
    }

    private mutating func answer(_ exchange: Exchange) {
        underWay -= 1
        let now = LoadLoop.now()
        lastAnswer = now
        source.answered(
            LoadAnswer(
                number: exchange.number, status: exchange.status,
                grpcStatus: exchange.grpcStatus, body: exchange.body,
                nanoseconds: now - exchange.due,
                isMeasured: exchange.due >= start + pace.warmingNanoseconds))
    }

    private mutating func abandon(_ reason: String) {
        let now = LoadLoop.now()
        for exchange in connections.flatMap(\.underWay) {
            source.failed(exchange.number, after: now - exchange.due, reason)
        }
        underWay = 0
    }

    @inline(__always)
    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
