internal import Gateway
internal import HTTP2
internal import SwiftProtobuf

/// Why a call had no success, told to whoever made it.
package struct CallFailure: Error {
    package let message: String
    /// The result code; the status's own name, or `UNREACHABLE`, when there is none.
    package let code: String
    /// Nobody answered, or it was only said that nobody can; else the gateway refused.
    package let isUnanswered: Bool

    /// Nil for errors that are neither the gateway's refusals nor the connection's.
    package init?(_ error: any Error, from address: GatewayAddress) {
        switch error {
        case let status as GRPCStatus:
            message = status.message
            code = status.resultName
            isUnanswered = status.code == .unavailable
        case let refusal as APIRefusal:
            message = refusal.description
            code = refusal.code
            isUnanswered = refusal.isUnanswered
        case let error as HTTP2Error:
            message = "no answer from \(address.host):\(address.port): \(error)"
            code = "UNREACHABLE"
            isUnanswered = true
        default: return nil
        }
    }
}

extension GRPCStatus {
    /// The result code in the details; the status's own name when there are none.
    fileprivate var resultName: String {
        guard let details, let rich = try? RPCStatus(serializedBytes: details),
            let any = rich.details.first, let result = try? ProtoResult(unpackingAny: any)
        else { return "\(code)" }
        return result.code
    }
}
