internal import ArgumentParser
internal import Clients
internal import Domain
internal import Foundation
internal import Gateway
internal import NIOCore
internal import Terminal

/// One command of an operator, from its arguments to what is printed.
struct VerbRun {
    private let noun: Noun
    private let arguments: [String]

    init(_ noun: Noun, _ arguments: [String]) {
        self.noun = noun
        self.arguments = arguments
    }

    func run() async throws {
        let isHelp = arguments.contains("--help") || arguments.contains("-h")
        guard let name = arguments.first, let verb = noun[name] else {
            if isHelp || arguments.first == "help" { return print(noun.help) }
            let named =
                arguments.first.flatMap { $0.hasPrefix("-") ? nil : "there is no command '\($0)'" }
                ?? "name a command"
            let known = noun.verbs.map(\.name).joined(separator: ", ")
            throw wrong("\(named); there are \(known)", "langqiao \(noun.name) --help")
        }
        if isHelp { return print(help(verb)) }
        let parsed: VerbArguments
        let request: VerbRequest
        let options: VerbOptions
        do {
            parsed = try VerbArguments(
                verb, Array(arguments.dropFirst()), sharing: VerbOptions.takingValues)
            options = try VerbOptions.parse(parsed.shared)
            request = try parsed.request(commandID: options.commandId) {
                UUID().uuidString.lowercased()
            }
        } catch {
            let words = (error as? UsageFault)?.description ?? VerbOptions.message(for: error)
            throw wrong(words, "langqiao \(noun.name) \(verb.name) --help")
        }
        guard !options.csv || isList(verb) else {
            throw wrong("--csv is for lists", "langqiao \(noun.name) \(verb.name) --help")
        }
        if options.dryRun { return try await rehearse(request, options) }
        try await carryOut(request, options)
    }

    private func isList(_ verb: Verb) -> Bool { !verb.isCommand && verb.shape.answer.rows != nil }

    private func help(_ verb: Verb) -> String {
        verb.help(
            in: noun.name,
            shared: VerbOptions.help(
                isList: isList(verb), takesID: verb.isCommand && verb.takesCommandID))
    }

    /// Says what is wrong with the command line, and gives the exit status for it.
    private func wrong(_ words: String, _ help: String) -> ExitCode {
        let isJSON = arguments.contains("--json")
        Failure.print(isJSON ? words : "\(words)\nSee '\(help)'.", code: "USAGE", json: isJSON)
        return ExitCode.validationFailure
    }

    // MARK: Sending

    private func carryOut(_ request: VerbRequest, _ options: VerbOptions) async throws {
        if options.csv {
            return try await options.connection.connected { api in
                try await api.csv(of: request) { piece in
                    try FileHandle.standardOutput.write(contentsOf: Data(piece.readableBytesView))
                }
            }
        }
        if !request.drawn.isEmpty {
            // Whoever gets no answer needs it to ask again.
            let words = "This command is\(request.drawn): repeat it with that if no answer comes.\n"
            FileHandle.standardError.write(Data(words.utf8))
        }
        let (status, body) = try await options.connection.connected {
            try await $0.answer(to: request)
        }
        if options.connection.json { return print(String(decoding: body, as: UTF8.self)) }
        let answer = try JSONValue(json: body)
        print(AnswerText(answer, request.method.answer).laidOut)
        if status == 202, let number = answer["proposal"]?.plain {
            // R17.6 The policy asks for a second person.
            print("It waits for a second person: langqiao approvals get \(number)")
        }
    }

    // MARK: Rehearsing

    private func rehearse(_ request: VerbRequest, _ options: VerbOptions) async throws {
        let (words, caller) = try await policy(of: request, options) ?? (nil, nil)
        if options.connection.json {
            var members: [JSONValue.Member] = [
                .init("verb", .text(request.method.verb)), .init("target", .text(request.target)),
            ]
            if let body = request.body { members.append(.init("body", body)) }
            if let words { members.append(.init("policy", words.json)) }
            if let caller { members.append(.init("caller", caller.json)) }
            return print(JSONValue.object(members).json)
        }
        print("\(request.method.verb) \(request.target)")
        if let body = request.body { print(body.json) }
        if let words { print("Policy: \(words.sentence).") }
        if let caller { print("As \(options.connection.caller): \(caller.sentence).") }
        print("Nothing was sent.")
    }

    /// What the policy says of a command, and whether the caller may give it; nil of what is under
    /// no policy.
    private func policy(
        of request: VerbRequest, _ options: VerbOptions
    ) async throws -> (PolicyWords, CallerWords)? {
        guard let body = request.body else { return nil }
        let found: (kind: CommandKind, governance: Governance)?
        do {
            found = try OperatorCommands.governance(
                of: request.method.name, Array(body.json.utf8), request.variables)
        } catch {
            // As the gateway would refuse it.
            Failure.print(
                "\(error.code.name): \(error)", code: error.code.name,
                json: options.connection.json)
            throw ExitCode.failure
        }
        guard let (kind, governance) = found else { return nil }
        // Who is no operator may not read them either.
        let name = options.connection.address.operatorName
        let (policy, operators) = try await options.connection.connected { api in
            let policy: ProtoPolicy = try await api.call(
                "OperatorService/GetPolicy", ProtoGetPolicyRequest())
            let operators: ProtoListOperatorsResponse = try await api.call(
                "OperatorService/ListOperators", ProtoListOperatorsRequest())
            return (policy, operators.operators)
        }
        let words = PolicyWords(kind, governance, under: policy)
        return (words, CallerWords(name, words, among: operators))
    }
}

extension PolicyWords {
    fileprivate var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("command", .text(command)), .init("sentence", .text(sentence)),
            .init("roles", .list(roles.map { .text($0) })),
        ]
        if let persons { members.append(.init("persons", .number("\(persons)"))) }
        return .object(members)
    }
}

extension CallerWords {
    fileprivate var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .text(name)), .init("roles", .list(roles.map { .text($0) })),
            .init("sentence", .text(sentence)),
        ]
        if let isAllowed { members.append(.init("mayGive", .flag(isAllowed))) }
        if !code.isEmpty { members.append(.init("code", .text(code))) }
        return .object(members)
    }
}

extension AnswerText {
    /// Lines, then tables, each under its name where there are several.
    fileprivate var laidOut: String {
        let width = lines.map { $0[0].count }.max() ?? 0
        var parts =
            lines.isEmpty
            ? []
            : [
                lines.map { line in
                    line[0] + String(repeating: " ", count: width - line[0].count + 2) + line[1]
                }.joined(separator: "\n")
            ]
        for table in tables {
            guard !table.rows.isEmpty else {
                parts.append("no \(table.name)")
                continue
            }
            parts.append(tables.count > 1 ? "\(table.name)\n\(table.text)" : table.text)
        }
        if !nextPage.isEmpty {
            parts.append("There are more: --page-token \(nextPage), or all of them with --csv.")
        }
        return parts.joined(separator: "\n\n")
    }
}

extension AnswerText.Table {
    /// Numbers to the right.
    fileprivate var text: String {
        var table = TextTable(
            columns.indices.map { place in
                let cells = rows.map { $0[place] }.filter { !$0.isEmpty }
                let isNumeric = cells.allSatisfy { cell in
                    cell.utf8.first.map { (0x30...0x39).contains($0) || $0 == 0x2D } ?? true
                        && cell.allSatisfy { $0.isNumber || "-. ".contains($0) || $0.isUppercase }
                }
                return (columns[place], isNumeric ? .right : .left)
            })
        for row in rows { table.add(row) }
        return table.text
    }
}
