internal import NIOCore

/// An answer that the server makes up by itself, in the words of HTTP and in those of gRPC.
struct Refusal: Equatable {
    /// The HTTP status for a request that is no gRPC call.
    var status: Int
    var grpc: GRPCStatus

    static let headerListTooLarge = Refusal(
        status: 431, grpc: GRPCStatus(.resourceExhausted, "the header list is too large"))
    static let expectationFailed = Refusal(
        status: 417, grpc: GRPCStatus(.invalidArgument, "expect can only be 100-continue"))
    /// The handler returned without an answer: our bug.
    static let abandoned = Refusal(status: 500, grpc: GRPCStatus(.internal, "no answer was made"))

    /// A body of which nothing more came for so long.
    static func bodyOverdue(_ silence: TimeAmount) -> Refusal {
        let seconds = silence.nanoseconds / 1_000_000_000
        return Refusal(
            status: 408,
            grpc: GRPCStatus(
                .deadlineExceeded, "the rest of the request did not arrive within \(seconds) s"))
    }

    func head(isGRPC: Bool) -> ResponseHead {
        guard isGRPC else { return ResponseHead(status: status) }
        return ResponseHead(status: 200, headers: grpc.trailersOnly())
    }
}

extension GRPCStatus {
    /// The only header block of a call that ends without messages.
    func trailersOnly(_ metadata: Headers = Headers()) -> Headers {
        var head: Headers = ["content-type": GRPC.contentType]
        for field in trailers(metadata) { head.add(field.name, field.value) }
        return head
    }
}

/// What a request asks of the server before it sends its body (RFC 9110 §10.1.1).
enum Expectation: Equatable {
    case nothing
    /// The body comes once the server has answered 100.
    case `continue`
    case unknown

    init(_ headers: Headers) {
        var found = Expectation.nothing
        for field in headers where field.name == "expect" {
            for member in field.value.split(separator: ",") {
                let name = member.trimmingPrefix { $0 == " " || $0 == "\t" }
                let end = name.firstIndex { $0 == " " || $0 == "\t" } ?? name.endIndex
                guard !name.isEmpty else { continue }
                let isKnown =
                    name[..<end].lowercased() == "100-continue"
                    && name[end...].allSatisfy { $0 == " " || $0 == "\t" }
                guard isKnown else {
                    self = .unknown
                    return
                }
                found = .continue
            }
        }
        self = found
    }
}
