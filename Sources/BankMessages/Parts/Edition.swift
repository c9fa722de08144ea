/// An edition of the components that messages share, by the version of pacs.008 that brought it.
///
/// pacs.008.001.08 is the eighth edition, and so on to the thirteenth. A pacs.009 has the
/// components of a pacs.008: versions 08 to 10 those of the same number, 11 the twelfth edition's,
/// 12 the thirteenth's.
package struct Edition: Hashable, Sendable {
    /// 8 to 13.
    package let number: Int

    package init(_ number: Int) {
        precondition((8...13).contains(number), "there is no edition \(number)")
        self.number = number
    }

    package static let all = (8...13).map { Edition($0) }

    /// A mask for each edition at its number, and at 0 for all together.
    static func masks(_ mask: (Edition?) -> UInt64) -> [UInt64] {
        (0...13).map { $0 == 0 ? mask(nil) : $0 < 8 ? 0 : mask(Edition($0)) }
    }

    fileprivate var bit: UInt16 { 1 << UInt16(number) }
}

/// In which editions something is found.
package struct Editions: Hashable, Sendable {
    fileprivate let bits: UInt16

    static let all = Editions(bits: 0x3F00)

    /// In this one and those after it.
    static func from(_ number: Int) -> Editions {
        Editions(bits: all.bits & ~(Edition(number).bit - 1))
    }

    /// In this one and those before it.
    static func to(_ number: Int) -> Editions {
        Editions(bits: all.bits & (Edition(number).bit << 1 - 1))
    }

    /// Without an edition: whether it is found in any.
    package func contains(_ edition: Edition?) -> Bool {
        guard let edition else { return true }
        return bits & edition.bit != 0
    }

    func overlaps(_ other: Editions) -> Bool { bits & other.bits != 0 }
}
