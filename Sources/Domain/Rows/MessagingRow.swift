/// What a bank wants to be told of, and how far it has been.
public struct MessagingRow: DeclaredRow {
    public var participant: ParticipantID
    public var wishes: MessageWishes
    public var versions: MessageVersions
    /// Minutes from one report of each account to the next; 0 is none.
    public var reportInterval: UInt16
    /// When the next reports fall due; ``Swift/Int64/never`` when none do.
    public var nextReport: Timestamp
    /// Messages there are: the number of the newest.
    public var newest: UInt64
    /// The last that the bank says it has.
    public var acknowledged: UInt64
    /// What happens with messages of the bank that break a usage rule.
    public var usageRules: UsageRuleSetting

    public static let table = "messaging"
    public static let hashSeed: UInt64 = 60
    public static var capacity: Int { Limits.participants }

    public init(
        participant: ParticipantID, wishes: MessageWishes = [],
        versions: MessageVersions = .usual, reportInterval: UInt16 = 0,
        nextReport: Timestamp = .never, newest: UInt64 = 0, acknowledged: UInt64 = 0,
        usageRules: UsageRuleSetting = .none
    ) {
        self.participant = participant
        self.wishes = wishes
        self.versions = versions
        self.reportInterval = reportInterval
        self.nextReport = nextReport
        self.newest = newest
        self.acknowledged = acknowledged
        self.usageRules = usageRules
    }

    public init() { self.init(participant: 0) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("participant_id", &participant, hash: .word(0))
        fields.field("wishes", &wishes, hash: .word(0, bit: 32))
        fields.field("report_interval", &reportInterval, hash: .word(0, bit: 40))
        fields.field("versions", &versions, hash: .word(1))
        fields.field("next_report_ns", &nextReport, hash: .word(2))
        fields.field("newest", &newest, hash: .word(3))
        fields.field("acknowledged", &acknowledged, hash: .word(4))
        fields.field("usage_rules", &usageRules, hash: .word(0, bit: 56))
    }

    /// Whether the bank wants to be told of anything.
    public var isWanted: Bool { !wishes.isEmpty || reportInterval > 0 }
}
