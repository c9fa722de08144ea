/// Finds the sets of amounts that sum exactly to a target, of two amounts at least.
///
/// It goes through the amounts from the largest on, takes each or leaves it, and turns back where
/// what is left cannot reach the target. That is exponential at worst, so it counts its steps and
/// ends at a bound, and says so.
struct SetSearch {
    /// Largest first, all positive.
    private let amounts: [Int64]
    /// By position, the sum of the amounts from there on.
    private let sumFrom: [Int64]
    private let mostSteps: Int
    private var chosen: [Int] = []

    /// The sets, each as ascending positions among the amounts, in the order of finding.
    private(set) var sets: [[Int]] = []
    private(set) var steps = 0
    /// What ended the search early; nil when there is no other set.
    private(set) var bound: MatchBound?

    /// - Parameter amounts: At most ``MatchBounds/setCandidates``, positive, falling.
    init(_ amounts: [Int64], target: Int64, mostSteps: Int) {
        self.amounts = amounts
        self.mostSteps = mostSteps
        var sums: [Int64] = [0]
        for amount in amounts.reversed() { sums.append(sums[sums.count - 1] + amount) }
        sumFrom = sums.reversed()
        choose(from: 0, rest: target)
    }

    private mutating func choose(from position: Int, rest: Int64) {
        guard rest > 0 else {
            guard chosen.count > 1 else { return }
            if sets.count == MatchBounds.candidates {
                bound = .candidates
            } else {
                sets.append(chosen)
            }
            return
        }
        for next in position..<amounts.count {
            guard bound == nil, sumFrom[next] >= rest else { return }
            guard steps < mostSteps else {
                bound = .searchSteps
                return
            }
            steps += 1
            guard amounts[next] <= rest else { continue }
            chosen.append(next)
            choose(from: next + 1, rest: rest - amounts[next])
            chosen.removeLast()
        }
    }
}
