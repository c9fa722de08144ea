internal import Domain
internal import Store
internal import SwiftProtobuf

extension ProtoAgentStatement {
    init(_ record: DeclaredRecord<AgentStatementRow>) {
        let row = record.row
        var writer = MessageWriter.message(Self.self, of: row)
        let texts = RecordedTexts(json: record.details)
        for (field, _) in BeginAgentStatement.recordedTexts { texts.say(field, in: &writer) }
        self.init()
        take(writer)
        statement = row.id
        nostro = row.nostro
        begunAt = Google_Protobuf_Timestamp(row.begunAt)
        if row.takenAt > 0 { takenAt = Google_Protobuf_Timestamp(row.takenAt) }
    }
}

extension ProtoAgentStatementLine {
    init(_ record: DeclaredRecord<AgentStatementLineRow>, _ currency: Currency) {
        let row = record.row
        var writer = MessageWriter(Self.self)
        let texts = RecordedTexts(json: record.details)
        for (field, _) in AddAgentStatementLine.recordedTexts { texts.say(field, in: &writer) }
        self.init()
        take(writer)
        statement = row.statement
        position = row.position
        amount = currency.decimal(Int128(row.amount))
        self.currency = currency.code
        bookingDate = row.bookingDate.text ?? ""
        valueDate = row.valueDate.text ?? ""
        reversal = row.reversal
        uetr = row.uetr.bits == 0 ? "" : row.uetr.description
        state = row.state.word
    }
}
