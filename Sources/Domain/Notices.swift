/// Why a message is a notice: it tells of money that moves by another message, or moved already,
/// and must move none itself (R16.1).
public enum NoticeKind: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// A pacs.009 ADV: the money comes by another message.
    case advice = 0
    /// A pacs.008 or pacs.004 whose cover comes as a pacs.009 COV with the same UETR.
    case announcedCover = 1
    /// `CpyDplct`: somebody else has the message that counts.
    case copy = 2
}

extension NoticeKind: Worded {
    public var word: String {
        switch self {
        case .advice: "advice"
        case .announcedCover: "announced-cover"
        case .copy: "copy"
        }
    }
}

/// The name of an ISO 20022 message, such as `pacs.008.001.08`.
public struct MessageName: BitwiseCopyable, Hashable, Sendable {
    /// `area × 10⁸ + number × 10⁵ + variant × 10² + version`, the area's four letters being a
    /// number in base 27 (`a` is 1); zero is none.
    public var packed: UInt64

    public static let none = MessageName(packed: 0)

    public init(packed: UInt64) { self.packed = packed }

    /// Reads four letters and numbers of three, three and two digits, with points between.
    public init?(_ text: some StringProtocol) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 3, 3, 2] else { return nil }
        packed = 0
        for byte in parts[0] {
            guard (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) else { return nil }
            packed = packed * 27 + UInt64(byte - UInt8(ascii: "a") + 1)
        }
        for byte in parts.dropFirst().joined() {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            packed = packed * 10 + UInt64(byte - UInt8(ascii: "0"))
        }
    }
}

extension MessageName: CustomStringConvertible {
    /// Its characters; defined for numbers too that no text leads to, which it does not tell apart.
    public var description: String {
        var area = packed / 100_000_000 % 531_441
        var letters: [UInt8] = []
        for _ in 0..<4 {
            letters.append(UInt8(ascii: "`") + UInt8(area % 27))
            area /= 27
        }
        func digits(_ number: UInt64, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: count - text.utf8.count) + text
        }
        let numbers = [
            digits(packed / 100_000 % 1_000, 3), digits(packed / 100 % 1_000, 3),
            digits(packed % 100, 2),
        ]
        return ([String(decoding: letters.reversed(), as: UTF8.self)] + numbers)
            .joined(separator: ".")
    }
}

extension MessageName: FieldValue {
    public var bits: UInt64 { packed }
    public init?(bits: UInt64) { self.init(packed: bits) }
    public static var column: FieldColumn { .text }

    public var text: String? {
        if self == .none { return nil }
        return MessageName(description) == self ? description : "#\(packed)"
    }

    public init?(text: String?) {
        guard let text else {
            self = .none
            return
        }
        let number = text.first == "#" ? UInt64(text.dropFirst()) : nil
        guard let read = number.map(MessageName.init(packed:)) ?? MessageName(text) else {
            return nil
        }
        self = read
    }
}

/// A day that a message names. No rule reckons with it, so the ledger does not ask whether there is
/// such a day.
public struct StatedDate: BitwiseCopyable, Hashable, Sendable {
    /// `year × 10⁴ + month × 10² + day`; zero is none.
    public var packed: UInt32

    public static let none = StatedDate(packed: 0)

    public init(packed: UInt32) { self.packed = packed }

    public init(year: Int, month: Int, day: Int) {
        packed = UInt32(year * 10_000 + month * 100 + day)
    }

    /// Reads `2026-11-30`.
    public init?(_ text: some StringProtocol) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2] else { return nil }
        packed = 0
        for byte in parts.joined() {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            packed = packed * 10 + UInt32(byte - UInt8(ascii: "0"))
        }
    }
}

extension StatedDate: CustomStringConvertible {
    /// Its digits; of a number that no text leads to the last eight.
    public var description: String {
        let digits = String(packed % 100_000_000)
        let all = String(repeating: "0", count: 8 - digits.utf8.count) + digits
        return "\(all.prefix(4))-\(all.dropFirst(4).prefix(2))-\(all.suffix(2))"
    }
}

extension StatedDate: FieldValue {
    public var bits: UInt32 { packed }
    public init?(bits: UInt32) { self.init(packed: bits) }
    public static var column: FieldColumn { .text }

    public var text: String? {
        if self == .none { return nil }
        return StatedDate(description) == self ? description : "#\(packed)"
    }

    public init?(text: String?) {
        guard let text else {
            self = .none
            return
        }
        let number = text.first == "#" ? UInt32(text.dropFirst()) : nil
        guard let read = number.map(StatedDate.init(packed:)) ?? StatedDate(text) else {
            return nil
        }
        self = read
    }
}
