internal import Domain

extension PaymentRow {
    /// Writes every column but details.
    ///
    /// - Parameter firstFill: 0 when it is not known here.
    func write(to row: inout CopyWriter, firstFill: FillID) {
        row.beginRow()
        row.int8(id)
        row.uuid(uetr.bits)
        row.uuid(contentHash)
        row.int8(acceptedAt)
        row.int8(amount)
        row.int8(codes)
        row.int4(payer)
        row.int4(creditor)
        row.int4(feePartsPerMillion)
        row.int8(paid, nullFor: 0)
        row.int8(received, nullFor: 0)
        row.int8(fee, nullFor: 0)
        row.int8(statedLimit.scaled, nullFor: 0)
        writeRest(to: &row, firstFill)
    }

    /// Writes the columns of an update.
    func writeChange(to row: inout CopyWriter, firstFill: FillID) {
        row.beginRow()
        row.int8(id)
        row.int8(amount)
        row.int8(codes)
        row.int8(paid, nullFor: 0)
        row.int8(received, nullFor: 0)
        row.int8(fee, nullFor: 0)
        writeRest(to: &row, firstFill)
    }

    private func writeRest(to row: inout CopyWriter, _ firstFill: FillID) {
        row.int8(limit.scaled, nullFor: statedLimit.scaled)
        row.int8(updatedAt, nullFor: acceptedAt)
        row.int8(expiresAt, nullFor: 0)
        row.int8(remaining, nullFor: 0)
        row.int8(held, nullFor: 0)
        row.int8(minimumFill, nullFor: 0)
        row.int8(Int64(bitPattern: firstFill), nullFor: 0)
    }

    /// All that has a name, in one number; the column's comment and the view know the bits.
    private var codes: UInt64 {
        UInt64(status.rawValue) | UInt64(endReason.rawValue) << 8 | UInt64(foreign.rawValue) << 16
            | UInt64(timeInForce.rawValue) << 24 | UInt64(fillPolicy.rawValue) << 28
            | UInt64(side.rawValue) << 30 | UInt64(fixed.rawValue) << 31
            | UInt64(code.rawValue) << 32
    }

    /// Reads every column but details; the attachment is empty and the row is not new.
    init(from row: inout some FieldSource) throws(StoreError) {
        let id = row.int8AsUnsigned()
        let uetr = UETR(bits: row.integer())
        let contentHash = row.integer(UInt128.self)
        let acceptedAt = row.integer(Int64.self)
        let amount = row.integer(Int64.self)
        let codes = row.int8AsUnsigned()
        let payer = row.int4AsUnsigned()
        let creditor = row.int4AsUnsigned()
        let order = PaymentOrder(
            uetr: uetr, contentHash: contentHash, submitter: .none, payer: .none, creditor: .none,
            foreign: row.coded(codes >> 16 & 0xFF, .cny),
            side: row.coded(codes >> 30 & 1, .payRenminbi),
            fixed: row.coded(codes >> 31 & 1, .pay), amount: amount,
            timeInForce: row.coded(codes >> 24 & 0xF, .immediateOrCancel),
            fillPolicy: row.coded(codes >> 28 & 3, .any))
        self.init(id: id, order: order, payer: payer, creditor: creditor, acceptedAt: acceptedAt)
        status = row.coded(codes & 0xFF, .received)
        endReason = row.coded(codes >> 8 & 0xFF, .none)
        feePartsPerMillion = row.int4AsUnsigned()
        readChanges(from: &row)
        isNew = false
        guard let code = UInt16(exactly: codes >> 32).flatMap(ResultCode.init(rawValue:)) else {
            throw StoreError(.rowUnreadable, "Payment \(id) has an unknown result code.")
        }
        self.code = code
        try row.check("payments")
    }

    private mutating func readChanges(from row: inout some FieldSource) {
        paid = row.integer(orNull: 0)
        received = row.integer(orNull: 0)
        fee = row.integer(orNull: 0)
        statedLimit = Rate(scaled: row.integer(orNull: 0))
        limit = Rate(scaled: row.integer(orNull: statedLimit.scaled))
        updatedAt = row.integer(orNull: acceptedAt)
        expiresAt = row.integer(orNull: 0)
        remaining = row.integer(orNull: 0)
        held = row.integer(orNull: 0)
        minimumFill = row.integer(orNull: 0)
        row.skip()
    }
}
