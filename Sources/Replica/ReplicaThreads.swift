internal import Domain
internal import Node
internal import Shares
internal import Store

/// The threads beside the replica thread, and what they are given to do. What they did comes back
/// as events.
struct ReplicaThreads {
    let logWork = Inbox<NodeWrite>()
    let ledgerWork = Inbox<LedgerWork>()
    let lookupWork = Inbox<RecordLookup>()
    let erasureWork = Inbox<Void>()
    let pageWork = Inbox<PageQuestion>()
    private let events: Inbox<Event>
    private let address: DatabaseAddress
    private var threads: [WorkerThread] = []

    init(_ address: DatabaseAddress, _ events: Inbox<Event>) {
        self.address = address
        self.events = events
    }

    /// Starts the log thread. It holds the lock that keeps a second node away from these tables.
    ///
    /// - Returns: what was in the log.
    mutating func openLog(_ settings: LogSettings) throws -> RecoveredLog {
        let opened = OneResult<RecoveredLog>()
        threads.append(
            try WorkerThread("log") { [address, logWork, events] in
                LogThread.run(address, settings, logWork, events, opened)
            })
        return try opened.wait()
    }

    /// Starts the threads of the tables.
    mutating func serveTables(
        _ options: ReplicaOptions, onTrouble: @escaping @Sendable (any Error) -> Void
    ) throws(WorkerThread.Unavailable) {
        threads.append(
            try WorkerThread("ledger") { [address, ledgerWork, events] in
                LedgerThread.run(
                    address, ledgerWork, events, transactionSize: options.paymentsPerLedgerWrite)
            })
        threads.append(
            try WorkerThread("lookup") { [address, lookupWork, events] in
                LookupThread.run(address, lookupWork, events)
            })
        threads.append(
            try WorkerThread("erasure") { [address, erasureWork] in
                ErasureThread.run(address, erasureWork, onFailure: onTrouble)
            })
        if options.cluster != nil {
            threads.append(
                try WorkerThread("pages") { [address, pageWork, events] in
                    PageThread.run(address, pageWork, events)
                })
        }
        // What the last replica did not come to.
        erasureWork.put(())
    }

    /// Has them finish what they were given, and ends them.
    func end() {
        logWork.close()
        ledgerWork.close()
        lookupWork.close()
        erasureWork.close()
        pageWork.close()
        for thread in threads { thread.join() }
    }
}
