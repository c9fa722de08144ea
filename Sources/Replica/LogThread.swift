internal import Domain
internal import Node
internal import Shares
internal import Store

/// The log thread: makes durable what the node wants written, all that waits in one transaction.
enum LogThread {
    /// Runs until `work` is closed and empty, or until it fails; reports every write.
    ///
    /// - Parameter opened: set once, to what was in the log.
    static func run(
        _ address: DatabaseAddress, _ settings: LogSettings, _ work: Inbox<NodeWrite>,
        _ events: Inbox<Event>, _ opened: OneResult<RecoveredLog>
    ) {
        do {
            let store = try LogStore(address, settings)
            opened.set(.success(store.recovered))
            while let writes = work.takeAll() {
                for write in LogThread.joined(writes) { try store.write(write) }
                if let last = writes.last { events.put(.stored(last.number)) }
            }
        } catch {
            opened.set(.failure(error))
            events.put(.failed(error))
        }
    }

    /// As few transactions as possible. Entries that replace others that wait too begin a new one,
    /// and so does what would not fit into one.
    private static func joined(_ writes: [NodeWrite]) -> [LogWrite] {
        var joined: [LogWrite] = []
        for write in writes.flatMap({ $0.parts(ofAtMost: LogStore.maximumEntriesPerWrite) }) {
            if var last = joined.last, last.takes(write) {
                last.entries += write.entries
                last.hardState = write.hardState ?? last.hardState
                joined[joined.count - 1] = last
            } else {
                joined.append(LogWrite(hardState: write.hardState, entries: write.entries))
            }
        }
        return joined
    }
}

extension LogWrite {
    /// Whether both can be one transaction.
    fileprivate func takes(_ next: NodeWrite) -> Bool {
        guard entries.count + next.entries.count <= LogStore.maximumEntriesPerWrite else {
            return false
        }
        guard let last = entries.last, let first = next.entries.first else { return true }
        return first.index == last.index + 1
    }
}
