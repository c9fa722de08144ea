internal import Domain
internal import SwiftProtobuf

/// An operator's command on the wire: its message, its route, and what is said of it. One file each
/// beside this one; method, handler and lines of a replay follow from that.
protocol OperatorCommand: DeclaredCommand {
    associatedtype Request: Message & Sendable
    associatedtype Answer: Message & Sendable = ProtoCommandAnswer

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
        _ hashing: ContentHashing, _ record: OperatorRecord
    ) throws(GatewayError)

    /// The request that means this command.
    ///
    /// - Parameter record: what went on record beside it.
    func request(_ record: OperatorRecord?) -> Request

    /// What goes on record beside the command.
    static func record(_ request: Request, by name: String) -> OperatorRecord

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
    static func record(_ request: Request, by name: String) -> OperatorRecord {
        OperatorRecord(operator: name)
    }

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String { "" }

    mutating func hashContent(
        _ hashing: ContentHashing, _ record: OperatorRecord
    ) throws(GatewayError) {}

    static func completed(
        _ request: Request, _ services: Services
    ) async throws -> Request { request }

    /// The command with what goes on record beside it.
    static func encoded(
        _ request: Request, by name: String, _ hashing: ContentHashing
    ) throws(GatewayError) -> (command: Self, bytes: EncodedCommand) {
        var command = try Self(request)
        let record = record(request, by: name)
        try command.hashContent(hashing, record)
        return (command, EncodedCommand(.declared(command), attachment: try record.bounded()))
    }

    /// The command on a line of a replay, without a record; nil when it is another one.
    static func replayed(
        _ line: ProtoReplayCommand.OneOf_Command, _ hashing: ContentHashing
    ) throws(GatewayError) -> EncodedCommand? {
        guard let request = request(in: line) else { return nil }
        var command = try Self(request)
        try command.hashContent(hashing, record(request, by: ""))
        return EncodedCommand(.declared(command))
    }

    func line(_ record: OperatorRecord?) -> ProtoReplayCommand.OneOf_Command {
        Self.line(request(record))
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
        let hashing = try services.directory.hashing
        let (command, bytes) = try encoded(request, by: caller.name, hashing)
        let outcome = try await services.submit(bytes).outcome
        let directory = services.directory
        guard outcome.code == .accepted else {
            throw GatewayError(
                outcome.code, command.words(refusedWith: outcome.code, directory))
        }
        return command.answer(outcome, to: request, directory)
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
