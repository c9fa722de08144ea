package import Domain
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

    /// What goes on record beside the command.
    static func beside(_ request: Request, by name: String) throws(GatewayError) -> [UInt8]
    /// Says in a request what is on record beside it.
    static func say(_ attachment: ArraySlice<UInt8>, in request: inout MessageWriter)

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

    /// What is said of a refusal, where the tables tell more than the ledger.
    func explained(
        _ outcome: Outcome, _ services: Services, _ caller: Caller
    ) async throws -> (outcome: Outcome, words: String)

    /// The outcome of what was carried out, with what only the tables tell.
    func completed(_ outcome: Outcome, _ services: Services) async throws -> Outcome

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

    func explained(
        _ outcome: Outcome, _ services: Services, _ caller: Caller
    ) async throws -> (outcome: Outcome, words: String) {
        let own = words(refusedWith: outcome.code, services.directory)
        guard outcome.proposal != 0 else { return (outcome, own) }
        let waits = outcome.code == .proposalWaits ? " waits" : ""
        return (outcome, "proposal \(outcome.proposal)\(waits)")
    }

    func completed(_ outcome: Outcome, _ services: Services) async throws -> Outcome { outcome }

    static func beside(_ request: Request, by name: String) throws(GatewayError) -> [UInt8] {
        try record(request, by: name)?.bounded() ?? []
    }

    static func say(_ attachment: ArraySlice<UInt8>, in request: inout MessageWriter) {
        let record = OperatorRecord(json: String(decoding: attachment, as: UTF8.self))
        if let note = record?.note { request.say(note, "note") }
        if let name = recordedName { request.say(record?.name ?? "", name.field) }
    }

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
        let bytes = try beside(request, by: name)
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
    /// - Parameter attachment: what went on record beside it.
    func line(_ attachment: ArraySlice<UInt8>, _ actor: CommandActor) -> MessageWriter {
        var request = MessageWriter.message(Request.self, of: self)
        Self.say(attachment, in: &request)
        if actor != .none {
            request.say(UETR(bits: actor.commandID).description, CommandSender.field)
        }
        var line = MessageWriter(ProtoReplayCommand.self)
        line.say(request, Self.name)
        return line
    }

    /// Its request as JSON, but for the command's identification.
    ///
    /// - Parameter attachment: what went on record beside it.
    func requestJSON(_ attachment: ArraySlice<UInt8>) -> String {
        var writer = MessageWriter.message(Request.self, of: self)
        Self.say(attachment, in: &writer)
        return (try? Request(serializedBytes: writer.bytes).jsonString()) ?? ""
    }

    /// What a policy has to know of the command that a request in JSON means.
    ///
    /// - Parameter variables: of the request's path.
    /// - Throws: `MALFORMED_REQUEST` naming the field.
    static func governance(
        of body: [UInt8], _ variables: [String: String]
    ) throws(GatewayError) -> Governance {
        let fault = body.withUnsafeBytes {
            JSONCheck.fault(in: $0, of: Request.self, stated: variables)
        }
        if let fault { throw fault }
        var request: Request
        do {
            request = try Request(jsonUTF8Bytes: body)
        } catch {
            throw GatewayError.unreadable(Request.self, error)
        }
        try bind(&request, BindingSource(variables: variables, query: [:]))
        return try MessageReader.command(Self.self, from: filled(request)).governance
    }

    static var method: Method {
        .unary(
            "/langqiao.v1.OperatorService/\(Self.self)", .operate, .command, verb, template,
            bind: { (request: inout Request, source) in try bind(&request, source) },
            status: { (answer: Answer) in answer.proposal == 0 ? 200 : 202 },
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
        var outcome = try await services.submit(commands)[commands.count - 1].outcome
        if !outcome.code.isTaken {
            let explained = try await command.explained(outcome, services, caller)
            outcome = explained.outcome
            guard outcome.code.isTaken else { throw GatewayError(outcome.code, explained.words) }
        }
        outcome = try await command.completed(outcome, services)
        var answer = command.answer(outcome, to: request, services.directory)
        if outcome.code == .proposed { answer.proposal = outcome.proposal }
        answer.commandID = sender?.commandID.description ?? ""
        return answer
    }
}

extension ResultCode {
    /// Whether the command was carried out, or waits for a second person.
    fileprivate var isTaken: Bool { self == .accepted || self == .proposed }
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

    /// What a policy has to know of a request in JSON, before anybody sends it.
    ///
    /// - Parameters:
    ///   - method: its name, `OperatorService/Fund`.
    ///   - variables: of the request's path.
    /// - Returns: nil for a method that is no command of operators, or under no policy.
    /// - Throws: `MALFORMED_REQUEST` naming the field.
    package static func governance(
        of method: String, _ body: [UInt8], _ variables: [String: String]
    ) throws(GatewayError) -> (kind: CommandKind, governance: Governance)? {
        let found = all.first { "OperatorService/\($0)" == method && $0.isGoverned }
        guard let found else { return nil }
        return (found.kind, try found.governance(of: body, variables))
    }

    private static func requestFields<Command: OperatorCommand>(_ type: Command.Type) -> [String] {
        MessageShapes.all.shape(of: Command.Request.self).fieldNames
    }
}
