package import Gateway
package import HTTP2
package import NIOCore

/// A request as it goes to the gateway: a verb's arguments in path, query and body.
package struct VerbRequest: Sendable {
    package let method: MethodShape
    package let path: String
    package let variables: [String: String]
    package let query: String?
    /// Nil for a question.
    package let body: JSONValue?
    /// What was drawn because nobody stated it, as options of the command line.
    package let drawn: String

    /// The path with its query.
    package var target: String { query.map { "\(path)?\($0)" } ?? path }

    /// The head and body for a connection.
    ///
    /// - Parameter accepting: the media type of the answer.
    package func message(accepting type: String) -> (head: RequestHead, body: ByteBuffer) {
        var headers: Headers = ["accept": type]
        if body != nil { headers.add("content-type", "application/json") }
        return (
            RequestHead(method: method.verb, path: path, query: query, headers: headers),
            body.map { ByteBuffer(string: $0.json) } ?? ByteBuffer()
        )
    }
}

/// What is wrong with a command line, in a sentence.
package struct UsageFault: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// A command line behind its verb, taken apart: values by the request's fields, and what is left
/// for the options that all verbs share.
package struct VerbArguments: Sendable {
    private let verb: Verb
    private let options: [VerbOption]
    private var positions: [String] = []
    private var values: [String: [String]] = [:]
    /// Options that all verbs share, with their values.
    package private(set) var shared: [String] = []

    /// - Parameter sharing: the options that all verbs share, and whether each takes a value.
    /// - Throws: ``UsageFault``.
    package init(
        _ verb: Verb, _ arguments: [String], sharing: [String: Bool]
    ) throws(UsageFault) {
        self.verb = verb
        options = verb.options
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--") else {
                positions.append(argument)
                continue
            }
            let parts = argument.dropFirst(2).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            try take(
                String(parts[0]), stated: parts.count > 1 ? String(parts[1]) : nil, &rest, sharing)
        }
        let most = verb.shape.template.variables.count
        guard positions.count <= most else {
            throw UsageFault("unexpected argument '\(positions[most])'")
        }
    }

    private mutating func take(
        _ name: String, stated: String?, _ rest: inout ArraySlice<String>,
        _ sharing: [String: Bool]
    ) throws(UsageFault) {
        let option = options.first { $0.flag == name }
        let isInPath = verb.shape.template.variables.contains(name.replacing("-", with: "_"))
        guard let takesValue = option?.takesValue ?? (isInPath ? true : sharing[name]) else {
            throw unknown(name, sharing)
        }
        var value = stated
        if takesValue, value == nil {
            // What begins with one dash may be a negative amount.
            guard let next = rest.first, !next.hasPrefix("--") else {
                throw UsageFault("--\(name) needs a value")
            }
            value = rest.popFirst()
        }
        if option != nil || isInPath {
            values[name, default: []].append(value ?? "true")
        } else {
            shared += ["--\(name)"] + (value.map { [$0] } ?? [])
        }
    }

    private func unknown(_ name: String, _ sharing: [String: Bool]) -> UsageFault {
        let known = options.map(\.flag) + sharing.keys.sorted()
        let shown = known.map { "--\($0)" }.joined(separator: " ")
        return UsageFault("unknown option --\(name); there are \(shown)")
    }

    /// The request that the arguments mean.
    ///
    /// - Parameters:
    ///   - commandID: of a command; nil where none is stated.
    ///   - draw: a new identification (UUID version 4).
    /// - Throws: ``UsageFault`` naming the option.
    package func request(
        commandID: String?, draw: () -> String
    ) throws(UsageFault) -> VerbRequest {
        let shape = verb.shape
        var drawn = ""
        var variables: [String: String] = [:]
        for (place, name) in shape.template.variables.enumerated() {
            let flag = name.replacing("_", with: "-")
            let stated = place < positions.count ? positions[place] : values[flag]?.last
            if stated == nil, name == "reference", verb.drawsReference {
                variables[name] = draw()
                drawn += " --reference \(variables[name] ?? "")"
            } else if let stated, !stated.isEmpty {
                variables[name] = stated
            } else {
                throw UsageFault("the \(flag) is missing")
            }
        }
        var members: [JSONValue.Member] = []
        for option in options {
            guard let texts = values[option.flag] else { continue }
            let value = try option.value(texts)
            JSONValue.put(value, at: option.path[...], in: &members)
        }
        if verb.takesCommandID, verb.isCommand {
            let identification = commandID ?? draw()
            if commandID == nil { drawn += " --command-id \(identification)" }
            members.append(JSONValue.Member("commandId", .text(identification)))
        } else if commandID != nil {
            throw UsageFault("--command-id is for commands of operators")
        }
        return VerbRequest(
            method: shape, path: shape.template.path(variables), variables: variables,
            query: verb.isCommand || members.isEmpty ? nil : query(members),
            body: verb.isCommand ? .object(members) : nil, drawn: drawn)
    }

    /// Parameters of a question go by the names of the proto file.
    private func query(_ members: [JSONValue.Member]) -> String {
        members.map { member in
            let name = options.first { $0.field.jsonName == member.name }?.field.protoName
            let value =
                if case .flag(let flag) = member.value { "\(flag)" } else {
                    member.value.plain
                }
            return "\(name ?? member.name)=\(PercentText.encode(value))"
        }.joined(separator: "&")
    }
}

extension VerbOption {
    /// The value that texts mean; several only for a list.
    ///
    /// - Throws: ``UsageFault`` naming the option and what it takes.
    fileprivate func value(_ texts: [String]) throws(UsageFault) -> JSONValue {
        guard field.isRepeated else {
            guard texts.count == 1 else { throw UsageFault("--\(flag) stands twice") }
            return try scalar(texts[0])
        }
        var elements: [JSONValue] = []
        for text in texts.flatMap({ $0.split(separator: ",").map(String.init) }) {
            elements.append(try scalar(text))
        }
        return .list(elements)
    }

    private func scalar(_ text: String) throws(UsageFault) -> JSONValue {
        switch field.kind {
        case .text, .time, .bytes, .message: return .text(text)
        case .flag:
            guard let value = Bool(text) else {
                throw UsageFault("--\(flag) is true or false, not '\(text)'")
            }
            return .flag(value)
        case .integer(let range):
            guard let number = Int128(text), range.contains(number) else {
                throw UsageFault(
                    "--\(flag) is a whole number from \(range.lowerBound) to "
                        + "\(range.upperBound), not '\(text)'")
            }
            return .number("\(number)")
        case .number: return .number(text)
        case .word:
            let wanted = text.lowercased().replacing("_", with: "-")
            guard let place = field.choices.firstIndex(of: wanted) else {
                throw UsageFault(
                    "--\(flag) is \(field.choices.joined(separator: ", ")); not '\(text)'")
            }
            return .text(field.words[place + 1])
        }
    }
}

extension JSONValue {
    /// Puts a value at its place, in objects that are made where they are missing.
    fileprivate static func put(
        _ value: JSONValue, at path: ArraySlice<MessageShape.Field>, in members: inout [Member]
    ) {
        guard let field = path.first else { return }
        guard path.count > 1 else { return members.append(Member(field.jsonName, value)) }
        var inner: [Member] = []
        let place = members.firstIndex { $0.name == field.jsonName }
        if let place, case .object(let known) = members[place].value { inner = known }
        put(value, at: path.dropFirst(), in: &inner)
        if let place {
            members[place].value = .object(inner)
        } else {
            members.append(Member(field.jsonName, .object(inner)))
        }
    }
}
