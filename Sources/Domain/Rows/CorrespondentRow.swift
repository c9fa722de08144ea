/// That a participant pays, or paid, for a bank that is none itself.
public struct CorrespondentRow: DeclaredRow {
    public var correspondence: Correspondence
    public var isActive: Bool

    public static let table = "correspondents"
    public static let hashSeed: UInt64 = 31
    public static var capacity: Int { Limits.correspondents }

    public init(_ correspondence: Correspondence, isActive: Bool) {
        self.correspondence = correspondence
        self.isActive = isActive
    }

    public init() { self.init(Correspondence(.none, of: .none), isActive: false) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("correspondence", &correspondence, hash: .word(0))
        fields.field("is_active", &isActive, hash: .word(2))
    }
}
