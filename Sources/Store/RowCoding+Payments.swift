internal import Domain

extension PaymentRow {
    /// Writes every column but details.
    func write(to row: inout CopyWriter) {
        row.beginRow()
        row.int8(id)
        row.uuid(uetr.bits)
        row.code(Codes.status, status)
        row.code(Codes.endReason, endReason)
        row.int2(Int16(bitPattern: code.rawValue))
        row.int4(payer)
        row.int4(creditor)
        row.code(Codes.side, side)
        row.code(Codes.currency, foreign)
        row.code(Codes.fixedAmount, fixed)
        row.code(Codes.timeInForce, timeInForce)
        row.code(Codes.fillPolicy, fillPolicy)
        row.int8(amount)
        row.int8(remaining)
        row.int8(held)
        row.int8(paid)
        row.int8(received)
        row.int8(fee)
        row.int8(statedLimit.scaled)
        row.int8(limit.scaled)
        row.int8(minimumFill)
        row.int8(Int64(feePartsPerMillion))
        row.time(acceptedAt)
        row.time(updatedAt)
        writeExpiry(to: &row)
        row.int8(acceptedAt)
        row.int8(updatedAt)
        row.int8(expiresAt)
        row.hash(contentHash)
    }

    private func writeExpiry(to row: inout CopyWriter) {
        switch expiresAt {
        case 0: row.null()
        case .never: row.int8(PostgresTime.infinity)
        default: row.time(expiresAt)
        }
    }

    /// Reads every column but details; the attachment is empty and the row is not new.
    init(from row: inout some FieldSource) throws(StoreError) {
        let id = row.int8AsUnsigned()
        let uetr = UETR(bits: row.integer())
        let status = row.code(Codes.status)
        let endReason = row.code(Codes.endReason)
        let code = ResultCode(rawValue: UInt16(bitPattern: row.integer(Int16.self)))
        let payer = row.int4AsUnsigned()
        let creditor = row.int4AsUnsigned()
        let side = row.code(Codes.side)
        let foreign = row.code(Codes.currency)
        let order = PaymentOrder(
            uetr: uetr, submitter: .none, payer: .none, creditor: .none, foreign: foreign,
            side: side, fixed: row.code(Codes.fixedAmount), amount: 0,
            timeInForce: row.code(Codes.timeInForce), fillPolicy: row.code(Codes.fillPolicy))
        self.init(id: id, order: order, payer: payer, creditor: creditor, acceptedAt: 0)
        self.status = status
        self.endReason = endReason
        readAmounts(from: &row)
        readTimes(from: &row)
        contentHash = row.integer()
        isNew = false
        guard let code else {
            throw StoreError(.rowUnreadable, "Payment \(id) has an unknown result code.")
        }
        self.code = code
        try row.check("payments")
    }

    private mutating func readAmounts(from row: inout some FieldSource) {
        amount = row.integer()
        remaining = row.integer()
        held = row.integer()
        paid = row.integer()
        received = row.integer()
        fee = row.integer()
        statedLimit = Rate(scaled: row.integer())
        limit = Rate(scaled: row.integer())
        minimumFill = row.integer()
        feePartsPerMillion = row.narrowed(Int64.self, to: UInt32.self)
    }

    private mutating func readTimes(from row: inout some FieldSource) {
        row.skip()
        row.skip()
        row.skip()
        acceptedAt = row.integer()
        updatedAt = row.integer()
        expiresAt = row.integer()
    }
}
