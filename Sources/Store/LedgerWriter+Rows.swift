internal import Domain

extension LedgerWriter {
    /// Moves the applied position. The row lock makes a second writer wait here and then fail.
    func advance(to newest: LedgerPosition, from expected: UInt64) throws {
        let columns = LedgerTable.applied.columns
        let list = columns.enumerated().map { "\($1) = $\($0 + 1)" }.joined(separator: ", ")
        let result = try connection.query(
            "UPDATE applied SET \(list) WHERE log_index = $\(columns.count + 1)",
            newest.parameters + [.int8(expected)])
        guard result.changedRows == 1 else { throw mismatch(expected + 1, expected) }
    }

    func writeBatches(_ groups: [(batch: Batch, effects: Effects)]) throws {
        try copy(into: .batches) { copy in
            for group in groups {
                let effects = group.effects
                copy.beginRow()
                copy.int8(effects.position.logIndex)
                copy.int8(effects.position.timestamp)
                copy.int8(effects.position.paymentCount)
                copy.int8(effects.position.fillCount)
                var ended: [UInt64] = []
                for row in effects.payments where !row.isNew && row.status.isFinal {
                    ended.append(row.id)
                }
                copy.array(ended[...])
            }
        }
    }

    func writeReferenceRows(_ groups: [(batch: Batch, effects: Effects)]) throws {
        let batches = groups.map(\.batch)
        let participants = merged.participants.rows
        try upsert(.participants, participants.count) { copy in
            for state in participants {
                state.row.write(to: &copy)
                copy.details(state.details, in: batches)
            }
        }
        let corridors = merged.corridors.rows
        try upsert(.corridors, corridors.count) { copy in
            for state in corridors { state.row.write(to: &copy) }
        }
        let accounts = merged.accounts.rows
        try upsert(.accounts, accounts.count) { copy in
            for row in accounts { row.write(to: &copy) }
        }
    }

    /// Most rows are there already, so they are updated first; what is left is new.
    private func upsert(
        _ table: LedgerTable, _ count: Int, _ write: (inout CopyWriter) -> Void
    ) throws {
        guard count > 0 else { return }
        try connection.copyIn(table.stagedTarget, columnCount: table.columns.count, write)
        let updated = try connection.query(table.updateFromStaged).changedRows
        guard updated < count else { return }
        try connection.execute(
            """
            INSERT INTO \(table.copyTarget) SELECT \(table.columnList) FROM \(table.stagedName)
            ON CONFLICT (\(table.key)) DO NOTHING
            """)
    }

    func copy(into table: LedgerTable, _ write: (inout CopyWriter) -> Void) throws {
        try connection.copyIn(table.copyTarget, columnCount: table.columns.count, write)
    }

    func writeFills(_ groups: [(batch: Batch, effects: Effects)]) throws {
        guard groups.contains(where: { !$0.effects.fills.isEmpty }) else { return }
        try copy(into: .fills) { copy in
            for group in groups {
                for row in group.effects.fills { row.write(to: &copy) }
            }
        }
    }

    func writeLists(_ groups: [(batch: Batch, effects: Effects)]) throws {
        let hasFills = groups.contains { !$0.effects.fills.isEmpty }
        guard hasFills || !merged.newPayments.isEmpty else { return }
        try copy(into: .rowLists) { copy in
            // Rows are larger than what is taken of them: each is visited once.
            for row in merged.newPayments {
                lists.add(row.id, to: row.payer)
                otherLists.add(row.id, to: row.creditor)
            }
            drainLists(.payer, .creditor, &copy)
            for group in groups {
                for fill in group.effects.fills {
                    addAccounts(of: fill)
                    if fill.renminbiFee > 0 { otherLists.add(fill.id, to: feeOwner(.cny)) }
                    if fill.foreignFee > 0 {
                        otherLists.add(fill.id, to: feeOwner(fill.foreign))
                    }
                }
            }
            drainLists(.account, .fee, &copy)
            writeLaterFills(&copy)
        }
    }

