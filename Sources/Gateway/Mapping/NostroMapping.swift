internal import Domain
internal import Store
internal import SwiftProtobuf

extension ProtoReversalReason {
    init(_ reason: ReversalReason) {
        switch reason {
        case .none: self = .unspecified
        case .askedByBank: self = .askedByBank
        case .refusedByAgent: self = .refusedByAgent
        case .returnedByAgent: self = .returnedByAgent
        case .refusedByOperator: self = .refusedByOperator
        }
    }
}

extension ProtoNostro {
    init(_ record: DeclaredRecord<NostroRow>) {
        self.init(saying: record.row)
        nostro = record.row.id
        account = record.row.account.description
        name = OperatorRecord(json: record.details)?.name ?? ""
    }
}

extension ProtoWithdrawal {
    init(_ record: DeclaredRecord<WithdrawalRow>, of participant: BIC, _ currency: Currency) {
        self.init()
        let row = record.row
        reference = row.reference.description
        self.participant = participant.description
        amount = ProtoMoney(row.amount, currency)
        nostro = row.nostro
        state = row.state.word
        reason = ProtoReversalReason(row.reason)
        requestedAt = Google_Protobuf_Timestamp(row.requestedAt)
        updatedAt = Google_Protobuf_Timestamp(row.updatedAt)
        note = OperatorRecord(json: record.details)?.note ?? ""
    }
}
