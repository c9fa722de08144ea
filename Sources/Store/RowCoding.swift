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

extension CopyWriter {
    /// A row of `fill_rows`: fills with consecutive numbers, at least one.
    mutating func fills(_ fills: [FillRow]) {
        beginRow()
        int8(fills[0].id)
        int8(fills[fills.count - 1].id)
        fills.withUnsafeBufferPointer { fills in
            list(of: fills) { $0.timestamp }
            list(of: fills) { Int64(bitPattern: $0.renminbiPayment) }
            list(of: fills) { Int64(bitPattern: $0.foreignPayment) }
            list(of: fills) { $0.renminbiAmount }
            list(of: fills) { $0.foreignAmount }
            list(of: fills) { $0.rate.scaled }
            list(of: fills) { $0.renminbiFee }
            list(of: fills) { $0.foreignFee }
            list(of: fills) { Int32(bitPattern: $0.renminbiDebit) }
            list(of: fills) { Int32(bitPattern: $0.renminbiCredit) }
            list(of: fills) { Int32(bitPattern: $0.foreignDebit) }
            list(of: fills) { Int32(bitPattern: $0.foreignCredit) }
            list(of: fills) { Int16($0.foreign.rawValue) | Int16($0.restingSide.rawValue) << 8 }
        }
    }
}

extension FillRow {
    /// Fills in one row of `fill_rows`: it fills a page of 8 KiB.
    static let mostInRow = 92

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
