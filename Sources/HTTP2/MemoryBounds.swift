/// What the requests and answers of a server may hold in memory, in bytes.
///
/// An owner may also hold no more than is left for all others, see `Budget`.
package struct MemoryBounds: Sendable {
    /// Requests: head, body and what their handlers keep of them; in all, of one owner's
    /// connections, and of one connection.
    package var requests = 80 << 20
    package var requestsPerOwner = 40 << 20
    package var requestsPerConnection = 36 << 20
    /// A request is counted with so much besides its bytes: stream, task and what belongs to them.
    package var perRequest = 4_096
    /// Answers that wait to be sent, in all and of one owner's connections. A connection may always
    /// have ``Limits/minConnectionOutput``.
    package var output = 64 << 20
    package var outputPerOwner = 16 << 20
    /// What a list may take until it is sent: nobody begins one without room for it.
    package var perList = 2 << 20
    /// Commands and reads of one owner that are worked on at once; more wait.
    package var commandsPerOwner = 256
    package var readsPerOwner = 64

    package init() {}
}
