package import Domain
internal import Foundation
package import HTTP2
internal import SwiftProtobuf

/// Why a call had no success: a result code and what is special about this call.
package struct GatewayError: Error, Sendable, CustomStringConvertible {
    package var code: ResultCode
    /// More about this very call, for example the field that is wrong; may be empty.
    package var detail: String

    package init(_ code: ResultCode, _ detail: String = "") {
        self.code = code
        // It goes into headers, which are bounded; what a caller sent may be long. A character can
        // have any number of scalars, so those are counted.
        self.detail = String(detail.unicodeScalars.prefix(512))
    }

    /// A gRPC message that was larger than its method takes; nil for another status.
    init?(tooLarge status: GRPCStatus) {
        guard status.code == .resourceExhausted, status.transport == nil else { return nil }
        self.init(.requestTooLarge, status.message)
    }

    init(failure: SubmissionFailure) {
        switch failure {
        case .overloaded: self.init(ResultCode.overloaded)
        case .unavailable: self.init(ResultCode.unavailable)
        case .outcomeUnknown: self.init(ResultCode.outcomeUnknown)
        case .leaderless: self = GatewayError.leaderless
        case .noSpace:
            self.init(
                .unavailable,
                "the disk of the database is nearly full: nothing is written before there is room, "
                    + "reads go on")
        case .notAlone: self.init(.internalError, "a change of names shares its submission")
        }
    }

    /// Nothing is recorded, and nothing said.
    static let leaderless = GatewayError(
        .unavailable,
        "no leader is known at present; another node may be asked, or this one in a second")

    /// What a node that stands still has nothing to say about.
    init(_ standstill: Standstill) {
        switch standstill {
        case .leaderless: self = GatewayError.leaderless
        case .noSpace:
            self.init(
                .unavailable,
                "the disk of this node's database is nearly full, so it takes nothing new before "
                    + "there is room; another node may be asked")
        }
    }

    package var description: String { detail.isEmpty ? sentence : "\(sentence) (\(detail))" }

    private var sentence: String { code.sentence }
}

extension ResultCode {
    /// Whether the outcome of the command is open: it may be carried out later, or have been, so
    /// the same command is to be sent again under the same identifier.
    package var leavesOpen: Bool {
        switch self {
        case .overloaded, .unavailable, .outcomeUnknown, .deadlineExceeded, .internalError,
            .recordOutdated:
            true
        default: false
        }
    }
}

extension ProtoResult {
    init(_ code: ResultCode, detail: String = "") {
        self.init()
        self.code = code.name
        number = Int32(code.rawValue)
        sentence = code.sentence
        isoReason = code.isoReason
        self.detail = detail
    }
}

extension GatewayError {
    /// The error as trailers of a gRPC call, with a `google.rpc.Status` that carries the result.
    package var grpcStatus: GRPCStatus {
        let code = GRPCStatusCode(rawValue: Int(code.description.grpcStatus)) ?? .unknown
        let message = "\(self.code.name): \(description)"
        var status = RPCStatus()
        status.code = Int32(code.rawValue)
        status.message = message
        let result = ProtoResult(self.code, detail: detail)
        if let any = try? Google_Protobuf_Any(message: result) { status.details = [any] }
        let details: [UInt8]? = try? status.serializedBytes()
        return GRPCStatus(code, message, details: details)
    }

    /// The error as `application/problem+json` (RFC 9457).
    package func problem(instance: String) -> Problem {
        Problem(
            type: "urn:langqiao:result:\(code.name)", title: code.sentence,
            status: code.description.httpStatus, detail: detail.isEmpty ? nil : detail,
            instance: instance, code: code.name, number: code.rawValue,
            isoReason: code.isoReason)
    }

    /// Seconds after which a retry makes sense, for refusals that pass.
    var retryAfterSeconds: Int? {
        switch code.description.httpStatus {
        case 429, 503: 1
        default: nil
        }
    }
}

extension GatewayError {
    /// JSON that is no message of this type, with the parser's reason where it gives one.
    static func unreadable<Expected: Message>(
        _ expected: Expected.Type, _ error: any Error
    ) -> GatewayError {
        let reason = "\(error)"
        return GatewayError(
            .malformedRequest,
            reason == "failure"
                ? "not a JSON object of the form of \(expected.protoMessageName)"
                : "not of the form of \(expected.protoMessageName): \(reason)")
    }
}

/// Problem details for HTTP (RFC 9457), with the result as extension members.
package struct Problem: Codable, Equatable, Sendable {
    var type: String
    package var title: String
    package var status: Int
    package var detail: String?
    var instance: String
    package var code: String
    var number: UInt16
    var isoReason: String

    /// UTF-8 JSON, keys in alphabetical order.
    var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map(Array.init) ?? []
    }
}
