internal import Domain

/// Payments of a file that look as if they stood in it twice. A UETR would tell; these have none,
/// and the same end-to-end identification as an earlier one or, without one, the same content.
///
/// Each is a payment of its own all the same: two equal ones may be meant.
struct RepeatedLines {
    /// Lines, each with the first one that it is like.
    private let pairs: [(line: Int, first: Int)]

    private enum Likeness: Hashable {
        case endToEndID(String)
        /// The content's hash, which one stand-in for all missing UETRs went into.
        case content(UInt128)
    }

    /// - Complexity: O(payments).
    init(_ payments: [PaymentFile.Payment]) {
        var pairs: [(line: Int, first: Int)] = []
        var lines: [Likeness: Int] = [:]
        for payment in payments where !payment.isNamed {
            let likeness: Likeness =
                payment.endToEndID.isEmpty
                ? .content(payment.order.contentHash) : .endToEndID(payment.endToEndID)
            if let first = lines[likeness] {
                pairs.append((payment.line, first))
            } else {
                lines[likeness] = payment.line
            }
        }
        self.pairs = pairs
    }

    /// One sentence about all of them, with the first lines; nil when there are none.
    var warning: String? {
        guard !pairs.isEmpty else { return nil }
        let lines = pairs.prefix(5).map { "\($0.line) (as \($0.first))" }.joined(separator: ", ")
        return """
            payments without a UETR that may be in the file twice, by endToEndId or, without one, \
            by all their terms: \(pairs.count), in line \(lines)\
            \(pairs.count > 5 ? " and others" : ""); each is a payment of its own
            """
    }
}
