internal import Benchmark

extension SplitMix64 {
    mutating func count(_ range: ClosedRange<Int>) -> Int {
        Int(between(Int64(range.lowerBound)...Int64(range.upperBound)))
    }

    /// One of the elements, each as often as its weight says.
    mutating func pick<Element>(weighted elements: [(element: Element, weight: Int64)]) -> Element {
        var drawn = between(0...elements.reduce(0) { $0 + $1.weight } - 1)
        for (element, weight) in elements {
            drawn -= weight
            if drawn < 0 { return element }
        }
        preconditionFailure("the weights add up to more than was drawn")
    }
}
