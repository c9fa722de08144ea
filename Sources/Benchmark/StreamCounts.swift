/// What a stream really consists of. The nominal mix is not it: a cancellation that finds too few
/// orders standing is drawn as an order instead.
///
/// Counted while the stream is made, by the engine that it follows; every measured pass must make
/// as many fills as that one.
package struct StreamCounts: Codable, Equatable, Sendable {
    /// New orders of the mix that may rest.
    package var orders = 0
    /// Those of them that were filled, at least in part, when they arrived.
    package var crossingOrders = 0
    /// Orders that came in the place of cancellations.
    package var inPlaceOfCancellations = 0
    package var cancellations = 0
    /// Orders that never rest: immediate-or-cancel and fill-or-kill.
    package var immediate = 0
    /// Commands that were refused; part of the above.
    package var refused = 0
    /// Orders that ended by themselves, at their time; no commands.
    package var expired = 0
    package var fills = 0
    /// Orders that stand at the end.
    package var standing = 0

    /// What a command was drawn as.
    enum Kind {
        case order
        case inPlaceOfCancellation
        case cancellation
        case immediate
    }

    package var commands: Int {
        orders + inPlaceOfCancellations + cancellations + immediate
    }

    /// Of a hundred new orders of the mix that may rest, those that met others on arrival.
    package var crossingPercent: Double { percent(crossingOrders, of: orders) }

    /// - Parameter fills: those that the command made at once.
    mutating func add(_ kind: Kind, fills: Int) {
        self.fills += fills
        switch kind {
        case .order:
            orders += 1
            if fills > 0 { crossingOrders += 1 }
        case .inPlaceOfCancellation: inPlaceOfCancellations += 1
        case .cancellation: cancellations += 1
        case .immediate: immediate += 1
        }
    }

    func percent(_ part: Int, of whole: Int) -> Double {
        100 * Double(part) / Double(max(1, whole))
    }
}
