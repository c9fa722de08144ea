internal import CMemory
internal import Foundation
internal import Glibc

/// Gives memory back to the system after a time of much work.
///
/// The allocator keeps what was freed for the next time, which is right while there is work: memory
/// touched for the first time costs microseconds a page. A gateway that has nothing to do needs
/// none of it.
final class MemoryReturn: Sendable {
    /// How often it looks.
    private static let period = Duration.seconds(2)
    /// Bytes above the least ever seen that are kept all the same.
    private static let kept = 24 << 20

    private let task: Task<Void, any Error>

    /// - Parameter isIdle: whether requests and answers hold hardly any memory now.
    init(isIdle: @escaping @Sendable () -> Bool) {
        task = Task {
            var least = Int.max
            var wasIdle = false
            while true {
                try await Task.sleep(for: MemoryReturn.period)
                let isIdleNow = isIdle()
                defer { wasIdle = isIdleNow }
                // Twice in a row: a moment between two messages is no rest.
                guard isIdleNow, wasIdle, let resident = MemoryReturn.residentBytes() else {
                    continue
                }
                least = min(least, resident)
                guard resident > least + MemoryReturn.kept else { continue }
                try await onThread { return_free_memory() }
                // What stays is in use, or cannot be had.
                least = MemoryReturn.residentBytes() ?? least
            }
        }
    }

    func end() { task.cancel() }

    /// Bytes of this process that are in memory; nil where the system does not tell.
    private static func residentBytes() -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .ascii)
        else { return nil }
        let fields = text.split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }
}
