internal import Chance
internal import Gateway
internal import HTTP2
internal import NIOCore
internal import Scenarios
internal import SwiftProtobuf
internal import Testing

/// Calls that go wrong by their caller's doing: by deadlines, framing and headers.
struct BadCalls {
    let bank: BankClient
    private let type: Headers = ["content-type": "application/grpc"]

    init(_ bank: BankClient) {
        self.bank = bank
    }

    private func status(_ path: String, _ bytes: [UInt8], _ headers: Headers) async throws -> (
        http: Int, grpc: GRPCStatus?
    ) {
        let reply = try await bank.send("POST", path, bytes, headers: headers)
        return (
            reply.status,
            GRPCStatus(trailers: reply.trailers) ?? GRPCStatus(trailers: reply.headers)
        )
    }

    /// Whenever the deadline passes, the call has its answer or DEADLINE_EXCEEDED.
    func deadlines() async throws {
        let order: [UInt8] = try Market.order(from: Market.chinese[0], to: Market.thai[0])
            .serializedBytes()
        let calls: [(String, [UInt8])] = [
            ("/grpc.health.v1.Health/Check", []),
            ("/langqiao.v1.LedgerService/ListAccounts", []),
            ("/langqiao.v1.PaymentService/ListPayments", []),
            ("/langqiao.v1.PaymentService/SubmitPayment", order),
            ("/langqiao.v1.PaymentService/StreamPayments", order),
        ]
        let seed = FreshSeed.draw()
        var random = SplitMix64(seed: seed)
        var codes: [GRPCStatusCode: Int] = [:]
        for index in 0..<700 {
            let (path, message) = calls[index % calls.count]
            var headers = type
            headers.add("grpc-timeout", "\(1 + random.below([50, 300, 5_000][index % 3]))u")
            let framed = Array(GRPC.frame(ByteBuffer(bytes: message)).readableBytesView)
            let (http, grpc) = try await status(path, framed, headers)
            #expect(http == 200)
            codes[try #require(grpc).code, default: 0] += 1
        }
        let isExpected = Set(codes.keys).isSubset(of: [.ok, .deadlineExceeded])
        #expect(isExpected, "seed \(seed): \(codes)")
        #expect(codes[.deadlineExceeded] ?? 0 > 0)
        print("bad input: \(codes.values.reduce(0, +)) calls with short deadlines")
    }

    /// Broken framing and headers are the caller's fault by status.
    func framing() async throws {
        let path = "/langqiao.v1.PaymentService/SubmitPayment"
        for bytes: [UInt8] in [
            [], [2, 0, 0, 0, 0], [0, 0, 0], [0, 0, 0, 0, 9, 1], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        ] {
            #expect(try await status(path, bytes, type).grpc?.code == .invalidArgument, "\(bytes)")
        }
        var late = type
        late.add("grpc-timeout", "soon")
        #expect(try await status(path, [0, 0, 0, 0, 0], late).grpc?.code == .invalidArgument)
        let compressed = try await bank.send("POST", path, [1, 0, 0, 0, 0], headers: type)
        #expect(GRPCStatus(trailers: compressed.headers)?.code == .unimplemented)
        #expect(compressed.headers["grpc-accept-encoding"] == "identity")
    }

    /// Kinds of gRPC and codings of content that are not spoken here.
    func media() async throws {
        let path = "/v1/payments:batch"
        for (type, coding, detail) in [
            ("application/grpc-web+proto", nil, "content-type \"application/grpc-web+proto\""),
            ("application/grpc+json", nil, "content-type \"application/grpc+json\""),
            ("text/plain", nil, "content-type \"text/plain\""),
            ("application/json", "gzip", "content-encoding \"gzip\""),
            ("application/json", "identity, br", "content-encoding \"br\""),
        ] {
            var headers: Headers = ["content-type": type]
            if let coding { headers.add("content-encoding", coding) }
            let reply = try await bank.send("POST", path, "{}", headers: headers)
            #expect(reply.status == 415 && reply.problem?.code == "MEDIA_TYPE_UNSUPPORTED")
            let said = reply.problem?.detail ?? ""
            #expect(said.hasPrefix("\(detail) is not taken; "), "\(said)")
            #expect(said.contains(coding == nil ? "application/json" : "(identity)"))
        }
        let plain = try await bank.send(
            "POST", path, "{}", headers: ["content-encoding": "Identity"])
        #expect(plain.status == 200)
    }

    /// None of it is counted as a fault of the gateway's.
    static func expectBlameless(_ operators: BankClient) async throws {
        let text = try await operators.send("GET", "/metrics").text
        #expect(text.contains("SubmitPayment\",code=\"MALFORMED_REQUEST\""))
        #expect(text.contains("code=\"DEADLINE_EXCEEDED\""))
        #expect(!text.contains("code=\"INTERNAL_ERROR\""), "\(text)")
    }
}
