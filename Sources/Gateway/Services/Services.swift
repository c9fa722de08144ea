public import Domain
internal import Logging
public import Store

/// What the calls of the API work with. Calls are grouped by extension: payments, streams, ledger,
/// operators, bank messages.
public struct Services: Sendable {
    let node: any SettlementNode
    let readers: ReaderPool
    let directory: Directory
    /// The gateway's own BIC: the sender of its messages.
    let ownBIC: BIC

    /// - Parameters:
    ///   - node: through which commands are submitted.
    ///   - readers: for queries of the tables.
    ///   - ownBIC: under which the gateway sends ISO 20022 messages.
    public init(node: any SettlementNode, readers: ReaderPool, ownBIC: BIC) {
        self.node = node
        self.readers = readers
        self.ownBIC = ownBIC
        directory = Directory(readers)
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
            throw GatewayError(error)
        }
    }

    /// The number of the caller's participant, or 0 when it is not registered.
    func participantID(_ bic: BIC) async throws -> ParticipantRow? {
        guard await node.waitForTables() else { throw GatewayError(.unavailable) }
        do {
            return try await directory.participant(bic)
        } catch let error as StoreError {
            throw GatewayError(error)
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
