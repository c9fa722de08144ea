internal import Chance
import Engine
import Scenarios
import Testing

@Suite struct DivisorTests {
    /// R2.2 without loss: quotients by multiplication are those of a division, also at the edges
    /// of what 63 bits hold.
    @Test func quotientsAreThoseOfADivision() {
        var random = SplitMix64(seed: 7)
        var divisors: [Int64] = [1, 2, 3, 5, 7, 10_000, 10_000_000, 100_000_000, 10_000_000_000]
        for bit in 1..<63 { divisors += [1 << bit - 1, 1 << bit, 1 << bit + 1] }
        divisors.append(.max)
        for _ in 0..<20_000 {
            divisors.append(Int64(bitPattern: random.next() >> (1 + random.next() % 62)) | 1)
        }
        var wrong = 0
        for value in divisors {
            let divisor = Divisor(value)
            var dividends: [Int64] = [0, 1, value - 1, value, .max - 1, .max, .max / value * value]
            dividends.append(.max / value * value - 1)
            for _ in 0..<20 {
                dividends.append(Int64(bitPattern: random.next() >> (1 + random.next() % 62)))
            }
            for dividend in dividends {
                if divisor.quotient(dividend) != dividend / value { wrong += 1 }
            }
        }
        #expect(wrong == 0)
    }
}
