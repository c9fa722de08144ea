internal import Domain

extension SetPolicy: OperatorCommand {
    typealias Request = ProtoSetPolicyRequest

    static let verb = "PUT"
    static let template = "/v1/policy/{command}"

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String {
        code == .policyInvalid
            ? "the line is about \(command) from \(from); \(SetPolicy.kind), \(SetOperator.kind) "
                + "and \(RaiseRules.kind) take two persons" : ""
    }
}

extension CommandKind: StatedText {
    init(stated text: String, _ name: String) throws(GatewayError) {
        guard let kind = CommandKind(text: text) else {
            throw Field.malformed(name, "must name a command, such as fund", text)
        }
        self = kind
    }
}

extension PolicyScope: StatedText {
    var stated: String { currency?.code ?? "" }

    init(stated text: String, _ name: String) throws(GatewayError) {
        self.init(try Field.currency(text, name))
    }
}

/// A hash, as hexadecimal digits.
extension UInt128: StatedText {
    var stated: String { hexadecimal(self) }

    init(stated text: String, _ name: String) throws(GatewayError) {
        self = try Field.hash(text, name)
    }
}
