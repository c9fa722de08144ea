internal import Consensus
internal import Domain
internal import Node
internal import Store

/// Entries of the log for a node that lags behind what is in memory.
struct PageQuestion: Sendable {
    let node: NodeID
    let first: UInt64
    let bytes: Int
}

/// The thread that reads old entries for others. There is one question of each node at a time.
enum PageThread {
    private static let entriesPerPage = 4_096

    /// Answers until `work` is closed. What cannot be read is an empty page, and asked for again.
    static func run(_ address: DatabaseAddress, _ work: Inbox<PageQuestion>, _ events: Inbox<Event>)
    {
        var reader: LogReader?
        while let questions = work.takeAll() {
            for question in questions {
                do {
                    let log = try reader ?? LogReader(address)
                    reader = log
                    let rows = try log.read(
                        from: question.first, limit: entriesPerPage, maximumBytes: question.bytes)
                    events.put(.page(question.node, rows))
                } catch {
                    reader = nil
                    events.put(.page(question.node, []))
                }
            }
        }
    }
}
