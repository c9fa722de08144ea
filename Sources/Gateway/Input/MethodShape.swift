internal import Domain

/// A method of the API for whoever has no types of its messages: where its route is, and what
/// request and answer may hold.
package struct MethodShape: Sendable {
    /// `OperatorService/Fund`.
    package let name: String
    package let verb: String
    package let template: PathTemplate
    package let request: MessageShape
    package let answer: MessageShape
    /// What its query may name beside the path; empty for a command.
    package let parameters: [String]
    /// Whether a certificate of an operator is enough to call it.
    package let isForOperators: Bool

    /// The method with this name; nil where there is none, or it has no route beside gRPC.
    ///
    /// - Complexity: O(methods).
    package init?(named name: String) {
        let path = "/langqiao.v1.\(name)"
        guard let route = Method.api.first(where: { $0.path == path })?.route,
            let shapes = MessageShapes.all.method(path)
        else { return nil }
        self.name = name
        verb = route.verb
        template = route.template
        request = shapes.request
        answer = shapes.answer
        parameters = route.parameters ?? []
        isForOperators = Role.operator.may.isSuperset(of: route.terms.access)
    }

    /// The names of all that have a route.
    package static var names: [String] {
        Method.api.filter { $0.route != nil }
            .map { String($0.path.dropFirst("/langqiao.v1.".count)) }
    }
}

extension MessageShape {
    /// What the proto file says of a field; empty where it says nothing, and of messages that are
    /// no requests.
    package func comment(on field: Field) -> String {
        FieldComments.all["\(name.split(separator: ".").last ?? "").\(field.protoName)"] ?? ""
    }

    /// Where an answer has its rows: in its lists of messages, if these are all of one kind, else
    /// in the one that comes in pages. Nil for other answers.
    package var rows: (fields: [Field], shape: MessageShape)? {
        let lists = fields.compactMap { field -> (field: Field, place: Int)? in
            guard field.isRepeated, case .message(let place) = field.kind else { return nil }
            return (field, place)
        }
        guard let last = lists.last else { return nil }
        if lists.allSatisfy({ $0.place == last.place }) {
            return (lists.map(\.field), MessageShapes.all[last.place])
        }
        return self["next_page_token"] == nil ? nil : ([last.field], MessageShapes.all[last.place])
    }
}

/// Comments of the proto files on fields of requests, by `Message.field`.
private enum FieldComments {
    static let all: [String: String] = {
        let text = String(decoding: PackageResources.comments_tsv, as: UTF8.self)
        let pairs = text.split(separator: "\n").compactMap { line -> (String, String)? in
            let parts = line.split(separator: "\t", maxSplits: 1)
            return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
        }
        return Dictionary(pairs) { first, _ in first }
    }()
}
