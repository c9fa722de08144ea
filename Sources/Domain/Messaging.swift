/// What a bank wants to be told of without asking.
public struct MessageWishes: OptionSet, BitwiseCopyable, Hashable, Sendable {
    public var rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Every change of a payment's status behind its first answer, to the payer.
    public static var statusReports: MessageWishes { MessageWishes(rawValue: 1) }
    /// Each payment that ended with something received, to the creditor.
    public static var creditTransfers: MessageWishes { MessageWishes(rawValue: 2) }
    /// Each fill by itself instead.
    public static var creditTransferParts: MessageWishes { MessageWishes(rawValue: 4) }
    /// What is booked on its settlement accounts.
    public static var notifications: MessageWishes { MessageWishes(rawValue: 8) }

    /// Those that there are.
    public static var all: MessageWishes {
        [.statusReports, .creditTransfers, .creditTransferParts, .notifications]
    }
}

/// What a bank wishes to happen with its messages that break a usage rule of CBPR+.
public enum UsageRuleSetting: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Nobody looks.
    case none = 0
    /// The message is taken, and its sender told what is wrong with it.
    case warn = 1
    /// Transactions with a finding are refused; the message, where a finding is in none of them.
    case refuse = 2
}

extension UsageRuleSetting: Worded {
    public var word: String {
        switch self {
        case .none: "none"
        case .warn: "warn"
        case .refuse: "refuse"
        }
    }
}

/// What a message to a bank tells.
public enum MessageKind: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Where a payment stands: pacs.002.
    case statusReport = 1
    /// Money that has come for a customer: pacs.008, pacs.009.
    case creditTransfer = 2
    /// What was booked on an account: camt.054.
    case notification = 3
    /// Where an account stands: camt.052.
    case accountReport = 4
    /// Money that came back: pacs.004.
    case paymentReturn = 5
    /// The payer's bank asks for its money: camt.056.
    case cancellationRequest = 6
    /// What became of that: camt.029.
    case resolution = 7
    /// A business day of an account, with all that was booked on it: camt.053. In the version of an
    /// account report.
    case statement = 8
}

extension MessageKind {
    /// Those that have a version of their own.
    static var versioned: [MessageKind] { allCases.filter { $0 != .statement } }
}

/// In which version of each message a bank wants to be told.
public struct MessageVersions: BitwiseCopyable, Hashable, Sendable {
    /// A byte for the kind of each number; the lowest is that of the application header.
    public var packed: UInt64

    public init(packed: UInt64) { self.packed = packed }

    /// The gateway's usual ones.
    public static var usual: MessageVersions { MessageVersions(packed: 0) }

    /// The version's number, 8 of `pacs.008.001.08`; 0 is the usual one.
    public subscript(_ kind: MessageKind) -> UInt8 {
        get { self[place: Int(kind.rawValue)] }
        set { self[place: Int(kind.rawValue)] = newValue }
    }

    /// That of the application header, 2 of `head.001.001.02`; 0 is the usual one.
    public var header: UInt8 {
        get { self[place: 0] }
        set { self[place: 0] = newValue }
    }

    private subscript(place place: Int) -> UInt8 {
        get { UInt8(truncatingIfNeeded: packed >> (place * 8)) }
        set { packed = packed & ~(0xFF << (place * 8)) | UInt64(newValue) << (place * 8) }
    }
}

extension MessageVersions: CustomStringConvertible {
    /// `header 2, credit-transfer 8`; what is usual is left out.
    public var description: String {
        let kinds = MessageKind.versioned.map { ($0.word, self[$0]) }
        return ([("header", header)] + kinds).filter { $0.1 != 0 }.map { "\($0.0) \($0.1)" }
            .joined(separator: ", ")
    }

    /// Reads what ``description`` writes.
    public init?(_ text: String) {
        self = .usual
        for part in text.split(separator: ",") {
            let words = part.split(separator: " ")
            guard words.count == 2, let version = UInt8(words[1]), version != 0 else { return nil }
            if words[0] == "header" {
                header = version
            } else if let kind = MessageKind.versioned.first(where: { $0.word == words[0] }) {
                self[kind] = version
            } else {
                return nil
            }
        }
        guard description == text else { return nil }
    }
}
