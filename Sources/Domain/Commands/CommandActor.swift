/// Who gave a command, and which of his commands it is: what makes it safe to send it twice (R13).
public struct CommandActor: BitwiseCopyable, Hashable, Sendable {
    public var name: OperatorName
    /// The identification of the command, as its sender chose it: the 128 bits of a UUID.
    public var commandID: UInt128
    /// The first 128 bits of SHA-256 over the command as the log has it without its actor; tells a
    /// repetition from a conflict.
    public var contentHash: UInt128

    public init(name: OperatorName, commandID: UInt128, contentHash: UInt128) {
        self.name = name
        self.commandID = commandID
        self.contentHash = contentHash
    }

    /// Nobody: under rules that ask for no actor.
    public static var none: CommandActor {
        CommandActor(name: .none, commandID: 0, contentHash: 0)
    }
}

extension CommandActor {
    /// Bytes of its binary form, behind the body of the command.
    static var byteCount: Int { 64 }

    func encode(into writer: inout ByteWriter) {
        writer.write(name.beginning.packed)
        writer.write(name.rest.packed)
        writer.write(commandID)
        writer.write(contentHash)
    }

    /// Nil when it names nobody: that is said by leaving it out.
    init?(from reader: inout ByteReader) {
        name = OperatorName(
            beginning: TextPart(packed: reader.read()), rest: TextPart(packed: reader.read()))
        commandID = reader.read()
        contentHash = reader.read()
        if name == .none { return nil }
    }
}
