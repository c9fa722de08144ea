package import Gateway

/// Whether somebody may give a command, as operators and policy are on record now: what R13.3 and
/// R17.2 would say of it.
package struct CallerWords: Equatable, Sendable {
    /// As the certificate names the caller.
    package let name: String
    /// On record, as the API has them; empty for who is not there.
    package let roles: [String]
    /// Nil when it hangs on a currency and an amount that only the ledger knows.
    package let isAllowed: Bool?
    /// The result code of the refusal; empty without one.
    package let code: String
    /// A sentence of all that.
    package let sentence: String

    /// - Parameters:
    ///   - name: of an operator; nil of a bank or nobody.
    ///   - policy: what it says of the command.
    ///   - operators: all that are on record.
    package init(_ name: String?, _ policy: PolicyWords, among operators: [ProtoOperator]) {
        guard let name else {
            self.init("", [], refusal: "PERMISSION_DENIED", "the certificate names no operator")
            return
        }
        guard let known = operators.first(where: { $0.name == name }) else {
            // R13.1 The first two are put on record by their first commands.
            self.init(
                name, [], refusal: operators.count < 2 ? nil : "OPERATOR_UNKNOWN",
                operators.count < 2
                    ? "\(name) is not on record and would be put there, with all roles"
                    : "\(name) is not on record")
            return
        }
        let roles = known.roles.map(PolicyWords.word)
        guard known.state == .active else {
            self.init(name, roles, refusal: "OPERATOR_SUSPENDED", "\(name) is suspended")
            return
        }
        let matches = Set(policy.choices.map { !$0.isDisjoint(with: roles) })
        let has = "\(name) has the role\(roles.count == 1 ? "" : "s") \(roles.listed)"
        guard matches.count < 2 else {
            self.init(
                name: name, roles: roles, isAllowed: nil, code: "",
                sentence: "\(has): whether that is enough hangs on currency and amount")
            return
        }
        self.init(name, roles, refusal: matches.contains(false) ? "ROLE_MISSING" : nil, has)
    }

    /// - Parameter refusal: a result code; nil for a command that may be given.
    private init(_ name: String, _ roles: [String], refusal: String?, _ why: String) {
        let verdict = refusal == nil ? "may" : "may not"
        let code = refusal.map { " (\($0))" } ?? ""
        self.init(
            name: name, roles: roles, isAllowed: refusal == nil, code: refusal ?? "",
            sentence: "you \(verdict) give it: \(why)\(code)")
    }

    private init(
        name: String, roles: [String], isAllowed: Bool?, code: String, sentence: String
    ) {
        self.name = name
        self.roles = roles
        self.isAllowed = isAllowed
        self.code = code
        self.sentence = sentence
    }
}

extension [String] {
    /// As in a sentence: `a, b and c`.
    fileprivate var listed: String {
        guard count > 1, let last else { return first ?? "" }
        return "\(dropLast().joined(separator: ", ")) and \(last)"
    }
}
