internal import Foundation
internal import Gateway
internal import HTTP2
internal import NIOCore
internal import NIOPosix
internal import SwiftProtobuf

/// One connection of a bank, of the operator, or of nobody, speaking JSON and gRPC.
struct BankClient: Sendable {
    private let client: Client
    private let calls: GRPCClient

    /// Longer than any healthy answer takes: whoever waits this long counts as hung.
    static let patience = Duration.seconds(30)

    /// - Parameter name: a bank's BIC or `operator`; nil shows no certificate.
    static func connect(_ endpoint: Endpoint, as name: String?) async throws -> BankClient {
        let file = name.map { $0.hasSuffix("operator") ? $0 : "bank-\($0)" }
        let directory = endpoint.certificates
        let tls = try ClientTLS(
            rootsPath: "\(directory)/ca.pem", chainPath: file.map { "\(directory)/\($0).pem" },
            keyPath: file.map { "\(directory)/\($0)-key.pem" })
        let client = try await Client.connect(
            host: "127.0.0.1", port: endpoint.port, tls: tls,
            group: MultiThreadedEventLoopGroup.singleton)
        // As large as the answer to the largest upload.
        let calls = GRPCClient(client, maxMessageBytes: 33 << 20)
        return BankClient(client: client, calls: calls)
    }

    func close() async { await client.close() }

    // MARK: gRPC

    /// One unary call.
    ///
    /// - Throws: `GRPCStatus`.
    func call<Output: Message>(
        _ method: String, _ input: some Message, timeout: Duration = patience
    ) async throws -> Output {
        let bytes: [UInt8] = try input.serializedBytes()
        return try Output(serializedBytes: try await raw(method, bytes, timeout: timeout))
    }

    /// One unary call with any bytes as its message.
    func raw(
        _ method: String, _ bytes: [UInt8], timeout: Duration = patience
    ) async throws -> [UInt8] {
        let path = method.hasPrefix("/") ? method : "/langqiao.v1.\(method)"
        let answer = try await calls.unary(path, ByteBuffer(bytes: bytes), timeout: timeout)
        return Array(answer.message.readableBytesView)
    }

    /// A streaming call.
    func open(_ method: String) async throws -> GRPCClientCall {
        try await calls.open("/langqiao.v1.\(method)")
    }

    // MARK: JSON

    /// One request; `target` is a path with its query.
    func send(
        _ verb: String, _ target: String, _ body: String = "", headers: Headers = [:],
        timeout: Duration = patience
    ) async throws -> Reply {
        try await send(verb, target, Array(body.utf8), headers: headers, timeout: timeout)
    }

    /// One request with any bytes as its body.
    func send(
        _ verb: String, _ target: String, _ body: [UInt8], headers: Headers = [:],
        timeout: Duration = patience
    ) async throws -> Reply {
        let parts = target.split(separator: "?", maxSplits: 1)
        var headers = headers
        if !body.isEmpty, headers["content-type"] == nil {
            headers.add("content-type", "application/json")
        }
        let head = RequestHead(
            method: verb, path: String(parts[0]), query: parts.count > 1 ? String(parts[1]) : nil,
            headers: headers)
        let response = try await client.request(
            head, body: ByteBuffer(bytes: body), timeout: timeout)
        return Reply(
            status: response.head.status, headers: response.head.headers,
            trailers: response.trailers, body: Array(response.body.readableBytesView))
    }

    /// The body of a response that goes on, which has begun.
    ///
    /// - Throws: `HTTP2Error`.
    func begin(_ target: String) async throws -> ClientStream {
        let stream = try await client.open(RequestHead(method: "GET", path: target))
        stream.finishWriting()
        _ = try await stream.responseHead()
        return stream
    }

    /// One request that must succeed, its answer as a message.
    ///
    /// - Throws: ``Refused`` for any status but 200.
    func get<Output: Message>(
        _ verb: String, _ target: String, _ body: String = ""
    ) async throws -> Output {
        let reply = try await send(verb, target, body)
        guard reply.status == 200 else { throw Refused(reply) }
        return try Output(jsonUTF8Bytes: reply.body)
    }
}

/// An answer over JSON.
struct Reply: Sendable {
    var status: Int
    var headers: Headers
    var trailers: Headers
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as problem details, when it is.
    var problem: Problem? { try? JSONDecoder().decode(Problem.self, from: Data(body)) }
}

/// What RFC 9457 and the API promise of every refusal.
struct Problem: Decodable, Equatable {
    var type: String
    var title: String
    var status: Int
    var detail: String?
    var code: String
    var number: Int
    var isoReason: String
}

/// A refusal over JSON.
struct Refused: Error, CustomStringConvertible {
    let status: Int
    let code: String
    let description: String

    init(_ reply: Reply) {
        status = reply.status
        code = reply.problem?.code ?? "none"
        description = "\(reply.status) \(reply.text)"
    }
}

extension GRPCStatus {
    /// The result in the `google.rpc.Status` of the trailers.
    var result: ProtoResult? {
        guard let details, let status = try? RPCStatus(serializedBytes: details) else { return nil }
        return status.details.first.flatMap { try? ProtoResult(unpackingAny: $0) }
    }
}
