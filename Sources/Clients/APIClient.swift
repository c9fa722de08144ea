package import HTTP2
internal import NIOCore
package import SwiftProtobuf

/// Calls of the API over gRPC.
package struct APIClient: Sendable {
    private let client: GRPCClient
    /// For calls without types of their messages.
    let connection: Client

    /// Over a connection that somebody else closes.
    package init(_ client: Client) {
        self.client = GRPCClient(client)
        connection = client
    }

    /// One unary call, with a deadline of half a minute.
    ///
    /// - Throws: `GRPCStatus` with the gateway's refusal, `HTTP2Error` without an answer.
    package func call<Output: Message>(_ method: String, _ input: some Message) async throws
        -> Output
    {
        let bytes: [UInt8] = try input.serializedBytes()
        let answer = try await client.unary(
            "/langqiao.v1.\(method)", ByteBuffer(bytes: bytes), timeout: .seconds(30))
        return try Output(serializedBytes: Array(answer.message.readableBytesView))
    }

    /// Starts a streaming call, without a deadline.
    ///
    /// - Throws: as ``call(_:_:)``.
    package func open(_ method: String) async throws -> GRPCClientCall {
        try await client.open("/langqiao.v1.\(method)")
    }
}
