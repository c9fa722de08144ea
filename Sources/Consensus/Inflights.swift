/// How much a leader may send to one follower without an answer.
package struct InflightWindow: Equatable, Sendable {
    /// Append messages with entries; at least 1.
    package var messages: Int
    /// Bytes of data in them; the message that passes the bound is still sent.
    package var bytes: UInt64

    /// Without arguments: 256 messages of any size.
    package init(messages: Int = 256, bytes: UInt64 = .max) {
        self.messages = messages
        self.bytes = bytes
    }
}

/// The append messages on their way to one follower: the last index and the bytes of each.
///
/// A ring whose storage grows up to the window and is then used again. All operations are O(1)
/// but `release`, which is O(messages released).
package struct Inflights: Equatable, Sendable {
    private struct Sent: Equatable {
        var lastIndex: UInt64
        var bytes: UInt64
    }

    private let window: InflightWindow
    private var ring: [Sent] = []
    private var start = 0
    package private(set) var count = 0
    private var bytes: UInt64 = 0

    package init(_ window: InflightWindow) {
        self.window = window
    }

    package var isFull: Bool { count >= window.messages || bytes >= window.bytes }

    /// Notes a message that was sent.
    package mutating func add(lastIndex: UInt64, bytes added: UInt64) {
        let sent = Sent(lastIndex: lastIndex, bytes: added)
        if count == ring.count { grow() }
        ring[(start + count) % ring.count] = sent
        count += 1
        bytes += added
    }

    /// Forgets the messages up to an index that the follower has acknowledged.
    package mutating func release(upTo index: UInt64) {
        while count > 0, ring[start].lastIndex <= index {
            bytes -= ring[start].bytes
            start = (start + 1) % ring.count
            count -= 1
        }
    }

    package mutating func removeAll() {
        count = 0
        start = 0
        bytes = 0
    }

    private mutating func grow() {
        let kept = (0..<count).map { ring[(start + $0) % ring.count] }
        let empty = Sent(lastIndex: 0, bytes: 0)
        ring = kept + Array(repeating: empty, count: Swift.max(4, count))
        start = 0
    }
}
