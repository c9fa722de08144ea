internal import Domain
internal import SwiftProtobuf

/// An operator's command on the wire: its message, its route, and what is said of it. One file each
/// beside this one; method, handler and lines of a replay follow from that.
protocol OperatorCommand: DeclaredCommand {
    associatedtype Request: Message & Sendable
    associatedtype Answer: NamesCommand = ProtoCommandAnswer

    /// The route for callers without gRPC.
    static var verb: String { get }
    static var template: String { get }
    /// Copies the variables of the path into the request.
    ///
    /// - Throws: `MALFORMED_REQUEST` naming one that is no number where it must be.
    static func bind(_ request: inout Request, _ source: BindingSource) throws(GatewayError)

    /// The request with what it means where it leaves fields out.
    static func filled(_ request: Request) -> Request

    /// The field of the request that goes on record as a name for people, and its most characters.
    static var recordedName: (field: String, longest: Int)? { get }
    /// Whether what is on record stays where no name is stated.
    static var keepsItsRecord: Bool { get }

    /// What has to be carried out before it, in the same submission.
    func preparation(_ services: Services, _ caller: Caller) async throws -> EncodedCommands

    /// The request with what the tables know and it leaves out.
    ///
    /// - Throws: what speaks against it, as far as only the tables tell.
    static func completed(
        _ request: Request, _ services: Services
    ) async throws -> Request

    /// What is special about a refusal; empty when the code says it all.
    func words(refusedWith code: ResultCode, _ directory: Directory) -> String

    /// What is answered when it was carried out.
    func answer(_ outcome: Outcome, to request: Request, _ directory: Directory) -> Answer
}

extension OperatorCommand {
    static func bind(_ request: inout Request, _ source: BindingSource) throws(GatewayError) {
        var path = MessageWriter(Request.self)
        for name in PathTemplate(template).variables { try path.say(name, from: source) }
        request.take(path)
    }

    static func filled(_ request: Request) -> Request { request }
    static var recordedName: (field: String, longest: Int)? { nil }
    static var keepsItsRecord: Bool { false }

    func preparation(_ services: Services, _ caller: Caller) async throws -> EncodedCommands {
        EncodedCommands()
    }

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String { "" }

    static func completed(
        _ request: Request, _ services: Services
    ) async throws -> Request { request }

    /// The command that a request means, with its content hash, where it has one: over the command
    /// without it, and the note.
    ///
    /// - Throws: `MALFORMED_REQUEST` naming the field.
    private static func command(
        _ request: Request, _ hashing: ContentHashing
    ) throws(GatewayError) -> Self {
        let said = MessageFields(request)
        if let name = recordedName {
            let text = said.text(name.field)
            guard text.unicodeScalars.count <= name.longest else {
                throw Field.malformed(
                    name.field, "must be at most \(name.longest) characters", text)
            }
        }
        let command = try MessageReader.command(Self.self, from: filled(request))
        return try command.hashed(hashing, note: said.text("note"))
    }

    /// What goes on record beside the command; nil for nothing.
    private static func record(_ request: Request, by name: String) -> OperatorRecord? {
        func stated(_ field: String) -> String? {
            let text = MessageFields(request).text(field)
            return text.isEmpty ? nil : text
        }
        let record = OperatorRecord(
            operator: name, name: recordedName.flatMap { stated($0.field) }, note: stated("note"))
        return keepsItsRecord && record.name == nil ? nil : record
    }

    /// The command with what goes on record beside it.
    ///
    /// - Parameter sender: nil under rules that ask for nobody.
    static func encoded(
        _ request: Request, by name: String, _ sender: CommandSender?, _ hashing: ContentHashing
    ) throws(GatewayError) -> (command: Self, bytes: EncodedCommand) {
        let command = try command(request, hashing)
        let bytes = try record(request, by: name)?.bounded() ?? []
        return (
            command,
            sender?.sign(command, attachment: bytes, hashing)
                ?? EncodedCommand(.declared(command), attachment: bytes)
        )
    }

    /// The command on a line of a replay; nil when it is another one.
    ///
    /// - Parameter sender: gives what the line does not state; nil for nobody.
    static func replayed(
        _ line: MessageFields, _ sender: ReplaySender
    ) throws(GatewayError) -> EncodedCommand? {
        guard let field = line.shape[name], line.holds(field),
            let request = try? Request(serializedBytes: line.bytes(field))
        else { return nil }
        if let name = sender.name,
            var stated = try CommandSender(
                request, by: name, otherwise: .line(sender.line), under: sender.rules)
        {
            stated.contentHash = sender.signature
            return try encoded(request, by: name.description, stated, sender.hashing).bytes
        }
        return EncodedCommand(.declared(try command(request, sender.hashing)))
    }

    /// What the line of a replay says of it.
    ///
    /// - Parameter record: what went on record beside it.
    func line(_ record: OperatorRecord?, _ actor: CommandActor) -> MessageWriter {
        var request = MessageWriter.message(Request.self, of: self, note: record?.note)
        if let name = Self.recordedName { request.say(record?.name ?? "", name.field) }
        if actor != .none {
            request.say(UETR(bits: actor.commandID).description, CommandSender.field)
        }
        var line = MessageWriter(ProtoReplayCommand.self)
        line.say(request, Self.name)
        return line
    }

    static var method: Method {
        .unary(
            "/langqiao.v1.OperatorService/\(Self.self)", .operate, .command, verb, template,
            bind: { (request: inout Request, source) in try bind(&request, source) },
            { services, request, caller in try await carryOut(request, services, caller) })
    }

    private static func carryOut(
        _ request: Request, _ services: Services, _ caller: Caller
    ) async throws -> Answer {
        try Access.operate.check(caller)
        guard since <= services.directory.rules else {
            throw GatewayError(.rulesTooOld, "needs rules of version \(since)")
        }
        let request = try await completed(request, services)
        let sender = try CommandSender(
            request, by: try caller.operatorName, otherwise: .random,
            under: services.directory.rules)
        let hashing = try services.directory.hashing
        let (command, bytes) = try encoded(request, by: caller.name, sender, hashing)
        var commands = try await command.preparation(services, caller)
        commands.append(bytes)
        let outcome = try await services.submit(commands)[commands.count - 1].outcome
        let directory = services.directory
        guard outcome.code == .accepted else {
            throw GatewayError(
                outcome.code, command.words(refusedWith: outcome.code, directory))
        }
        var answer = command.answer(outcome, to: request, directory)
        answer.commandID = sender?.commandID.description ?? ""
        return answer
    }
}

extension OperatorCommand where Answer == ProtoCommandAnswer {
    func answer(_ outcome: Outcome, to request: Request, _ directory: Directory) -> Answer {
        var answer = ProtoCommandAnswer()
        answer.result = ProtoResult(outcome.code)
        answer.repetition = outcome.isRepetition
        return answer
    }
}

/// All commands that operators give over the API.
package enum OperatorCommands {
    static let all = DeclaredCommands.all.compactMap { $0 as? any OperatorCommand.Type }

    /// The names of their fields and those of their requests, to be compared.
    package static var fieldNames: [(command: String, fields: [String], request: [String])] {
        all.map {
            (command: $0.name, fields: $0.fieldNames.map(\.name), request: requestFields($0))
        }
    }

    private static func requestFields<Command: OperatorCommand>(_ type: Command.Type) -> [String] {
        MessageShapes.all.shape(of: Command.Request.self).fieldNames
    }
}
