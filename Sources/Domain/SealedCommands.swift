/// Commands as the log has them since rules of version 3: in place of its attachment a command has
/// 32 bytes, the SHA-256 over a salt and the attachment. Salts and attachments stand beside, so
/// that they can be erased while the chained bytes stay what they are.
public struct SealedCommands: Equatable, Sendable {
    /// The commands, laid out as ``Batch`` says.
    public private(set) var bytes: [UInt8] = []
    /// What stands beside, for each command with an attachment, in their order: 16 bytes of salt,
    /// never all zero, and the attachment. What is erased is zeros, salt and all.
    public private(set) var contents: [UInt8] = []
    public private(set) var count = 0
    /// As for ``EncodedCommands``.
    public let hashedWith: ContentKey?

    /// Bytes of a salt.
    @inlinable public static var saltSize: Int { 16 }
    /// Bytes that stand for an attachment in the chain.
    @inlinable public static var sealSize: Int { 32 }

    /// Seals the attachments, each with a salt of its own.
    ///
    /// - Parameters:
    ///   - salt: writes 16 random bytes that are not all zero.
    ///   - seal: writes the SHA-256 of its first argument into its second one.
    /// - Complexity: O(bytes); commands without attachments share their bytes.
    public init(
        _ commands: EncodedCommands, salt: (UnsafeMutableRawBufferPointer) -> Void,
        seal: (UnsafeRawBufferPointer, UnsafeMutableRawBufferPointer) -> Void
    ) {
        count = commands.count
        hashedWith = commands.hashedWith
        guard commands.attached > 0 else {
            bytes = commands.bytes
            return
        }
        bytes.reserveCapacity(commands.bytes.count + commands.attached * SealedCommands.sealSize)
        contents.reserveCapacity(commands.bytes.count)
        commands.withCommands { views in
            var views = views
            while let view = views.next() {
                SealedCommands.append(view, to: &bytes, &contents, salt, seal)
            }
        }
    }

    private static func append(
        _ view: CommandView, to bytes: inout [UInt8], _ contents: inout [UInt8],
        _ salt: (UnsafeMutableRawBufferPointer) -> Void,
        _ seal: (UnsafeRawBufferPointer, UnsafeMutableRawBufferPointer) -> Void
    ) {
        guard view.attachmentSize > 0 else { return bytes.append(raw: view.whole) }
        let content = contents.count
        contents.append(contentsOf: repeatElement(0, count: saltSize))
        contents.append(raw: view.inlineAttachment)
        contents.withUnsafeMutableBytes {
            salt(UnsafeMutableRawBufferPointer(rebasing: $0[content..<content + saltSize]))
        }
        let start = bytes.count
        bytes.append(raw: view.form)
        bytes[start + Batch.formOffset] = Batch.sealedForm
        let place = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: (sealSize + place + 7) & ~7 - place))
        contents.withUnsafeBytes { contents in
            bytes.withUnsafeMutableBytes { bytes in
                seal(
                    UnsafeRawBufferPointer(rebasing: contents[content...]),
                    UnsafeMutableRawBufferPointer(rebasing: bytes[place..<place + sealSize]))
            }
        }
    }

    /// All commands of a batch whose rules seal attachments.
    ///
    /// - Complexity: O(bytes).
    public init(of batch: Batch, hashedWith key: ContentKey?) {
        bytes = Array(batch.bytes[Batch.headerSize...])
        contents = batch.contents
        count = batch.commandCount
        hashedWith = key
    }

    /// The most that a command can take when it is sealed.
    public static func mostBytes(of command: EncodedCommand) -> Int {
        command.bytes.count + (command.hasAttachment ? saltSize + sealSize + 8 : 0)
    }

    @inlinable
    public var isEmpty: Bool { count == 0 }

    /// What it takes of a batch, and of the room for what waits.
    @inlinable
    public var byteCount: Int { bytes.count + contents.count }

    /// Gives the commands in place, without checks: they were encoded here.
    @inlinable @inline(__always)
    public func withCommands<Result>(_ body: (CommandViews) -> Result) -> Result {
        bytes.withUnsafeBytes { body(CommandViews($0, count: count)) }
    }

    /// The same commands but those at these positions.
    ///
    /// - Parameter positions: in ascending order.
    /// - Complexity: O(bytes).
    public func removing(_ positions: [Int]) -> SealedCommands {
        var rest = self
        (rest.bytes, rest.contents, rest.count) = ([], [], count - positions.count)
        withCommands { views in
            var views = views
            var removed = positions[...]
            var position = 0
            while let view = views.next() {
                if removed.first == position {
                    removed.removeFirst()
                } else {
                    rest.bytes.append(raw: view.whole)
                    rest.contents += contents[view.content]
                }
                position += 1
            }
        }
        return rest
    }

    /// Says of every order how many attempts at its payment the ledger will have forgotten when it
    /// comes to the order (R2.15).
    ///
    /// - Complexity: O(commands), and O(bytes) where a number changes and others hold the bytes.
    public mutating func countForgottenAttempts(_ count: (PaymentOrderView) -> Int) {
        var changed: [(place: Int, count: UInt8)] = []
        withCommands { views in
            var views = views
            while let view = views.next() {
                guard view.kind.isOrder else { continue }
                let forgotten = UInt8(count(view.order))
                guard forgotten != view.order.forgottenAttempts else { continue }
                changed.append(
                    (view.offset + PaymentOrderView.forgottenAttemptsOffset, forgotten))
            }
        }
        for (place, count) in changed { bytes[place] = count }
    }

    /// The commands with their attachments in them, as the log has them before version 3.
    ///
    /// - Complexity: O(bytes); commands without attachments share their bytes.
    var opened: EncodedCommands {
        guard !contents.isEmpty else { return EncodedCommands(bytes: bytes, count: count) }
        return withCommands { views in
            var views = views
            var plain = EncodedCommands()
            while let view = views.next() {
                let content = contents[view.content].dropFirst(SealedCommands.saltSize)
                plain.append(view.command, attachment: Array(content))
            }
            return plain
        }
    }
}
