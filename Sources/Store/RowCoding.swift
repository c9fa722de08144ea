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

extension ParticipantRow {
    func write(to row: inout CopyWriter) {
        row.beginRow()
        row.int4(id)
        row.text(StoredIdentifier.text(registration.bic) ?? "")
        row.text(StoredIdentifier.text(registration.lei))
        row.text(StoredIdentifier.text(registration.country))
        row.text(StoredIdentifier.text(registration.roles))
        row.text(StoredIdentifier.text(registration.settlesThrough))
        row.int4(settlementParticipant)
        row.code(Codes.participantState, state)
    }

    init(from row: inout some FieldSource) throws(StoreError) {
        let id = row.int4AsUnsigned()
        let bic = row.text()
        let lei = row.optionalText()
        let country = row.text()
        let roles = row.text()
        let settlesThrough = row.optionalText()
        let settlementParticipant = row.int4AsUnsigned()
        let state = row.code(Codes.participantState)
        guard let bic = StoredIdentifier.bic(bic.isEmpty ? nil : bic),
            let lei = StoredIdentifier.lei(lei),
            let country = StoredIdentifier.country(country),
            let roles = StoredIdentifier.roles(roles),
            let settlesThrough = StoredIdentifier.bic(settlesThrough)
        else {
            throw StoreError(.rowUnreadable, "Participant \(id) has an unreadable identifier.")
        }
        self.init(
            id: id,
            registration: ParticipantRegistration(
                bic: bic, lei: lei, country: country, roles: roles,
                settlesThrough: settlesThrough),
            settlementParticipant: settlementParticipant, state: state)
        try row.check("participants")
    }
}

extension CorridorRow {
    func write(to row: inout CopyWriter) {
        row.beginRow()
        row.code(Codes.currency, corridor.foreign)
        row.code(Codes.corridorState, state)
        row.code(Codes.selfMatch, corridor.selfMatch)
        row.int2(Int16(corridor.weekdays))
        row.int2(corridor.utcOffsetMinutes)
        row.int4(Int32(corridor.opensAtMinute))
        row.int4(Int32(corridor.cutOffMinute))
        row.int4(Int32(corridor.collarBasisPoints))
        row.int8(Int64(corridor.feePartsPerMillion))
        row.int8(corridor.tick.scaled)
        row.int8(corridor.referenceRate.scaled)
        row.int8(corridor.minimumSize)
        row.int8(corridor.maximumSize)
    }

    init(from row: inout some FieldSource) throws(StoreError) {
        let foreign = row.code(Codes.currency)
        let state = row.code(Codes.corridorState)
        let selfMatch = row.code(Codes.selfMatch)
        let weekdays = row.narrowed(Int16.self, to: UInt8.self)
        let utcOffsetMinutes = row.integer(Int16.self)
        let opensAtMinute = row.narrowed(Int32.self, to: UInt16.self)
        let cutOffMinute = row.narrowed(Int32.self, to: UInt16.self)
        let collarBasisPoints = row.narrowed(Int32.self, to: UInt16.self)
        let feePartsPerMillion = row.narrowed(Int64.self, to: UInt32.self)
        let tick = Rate(scaled: row.integer())
        let referenceRate = Rate(scaled: row.integer())
        let minimumSize = row.integer(Int64.self)
        let maximumSize = row.integer(Int64.self)
        try row.check("corridors")
        let corridor = Corridor(
            foreign: foreign, tick: tick, referenceRate: referenceRate,
            collarBasisPoints: collarBasisPoints, minimumSize: minimumSize,
            maximumSize: maximumSize, feePartsPerMillion: feePartsPerMillion,
            selfMatch: selfMatch, weekdays: weekdays, utcOffsetMinutes: utcOffsetMinutes,
            opensAtMinute: opensAtMinute, cutOffMinute: cutOffMinute)
        self.init(corridor: corridor, state: state)
    }
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

extension FundingRow {
    func write(to row: inout CopyWriter) {
        row.beginRow()
        row.uuid(reference.bits)
        row.time(timestamp)
        row.int8(timestamp)
        row.int4(account)
        row.int8(amount)
        row.hash(contentHash)
    }

    init(from row: inout some FieldSource) throws(StoreError) {
        let reference = UETR(bits: row.integer())
        row.skip()
        let timestamp = row.integer(Int64.self)
        let account = row.int4AsUnsigned()
        let amount = row.integer(Int64.self)
        let contentHash = row.integer(UInt128.self)
        self.init(
            reference: reference, contentHash: contentHash, account: account, amount: amount,
            timestamp: timestamp)
        try row.check("fundings")
    }
}
