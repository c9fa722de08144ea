internal import Domain
internal import SwiftProtobuf

/// An operator's command on the wire: its message, its route, and what is said of it. One file each
/// beside this one; method, handler and lines of a replay follow from that.
protocol OperatorCommand: DeclaredCommand {
    associatedtype Request: NamesCommand
    associatedtype Answer: NamesCommand = ProtoCommandAnswer

    /// The route for callers without gRPC.
    static var verb: String { get }
    static var template: String { get }
    /// Copies the variables of the path into the request.
    ///
    /// - Throws: `MALFORMED_REQUEST` naming one that is no number where it must be.
    static func bind(_ request: inout Request, _ source: BindingSource) throws(GatewayError)

    /// Its request, if the line of a replay holds one.
    static func request(in line: ProtoReplayCommand.OneOf_Command) -> Request?
    static func line(_ request: Request) -> ProtoReplayCommand.OneOf_Command

    /// - Throws: `MALFORMED_REQUEST` naming the field.
    init(_ request: Request) throws(GatewayError)

    /// Gives it its content hash, where it has one: over the command without it, and the note.
    ///
    /// - Throws: `MALFORMED_REQUEST` for a note that is too long.
    mutating func hashContent(
        _ hashing: ContentHashing, _ record: OperatorRecord?
    ) throws(GatewayError)

    /// The request that means this command.
    ///
    /// - Parameter record: what went on record beside it.
    func request(_ record: OperatorRecord?) -> Request

    /// What goes on record beside the command; nil for nothing.
    static func record(_ request: Request, by name: String) -> OperatorRecord?

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
    static func record(_ request: Request, by name: String) -> OperatorRecord? {
        OperatorRecord(operator: name)
    }

    func preparation(_ services: Services, _ caller: Caller) async throws -> EncodedCommands {
        EncodedCommands()
    }

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String { "" }

    mutating func hashContent(
        _ hashing: ContentHashing, _ record: OperatorRecord?
    ) throws(GatewayError) {}

    static func completed(
        _ request: Request, _ services: Services
    ) async throws -> Request { request }

    /// The command with what goes on record beside it.
    ///
    /// - Parameter sender: nil under rules that ask for nobody.
    static func encoded(
        _ request: Request, by name: String, _ sender: CommandSender?, _ hashing: ContentHashing
    ) throws(GatewayError) -> (command: Self, bytes: EncodedCommand) {
        var command = try Self(request)
        let record = record(request, by: name)
        try command.hashContent(hashing, record)
        let bytes = try record?.bounded() ?? []
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
        _ line: ProtoReplayCommand.OneOf_Command, _ sender: ReplaySender
    ) throws(GatewayError) -> EncodedCommand? {
        guard let request = request(in: line) else { return nil }
        if let name = sender.name,
            var stated = try CommandSender(
                request, by: name, otherwise: .line(sender.line), under: sender.rules)
        {
            stated.contentHash = sender.signature
            return try encoded(request, by: name.description, stated, sender.hashing).bytes
        }
        var command = try Self(request)
        try command.hashContent(sender.hashing, record(request, by: ""))
        return EncodedCommand(.declared(command))
    }

    /// The line of a replay that means it.
    func line(
        _ record: OperatorRecord?, _ actor: CommandActor
    ) -> ProtoReplayCommand.OneOf_Command {
        var request = request(record)
        if actor != .none { request.commandID = UETR(bits: actor.commandID).description }
        return Self.line(request)
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
