internal import Foundation

/// Where tests begin that draw another seed each time. They name it when they fail.
package enum FreshSeed {
    /// What `LANGQIAO_SEED` says, to repeat a failure; any number when it is not set.
    package static func draw() -> UInt64 {
        let stated = ProcessInfo.processInfo.environment["LANGQIAO_SEED"].flatMap(UInt64.init)
        return stated ?? UInt64.random(in: 1...UInt64.max)
    }
}
