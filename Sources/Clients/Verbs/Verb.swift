package import Gateway

/// What the command line can do with one thing: `langqiao bank …`.
package struct Noun: Sendable {
    package let name: String
    /// A sentence.
    package let abstract: String
    package let verbs: [Verb]

    package init(_ name: String, _ abstract: String, _ verbs: [Verb]) {
        self.name = name
        self.abstract = abstract
        self.verbs = verbs
    }

    package subscript(_ verb: String) -> Verb? { verbs.first { $0.name == verb } }
}

/// A command of the command line: a method of the API. Its options are the fields of the method's
/// request; nothing is written by hand but this row.
package struct Verb: Sendable {
    package let name: String
    /// `OperatorService/Fund`.
    package let method: String
    /// A sentence.
    package let abstract: String
    /// What stands behind the verb in an example that runs; empty where there is nothing.
    package let example: String
    /// Fields of the request that are no options: the path says them, or the gateway.
    package let hidden: Set<String>

    /// - Parameter hiding: fields that are no options.
    package init(
        _ name: String, _ method: String, _ abstract: String, _ example: String = "",
        hiding: Set<String> = []
    ) {
        self.name = name
        self.method = method
        self.abstract = abstract
        self.example = example
        hidden = hiding
    }

    /// - Precondition: the API has the method, and a route for it; a test holds the table to it.
    package var shape: MethodShape {
        guard let shape = MethodShape(named: method) else {
            preconditionFailure("there is no method \(method)")
        }
        return shape
    }
}

/// An option of a verb: a field of its request.
package struct VerbOption: Sendable {
    /// `collar-basis-points`.
    package let flag: String
    /// From the request to the field; more than one for a field of a message within it.
    package let path: [MessageShape.Field]
    /// What the API says of it.
    package let comment: String

    package var field: MessageShape.Field { path[path.count - 1] }
    package var takesValue: Bool { if case .flag = field.kind { false } else { true } }

    /// What stands for a value in the help.
    package var placeholder: String {
        switch field.kind {
        case .text: field.protoName.contains("amount") ? "amount" : "text"
        case .integer, .number: "number"
        case .word: field.choices.joined(separator: "|")
        case .time: "time"
        case .flag, .bytes, .message: ""
        }
    }
}

extension MessageShape.Field {
    /// Words of an enumeration as the command line has them: `liquidity-provider`.
    package var choices: [String] {
        words.dropFirst().map { $0.lowercased().replacing("_", with: "-") }
    }
}

extension Verb {
    /// The fields of which the command line has options of its own.
    private static let ownFields: Set = ["command_id"]

    /// The options that follow from the request, in its order.
    package var options: [VerbOption] {
        let shape = shape
        let inPath = Set(shape.template.variables)
        return options(of: shape.request, []).filter { option in
            option.path.count > 1 || !inPath.contains(option.field.protoName)
        }
    }

    private func options(
        of shape: MessageShape, _ outer: [MessageShape.Field]
    ) -> [VerbOption] {
        shape.fields.flatMap { field -> [VerbOption] in
            let comment = shape.comment(on: field)
            guard !hidden.contains(field.protoName), !Verb.ownFields.contains(field.protoName),
                !comment.hasPrefix("Output only")
            else { return [] }
            let path = outer + [field]
            if case .message(let place) = field.kind {
                return field.isRepeated ? [] : options(of: MessageShapes.all[place], path)
            }
            let flag = path.map { $0.protoName.replacing("_", with: "-") }.joined(separator: "-")
            return [VerbOption(flag: flag, path: path, comment: comment)]
        }
    }

    /// Whether it is a command that goes on record, and not a question.
    package var isCommand: Bool { shape.verb != "GET" }
    /// Whether the request states an identification of the command.
    package var takesCommandID: Bool { shape.request["command_id"] != nil }
    /// A reference that whoever gives the command chooses; drawn when left out.
    package var drawsReference: Bool {
        shape.verb == "PUT" && shape.template.variables.contains("reference")
    }
}
