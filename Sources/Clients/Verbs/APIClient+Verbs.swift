internal import Domain
internal import Foundation
internal import Gateway
internal import HTTP2
package import NIOCore

/// The gateway's refusal of a request in JSON.
package struct APIRefusal: Error, CustomStringConvertible {
    /// The result code's name.
    package let code: String
    package let description: String
    /// It was only said that nobody can answer now.
    package let isUnanswered: Bool

    init(status: Int, body: [UInt8]) {
        guard let problem = try? JSONDecoder().decode(Problem.self, from: Data(body)) else {
            code = "HTTP_\(status)"
            description = "the gateway answers with status \(status)"
            isUnanswered = status == 503
            return
        }
        code = problem.code
        let detail = problem.detail.map { " (\($0))" } ?? ""
        description = "\(problem.code): \(problem.title)\(detail)"
        // The status that gRPC has for it tells a gateway that cannot answer from one that is full.
        let known = ResultCode.allCases.first { $0.name == problem.code }
        isUnanswered = known?.description.grpcStatus == 14
    }
}

extension APIClient {
    /// Bytes of an answer that is read at once: a page of a list.
    private static let largestAnswer = 32 << 20

    /// One request with its whole answer, within half a minute.
    ///
    /// - Returns: the status, 200 or 202, and JSON.
    /// - Throws: ``APIRefusal``, `HTTP2Error` without an answer.
    package func answer(to request: VerbRequest) async throws -> (status: Int, body: [UInt8]) {
        let (head, body) = request.message(accepting: "application/json")
        let answer = try await connection.request(head, body: body, timeout: .seconds(30))
        let bytes = Array(answer.body.readableBytesView)
        guard (200...299).contains(answer.head.status) else {
            throw APIRefusal(status: answer.head.status, body: bytes)
        }
        return (answer.head.status, bytes)
    }

    /// A list as CSV, in pieces as they come, however long it is.
    ///
    /// - Throws: as ``answer(to:)``, and what `write` throws.
    package func csv(
        of request: VerbRequest, _ write: (ByteBuffer) throws -> Void
    ) async throws {
        let (head, _) = request.message(accepting: "text/csv")
        let stream = try await connection.open(head)
        stream.finishWriting()
        let status = try await stream.responseHead().status
        guard status == 200 else {
            let body = try await stream.body.collect(upTo: Self.largestAnswer)
            throw APIRefusal(status: status, body: Array(body.readableBytesView))
        }
        for try await piece in stream.body { try write(piece) }
    }
}