    /// Payments are too many for a table by number; their fills come sorted instead.
    private func writeLaterFills(_ copy: inout CopyWriter) {
        var rest = merged.laterFills[...]
        var shared: [FillID] = []
        while let payment = rest.first?.payment {
            let own = rest.prefix { $0.payment == payment }
            rest = rest[own.endIndex...]
            if payment >= merged.firstNew, own.count <= Neighbours.most {
                for later in own { shared.append(later.fill) }
            } else {
                let owner = UInt32(truncatingIfNeeded: payment)
                write(.payment, of: owner, own.map(\.fill), &copy)
            }
            let owner = Neighbours.owner(of: payment)
            if let next = rest.first, Neighbours.owner(of: next.payment) == owner { continue }
            // Two neighbours may have met each other.
            shared.sort()
            var distinct: [FillID] = []
            for fill in shared where fill != distinct.last { distinct.append(fill) }
            write(.neighbours, of: owner, distinct, &copy)
            shared.removeAll(keepingCapacity: true)
        }
    }

    private func write(
        _ list: RowList, of owner: UInt32, _ fills: [FillID], _ copy: inout CopyWriter
    ) {
        fills.withUnsafeBufferPointer { fills in
            for start in stride(from: 0, to: fills.count, by: RowList.maximumLength) {
                let piece = start..<min(start + RowList.maximumLength, fills.count)
                copy.list(list, of: owner, UnsafeBufferPointer(rebasing: fills[piece]))
            }
        }
    }

    private func feeOwner(_ currency: Currency) -> UInt32 { UInt32(currency.rawValue) }

    private func addAccounts(of fill: FillRow) {
        let (a, b) = (fill.renminbiDebit, fill.renminbiCredit)
        let (c, d) = (fill.foreignDebit, fill.foreignCredit)
        lists.add(fill.id, to: a)
        if b != a { lists.add(fill.id, to: b) }
        if c != a, c != b { lists.add(fill.id, to: c) }
        if d != a, d != b, d != c { lists.add(fill.id, to: d) }
    }

    private func drainLists(_ list: RowList, _ other: RowList, _ copy: inout CopyWriter) {
        lists.drain { owner, rows in copy.list(list, of: owner, rows) }
        otherLists.drain { owner, rows in copy.list(other, of: owner, rows) }
    }

    func writeFundings(_ groups: [(batch: Batch, effects: Effects)]) throws {
        guard groups.contains(where: { !$0.effects.fundings.isEmpty }) else { return }
        let batches = groups.map(\.batch)
        try copy(into: .fundings) { copy in
            for (number, group) in groups.enumerated() {
                for row in group.effects.fundings {
                    row.write(to: &copy)
                    let place = DetailsPlace(batch: number, range: row.attachment)
                    copy.details(row.attachment.length > 0 ? place : nil, in: batches)
                }
            }
        }
    }
}

extension CopyWriter {
    /// A row of `row_lists`.
    fileprivate mutating func list(
        _ list: RowList, of owner: UInt32, _ rows: UnsafeBufferPointer<UInt64>
    ) {
        beginRow()
        int2(list.rawValue)
        int4(owner)
        int8(rows[0])
        int8(rows[rows.count - 1])
        offsets(rows)
    }

    /// An attachment as text.
    ///
    /// PostgreSQL refuses bytes that are no UTF-8 and the zero character, and the ledger must not
    /// stop because of them: they become U+FFFD here. The log keeps the exact bytes.
    mutating func details(_ place: DetailsPlace?, in batches: [Batch]) {
        guard let place else { return null() }
        batches[place.batch].bytes.withUnsafeBytes { whole in
            let start = Int(place.range.offset)
            let end = start + Int(place.range.length)
            require(end <= whole.count, "an attachment lies inside its batch")
            let attachment = UnsafeRawBufferPointer(rebasing: whole[start..<end])
            if attachment.allSatisfy({ $0 > 0 && $0 < 0x80 }) {
                bytes(attachment)
            } else {
                let repaired = String(decoding: attachment, as: UTF8.self)
                let replaced = repaired.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }
                var scalars = String.UnicodeScalarView()
                scalars.append(contentsOf: replaced)
                text(String(scalars))
            }
        }
    }
}
