internal import Domain
internal import SwiftProtobuf

// Lines of a replay about settled payments. The record that came with a command stands on its line:
// the engine forgot the payment, and a replay has no tables. Without one the engine has to know it.

extension ReplayMapping {
    /// The command on a line that is about a settled payment, and the payment's UETR.
    static func followUp(
        _ proto: ProtoReplayCommand, _ sender: ReplaySender
    ) throws(GatewayError) -> (EncodedCommand, String) {
        switch proto.command {
        case .confirmCredit(let request):
            let about = try about(proto, request.uetr, request.payer)
            return (EncodedCommand(.declared(try ConfirmCredit(request, about))), request.uetr)
        case .returnPayment(let request):
            let about = try about(proto, request.uetr, request.payer)
            let wish = try returned(request, about, sender.hashing)
            let details = try FollowUpDetails(id: request.returnID, note: request.note).bounded()
            return (EncodedCommand(.declared(wish), attachment: details), request.uetr)
        case .requestCancellation(let request):
            let about = try about(proto, request.uetr, request.payer)
            let wish = try RequestCancellation(request, about)
            let details = try FollowUpDetails(id: request.requestID, note: request.note).bounded()
            return (EncodedCommand(.declared(wish), attachment: details), request.uetr)
        case .answerCancellation(let request):
            let about = try about(proto, request.uetr, request.payer)
            return (
                EncodedCommand(.declared(try AnswerCancellation(request, about))), request.uetr
            )
        default: throw GatewayError(.internalError)
        }
    }

    private static func returned(
        _ request: ProtoReturnPaymentRequest, _ about: RecordedFollowUp, _ hashing: ContentHashing
    ) throws(GatewayError) -> any DeclaredCommand {
        try request.checkTerms()
        return request.isByOrder
            ? try ReturnByOrder(request, about, hashing)
            : try ReturnPayment(request, about, hashing)
    }

    private static func about(
        _ proto: ProtoReplayCommand, _ uetr: String, _ payer: String
    ) throws(GatewayError) -> RecordedFollowUp {
        let uetr = try Field.uetr(uetr, "uetr")
        let submitter = try Field.bic(proto.submitter, "submitter")
        let payer = payer.isEmpty ? submitter : try Field.bic(payer, "payer")
        guard proto.hasRecord else {
            return RecordedFollowUp(submitter: submitter, payer: payer, uetr: uetr)
        }
        guard let row = FollowUpRow(fieldTexts: proto.record.columns), row.uetr == uetr else {
            throw Field.malformed("record.columns", "must be columns of this payment's follow-up")
        }
        return RecordedFollowUp(
            submitter: submitter, payer: payer, row: row, asOf: proto.record.asOf)
    }
}

extension ProtoReplayCommand {
    /// Says a command about a settled payment, with the record that came with it.
    ///
    /// - Returns: false when it is none.
    mutating func say(_ command: any DeclaredCommand, _ attachment: ArraySlice<UInt8>) -> Bool {
        guard let about = (command as? any FollowUpCommand)?.about else { return false }
        let details = FollowUpDetails(json: String(decoding: attachment, as: UTF8.self))
        switch command {
        case let it as ConfirmCredit: confirmCredit = it.request
        case let it as ReturnPayment: returnPayment = it.request(details)
        case let it as ReturnByOrder: returnPayment = it.request(details)
        case let it as RequestCancellation: requestCancellation = it.request(details)
        case let it as AnswerCancellation: answerCancellation = it.request
        default: return false
        }
        submitter = about.submitter.description
        if about.asOf > 0 {
            record.asOf = about.asOf
            record.columns = about.row.fieldTexts
        }
        return true
    }
}
