/// The usage rules of CBPR+ for the standards release of 2026, as far as a program can check them.
///
/// CBPR+ is what banks agreed for cross-border payments on the SWIFT network, beyond what the
/// schemas ask for. Numbers are those of its usage guidelines.
package enum UsageRules {
    /// All rule sets, in the order of their names.
    static let sets: [UsageRuleSet] = [
        .accountReport, .accountNotification, .statusReport, .paymentReturn,
        .customerCreditTransfer, .straightThroughCreditTransfer, .institutionCreditTransfer,
        .adviceOfTransfer, .coverTransfer, .paymentInitiation,
    ]

    /// The names that ``findings(in:by:limits:)`` takes.
    package static var names: [String] { sets.map(\.name) }

    /// The numbers of the rules of a set, some of them of several rules.
    package static func numbers(of name: String) -> Set<String> {
        Set(sets.filter { $0.name == name }.flatMap(\.rules).map(\.number))
    }

    /// What a document breaks, by the rules for its message; nothing when there are none for it.
    ///
    /// - Parameter name: the rule set, when the document is to be judged as a certain variant.
    /// - Throws: ``MessageRejection`` for what is no document at all.
    /// - Complexity: O(bytes).
    package static func findings(
        in bytes: [UInt8], by name: String? = nil, limits: MessageLimits = MessageLimits()
    ) throws(MessageRejection) -> [UsageFinding] {
        findings(of: try MessageParts(bytes, limits: limits), by: name)
    }

    /// The same for a document that has been parsed.
    static func findings(of parts: MessageParts, by name: String? = nil) -> [UsageFinding] {
        let document = parts.document.element
        let rules = name.map { name in sets.first { $0.name == name } } ?? rules(for: parts)
        guard let rules,
            var judge = UsageJudge(rules, header: parts.header?.element, document: document)
        else { return [] }
        return judge.judge()
    }

    /// Variants share a namespace. They are told by what the business service of the header says,
    /// and a cover besides by the customer's payment inside.
    private static func rules(for parts: MessageParts) -> UsageRuleSet? {
        let document = parts.document.element
        guard document.namespace.hasPrefix(isoNamespacePrefix) else { return nil }
        let message = document.namespace.dropFirst(isoNamespacePrefix.count).prefix(8)
        let service = parts.header?.element.firstChildren(named: "BizSvc").first?.text ?? ""
        let variants = sets.filter { $0.name.prefix(8) == message }
        let marked = variants.first { set in
            set.name.count > 8 && service.contains(".\(set.name.suffix(3)).")
        }
        if let marked { return marked }
        let hasCustomer = document.tree.symbols.symbol(of: "UndrlygCstmrCdtTrf") != nil
        let name = message == "pacs.009" && hasCustomer ? "pacs.009_cov" : message
        return variants.first { $0.name == name }
    }
}
