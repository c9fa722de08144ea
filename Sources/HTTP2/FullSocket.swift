internal import NIOCore

/// A socket that takes no more of our output: since when, and how much of it went on nevertheless.
///
/// The kernel holds megabytes for a slow reader and says that a socket takes more only when a good
/// part of that has gone. Until then a reader who takes a little at a time, and one who takes
/// nothing, look alike; what the peer's system has acknowledged tells them apart. It is asked once
/// a second, of full sockets only.
struct FullSocket {
    /// When it became full.
    let began: NIODeadline
    /// When the peer's system had acknowledged ``leastProgress`` more last, or `began`.
    private var moved: NIODeadline
    private var acknowledged: UInt64?

    /// Who takes less than this many bytes in the time given is no reader, but holds a place.
    private static let leastProgress: UInt64 = 16_384

    init(_ channel: any Channel, now: NIODeadline) {
        began = now
        moved = now
        acknowledged = FullSocket.acknowledgedBytes(channel)
    }

    /// Whether the peer has taken next to nothing for so long.
    mutating func isStalled(
        _ channel: any Channel, _ now: NIODeadline, _ timeout: TimeAmount
    ) -> Bool {
        let known = FullSocket.acknowledgedBytes(channel)
        if let known, known &- (acknowledged ?? 0) >= FullSocket.leastProgress {
            acknowledged = known
            moved = now
        }
        return now - moved > timeout
    }

    /// What the peer's system has acknowledged since the connection began; nil where the system
    /// does not tell.
    private static func acknowledgedBytes(_ channel: any Channel) -> UInt64? {
        #if os(Linux)
            guard let provider = channel as? any SocketOptionProvider else { return nil }
            var found: UInt64?
            // On the channel's loop it is answered at once.
            provider.unsafeGetSocketOption(level: .tcp, name: .init(rawValue: TCPInfo.option))
                .assumeIsolated().whenSuccess { (info: TCPInfo) in found = info.acknowledgedBytes }
            return found
        #else
            return nil
        #endif
    }
}

/// `struct tcp_info` of Linux as far as the bytes that were acknowledged.
private struct TCPInfo: BitwiseCopyable {
    /// `TCP_INFO`.
    static let option: CInt = 11

    /// Eight bytes and 24 words of 32 bits, then two rates.
    private var before:
        (
            UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64,
            UInt64, UInt64, UInt64, UInt64
        )
    let acknowledgedBytes: UInt64
}
