package import Domain
internal import HTTP2
package import Logging
internal import Shares
package import Store

/// What the calls of the API work with, for one caller at a time. Calls are grouped by extension:
/// payments, streams, ledger, operators, bank messages.
package struct Services: Sendable {
    /// For whom; see ``serving(_:)``.
    private(set) var owner = Owner.gateway
    /// How fresh what the caller reads has to be.
    private(set) var freshness = ReadFreshness.linearizable
    /// Whether it is so already.
    private var isFresh = false
    let node: any SettlementNode
    let readers: ReaderPool
    let lookups: PaymentLookups
    let finished = FinishedPayments()
    let outlines = StatementOutlines()
    let feeTotals = FeeTotals()
    let entrySums = EntrySums()
    let work: WorkPlaces
    let watches: PaymentWatches
    let bells: MessageBells
    let contact: Contact
    /// The gateway's own BIC: the sender of its messages.
    let ownBIC: BIC
    /// Its LEI, by which messages may be addressed to it.
    let ownLEI: LEI
    let logger: Logger
    let drain = Drain()
    let metrics = Metrics()
    /// Calls that stand open by nature: streams and watches.
    let openCalls = Budget(2_048, perOwner: 128)
    /// Orders of streams that are under way or whose answers wait, beyond the few of each stream:
    /// some 2 kB each.
    let streamedOrders = Budget(32_768, perOwner: 8_192)

    /// - Parameters:
    ///   - node: through which commands are submitted.
    ///   - readers: for queries of the tables.
    ///   - ownBIC: under which the gateway sends ISO 20022 messages.
    ///   - ownLEI: by which, too, they may be addressed to it.
    ///   - logger: told why a read of the tables failed.
    /// - Throws: when the system gives no more threads.
    package init(
        node: any SettlementNode, readers: ReaderPool, ownBIC: BIC, ownLEI: LEI = .none,
        logger: Logger
    ) throws {
        self.logger = logger
        self.node = node
        self.readers = readers
        lookups = PaymentLookups(readers)
        self.ownBIC = ownBIC
        self.ownLEI = ownLEI
        work = try WorkPlaces()
        watches = PaymentWatches(node)
        bells = MessageBells { _ = node.watch($0) }
        contact = Contact(node) { [watches, bells] in
            watches.stopAll()
            bells.stopAll()
        }
    }

    /// The same for a caller: its turns, places and bytes are counted for it.
    ///
    /// - Parameter share: that of its connection, which names it already unless the caller was
    ///   nobody when it connected.
    /// - Throws: `MALFORMED_REQUEST` when the head asks for reads of an unknown kind.
    func serving(
        _ caller: Caller?, _ share: OwnerShare, _ head: RequestHead
    ) throws(GatewayError) -> Services {
        var services = self
        services.freshness = try ReadFreshness(asked: head.headers)
        services.owner = share.owner == .nobody ? caller?.owner ?? .nobody : share.owner
        return services
    }

    var directory: Directory { node.directory }

    /// Whether new calls are served.
    var isReady: Bool { node.isServing && node.standstill == nil && !drain.hasBegun }

    /// What a caller is told whom the node cannot serve now.
    var unavailable: GatewayError {
        guard node.isServing, let standstill = node.standstill else {
            return GatewayError(.unavailable)
        }
        return GatewayError(standstill)
    }

    /// The same once what the node remembers is as fresh as the caller asked.
    ///
    /// - Throws: as ``refresh()``.
    func refreshed() async throws -> Services {
        try await refresh()
        var services = self
        services.isFresh = true
        return services
    }

    /// Waits until what the node remembers is as fresh as the caller asked.
    ///
    /// - Throws: `UNAVAILABLE`; `CancellationError`.
    func refresh() async throws {
        if isFresh { return }
        guard try await node.waitUntilApplied(freshness) else { throw unavailable }
    }

    /// Reads from the tables once they show everything that has been answered before. All that
    /// `body` reads is of one moment.
    ///
    /// - Parameter payment: the only one that is read; nil for anything.
    /// - Throws: `UNAVAILABLE` while not serving, `OVERLOADED` when too many reads wait;
    ///   `CancellationError` when the task is cancelled; and what `body` throws.
    func read<Value: Sendable>(
        _ kind: ReadKind, showing payment: UETR? = nil,
        _ body: @escaping @Sendable (LedgerReader) throws -> Value
    ) async throws -> Value {
        try await refresh()
        guard try await node.waitForTables(showing: payment) else {
            throw GatewayError(.unavailable)
        }
        return try await fromTables {
            try await readers.read(kind, for: owner) { reader in
                try reader.snapshot { try body(reader) }
            }
        }
    }

    /// Notes what an operator should see of a failed read.
    func fromTables<Value>(_ read: () async throws -> Value) async throws -> Value {
        do {
            return try await read()
        } catch let error as StoreError {
            throw noted(error)
        }
    }

    /// A refused read is no failure; anything else an operator should see.
    private func noted(_ error: StoreError) -> GatewayError {
        switch error.code {
        case .overloaded, .closed:
            break
        case .database, .connectionLost, .outcomeUnknown, .anotherWriter, .positionMismatch,
            .migrationRefused, .rowUnreadable, .invalidArgument, .clusterUnavailable, .committed,
            .unsafeGround:
            logger.error(
                "read failed", metadata: ["code": "\(error.code)", "error": "\(error)"])
        }
        return GatewayError(error)
    }
}

extension GatewayError {
    init(_ error: StoreError) {
        switch error.code {
        case .overloaded: self.init(ResultCode.overloaded)
        case .connectionLost, .outcomeUnknown, .closed, .anotherWriter, .clusterUnavailable:
            self.init(ResultCode.unavailable)
        case .database, .positionMismatch, .migrationRefused, .rowUnreadable, .invalidArgument,
            .committed, .unsafeGround:
            self.init(ResultCode.internalError)
        }
    }
}

/// The size of a page of a list: what the caller asks for, within bounds.
package struct Page: Sendable {
    package static let defaultSize = 100
    static let largestSize = 1_000
    let size: Int

    package init(_ requested: UInt32, default usual: Int = Page.defaultSize) {
        size = requested == 0 ? usual : min(Int(requested), Page.largestSize)
    }

    /// The rows of this page and whether there are more, from one row more than the page holds.
    package func cut<Row>(_ rows: [Row]) -> (rows: ArraySlice<Row>, hasMore: Bool) {
        (rows.prefix(size), rows.count > size)
    }
}
