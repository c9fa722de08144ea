/// Where a usage rule looks: names of elements, one inside the other.
///
/// Written `AppHdr/Fr/FIId` it begins at the header; any other begins at the element below
/// `Document`, or at the element that the rule stands at.
struct UsagePath: ExpressibleByStringLiteral, Sendable {
    let isInHeader: Bool
    let names: [String]

    init(stringLiteral text: String) {
        self.init(text)
    }

    init(_ text: String) {
        let steps = text.split(separator: "/").map(String.init)
        isInHeader = steps.first == "AppHdr"
        names = isInHeader ? Array(steps.dropFirst()) : steps
    }

    /// The same by the numbers that the names have in one document.
    func resolved(in symbols: XMLSymbols) -> ResolvedUsagePath {
        var steps: [XMLTree.Symbol] = []
        steps.reserveCapacity(names.count)
        for name in names {
            guard let symbol = symbols.symbol(of: name) else {
                return ResolvedUsagePath(isInHeader: isInHeader, steps: nil)
            }
            steps.append(symbol)
        }
        return ResolvedUsagePath(isInHeader: isInHeader, steps: steps)
    }
}

/// A path whose names were looked up once, so that walking it compares numbers.
struct ResolvedUsagePath: Sendable {
    let isInHeader: Bool
    /// Nil when the document has one of the names nowhere: then nothing is at the path.
    let steps: [XMLTree.Symbol]?
}
