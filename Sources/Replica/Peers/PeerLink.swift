internal import Consensus
internal import Domain
internal import Foundation
internal import HTTP2
internal import NIOCore
internal import Node
internal import Synchronization

/// The way to one peer: connects, says who it is, sends what is put, and connects again when the
/// way is lost, after a time that grows and has chance in it, so that nodes do not come all at
/// once.
///
/// What the peer sends comes on the stream that the peer opened; on this one there are only its
/// welcome, and answers to pings.
final class PeerLink: Sendable {
    /// Seconds to the next try.
    private static let waits = 0.05...2.0
    /// A peer that answers no ping for so long is gone.
    private static let silence: UInt64 = 3_000_000_000

    /// A clock that is further off is as wrong as this one, in nanoseconds.
    private static let day: Int64 = 86_400_000_000_000

    let peer: PeerNode
    let outflow = Outflow()
    private let network: PeerNetwork
    private var id: UInt64 { peer.name.number }
    private let task = Mutex<Task<Void, Never>?>(nil)
    /// When the peer gave a sign of life: an answer to a ping, or room for more bytes.
    private let lastSign = Mutex<UInt64>(0)
    private let lastHeard = Mutex<Int64?>(nil)
    /// As it said last.
    private let peerHasRoom = Atomic(true)

    init(_ peer: PeerNode, _ network: PeerNetwork) {
        self.peer = peer
        self.network = network
    }

    var way: PeerWay {
        let heard = lastHeard.withLock { $0 }
        return PeerWay(
            isOpen: outflow.isOpen, lastHeard: heard, waitingBytes: outflow.bytes,
            dropped: outflow.dropped, hasRoom: peerHasRoom.load(ordering: .relaxed))
    }

    /// Puts a message; false when it is lost. Entries that the peer would not take are lost here
    /// and not there: a leader tries again with every heartbeat.
    func put(_ message: PeerMessage) -> Bool {
        if case .consensus(let message) = message, message.carriesCommands,
            !peerHasRoom.load(ordering: .relaxed)
        {
            return false
        }
        return outflow.put(.message(message))
    }

    func start() {
        let running = Task { [self] in await run() }
        task.withLock { $0 = running }
    }

    /// Ends the connection; the next one is made with what is in force then.
    func reconnect() { outflow.setOpen(false) }

    /// Ends the connection for good. One that is being made ends with its event loop.
    func stop() {
        task.withLock { $0 }?.cancel()
        outflow.setOpen(false)
    }

    private func run() async {
        var wait = PeerLink.waits.lowerBound
        var told = ""
        while !Task.isCancelled {
            let began = Clocks.steady
            let reason = await connectAndSend()
            if Task.isCancelled { return }
            // Once is enough for a peer that is not there.
            if reason != told { network.tell(.disconnected(id, reason: reason)) }
            told = reason
            if Clocks.steady - began > 5_000_000_000 { wait = PeerLink.waits.lowerBound }
            let seconds = wait * Double.random(in: 0.5...1)
            try? await Task.sleep(for: .seconds(seconds))
            wait = min(wait * 2, PeerLink.waits.upperBound)
        }
    }

    /// Serves one connection until it ends; says why it did.
    private func connectAndSend() async -> String {
        let client: Client
        do {
            client = try await network.connect(to: peer)
        } catch {
            return "\(error)"
        }
        defer { Task { await client.close() } }
        do {
            let stream = try await client.open(
                RequestHead(method: "POST", path: PeerNetwork.path, headers: Headers()))
            // A peer that stands still takes a connection and says nothing.
            let watch = Task {
                try await Task.sleep(for: .nanoseconds(Int64(PeerLink.silence)))
                stream.cancel()
            }
            defer { watch.cancel() }
            var hello = ByteBuffer()
            network.hello.write(into: &hello)
            try await stream.write(hello)
            var answers = PeerFrames(stream.body)
            let head = try await stream.responseHead()
            guard head.status == 200 else { return await answers.refusal(head.status) }
            guard case .welcome? = try await answers.next() else { throw PeerFrameError.malformed }
            watch.cancel()
            lastSign.withLock { $0 = Clocks.steady }
            peerHasRoom.store(true, ordering: .relaxed)
            outflow.setOpen(true)
            network.tell(.connected(id))
            defer {
                outflow.setOpen(false)
                network.broken(id)
            }
            return await serve(client, stream, answers)
        } catch {
            return "\(error)"
        }
    }

    /// Whichever ends first ends all.
    private func serve(
        _ client: Client, _ stream: ClientStream, _ answers: PeerFrames
    ) async -> String {
        await withTaskGroup(of: String.self) { group in
            group.addTask { [self] in
                var cutter = FrameCutter()
                do {
                    while let bytes = await cutter.next(of: outflow) {
                        try await stream.write(bytes)
                        lastSign.withLock { $0 = Clocks.steady }
                    }
                    return "the way is closed"
                } catch {
                    return "\(error)"
                }
            }
            group.addTask { [self] in
                var answers = answers
                do {
                    while let frame = try await answers.next() { take(frame) }
                    return "the peer has ended the stream"
                } catch {
                    return "\(error)"
                }
            }
            group.addTask { [self] in await ping(client) }
            let reason = await group.next() ?? ""
            outflow.setOpen(false)
            stream.cancel()
            group.cancelAll()
            return reason
        }
    }

    /// Asks twice a second whether the peer is there, and whether it is still believed.
    private func ping(_ client: Client) async -> String {
        while !Task.isCancelled {
            let now = Clocks.steady
            let last = lastSign.withLock { $0 }
            if now - min(now, last) > PeerLink.silence { return "the peer is silent" }
            if let reason = await client.objection(by: network.tls(for: peer)) { return reason }
            _ = outflow.put(.ping(now))
            try? await Task.sleep(for: .milliseconds(500))
        }
        return "stopped"
    }

    /// The peer's clock was read somewhere between its question and now; the middle is as good as
    /// half the way there and back is short.
    private func take(_ frame: PeerFrame) {
        guard case .pong(let asked, let wall, let hasRoom) = frame else { return }
        peerHasRoom.store(hasRoom, ordering: .relaxed)
        let now = Clocks.steady
        lastSign.withLock { $0 = now }
        lastHeard.withLock { $0 = Clocks.wall }
        let way = Int64(clamping: now - min(now, asked))
        guard way < 200_000_000 else { return }
        let (ahead, isFar) = wall.subtractingReportingOverflow(Clocks.wall - way / 2)
        let clamped = isFar ? (wall < 0 ? -PeerLink.day : PeerLink.day) : ahead
        network.noteClock(of: id, ahead: max(-PeerLink.day, min(PeerLink.day, clamped)))
    }
}

/// How the way to a peer is.
package struct PeerWay: Sendable {
    package var isOpen: Bool
    /// When the peer answered last, by this node's clock; nil for never.
    package var lastHeard: Int64?
    /// Bytes that wait to be sent.
    package var waitingBytes: Int
    /// Messages that were lost before they were sent.
    package var dropped: UInt64
    /// Whether the peer takes entries with commands, as it said last.
    package var hasRoom: Bool
}
