internal import NIOCore

/// A server's streams that are answered in full while their requests still arrive.
///
/// RFC 9113 §8.1 lets a server then reset the stream with NO_ERROR and wants the client to keep the
/// answer. Not every client does: curl 7.88 drops an answer that it reads together with the reset.
/// So the reset waits until the client has ended the stream, until nothing more has come for a
/// while, or until it has had its time. What comes meanwhile is dropped. A part of it is credited,
/// so that a client that sends everything before it reads gets there; behind that part the stream's
/// window stays shut, the client falls silent, and whoever waits for a window reads.
///
/// A value; time is passed in. A parting holds a few words and no byte of the body, but the stream
/// stays. So they are few: of a client with more the oldest is reset at once.
struct Partings {
    private struct Parting {
        var since: NIODeadline
        var lastInput: NIODeadline
        var dropped: Int
    }

    /// Partings of a connection.
    private static let most = 64

    private let maxDropped: Int
    private let silence: TimeAmount
    private let life: TimeAmount
    private var open: [Int32: Parting] = [:]

    init(_ limits: Limits) {
        maxDropped = limits.maxDroppedBody
        silence = limits.partingSilence
        life = limits.bodyTimeout
    }

    var count: Int { open.count }

    /// - Returns: the stream that has to go for it, if there are many.
    mutating func begin(_ stream: Int32, now: NIODeadline) -> Int32? {
        open[stream] = Parting(since: now, lastInput: now, dropped: 0)
        guard open.count > Partings.most else { return nil }
        return open.min { ($0.value.since, $0.key) < ($1.value.since, $1.key) }?.key
    }

    /// The stream is over; nothing when it was none of these.
    mutating func end(_ stream: Int32) {
        open[stream] = nil
    }

    /// Notes bytes that came for a stream and are dropped.
    /// - Returns: whether its window shall open again by as many; never for a stream that is gone.
    mutating func dropped(_ stream: Int32, _ bytes: Int, now: NIODeadline) -> Bool {
        guard var parting = open[stream] else { return false }
        parting.lastInput = now
        parting.dropped += bytes
        open[stream] = parting
        return parting.dropped <= maxDropped
    }

    /// Streams whose clients have had their answers for long enough. O(number of partings).
    func overdue(_ now: NIODeadline) -> [Int32] {
        open.filter { _, parting in
            now - parting.lastInput >= silence || now - parting.since >= life
        }.keys.sorted()
    }
}
