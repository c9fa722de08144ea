public import Domain
public import Logging
public import Store

/// What the calls of the API work with. Calls are grouped by extension: payments, streams, ledger,
/// operators, bank messages.
public struct Services: Sendable {
    let node: any SettlementNode
    let readers: ReaderPool
    let directory: Directory
    let corridors: CorridorBoard
    /// The gateway's own BIC: the sender of its messages.
    let ownBIC: BIC
    let logger: Logger
    let drain = Drain()
    /// For messages of payment records, from when they are complete until they are answered.
    let recordBudget = ByteBudget(64 << 20, bytesPerOwner: 16 << 20)
    /// For the outcomes of uploads. Not the same budget: an upload keeps them for as long as its
    /// caller likes to send, and must not keep messages out. One participant has room for the
    /// largest upload, or for several smaller ones.
    let outcomeBudget = ByteBudget(128 << 20, bytesPerOwner: 32 << 20)

    /// - Parameters:
    ///   - node: through which commands are submitted.
    ///   - readers: for queries of the tables.
    ///   - ownBIC: under which the gateway sends ISO 20022 messages.
    ///   - logger: told why a read of the tables failed.
    public init(
        node: any SettlementNode, readers: ReaderPool, ownBIC: BIC, logger: Logger
    ) {
        self.logger = logger
        self.node = node
        self.readers = readers
        self.ownBIC = ownBIC
        directory = Directory(readers, node)
        corridors = CorridorBoard(readers, node)
    }

    /// Reads from the tables once they show everything that has been answered before.
    ///
    /// - Throws: `UNAVAILABLE` while not serving, `OVERLOADED` when too many reads wait.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (LedgerReader) throws -> Value
    ) async throws -> Value {
        guard await node.waitForTables() else { throw GatewayError(.unavailable) }
        do {
            return try await readers.read(body)
        } catch let error as StoreError {
            throw noted(error)
        }
    }

    /// Runs what follows a command that is carried out already. If it fails the command still
    /// stands, so no error may say that nothing was recorded.
    func afterCommand<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as StoreError {
            _ = noted(error)
            throw GatewayError(.outcomeUnknown)
        } catch is GatewayError {
            throw GatewayError(.outcomeUnknown)
        }
    }

    private func noted(_ error: StoreError) -> GatewayError {
        logger.error(
            "read failed", metadata: ["code": "\(error.code)", "error": "\(error)"])
        return GatewayError(error)
    }

    /// The caller's participant as registered, or nil.
    func participantID(_ bic: BIC) async throws -> ParticipantRow? {
        guard await node.waitForTables() else { throw GatewayError(.unavailable) }
        do {
            return try await directory.participant(bic)
        } catch let error as StoreError {
            throw noted(error)
        }
    }
}

extension GatewayError {
    init(_ error: StoreError) {
        switch error.code {
        case .overloaded: self.init(ResultCode.overloaded)
        case .connectionLost, .outcomeUnknown, .closed, .anotherWriter, .clusterUnavailable:
            self.init(ResultCode.unavailable)
        case .database, .positionMismatch, .migrationRefused, .rowUnreadable, .invalidArgument:
            self.init(ResultCode.internalError)
        }
    }
}

/// The size of a page of a list: what the caller asks for, within bounds.
struct Page: Sendable {
    static let defaultSize = 100
    static let largestSize = 1_000
    let size: Int

    init(_ requested: UInt32) {
        size = requested == 0 ? Page.defaultSize : min(Int(requested), Page.largestSize)
    }

    /// The rows of this page and whether there are more, from one row more than the page holds.
    func cut<Row>(_ rows: [Row]) -> (rows: ArraySlice<Row>, hasMore: Bool) {
        (rows.prefix(size), rows.count > size)
    }
}
