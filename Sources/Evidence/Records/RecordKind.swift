/// What a leaf records. Numbers are never used again for something else.
package enum RecordKind: UInt8, BitwiseCopyable, Hashable, Sendable, CaseIterable {
    /// The ledger's start, or where its tree began: always leaf 0.
    case start = 1
    /// A command on keys.
    case key = 2
    /// A command on the members of the cluster.
    case membership = 3
    /// Two payments settled against each other.
    case fill = 4
    /// A payment that nothing can happen to any more but returns.
    case end = 5
    /// Money of a payment that went back.
    case paymentReturn = 6
    /// A business day began.
    case dayTurn = 7
    /// A business day was closed.
    case dayClose = 8
    /// An agent's statement was taken.
    case statement = 9
    /// A payment's texts. No leaf: their root is a field of others.
    case texts = 10

    /// What a record of this kind says to everybody, in this order.
    package var openFields: [OpenField] {
        switch self {
        case .start: [.suite, .keys, .checksum]
        case .key, .membership: [.change]
        case .fill: [.renminbiDate, .foreignDate]
        case .end, .paymentReturn: [.uetr, .status, .renminbiDate, .foreignDate]
        case .dayTurn, .dayClose, .statement: [.day]
        case .texts: []
        }
    }

    /// Whose fields it hides, in this order.
    package var sides: [RecordSide] {
        switch self {
        case .start, .key, .membership, .dayTurn, .dayClose: []
        case .fill: [.renminbiPayer, .foreignPayer]
        case .end, .paymentReturn, .statement, .texts: [.whole]
        }
    }

    /// What it hides of each of its sides, in this order.
    package var hiddenFields: [HiddenField] {
        switch self {
        case .start, .key, .membership, .dayTurn, .dayClose: []
        case .fill: [.uetr, .payer, .creditor, .paid, .received, .rate, .fee]
        case .end:
            [.payer, .creditor, .paid, .received, .rate, .fee, .reference, .screening, .texts]
        case .paymentReturn: [.payer, .creditor, .reference, .returned, .reason, .texts]
        case .statement: [.agent, .account, .reference, .balance, .lines]
        case .texts: [.debtor, .beneficiary, .purpose, .invoice, .remittance, .instruction]
        }
    }

    /// Whether it is about a payment, so that a certificate names it and its payer.
    var isOfPayment: Bool { self == .fill || self == .end || self == .paymentReturn }
}

/// A field that a record says openly. Numbers are never used again for something else.
package enum OpenField: UInt8, BitwiseCopyable, Hashable, Sendable {
    /// `8-4-4-4-12`, lower case.
    case uetr = 1
    /// The four-letter code of ISO 20022.
    case status = 2
    /// The business day of the leg in renminbi, `2026-11-30`; empty where there is none.
    case renminbiDate = 3
    case foreignDate = 4
    /// The log's chain at that index, 64 hexadecimal digits.
    case checksum = 5
    /// The name of the suite.
    case suite = 6
    /// The first nodes' keys as texts, a space between them.
    case keys = 7
    /// What changed, as the ledger's own words have it.
    case change = 8
    /// A business day, `2026-11-30`.
    case day = 9

    /// For people.
    package var name: String {
        switch self {
        case .uetr: "payment"
        case .status: "status"
        case .renminbiDate: "date of the renminbi leg"
        case .foreignDate: "date of the foreign leg"
        case .checksum: "checksum of the log"
        case .suite: "suite"
        case .keys: "first keys"
        case .change: "change"
        case .day: "business day"
        }
    }
}

/// A field of which a record has but a salted hash. Numbers are never used again for something
/// else. Values are UTF-8: amounts such as `CNY 1250.00`, banks by their BIC.
package enum HiddenField: UInt8, BitwiseCopyable, Hashable, Sendable {
    case uetr = 1
    case payer = 2
    case creditor = 3
    case paid = 4
    case received = 5
    case rate = 6
    case fee = 7
    case reference = 8
    case returned = 9
    case reason = 10
    case screening = 11
    /// The root of the payment's texts, which hide themselves: it has no salt of its own.
    case texts = 12
    case agent = 13
    case account = 14
    case balance = 15
    case lines = 16
    case debtor = 32
    case beneficiary = 33
    case purpose = 34
    case invoice = 35
    case remittance = 36
    case instruction = 37

    /// For people.
    package var name: String {
        switch self {
        case .uetr: "payment"
        case .payer: "payer"
        case .creditor: "creditor"
        case .paid: "paid"
        case .received: "received"
        case .rate: "rate"
        case .fee: "fee"
        case .reference: "reference"
        case .returned: "returned"
        case .reason: "reason"
        case .screening: "screening"
        case .texts: "texts"
        case .agent: "agent"
        case .account: "account"
        case .balance: "balance"
        case .lines: "lines"
        case .debtor: "debtor"
        case .beneficiary: "beneficiary"
        case .purpose: "purpose"
        case .invoice: "invoice"
        case .remittance: "remittance"
        case .instruction: "instruction"
        }
    }
}

/// Whose fields are hidden, each side's under a secret of its own.
package enum RecordSide: UInt8, BitwiseCopyable, Hashable, Sendable {
    /// The one that the record is about.
    case whole = 0
    /// Of a fill: the payment that gave renminbi.
    case renminbiPayer = 1
    /// Of a fill: the payment that gave foreign currency.
    case foreignPayer = 2
}
