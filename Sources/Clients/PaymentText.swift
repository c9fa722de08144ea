internal import Foundation
package import Gateway
internal import SwiftProtobuf

extension ProtoMoney {
    /// `1250.00 THB`.
    package var text: String { "\(amount) \(currency)" }
}

extension ProtoPayment {
    /// The payment for people, a field a line, its fills below.
    package var text: String {
        var lines = [
            "payment   \(uetr)", "status    \(status) (\(endReason))", "from      \(payer)",
            "to        \(creditorParticipant)",
        ]
        if hasPaid { lines.append("paid      \(paid.text)") }
        lines.append("received  \(received.text)")
        if hasFee { lines.append("fee       \(fee.text)") }
        if hasHeld { lines.append("held      \(held.text)") }
        if !limitRate.isEmpty { lines.append("limit     \(limitRate)") }
        if hasAcceptedAt { lines.append("accepted  \(acceptedAt.date.formatted(.iso8601))") }
        if repetition {
            lines.append("          was on record already; `langqiao status` shows all of it")
        }
        for fill in fills {
            lines.append(
                "fill \(fill.fillID): paid \(fill.paid.text), received \(fill.received.text) "
                    + "at \(fill.rate)")
        }
        if !nextFillsPageToken.isEmpty { lines.append("more fills: see `langqiao status`") }
        return lines.joined(separator: "\n")
    }
}
