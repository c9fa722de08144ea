import Consensus
import Foundation
import Node
import Replica
import Synchronization
import Testing

/// A way to a port of this machine over which only so many bytes a second go, each way: what is
/// too much waits at its sender.
final class SlowLink: Sendable {
    let port: Int
    private let listener: Int32
    private let bytesPerSecond: Int
    private let sockets = Mutex<[Int32]>([])

    init(to target: Int, bytesPerSecond: Int) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.bytesPerSecond = bytesPerSecond
        SlowLink.shorten(listener)
        var address = SlowLink.address(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isListening = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 8) == 0
                    && getsockname(listener, $0, &size) == 0
            }
        }
        try #require(isListening)
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [self] in
            while true {
                let accepted = accept(listener, nil, nil)
                guard accepted >= 0 else { return }
                guard let made = connected(to: target) else {
                    close(accepted)
                    continue
                }
                sockets.withLock { $0 += [accepted, made] }
                Thread.detachNewThread { [self] in pass(accepted, made) }
                Thread.detachNewThread { [self] in pass(made, accepted) }
            }
        }
    }

    func end() {
        shutdown(listener, Int32(SHUT_RDWR))
        for socket in sockets.withLock({ $0 }) { shutdown(socket, Int32(SHUT_RDWR)) }
    }

    private func connected(to target: Int) -> Int32? {
        let made = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        SlowLink.shorten(made)
        var address = SlowLink.address(target)
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(made, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        return isConnected ? made : nil
    }

    /// Passes bytes on, not faster than the link.
    private func pass(_ from: Int32, _ to: Int32) {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        var free = ContinuousClock.now
        while true {
            let count = recv(from, &bytes, bytes.count, 0)
            guard count > 0 else { break }
            let now = ContinuousClock.now
            free = max(free, now) + .seconds(Double(count) / Double(bytesPerSecond))
            Thread.sleep(forTimeInterval: (free - now) / .seconds(1))
            guard send(to, bytes, count, Int32(MSG_NOSIGNAL)) == count else { break }
        }
        shutdown(from, Int32(SHUT_RDWR))
        shutdown(to, Int32(SHUT_RDWR))
    }

    /// Little waits in the kernel.
    private static func shorten(_ socket: Int32) {
        var bytes: Int32 = 32_768
        for option in [SO_RCVBUF, SO_SNDBUF] {
            setsockopt(socket, SOL_SOCKET, option, &bytes, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    private static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        address.sin_port = UInt16(port).bigEndian
        return address
    }
}

/// What a node hears of consensus, and when.
final class Arrivals: Sendable {
    private let state = Mutex<[(message: Message, at: ContinuousClock.Instant)]>([])

    var messages: [(message: Message, at: ContinuousClock.Instant)] { state.withLock { $0 } }

    func has(_ kind: Consensus.MessageKind) -> Bool {
        state.withLock { $0.contains { $0.message.kind == kind } }
    }

    var receiver: PeerReceiver {
        PeerReceiver(
            message: { [self] _, message, done in
                if let heard = message.heard {
                    state.withLock { $0.append((heard, ContinuousClock.now)) }
                }
                done()
            },
            broken: { _ in }, clock: { _, _ in }, rules: { 0 })
    }
}
