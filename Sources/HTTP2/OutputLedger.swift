/// Counts the body bytes buffered for output on one connection and decides who must wait. A value.
///
/// Two bounds hold: bytes written piecewise per stream, and all bytes per connection.
package struct OutputLedger: Equatable {
    package enum Grant: Equatable {
        /// This many bytes were counted and may be queued.
        case granted(Int)
        case full
    }

    let streamLimit: Int
    /// Changes with what the connection's owner has left.
    package var connectionLimit: Int
    package private(set) var total = 0
    package private(set) var peak = 0
    private var perStream: [Int32: Int] = [:]
    private var waiting: [Waiter] = []

    private struct Waiter: Equatable {
        var ticket: UInt64
        var stream: Int32
    }

    package init(streamLimit: Int, connectionLimit: Int) {
        precondition(streamLimit > 0 && connectionLimit > 0, "output limits must be positive")
        self.streamLimit = streamLimit
        self.connectionLimit = connectionLimit
    }

    func buffered(_ stream: Int32) -> Int { perStream[stream] ?? 0 }

    func hasRoom(_ stream: Int32) -> Bool {
        buffered(stream) < streamLimit && total < connectionLimit
    }

    /// Counts up to `wanted` bytes of `stream`.
    package mutating func reserve(_ stream: Int32, _ wanted: Int) -> Grant {
        let held = buffered(stream)
        let room = min(streamLimit - held, connectionLimit - total)
        guard room > 0 else { return .full }
        let count = min(room, wanted)
        perStream[stream] = held + count
        grow(count)
        return .granted(count)
    }

    /// Whether a complete body of `count` bytes may be queued at once. One larger than the
    /// connection's bound is admitted only when nothing else is buffered.
    func admitsWhole(_ count: Int) -> Bool {
        total == 0 || total + count <= connectionLimit
    }

    /// Counts a complete body, if `admitsWhole`.
    package mutating func reserveWhole(_ count: Int) -> Grant {
        guard admitsWhole(count) else { return .full }
        grow(count)
        return .granted(count)
    }

    /// Records a writer that must wait for room.
    package mutating func wait(_ ticket: UInt64, _ stream: Int32) {
        waiting.append(Waiter(ticket: ticket, stream: stream))
    }

    /// Uncounts sent or dropped bytes and returns the writers to wake, oldest first.
    package mutating func release(_ stream: Int32, _ count: Int) -> [UInt64] {
        precondition(count <= total, "released more output than was reserved")
        total -= count
        if let held = perStream[stream] {
            perStream[stream] = held > count ? held - count : nil
        }
        return wakeable()
    }

    /// Drops a closed stream and returns its writers.
    package mutating func forget(_ stream: Int32) -> [UInt64] {
        perStream[stream] = nil
        guard !waiting.isEmpty else { return [] }
        let gone = waiting.filter { $0.stream == stream }.map(\.ticket)
        waiting.removeAll { $0.stream == stream }
        return gone
    }

    mutating func cancel(_ ticket: UInt64) {
        waiting.removeAll { $0.ticket == ticket }
    }

    private mutating func grow(_ count: Int) {
        total += count
        peak = max(peak, total)
    }

    private mutating func wakeable() -> [UInt64] {
        guard !waiting.isEmpty, total == 0 || total <= connectionLimit / 4 * 3 else { return [] }
        var woken: [UInt64] = []
        var staying: [Waiter] = []
        for waiter in waiting {
            // Half empty, not one byte free: otherwise every sent frame would wake the writer.
            if buffered(waiter.stream) <= streamLimit / 2 {
                woken.append(waiter.ticket)
            } else {
                staying.append(waiter)
            }
        }
        waiting = staying
        return woken
    }
}
