internal import Domain

// How Domain's rows stand in the tables: for each row the fields in the order of ``LedgerTable``,
// once as they are written and once as they are read. Details follow the fields where a table has
// them; they are written by the caller because they come from the batch.

extension LedgerPosition {
    var parameters: [Parameter] {
        [
            .int8(logIndex), .time(timestamp), .int8(timestamp), .bytea(bigEndianBytes(stateHash)),
            .bytea(bigEndianBytes(fillsHash)), .bytea(bigEndianBytes(finalsHash)),
            .int8(fillCount), .int8(paymentCount),
        ]
    }

    init(from row: inout some FieldSource) throws(StoreError) {
        self.init()
        logIndex = row.int8AsUnsigned()
        row.skip()
        timestamp = row.integer()
        stateHash = row.integer()
        fillsHash = row.integer()
        finalsHash = row.integer()
        fillCount = row.int8AsUnsigned()
        paymentCount = row.int8AsUnsigned()
        try row.check("applied")
    }
}

private func bigEndianBytes(_ value: UInt64) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
}

extension AccountRow {
    func write(to row: inout CopyWriter) {
        row.beginRow()
        row.int4(id)
        row.code(Codes.accountKind, kind)
        row.int4(participant)
        row.code(Codes.currency, currency)
        row.int8(balance)
        row.int8(held)
        row.int8(creditLimit)
    }

    init(from row: inout some FieldSource) throws(StoreError) {
        let id = row.int4AsUnsigned()
        let kind = row.code(Codes.accountKind)
        let participant = row.int4AsUnsigned()
        let currency = row.code(Codes.currency)
        self.init(id: id, kind: kind, participant: participant, currency: currency)
        balance = row.integer()
        held = row.integer()
        creditLimit = row.integer()
        try row.check("accounts")
    }
}

extension FillRow {
    func write(to row: inout CopyWriter) {
        row.beginRow()
        row.int8(id)
        row.int8(timestamp)
        row.int8(renminbiPayment)
        row.int8(foreignPayment)
        row.int8(renminbiAmount)
        row.int8(foreignAmount)
        row.int8(rate.scaled)
        row.int8(renminbiFee)
        row.int8(foreignFee)
        row.int4(renminbiDebit)
        row.int4(renminbiCredit)
        row.int4(foreignDebit)
        row.int4(foreignCredit)
        row.int2(Int16(foreign.rawValue) | Int16(restingSide.rawValue) << 8)
    }

    init(from row: inout some FieldSource) throws(StoreError) {
        self.init(
            id: row.int8AsUnsigned(), timestamp: row.integer(), foreign: .cny,
            restingSide: .payRenminbi, renminbiPayment: row.int8AsUnsigned(),
            foreignPayment: row.int8AsUnsigned(), renminbiAmount: row.integer(),
            foreignAmount: row.integer(), rate: Rate(scaled: row.integer()),
            renminbiFee: row.integer(), foreignFee: row.integer(),
            renminbiDebit: row.int4AsUnsigned(), renminbiCredit: row.int4AsUnsigned(),
            foreignDebit: row.int4AsUnsigned(), foreignCredit: row.int4AsUnsigned())
        let codes = row.integer(Int16.self)
        foreign = row.coded(codes & 0xFF, .cny)
        restingSide = row.coded(codes >> 8, .payRenminbi)
        try row.check("fills")
    }
}
