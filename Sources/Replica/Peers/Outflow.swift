internal import Consensus
internal import Domain
internal import NIOCore
internal import Node
internal import Synchronization

/// What waits to be sent to one peer, bounded in bytes. Any thread puts, one task takes.
///
/// What keeps a cluster together goes before what may be large: heartbeats, votes and answers pass
/// appends. Within each kind the order stays; a placement, which goes with the former, is there
/// before the entry that it names.
final class Outflow: Sendable {
    /// Bytes of messages that may wait: 64 MiB.
    private static let bound = 64 << 20

    private struct State {
        var first: [PeerFrame] = []
        var rest: ArraySlice<PeerFrame> = []
        var bytes = 0
        var isOpen = false
        var waiter: CheckedContinuation<Void, Never>?
        var dropped: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Messages that were not sent, for want of a connection or of room.
    var dropped: UInt64 { state.withLock { $0.dropped } }
    var bytes: Int { state.withLock { $0.bytes } }
    var isOpen: Bool { state.withLock { $0.isOpen } }

    /// Puts a message; false when it is lost.
    func put(_ frame: PeerFrame) -> Bool {
        let size = frame.roughSize
        let (isTaken, waiter) = state.withLock { state in
            guard state.isOpen, state.bytes + size <= Outflow.bound || !frame.isLarge else {
                state.dropped += 1
                return (false, nil as CheckedContinuation<Void, Never>?)
            }
            state.bytes += size
            if frame.isLarge { state.rest.append(frame) } else { state.first.append(frame) }
            defer { state.waiter = nil }
            return (true, state.waiter)
        }
        waiter?.resume()
        return isTaken
    }

    /// The way is open, or it is not; then what waits is lost.
    func setOpen(_ isOpen: Bool) {
        let waiter = state.withLock { state in
            let dropped = state.dropped + UInt64(state.first.count + state.rest.count)
            let waiter = state.waiter
            state = State()
            state.isOpen = isOpen
            state.dropped = dropped
            return waiter
        }
        waiter?.resume()
    }

    /// Waits until there is something, and writes it as it goes over the wire, about `size` bytes
    /// of it; nil when the way is closed.
    func take(_ size: Int) async -> ByteBuffer? {
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                if !state.isOpen || !state.first.isEmpty || !state.rest.isEmpty { return true }
                state.waiter = continuation
                return false
            }
            if goesOn { continuation.resume() }
        }
        let frames: [PeerFrame]? = state.withLock { state in
            guard state.isOpen else { return nil }
            var frames = state.first
            state.first = []
            var bytes = frames.reduce(0) { $0 + $1.roughSize }
            while bytes < size, let next = state.rest.popFirst() {
                bytes += next.roughSize
                frames.append(next)
            }
            if state.rest.isEmpty { state.rest = [] }
            state.bytes -= bytes
            return frames
        }
        guard let frames else { return nil }
        var buffer = ByteBuffer()
        buffer.reserveCapacity(frames.reduce(0) { $0 + $1.roughSize + 64 })
        for frame in frames { frame.write(into: &buffer) }
        return buffer
    }
}

extension ForwardReply {
    fileprivate var recordedBytes: Int {
        switch fate {
        case .placed(_, first: _, let recorded), .recorded(let recorded, at: _):
            recorded.count * (Outcome.encodedSize + 4)
        case .refused: 0
        }
    }
}

extension PeerFrame {
    /// About what it takes in memory and on the wire.
    var roughSize: Int {
        switch self {
        case .message(.consensus(let message)):
            64 + message.entries.reduce(0) { $0 + $1.data.count + 24 }
        case .message(.submission(let forwarded)): 128 + forwarded.commands.byteCount
        case .message(.reply(let reply)): 128 + reply.recordedBytes
        case .hello, .welcome, .ping, .pong: 64
        }
    }

    /// Whether it waits behind what keeps the cluster together, and is lost when there is no room.
    fileprivate var isLarge: Bool {
        switch self {
        case .message(.consensus(let message)): message.kind == .append
        case .message(.submission): true
        case .message(.reply), .hello, .welcome, .ping, .pong: false
        }
    }
}
