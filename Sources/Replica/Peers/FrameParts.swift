internal import HTTP2
internal import NIOCore

// A frame of megabytes goes over the wire in parts, and what is short goes between them.
//
// What is short passes what is long on its way as it passes what waits (see ``Outflow``), so parts
// bring no order of messages that was not there without them.

/// Makes of what waits for a peer what is written to it, one part of a long frame at a time.
struct FrameCutter {
    /// Bytes of a part; twice as many at most are written from one look at what is short to the
    /// next.
    static let part = 64 << 10

    /// What is left of a frame that is on its way.
    private var rest = ByteBuffer()

    /// Waits until there is something, and gives it as it goes over the wire: everything short, and
    /// long frames up to a part; nil when the way is closed.
    mutating func next(of outflow: Outflow) async -> ByteBuffer? {
        let isWithin = rest.readableBytes > 0
        guard
            let frames = await outflow.take(isWithin ? 0 : FrameCutter.part, waits: !isWithin)
        else { return nil }
        var buffer = ByteBuffer()
        buffer.reserveCapacity(2 * FrameCutter.part)
        for frame in frames {
            if frame.isLong {
                // The last one, for it fills what may be taken.
                rest = frame.body
            } else {
                frame.write(into: &buffer)
            }
        }
        writePart(into: &buffer)
        return buffer
    }

    private mutating func writePart(into buffer: inout ByteBuffer) {
        guard let part = rest.readSlice(length: min(FrameCutter.part, rest.readableBytes)),
            part.readableBytes > 0
        else { return }
        PeerFrame.write(part: part, isLast: rest.readableBytes == 0, into: &buffer)
        if rest.readableBytes == 0 { rest = ByteBuffer() }
    }
}

/// The frames of a body, in the order in which they end.
struct PeerFrames {
    private var body: Body.Iterator
    private var reader = GRPCMessageReader(maxMessageBytes: PeerFrame.maximumBytes)
    /// What has come of a frame that comes in parts.
    private var begun = ByteBuffer()

    init(_ body: Body) { self.body = body.makeAsyncIterator() }

    /// The next one, nil at the end of the body.
    mutating func next() async throws -> PeerFrame? {
        try await nextBytes().map { try PeerFrame($0) }
    }

    /// The same, not read yet.
    mutating func nextBytes() async throws -> ByteBuffer? {
        while true {
            while let bytes = try reader.next() {
                guard let part = try PeerFrame.part(bytes) else { return bytes }
                if let whole = try joined(part) { return whole }
            }
            guard let more = try await body.next() else { return nil }
            reader.append(more)
        }
    }

    /// The frame that ends with this part, if one does.
    private mutating func joined(
        _ part: (bytes: ByteBuffer, isLast: Bool)
    ) throws(PeerFrameError) -> ByteBuffer? {
        guard begun.readableBytes + part.bytes.readableBytes <= PeerFrame.maximumBytes else {
            throw .malformed
        }
        begun.writeImmutableBuffer(part.bytes)
        guard part.isLast else { return nil }
        defer { begun = ByteBuffer() }
        return begun
    }

    /// The sentence with which a peer refuses.
    mutating func refusal(_ status: Int) async -> String {
        let text = (try? await body.next()).flatMap { $0 }.map { String(buffer: $0) } ?? ""
        return "refused (\(status)): \(text)"
    }
}
