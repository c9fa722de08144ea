internal import Domain
internal import SwiftProtobuf

/// An answer that names the command which it answers.
protocol NamesCommand: Message, Sendable {
    var commandID: String { get set }
    /// The number under which the command waits for a second person; 0 when it does not.
    var proposal: UInt32 { get set }
}

extension ProtoCommandAnswer: NamesCommand {}
extension ProtoParticipant: NamesCommand {}
extension ProtoCorridor: NamesCommand {}
extension ProtoBeginAgentStatementAnswer: NamesCommand {}

/// Who gives a command and by which identification, before its content is known.
struct CommandSender: Sendable {
    var name: OperatorName
    var commandID: UETR
    /// The content hash, where a replay states it.
    var contentHash: UInt128?

    /// The field of a request in which it stands.
    static let field = "command_id"

    /// The sender of a request under these rules; nil where they ask for none.
    ///
    /// - Throws: `MALFORMED_REQUEST` naming `command_id`; `RULES_TOO_OLD` where one is stated and
    ///   the rules do not know it.
    init?(
        _ request: some Message, by name: OperatorName, otherwise: @autoclosure () -> UETR,
        under rules: RuleVersion
    ) throws(GatewayError) {
        let stated = MessageFields(request).text(Self.field)
        guard rules >= .v3 else {
            guard !stated.isEmpty else { return nil }
            throw GatewayError(.rulesTooOld, "commandId needs rules of version \(RuleVersion.v3)")
        }
        self.name = name
        commandID = stated.isEmpty ? otherwise() : try Field.uetr(stated, Self.field)
    }

    /// The command as the sender gives it; the content hash covers it without the sender.
    func sign(
        _ command: any DeclaredCommand, attachment: [UInt8], _ hashing: ContentHashing
    ) -> EncodedCommand {
        let plain = EncodedCommand(.declared(command), attachment: attachment)
        let actor = CommandActor(
            name: name, commandID: commandID.bits, contentHash: contentHash ?? hashing.hash(plain))
        return EncodedCommand(.declared(command, by: actor), attachment: attachment)
    }
}

extension UETR {
    /// An identification that nobody else chooses.
    static var random: UETR { UETR(version4: .random(in: .min ... .max)) }

    /// That of the command on a line of a replay which states none.
    static func line(_ number: UInt32) -> UETR { UETR(version4: UInt128(number)) }

    /// That of the command at this place of a call which brings many, and has this one itself.
    func part(_ place: UInt32) -> UETR { UETR(bits: bits ^ UInt128(place)) }

    /// These bits, but for those that say that it is a UUID version 4.
    private init(version4 bits: UInt128) {
        let fixed: UInt128 = 0xF << 76 | 0x3 << 62
        self.init(bits: bits & ~fixed | 0x4 << 76 | 0x2 << 62)
    }
}
