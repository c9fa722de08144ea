internal import NIOCore
internal import Shares
internal import Synchronization

/// One open stream, confined to the event loop of its connection.
package final class Stream {
    let id: Int32
    let face: StreamFace
    var builder = HeadBuilder()
    /// The method is HEAD: the response carries no body.
    var isHead = false
    /// The request is a gRPC call, whose refusals are statuses.
    var isGRPC = false

    // What goes out.
    private(set) var queue = CircularBuffer<ByteBuffer>(initialCapacity: 2)
    private(set) var queuedBytes = 0
    private(set) var isEndQueued = false
    private(set) var trailers: Headers?
    /// A final head was submitted.
    var hasHead = false
    /// `nextOutput` answered `.later` and the stream must be resumed.
    var isDeferred = false
    /// A frame with END_STREAM went out.
    var hasSentEnd = false

    // What comes in.
    var hasRemoteEnded = false
    var receivedBytes = 0
    var creditedBytes = 0
    var sentBytes = 0
    var allowsIdleBody = false
    /// A server's: what the request holds in memory.
    var memory: Holding?
    /// There was no memory for the body: what still comes of it is thrown away.
    var isOverBudget = false
    /// The body was given up for its silence, and its reader told so.
    var isOverdue = false

    var lastInput: NIODeadline
    var lastOutput: NIODeadline
    var task: Task<Void, Never>?
    var timer: Scheduled<Void>?
    /// Client: the exchange this stream serves.
    var exchange: Exchange?
    var hasResponseHead = false

    init(_ id: Int32, _ port: ConnectionPort, now: NIODeadline) {
        self.id = id
        face = StreamFace(id, port)
        lastInput = now
        lastOutput = now
    }

    func enqueue(_ bytes: ByteBuffer, now: NIODeadline) {
        // The clock of a stalled peer starts when there is something to send.
        if queuedBytes == 0 { lastOutput = now }
        queuedBytes += bytes.readableBytes
        queue.append(bytes)
    }

    func enqueueEnd(_ trailers: Headers?) {
        isEndQueued = true
        self.trailers = trailers
    }

    /// What may be sent next, at most `limit` bytes.
    func nextStep(atMost limit: Int) -> OutputStep {
        let count = min(limit, queuedBytes)
        if isEndQueued && count == queuedBytes {
            guard let trailers, !trailers.isEmpty else { return .last(count) }
            return .lastThenTrailers(count, trailers)
        }
        guard count > 0 else {
            isDeferred = true
            return .later
        }
        return .bytes(count)
    }

    /// Moves `count` queued bytes to the transport's batch.
    func take(_ count: Int, into output: inout ByteBuffer, now: NIODeadline) {
        var left = count
        while left > 0 {
            let first = queue.startIndex
            guard let slice = queue[first].readSlice(length: min(left, queue[first].readableBytes))
            else { preconditionFailure("more output taken than was queued") }
            left -= slice.readableBytes
            output.writeImmutableBuffer(slice)
            if queue[first].readableBytes == 0 { queue.removeFirst() }
        }
        queuedBytes -= count
        sentBytes += count
        lastOutput = now
    }

    /// The peer may send more but does not, although nothing of ours holds it back.
    func isInputStalled(_ now: NIODeadline, _ timeout: TimeAmount) -> Bool {
        if hasRemoteEnded { return false }
        let mayBeSilent = allowsIdleBody && !isOverdue
        if mayBeSilent && !face.inbound.isOwed.load(ordering: .relaxed) { return false }
        // Unread bytes mean our own handler is slow, which is not the peer's fault.
        return face.inbound.bufferedBytes == 0 && now - lastInput > timeout
    }

    /// So long its output had to wait for all of the connection.
    func excuse(_ time: TimeAmount, now: NIODeadline) {
        lastOutput = min(lastOutput + time, now)
    }

    func isOutputStalled(_ now: NIODeadline, _ timeout: TimeAmount) -> Bool {
        queuedBytes > 0 && now - lastOutput > timeout
    }
}
