/// One rule of the CBPR+ usage guidelines, by declaration.
struct UsageRule: Sendable {
    /// As the guideline counts it, for example `R27`, or `VAL-` and the kind of value.
    var number: String
    var severity: UsageRuleSeverity = .formal
    /// What is asked for, in words of our own.
    var sentence: String
    var check: UsageCheck<UsagePath>
}

/// The rules for one message or one variant of it.
struct UsageRuleSet: Sendable {
    /// `pacs.008`, or `pacs.009_cov` for a variant.
    var name: String
    /// The element below `Document`.
    var root: String
    /// The transactions below it.
    var transactions: UsagePath
    var rules: [UsageRule]

    /// Those that hold for every message come last.
    init(_ name: String, root: String, transactions: UsagePath, _ rules: [[UsageRule]]) {
        self.name = name
        self.root = root
        self.transactions = transactions
        self.rules = rules.flatMap { $0 } + UsageRule.everywhere
    }
}
