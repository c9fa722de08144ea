internal import Chance
internal import Domain
internal import Engine

/// A stream of operations for the book alone; the rules of W1 and W2 without banks and money.
struct BookWorkload {
    /// Resting orders that are there before anything is timed.
    private(set) var preparation: [BareMatching.Operation] = []
    private(set) var operations: [BareMatching.Operation] = []
    private(set) var counts = StreamCounts()
    private var random: SplitMix64
    private var live: [UInt32] = []
    private var mid: Int64 = 500_000

    /// - Precondition: `kind` is W1 or W2.
    init(_ kind: EngineWorkload.Kind, operations count: Int, seed: UInt64 = 2_026) {
        precondition(kind != .w3, "W3 is made of payments, not of quantities")
        random = SplitMix64(seed: seed)
        let preloaded = kind == .w2 ? 1_000_000 : 0
        var scout = BareMatching(operations: preloaded + count, resting: preloaded + count)
        for number in 0..<preloaded { preload(number) }
        preparation.withUnsafeBufferPointer { scout.apply($0) }
        for number in preloaded..<preloaded + count {
            let (operation, kind) = draw(scout)
            operations.append(operation)
            let fills = scout.fillCount
            withUnsafePointer(to: operation) {
                scout.apply(UnsafeBufferPointer(start: $0, count: 1))
            }
            counts.add(kind, fills: scout.fillCount - fills)
            if scout.stands(UInt32(number)) { live.append(UInt32(number)) }
        }
        counts.standing = scout.restingCount
    }

    private mutating func preload(_ number: Int) {
        let side: Side = number % 2 == 0 ? .payRenminbi : .payForeign
        let away = 40 + Int64(random.below(5_000))
        let tick = mid + (side == .payRenminbi ? away : -away)
        preparation.append(
            BareMatching.Operation(
                kind: .limit, side: side, tick: UInt32(tick),
                quantity: random.between(10_000...1_000_000)))
        live.append(UInt32(number))
    }

    private mutating func draw(
        _ scout: borrowing BareMatching
    ) -> (BareMatching.Operation, StreamCounts.Kind) {
        let draw = random.below(100)
        if random.percent(10) { mid += random.percent(50) ? 1 : -1 }
        let isCancel = draw >= 60 && draw < 95
        if isCancel, scout.restingCount >= 10_000, let target = pickLive(scout) {
            return (BareMatching.Operation(kind: .cancel, target: target), .cancellation)
        }
        let side = random.pick(Side.allCases)
        let passive: Int64 = side == .payRenminbi ? 1 : -1
        var away = random.normal(deviation: 10)
        if isCancel { away = abs(away) + 3 }
        if draw < 60 { away += 4 }
        if draw >= 95 { away = -abs(away) }
        let operation = BareMatching.Operation(
            kind: draw >= 95 ? .immediateOrCancel : .limit, side: side,
            tick: UInt32(mid + passive * away), quantity: random.between(10_000...1_000_000))
        if isCancel { return (operation, .inPlaceOfCancellation) }
        return (operation, draw >= 95 ? .immediate : .order)
    }

    private mutating func pickLive(_ scout: borrowing BareMatching) -> UInt32? {
        while !live.isEmpty {
            let index = random.below(live.count)
            live.swapAt(index, live.count - 1)
            let number = live.removeLast()
            if scout.stands(number) { return number }
        }
        return nil
    }
}

extension BookWorkload {
    /// The stream as comma-separated lines, for other engines; docs/performance.md says what they
    /// mean and how the fills are hashed.
    ///
    /// - Parameter write: takes the text, some lines at a time.
    func text(_ write: (String) throws -> Void) rethrows {
        var lines = "number,phase,kind,side,tick,quantity,target\n"
        for (number, operation) in (preparation + operations).enumerated() {
            let phase = number < preparation.count ? "before" : "measured"
            lines += "\(number),\(phase),\(operation.columns)\n"
            guard lines.utf8.count > 1 << 16 else { continue }
            try write(lines)
            lines = ""
        }
        try write(lines)
    }
}

extension BareMatching.Operation {
    /// Kind, side, tick, quantity and target.
    fileprivate var columns: String {
        let sided = "\(side == .payRenminbi ? "sell" : "buy"),\(tick),\(quantity),"
        return switch kind {
        case .limit: "limit,\(sided)"
        case .immediateOrCancel: "ioc,\(sided)"
        case .cancel: "cancel,,,,\(target)"
        }
    }
}
