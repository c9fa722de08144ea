internal import Consensus
internal import Domain
internal import NIOCore
internal import Node
internal import Synchronization

/// What waits to be sent to one peer, bounded in bytes. Any thread puts, one task takes.
///
/// What keeps a cluster together goes before what may be large: heartbeats, votes and answers pass
/// appends and submissions, and go between the parts of a long one (``FrameCutter``). That is
/// harmless. Between two nodes consensus takes messages in any order: each has its term; a
/// heartbeat says no more to be committed than its receiver has acknowledged; what comes late and
/// was passed is dropped, or answered with what is there, and the leader is told nothing that does
/// not hold. A leader asks a follower to stand for election only when that one has acknowledged the
/// whole log.
///
/// Within each kind the order stays: appends of one term come as they were sent, so that none is
/// refused for one before it, and submissions of one owner keep theirs. A placement goes with what
/// passes, or when it is long before the entry that it names, so it is there before that entry. Who
/// speaks is said before anything is put; and whatever came in an earlier life of a node says so.
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
            guard state.isOpen, state.bytes + size <= Outflow.bound || !frame.mayBeLost else {
                state.dropped += 1
                return (false, nil as CheckedContinuation<Void, Never>?)
            }
            state.bytes += size
            if frame.mayBeLost || frame.isLong {
                state.rest.append(frame)
            } else {
                state.first.append(frame)
            }
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

    /// Takes all that goes first, and of the others until they are about `size` bytes: the last one
    /// may be longer. Nil when the way is closed.
    ///
    /// - Parameter waits: until there is something.
    func take(_ size: Int, waits: Bool) async -> [PeerFrame]? {
        if waits { await waitForFrames() }
        return state.withLock { state in
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
    }

    private func waitForFrames() async {
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                if !state.isOpen || !state.first.isEmpty || !state.rest.isEmpty { return true }
                state.waiter = continuation
                return false
            }
            if goesOn { continuation.resume() }
        }
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

    /// Whether it goes in parts.
    var isLong: Bool { roughSize > FrameCutter.part }

    /// Whether it waits behind what keeps the cluster together, and is lost when there is no room.
    fileprivate var mayBeLost: Bool {
        switch self {
        case .message(.consensus(let message)): message.kind == .append
        case .message(.submission): true
        case .message(.reply), .hello, .welcome, .ping, .pong: false
        }
    }
}
