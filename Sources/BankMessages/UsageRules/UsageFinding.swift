/// Who looks after a rule.
package enum UsageRuleSeverity: String, CaseIterable, Hashable, Sendable {
    /// The network checks it and refuses what breaks it.
    case formal
    /// An agreement in words that no network checks, as far as a program can.
    case textual
    /// The value is of no list or has wrong check digits, wherever it stands.
    case value
}

/// One place of a message that breaks a usage rule.
///
/// It says which and where, and never what stands there.
package struct UsageFinding: Hashable, Sendable {
    /// Rule set and number as the usage guideline counts them, for example `pacs.008:R27`.
    package var rule: String
    package var severity: UsageRuleSeverity
    /// From `/Document` or `/AppHdr` on; steps that have siblings of their name carry their number,
    /// and an attribute ends it, as in `…/IntrBkSttlmAmt/@Ccy`.
    package var path: String
    /// The transaction it is in, from 0; nil for header and group.
    package var transaction: Int?
    /// What is asked for, for a person at the sending bank.
    package var sentence: String
    /// The code for `StsRsnInf/Rsn/Cd` where the rule is reason enough to refuse.
    package var code: StatusReasonCode
}
