/// Commands in their encoded form, one behind the other in a single array: what a caller submits
/// and what a batch is joined from.
///
/// Many commands cost one allocation that grows, none each. Each command is laid out as ``Batch``
/// says.
public struct EncodedCommands: Equatable, Sendable {
    /// Each command with header, body and attachment, padded to eight bytes.
    public private(set) var bytes: [UInt8] = []
    public private(set) var count = 0

    public init() {}

    /// A single command, whose bytes it shares.
    public init(_ command: EncodedCommand) {
        bytes = command.bytes
        count = 1
    }

    @inlinable
    public var isEmpty: Bool { count == 0 }

    /// Makes room for more bytes, so that appending them does not allocate.
    public mutating func reserve(_ bytes: Int) {
        self.bytes.reserveCapacity(self.bytes.count + bytes)
    }

    /// Encodes a command behind the others.
    ///
    /// - Parameter attachment: bytes that travel with the command and that the engine does not
    ///   read (references, parties, remittance as JSON); at most ``Limits/bytesPerAttachment``.
    public mutating func append(_ command: Command, attachment: UnsafeRawBufferPointer) {
        // On the stack, and then into the array at once: growing it costs more than copying.
        EncodedCommands.withBytes(of: command, attachment: attachment) { bytes.append(raw: $0) }
        count += 1
    }

    /// Encodes a command for `body` alone, which must not keep the bytes.
    public static func withBytes(
        of command: Command, attachment: UnsafeRawBufferPointer,
        _ body: (UnsafeRawBufferPointer) -> Void
    ) {
        require(attachment.count <= Limits.bytesPerAttachment, "attachment exceeds its bound")
        let kind = command.kind
        let size = (Batch.commandHeaderSize + kind.bodySize + attachment.count + 7) & ~7
        withUnsafeTemporaryAllocation(byteCount: size, alignment: 16) { memory in
            var writer = ByteWriter(memory)
            writer.write(kind.rawValue)
            writer.write(UInt8(0))
            writer.write(UInt16(kind.bodySize))
            writer.write(UInt32(attachment.count))
            command.encodeBody(into: &writer)
            require(
                writer.count == Batch.commandHeaderSize + kind.bodySize,
                "encoded body has the size of its kind")
            writer.write(attachment)
            while writer.count < size { writer.write(UInt8(0)) }
            body(UnsafeRawBufferPointer(memory))
        }
    }

    /// Encodes a command behind the others.
    ///
    /// - Parameter attachment: see ``append(_:attachment:)-(_,UnsafeRawBufferPointer)``.
    public mutating func append(_ command: Command, attachment: [UInt8] = []) {
        attachment.withUnsafeBytes { append(command, attachment: $0) }
    }

    /// Gives the commands in place, without checks: they were encoded here.
    @inlinable @inline(__always)
    public func withCommands<Result>(_ body: (CommandViews) -> Result) -> Result {
        bytes.withUnsafeBytes { buffer in
            // Where there is no command nothing is read.
            body(
                CommandViews(
                    batch: buffer.baseAddress ?? UnsafeRawPointer(bitPattern: 8).unsafelyUnwrapped,
                    offset: 0, remaining: count))
        }
    }

    /// The same commands but those at these positions.
    ///
    /// - Parameter positions: in ascending order.
    /// - Complexity: O(bytes).
    public func removing(_ positions: [Int]) -> EncodedCommands {
        var rest = EncodedCommands()
        rest.reserve(bytes.count)
        withCommands { views in
            var views = views
            var position = 0
            var next = 0
            while let view = views.next() {
                if next < positions.count, positions[next] == position {
                    next += 1
                } else {
                    rest.bytes.append(contentsOf: bytes[view.offset..<view.end])
                    rest.count += 1
                }
                position += 1
            }
        }
        return rest
    }

    /// Puts an encoded command behind the others.
    public mutating func append(_ command: EncodedCommand) {
        bytes.append(contentsOf: command.bytes)
        count += 1
    }
}

/// One command in its encoded form with its attachment.
public struct EncodedCommand: Sendable {
    /// Command header, body and attachment, padded to eight bytes.
    public let bytes: [UInt8]

    init(copying bytes: ArraySlice<UInt8>) {
        self.bytes = Array(bytes)
    }

    /// Encodes a command.
    ///
    /// - Parameter attachment: as for ``EncodedCommands``.
    public init(_ command: Command, attachment: some Collection<UInt8> = EmptyCollection()) {
        var commands = EncodedCommands()
        commands.reserve(Batch.commandHeaderSize + command.kind.bodySize + attachment.count + 7)
        let isContiguous: Void? = attachment.withContiguousStorageIfAvailable {
            commands.append(command, attachment: UnsafeRawBufferPointer($0))
        }
        if isContiguous == nil { commands.append(command, attachment: Array(attachment)) }
        bytes = commands.bytes
    }
}
