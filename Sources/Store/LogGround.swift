internal import Consensus
internal import Domain

/// What a session finds of a node's log and promises, once it holds the lock.
struct LogGround {
    let last: LogPosition
    private(set) var record: SafeGround.Record
    private let server: SafeGround.Server
    private let node: NodeID

    /// - Throws: ``StoreError`` with code `unsafeGround` when it is not this node's own.
    init(_ connection: PostgresConnection, _ settings: LogSettings) throws {
        try self.init(reading: connection, settings)
        try SafeGround.check(record, on: server, last: last, node: settings.node)
    }

    /// As it is, to be made this node's own.
    init(taking connection: PostgresConnection, _ settings: LogSettings) throws {
        try self.init(reading: connection, settings)
        record.server = server
        try SafeGround.check(record, on: server, last: last, node: settings.node)
    }

    private init(reading connection: PostgresConnection, _ settings: LogSettings) throws {
        try SafeGround.checkSettings(connection)
        last = try LogReader(connection).lastPosition()
        record = try SafeGround.record(connection, last)
        server = try SafeGround.server(connection)
        node = settings.node
    }

    var remembered: RememberedLog {
        RememberedLog(
            term: record.hardState.term, vote: record.hardState.vote,
            last: EntryID(term: last.term, index: last.index))
    }

    /// Takes up a later term and its vote.
    mutating func keepPromise(of remembered: RememberedLog) {
        let known = record.hardState
        guard
            remembered.term > known.term
                || remembered.term == known.term && remembered.vote != noNode
        else { return }
        record.hardState.term = remembered.term
        record.hardState.vote = remembered.vote
    }

    /// Puts on record whose log this is, and on which server.
    func keep(isRememberedOutside: Bool, _ connection: PostgresConnection) throws {
        try connection.query(
            """
            UPDATE raft_state SET node_id = $1, system_identifier = $2, timeline = $3,
                term = $4, vote = $5, remembered_outside = remembered_outside OR $6 = 1
            """,
            [
                .int8(node), .int8(server.system), .int4(server.timeline),
                .int8(record.hardState.term), .int8(record.hardState.vote),
                .int4(isRememberedOutside ? 1 : 0),
            ])
    }
}
