/// A small random source that gives the same numbers on every machine (SplitMix64).
struct DemoRandom {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func between(_ range: ClosedRange<Int64>) -> Int64 {
        let span = UInt64(range.upperBound - range.lowerBound) + 1
        return range.lowerBound + Int64(next().multipliedFullWidth(by: span).high)
    }

    mutating func count(_ range: ClosedRange<Int>) -> Int {
        Int(between(Int64(range.lowerBound)...Int64(range.upperBound)))
    }

    /// True in so many cases of a hundred.
    mutating func percent(_ share: Int64) -> Bool { between(0...99) < share }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[count(0...elements.count - 1)]
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
