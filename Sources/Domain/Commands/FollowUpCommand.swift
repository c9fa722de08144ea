/// What a bank says or does about a payment that is settled: ``ConfirmCredit``, ``ReturnPayment``,
/// ``ReturnByOrder``, ``RequestCancellation``, ``AnswerCancellation``.
///
/// The payment may have ended long ago, and the engine has forgotten it. So the command brings what
/// the tables say of it, and how far the tables were when they said so (R15.2).
public protocol FollowUpCommand: DeclaredCommand {
    /// Which payment it is, and what is on record of it.
    var about: RecordedFollowUp { get }
}

extension FollowUpCommand {
    public static var since: RuleVersion { .v3 }
    public static var isOperators: Bool { false }
}

/// A settled payment with what followed it, as the tables showed it at one log index.
public struct RecordedFollowUp: BitwiseCopyable, Equatable, Sendable {
    /// The participant whose certificate speaks.
    public var submitter = BIC.none
    /// As whose payment it was asked for; counts where no record comes with the command.
    public var payer = BIC.none
    /// The log index that the tables showed; 0 where no record comes with the command, and then the
    /// engine has to know the payment.
    public var asOf: UInt64 = 0
    /// The row on record, or the one to begin with. Without a record, but for its UETR, of no
    /// meaning.
    public var row = FollowUpRow()

    public init() {}

    public init(submitter: BIC, payer: BIC, row: FollowUpRow, asOf: UInt64) {
        self.submitter = submitter
        self.payer = payer
        self.row = row
        self.asOf = asOf
    }

    /// A payment of which the command brings no record.
    public init(submitter: BIC, payer: BIC, uetr: UETR) {
        self.submitter = submitter
        self.payer = payer
        row.uetr = uetr
    }

    mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("submitter", &submitter)
        fields.field("payer", &payer)
        fields.field("as_of", &asOf)
        row.visit(&fields)
    }
}
